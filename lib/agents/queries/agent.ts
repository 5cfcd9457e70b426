import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { db } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { type AgentVersionState, agentVersionState, updateLine } from '../agent-version.ts';

/** The program on a machine: which version, since when it is connected, and how it is brought up to date. */
export type AgentReport = {
  readonly version: string;
  readonly versionState: AgentVersionState;
  /** Since when the connection that speaks for the machine is there; null before the first. */
  readonly connectedAt: Date | null;
  readonly updateLine: string;
};

/** The agent of an own machine. What is not theirs is not found. */
export async function agentOf(actor: Actor, machineId: string): Promise<AgentReport> {
  const machine = await db.machine.findFirst({
    where: { id: machineId, hostId: actor.userId },
    select: {
      agentVersion: true,
      agentSessions: { where: { supersededAt: null }, orderBy: { id: 'desc' }, take: 1, select: { createdAt: true } },
    },
  });
  if (machine === null) throw new Refusal('notFound');
  return {
    version: machine.agentVersion,
    versionState: agentVersionState(machine.agentVersion),
    connectedAt: machine.agentSessions[0]?.createdAt ?? null,
    updateLine: updateLine(env().publicUrl),
  };
}
