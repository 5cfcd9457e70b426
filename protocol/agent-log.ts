import * as z from 'zod/mini';
import { count, instant, version, word } from './words.ts';

export const AGENT_LOG_LEVELS = ['info', 'warn', 'error'] as const;
export type AgentLogLevel = (typeof AGENT_LOG_LEVELS)[number];

/** At most so many lines in one message, each of so many characters. */
export const AGENT_LOG_LINES_AT_ONCE = 200;
export const AGENT_LOG_LINE_CHARACTERS = 2_000;

/** `POST /api/agent/v1/agent-log`: what an agent says of its own work, oldest first. A line that was sent before is kept once. */
export const agentLogRequest = z.object({
  protocol: version,
  /** New at every start of the agent: its lines are counted from 0 in it. */
  boot: word,
  lines: z
    .array(
      z.object({
        sequence: count,
        at: instant,
        level: z.enum(AGENT_LOG_LEVELS),
        message: z.string().check(z.minLength(1), z.maxLength(AGENT_LOG_LINE_CHARACTERS)),
      }),
    )
    .check(z.maxLength(AGENT_LOG_LINES_AT_ONCE)),
});
export type AgentLogRequest = z.infer<typeof agentLogRequest>;

const HIDDEN = '(hidden)';
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, HIDDEN],
  [/\b(bearer|basic)\s+[^\s"',;]+/gi, `$1 ${HIDDEN}`],
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@"']+@/gi, `$1${HIDDEN}@`],
  [
    /\b((?:[a-z0-9]+[_-])*(?:token|secret|password|passwd|passphrase|api[_-]?key|private[_-]?key|credentials?))("?\s*[=:]\s*"?)[^\s"',;&]+/gi,
    `$1$2${HIDDEN}`,
  ],
];
/** Keys, tokens and codes are long words of chance; digests and the UUIDs of GPUs are long too, and no secret. */
const LONG_WORD = /(?<![\w:-])(?!(?:GPU|MIG)-)[A-Za-z0-9_-]{40,}(?![\w-])/g;

/** A line without what could be a secret: agents hide it before a line leaves the machine, the market before it is kept. */
export function withoutSecrets(text: string): string {
  const named = SECRETS.reduce((found, [pattern, instead]) => found.replace(pattern, instead), text);
  return named.replace(LONG_WORD, (long) => (/\d/.test(long) && /[A-Za-z]/.test(long) ? HIDDEN : long));
}
