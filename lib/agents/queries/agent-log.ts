import type { Actor } from '#lib/base/actor.ts';
import { type Page, toPage } from '#lib/base/page.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { db } from '#lib/io/db.ts';
import { AGENT_LOG_LEVELS, type AgentLogLevel } from '#protocol/agent-log.ts';
import { AGENT_LOG_KEPT_LINES, type AgentLogLine, levelsFrom } from '../agent-log.ts';

export type AgentLogAsk = {
  /** The least that a line must be. */
  readonly level?: AgentLogLevel | undefined;
  /** What a line must hold, whatever its case. */
  readonly text?: string | undefined;
  /** The last id of the page before. */
  readonly after?: string | undefined;
  readonly take?: number | undefined;
};

const MOST_ROWS = 500;
const LARGEST_ID = 9_223_372_036_854_775_807n;

/** What the agent of an own machine said, newest first. What is not theirs is not found; staff read it neither. */
export async function agentLogOf(actor: Actor, machineId: string, ask: AgentLogAsk): Promise<Page<AgentLogLine>> {
  await requireOwn(actor, machineId);
  const take = Math.min(Math.max(1, ask.take ?? 200), MOST_ROWS);
  const after = ask.after === undefined ? LARGEST_ID : idOf(ask.after);
  const rows = await linesOf(machineId, ask, after, take + 1);
  return toPage(rows.map(lineFrom), take);
}

/** The lines that were said after the one of an id, oldest first; at most 500, and what is left out is asked for after the last. */
export async function agentLogSince(
  actor: Actor,
  machineId: string,
  ask: Pick<AgentLogAsk, 'level' | 'text'>,
  since: string,
): Promise<AgentLogLine[]> {
  await requireOwn(actor, machineId);
  const { levels, text } = passing(ask);
  const rows = await db.$queryRaw<Row[]>`
    SELECT id, at, level, message FROM agent_log_lines
    WHERE machine_id = ${machineId} AND id > ${idOf(since)} AND level = ANY(${levels}::text[])
      AND (${text} = '' OR position(${text} IN lower(message)) > 0)
    ORDER BY id LIMIT ${MOST_ROWS}::int`;
  return rows.map(lineFrom);
}

/** Everything that is kept of it and passes, oldest first. */
export async function wholeAgentLogOf(actor: Actor, machineId: string, ask: AgentLogAsk): Promise<AgentLogLine[]> {
  await requireOwn(actor, machineId);
  const rows = await linesOf(machineId, ask, LARGEST_ID, AGENT_LOG_KEPT_LINES);
  return rows.map(lineFrom).toReversed();
}

async function requireOwn(actor: Actor, machineId: string): Promise<void> {
  const own = await db.machine.count({ where: { id: machineId, hostId: actor.userId } });
  if (own === 0) throw new Refusal('notFound');
}

type Row = { readonly id: bigint; readonly at: Date; readonly level: string; readonly message: string };

/** The newest lines that pass, before an id, the newest first. */
async function linesOf(machineId: string, ask: AgentLogAsk, before: bigint, take: number): Promise<Row[]> {
  const { levels, text } = passing(ask);
  return db.$queryRaw<Row[]>`
    SELECT id, at, level, message FROM agent_log_lines
    WHERE machine_id = ${machineId} AND id < ${before} AND level = ANY(${levels}::text[])
      AND (${text} = '' OR position(${text} IN lower(message)) > 0)
    ORDER BY id DESC LIMIT ${take}::int`;
}

/** What a line must be and hold. */
function passing(ask: Pick<AgentLogAsk, 'level' | 'text'>) {
  return {
    levels: [...levelsFrom(ask.level ?? 'info')],
    text: (ask.text ?? '').trim().replaceAll('\0', '').toLowerCase(),
  };
}

function idOf(text: string): bigint {
  if (!/^\d{1,19}$/.test(text))
    throw new Refusal('badInput', { after: 'Send the id that the page before ended with.' });
  const id = BigInt(text);
  return id > LARGEST_ID ? LARGEST_ID : id;
}

function lineFrom(row: Row): AgentLogLine {
  const level = AGENT_LOG_LEVELS.find((known) => known === row.level) ?? 'info';
  return { id: row.id.toString(), at: row.at, level, message: row.message };
}
