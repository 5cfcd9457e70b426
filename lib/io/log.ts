import pino, { type Logger } from 'pino';

/** Field names whose values never reach a log, at the top level and up to three levels below it. */
const SECRET_FIELDS = [
  'password',
  'passwordHash',
  'secret',
  'token',
  'tokenHash',
  'authorization',
  'cookie',
  'set-cookie',
  'env',
  'environment',
  'privateKey',
  'databaseUrl',
];

const levels = ['', '*.', '*.*.', '*.*.*.'];
const paths = SECRET_FIELDS.flatMap((field) =>
  levels.map((level) => (/\W/.test(field) ? bracketed(level, field) : `${level}${field}`)),
);

function bracketed(level: string, field: string): string {
  return `${level.replace(/\.$/, '')}["${field}"]`;
}

/** One JSON line per event on standard output. Secrets are replaced by "[hidden]" whatever object carries them. */
export const log: Logger = pino({
  level: process.env.LOG_LEVEL || 'info',
  base: { role: process.env.SUBLET_ROLE || 'web' },
  redact: { paths, censor: '[hidden]' },
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (label) => ({ level: label }) },
});
