import type { AgentLogLevel } from '#protocol/agent-log.ts';

/** Of what an agent says of its own work, the newest lines are kept, and none for longer than this. */
export const AGENT_LOG_KEPT_LINES = 2_000;
export const AGENT_LOG_KEPT_SECONDS = 14 * 86_400;

/** The same for a person. */
export const AGENT_LOG_KEPT_WORDS =
  'The newest 2,000 lines are kept, for 14 days. What could be a secret is hidden on the machine already.';

export type AgentLogLine = {
  /** Grows with every line that is kept. */
  readonly id: string;
  /** By the clock of the machine. */
  readonly at: Date;
  readonly level: AgentLogLevel;
  readonly message: string;
};

/** The least that a line must be to be shown. */
export const AGENT_LOG_FILTERS = { info: 'All lines', warn: 'Warnings and errors', error: 'Errors only' } as const;

/** The levels that a filter lets pass. */
export function levelsFrom(least: AgentLogLevel): readonly AgentLogLevel[] {
  if (least === 'error') return ['error'];
  return least === 'warn' ? ['warn', 'error'] : ['info', 'warn', 'error'];
}

/** A line of the file: its instant, its level and what was said. */
export function agentLogText({ at, level, message }: AgentLogLine): string {
  return `${at.toISOString()} ${level.padEnd(5)} ${message}\n`;
}
