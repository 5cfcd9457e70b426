import { generationsOf, type Spoken } from '#lib/agents/queries/desired.ts';
import { hashOfSecret } from '#lib/auth/secret.ts';
import { gather } from '#lib/io/gather.ts';
import { live, type Watch } from '#lib/io/live.ts';

export type HoldOptions = {
  readonly holdMs: number;
  /** The caller hung up. */
  readonly signal: AbortSignal;
  /** Where each wait puts how to end it. */
  readonly held: Set<() => void>;
};

/** Waits for news of a machine; registered when it is made, so what is read afterwards misses nothing. */
export function watchMachine(machineId: string, { holdMs, signal, held }: HoldOptions): Watch {
  const { over, stop } = live.watch(`machine:${machineId}`, Math.max(0, holdMs));
  held.add(stop);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  void over.then(() => {
    held.delete(stop);
    signal.removeEventListener('abort', stop);
  });
  return { over, stop };
}

// A lost database wakes everybody at once: one look for many.
const look = gather<string, Spoken>((tokenHashes) => generationsOf(tokenHashes), { waitMs: 0, most: 1_000, atOnce: 2 });

/**
 * Waits until the machine's generation is another one than `known`, at most `holdMs`, and gives the generation that is then. A
 * rental booked meanwhile is told within 100 ms, by whichever process the machine waits at. Refuses with `sessionOver` or
 * `agentUnknown` as soon as the connection that asks is no longer good. A lost database wakes everybody to look again.
 * With a `watch` that was there before `known` was read, nobody looks before there are news.
 */
export async function holdUntilNews(
  token: string,
  machineId: string,
  known: number,
  options: HoldOptions,
  watch?: Watch,
): Promise<number> {
  const tokenHash = hashOfSecret(token);
  const end = performance.now() + options.holdMs;
  if (watch !== undefined && (await watch.over) !== 'news') return known;
  for (;;) {
    const next = watchMachine(machineId, { ...options, holdMs: end - performance.now() });
    try {
      const spoken = await look(tokenHash);
      if (spoken instanceof Error) throw spoken;
      if (spoken.generation !== known || (await next.over) !== 'news') return spoken.generation;
    } finally {
      next.stop();
    }
  }
}
