import { isOnItsWay } from '#lib/leases/observation.ts';
import type { SyncRequest } from '#protocol/agent.ts';
import { driftMessage } from './clock-drift.ts';

/** A machine whose agent was heard: what steps that apply its reports may know of it. */
export type SyncedMachine = {
  readonly id: string;
  readonly hostId: string;
  readonly signingKey: string;
  readonly simulated: boolean;
};

/** What became of a sync. */
export type Synced = {
  readonly machine: SyncedMachine;
  /** Of the machine, after what the sync itself changed. */
  readonly generation: number;
  /** Per lease the highest statement sequence that is stored. */
  readonly stored: Record<string, number>;
  readonly messages: string[];
  /** Nothing was said or changed since what the caller remembered of the connection. */
  readonly continues: boolean;
  /** What to remember of it now. */
  readonly takenIn: TakenIn;
};

/** What a process remembers of a connection after a sync: its number, the machine's generation when it came, and what was reported of its workloads and its default job. */
export type TakenIn = {
  readonly sequence: number;
  readonly generation: number;
  readonly reports: string;
  readonly defaultJob: string;
};

/**
 * Whether a sync says nothing but that the machine lives. Agents repeat the reports of their workloads with each sync; what was
 * taken in word for word before is no news, except from a workload on its way, which is billed from its last such word.
 */
export function isOnlyHeartbeat(request: SyncRequest, reports: string, before: TakenIn | undefined): boolean {
  const { specification, selfTest, statements, workloads } = request;
  if (specification !== null || selfTest !== null || statements.length > 0) return false;
  return workloads.length === 0 || (reports === before?.reports && !workloads.some(({ phase }) => isOnItsWay(phase)));
}

export const COPIED_MESSAGE =
  'Two machines use the identity of this one, so nothing new is rented on it. Uninstall the agent on one of them and enrol it anew, then say on the page of this machine that it is done.';

export function gpuTakenMessage(uuids: readonly string[]): string {
  return `Enrolled with another machine already, so not offered here: ${uuids.slice(0, 8).join(', ')}.`;
}

/** What the owner of a machine should know. */
export function messagesFor(facts: {
  readonly driftMs: number;
  readonly copied: boolean;
  readonly takenGpus: readonly string[];
}): string[] {
  return [
    driftMessage(facts.driftMs),
    facts.copied ? COPIED_MESSAGE : null,
    facts.takenGpus.length > 0 ? gpuTakenMessage(facts.takenGpus) : null,
  ].filter((message) => message !== null);
}

/** Whether a sync is answered at once: its agent asks for that, or has not heard the news. */
export function answersAtOnce(request: Pick<SyncRequest, 'hold' | 'generation'>, generation: number): boolean {
  return !request.hold || request.generation !== generation;
}
