import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type Docker from 'dockerode';

type ContainerEvent = { Action?: string; status?: string; Actor?: { Attributes?: Record<string, string> } };

const LONGEST_PAUSE_MS = 10_000;

export type EventWatch = {
  onExit: (leaseId: string, exitCode: number | null) => void;
  /** A container is sent a signal through the engine, by whomever. */
  onKill: (leaseId: string) => void;
  /** The engine does not say any more what happens. */
  onLost: () => void;
  /** It does again, and what was missed can be looked for. */
  onReconnect: () => void;
};

/**
 * Calls back for each container of this market that ends or is sent a signal, as the engine says it. When the connection to the engine
 * breaks it is opened again.
 */
export function watchEvents(docker: Docker, market: string, watch: EventWatch): () => void {
  const ended = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let pause = 250;
  // An engine that is away when the agent begins is lost from then on.
  let listening = true;

  async function follow(): Promise<void> {
    const filters = { type: ['container'], event: ['die', 'kill'], label: [`sublet.market=${market}`] };
    const stream = await docker.getEvents({ filters: JSON.stringify(filters), abortSignal: ended.signal } as object);
    listening = true;
    if (pause > 250) watch.onReconnect();
    pause = 250;
    for await (const line of createInterface({ input: stream as Readable })) {
      const { Action, status, Actor } = JSON.parse(line) as ContainerEvent;
      const leaseId = Actor?.Attributes?.['sublet.lease'];
      if (leaseId === undefined) continue;
      if ((Action ?? status) === 'kill') {
        watch.onKill(leaseId);
        continue;
      }
      const code = Number(Actor?.Attributes?.exitCode);
      watch.onExit(leaseId, Number.isInteger(code) ? code : null);
    }
  }

  function again(): void {
    if (ended.signal.aborted) return;
    if (listening) watch.onLost();
    listening = false;
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
