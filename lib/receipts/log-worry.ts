/** A record is in the log within this time. */
export const LOGGED_WITHIN_SECONDS = 60;

export type LogWorry = { readonly tone: 'warn' | 'bad'; readonly title: string; readonly sentence: string };

/** What is wrong with the log, if anything is: a refusal before a delay. */
export function logWorry(
  health: { readonly refusals: number; readonly waiting: number; readonly waitingSince: Date | null },
  now: Date,
): LogWorry | null {
  if (health.refusals > 0)
    return {
      tone: 'bad',
      title: 'Machines refuse this log',
      sentence: `${health.refusals} of them saw a history that it does not continue. Do not trust bills until that is explained.`,
    };
  const seconds = health.waitingSince === null ? 0 : (now.getTime() - health.waitingSince.getTime()) / 1_000;
  if (health.waiting > 0 && seconds > LOGGED_WITHIN_SECONDS)
    return {
      tone: 'warn',
      title: 'The log is behind',
      sentence: `${health.waiting} records wait, the oldest for ${Math.round(seconds)} s; it should be ${LOGGED_WITHIN_SECONDS} s at most. Nothing is lost: they are added when the worker runs.`,
    };
  return null;
}
