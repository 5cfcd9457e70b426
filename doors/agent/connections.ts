import type { TakenIn } from '#lib/agents/sync.ts';
import type { DesiredWorkload } from '#protocol/agent.ts';
import type { Signed } from '#protocol/words.ts';

/** What this process remembers of a connection between two of its syncs. Losing it costs time and nothing else. */
export type Connection = {
  readonly machineId: string;
  readonly takenIn: TakenIn;
  /** What was answered last, and for which generation. */
  readonly answered: Told | null;
};

/** What should be on a machine, as read at `readAt` (of `performance.now()`). */
export type Told = {
  readonly generation: number;
  readonly workloads: readonly DesiredWorkload[];
  readonly defaultJob: Signed | null;
  readonly selfTestAsked: number | undefined;
  readonly readAt: number;
};

/** More than one process can hold open. */
const MOST = 65_536;

/** The connections that spoke here last, by their tokens; those that have been silent for longest are forgotten first. */
export class Connections {
  readonly #known = new Map<string, Connection>();

  get(token: string): Connection | undefined {
    return this.#known.get(token);
  }

  keep(token: string, connection: Connection): void {
    this.#known.delete(token);
    this.#known.set(token, connection);
    if (this.#known.size <= MOST) return;
    for (const [oldest] of this.#known) {
      this.#known.delete(oldest);
      break;
    }
  }

  forget(token: string): void {
    this.#known.delete(token);
  }
}
