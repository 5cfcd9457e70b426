import { desiredDefaultJobs } from '#lib/agents/queries/default-job.ts';
import { desiredWorkloads } from '#lib/agents/queries/desired.ts';
import { askedSelfTests } from '#lib/agents/queries/self-test.ts';
import { recordSync } from '#lib/agents/record-sync.ts';
import { answersAtOnce, type Synced } from '#lib/agents/sync.ts';
import { Refusal } from '#lib/base/refusal.ts';
import type { World } from '#lib/base/time.ts';
import { gather } from '#lib/io/gather.ts';
import type { SyncAnswer, SyncRequest } from '#protocol/agent.ts';
import { Connections, type Told } from './connections.ts';
import { holdUntilNews, watchMachine } from './hold.ts';

// Many connections are new to a process at once: after one of its kind ended, for one.
const readDesired = gather(
  async (machineIds: readonly string[]) => {
    const [workloads, defaultJobs, selfTests] = await Promise.all([
      desiredWorkloads(machineIds),
      desiredDefaultJobs(machineIds),
      askedSelfTests(machineIds),
    ]);
    return machineIds.map((_, at) => ({
      workloads: workloads[at] ?? [],
      defaultJob: defaultJobs[at] ?? null,
      selfTestAsked: selfTests[at],
    }));
  },
  { waitMs: 0, most: 500, atOnce: 2 },
);

export type Answered = Pick<
  SyncAnswer,
  'generation' | 'workloads' | 'defaultJob' | 'selfTestAsked' | 'stored' | 'messages'
>;

/** What is over on both sides leaves the list without a new generation: it is read again after so long. */
const READ_AGAIN_MS = 60_000;

function isGood(told: Told | null | undefined, generation: number): told is Told {
  if (told?.generation !== generation) return false;
  return told.workloads.length === 0 || performance.now() - told.readAt < READ_AGAIN_MS;
}

/**
 * Answers syncs: takes in what was said and holds the answer until there is news, at most `holdMs`. A connection that spoke
 * here just before and says nothing new costs its share of one statement, and what it is told is not read again. When
 * `closing` aborts, whoever is held is answered and nobody is held any more.
 */
export function syncsOf(
  world: World,
  holdMs: number,
  closing?: AbortSignal,
): (token: string, request: SyncRequest, signal: AbortSignal) => Promise<Answered> {
  const connections = new Connections();
  const held = new Set<() => void>();
  closing?.addEventListener('abort', () => {
    for (const letGo of [...held]) letGo();
  });

  async function answer(
    token: string,
    { machine, stored, messages, continues, takenIn }: Synced,
    generation: number,
  ): Promise<Answered> {
    const before = continues ? connections.get(token)?.answered : null;
    // The generation was read before the rest: a change between the two is told by the next sync, at once.
    const answered = isGood(before, generation)
      ? before
      : { generation, readAt: performance.now(), ...(await readDesired(machine.id)) };
    connections.keep(token, { machineId: machine.id, takenIn, answered });
    const { workloads, defaultJob, selfTestAsked } = answered;
    return { generation, workloads: [...workloads], defaultJob, selfTestAsked, stored, messages };
  }

  return async (token, request, signal) => {
    const connection = connections.get(token);
    const options = { holdMs: closing?.aborted ? 0 : holdMs, signal, held };
    // Known before: it waits before the sync is taken in, so that no news falls between and nobody needs to look again.
    const watch = connection !== undefined && request.hold ? watchMachine(connection.machineId, options) : undefined;
    try {
      const synced = await recordSync(token, request, world, connection?.takenIn);
      const generation = answersAtOnce(request, synced.generation)
        ? synced.generation
        : await holdUntilNews(token, synced.machine.id, synced.generation, options, watch);
      return await answer(token, synced, generation);
    } catch (error) {
      if (error instanceof Refusal) connections.forget(token);
      throw error;
    } finally {
      watch?.stop();
    }
  };
}
