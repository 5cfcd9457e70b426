import { setTimeout as pause } from 'node:timers/promises';

/**
 * Asks `look` until it answers without throwing and not with undefined, null or false, and resolves to that answer: for what a process outside does in
 * its own time. Rejects with the last failure after `withinSeconds`: longer than a busy machine needs, so that only what never happens
 * meets it. What happens inside the product is waited for by its events instead.
 */
export async function eventually<Found>(
  look: () => Found | Promise<Found>,
  { withinSeconds = 45, everyMs = 50 }: { readonly withinSeconds?: number; readonly everyMs?: number } = {},
): Promise<NonNullable<Exclude<Found, false>>> {
  const end = performance.now() + withinSeconds * 1_000;
  let last: unknown = new Error('never looked');
  do {
    try {
      const found = await look();
      if (found !== undefined && found !== null && found !== false) return found as NonNullable<Exclude<Found, false>>;
      last = new Error(`It answered ${String(found)}.`);
    } catch (error) {
      last = error;
    }
    await pause(everyMs);
  } while (performance.now() < end);
  throw new Error(`Not within ${withinSeconds} s: ${last instanceof Error ? last.message : String(last)}`, {
    cause: last,
  });
}
