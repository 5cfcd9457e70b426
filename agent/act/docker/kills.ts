/** The engine says a kill of ours up to so long after it was asked for. */
const OURS_FOR_MS = 1_000;

/**
 * Which containers were killed by somebody else than this agent. No program that ends by itself is killed through the engine:
 * it is the engine itself, when it is stopped, or whoever may use it.
 */
export function killsFromOutside(monotonic: () => number = () => performance.now()) {
  const ours = new Map<string, number>();
  const killed = new Set<string>();
  return {
    /** Does something of the agent's own that may kill the container of a lease. */
    async ours<Done>(leaseId: string, work: () => Promise<Done>): Promise<Done> {
      ours.set(leaseId, Number.POSITIVE_INFINITY);
      try {
        return await work();
      } finally {
        ours.set(leaseId, monotonic() + OURS_FOR_MS);
      }
    },
    saw(leaseId: string): void {
      if ((ours.get(leaseId) ?? Number.NEGATIVE_INFINITY) < monotonic()) killed.add(leaseId);
    },
    has: (leaseId: string): boolean => killed.has(leaseId),
    /** It starts anew. */
    forget(leaseId: string): void {
      killed.delete(leaseId);
    },
    /** It is gone. */
    drop(leaseId: string): void {
      killed.delete(leaseId);
      ours.delete(leaseId);
    },
  };
}
export type Kills = ReturnType<typeof killsFromOutside>;

/** How an engine remembers the end of a container. */
export type EndState = { readonly ExitCode: number; readonly OOMKilled: boolean; readonly FinishedAt: string };

/** When an engine answered: spans of wall time, in milliseconds. `since`: this agent's beginning; `until` null: it is still away. */
export type Absences = {
  readonly since: number;
  readonly away: readonly { readonly from: number; readonly until: number | null }[];
};

const SIGKILLED = 137;
const SIGTERMED = 143;

/**
 * Whether a container whose end nobody saw was ended from outside: by a signal that was not for its use of memory, while the engine was
 * away, which ends what it had when it comes back, or before this agent began. A program can end itself so too, but not choose when
 * nobody looks. What ended with another code ended by itself.
 */
export function endedFromOutside(end: EndState, { since, away }: Absences): boolean {
  const at = Date.parse(end.FinishedAt);
  const unseen = at < since || away.some(({ from, until }) => from <= at && (until === null || at <= until));
  return unseen && !end.OOMKilled && (end.ExitCode === SIGKILLED || end.ExitCode === SIGTERMED);
}
