import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type Docker from 'dockerode';

type DieEvent = { Actor?: { Attributes?: Record<string, string> } };

const LONGEST_PAUSE_MS = 10_000;

/**
 * Calls back for each container of this market that ends, as the engine says it. When the connection to the engine breaks it is opened again,
 * and `onReconnect` can look for what was missed.
 */
export function watchExits(
  docker: Docker,
  market: string,
  onExit: (leaseId: string, exitCode: number | null) => void,
  onReconnect: () => void,
): () => void {
  const ended = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let pause = 250;

  async function follow(): Promise<void> {
    const filters = { type: ['container'], event: ['die'], label: [`sublet.market=${market}`] };
    const stream = await docker.getEvents({ filters: JSON.stringify(filters), abortSignal: ended.signal } as object);
    if (pause > 250) onReconnect();
    pause = 250;
    for await (const line of createInterface({ input: stream as Readable })) {
      const attributes = (JSON.parse(line) as DieEvent).Actor?.Attributes ?? {};
      const leaseId = attributes['sublet.lease'];
      const code = Number(attributes.exitCode);
      if (leaseId !== undefined) onExit(leaseId, Number.isInteger(code) ? code : null);
    }
  }

  function again(): void {
    if (ended.signal.aborted) return;
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    timer = setTimeout(() => start(), pause);
    timer.unref();
  }

  function start(): void {
    follow().then(again, again);
  }

  start();
  return () => {
    ended.abort();
    clearTimeout(timer);
  };
}
