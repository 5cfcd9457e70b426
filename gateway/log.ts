/** Hands one event with its facts to whoever keeps the log. Addresses of renters are facts; bytes that pass are never logged. */
export type Log = (event: string, facts?: Record<string, string | number | boolean | null>) => void;

export const silentLog: Log = () => undefined;

/** One JSON line per event on standard output. */
export const jsonLog: Log = (event, facts = {}) => {
  process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), part: 'gateway', event, ...facts })}\n`);
};
