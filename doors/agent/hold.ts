import { generationFor } from '#lib/agents/queries/desired.ts';
import { live } from '#lib/io/live.ts';

/**
 * Waits until the machine's generation is another one, at most `holdMs`, and gives the generation that is then. A rental
 * booked meanwhile is told within 100 ms, by whichever process the machine waits at. Refuses with `sessionOver` or
 * `agentUnknown` as soon as the connection that asks is no longer good. A lost database wakes everybody to look again.
 */
export async function holdUntilNews(
  token: string,
  machineId: string,
  known: number,
  { holdMs, signal }: { readonly holdMs: number; readonly signal: AbortSignal },
): Promise<number> {
  const end = performance.now() + holdMs;
  for (;;) {
    const stop = new AbortController();
    const timeoutMs = Math.max(0, end - performance.now());
    // Registered before the look, so that nothing falls between them.
    const woken = live.wait(`machine:${machineId}`, { timeoutMs, signal: AbortSignal.any([signal, stop.signal]) });
    try {
      const { generation } = await generationFor(token);
      if (generation !== known || (await woken) !== 'news') return generation;
    } finally {
      stop.abort();
    }
  }
}
