import { setTimeout as pause } from 'node:timers/promises';

/** Asks until the market says that everything is up (or what `enough` wants), at most so long; resolves to its last words, `{ ok, … }`. */
export async function waitUntilReady(url, enough = (words) => words.ok, withinSeconds = 90) {
  const end = performance.now() + withinSeconds * 1_000;
  let last = { ok: false, missing: 'the web does not answer' };
  while (performance.now() < end) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
      const words = await response.json().catch(() => ({}));
      last = { ...words, ok: response.status === 200 };
      if (enough(last)) return last;
    } catch {
      // Not listening yet.
    }
    await pause(200);
  }
  return last;
}
