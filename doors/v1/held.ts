import { live, type Topic } from '#lib/io/live.ts';

/** A held request is answered after this long with nothing, before proxies give up on it. */
const HELD_MS = 25_000;
/**
 * What is printed is not announced: a NOTIFY for every line of every rental would be paid by all, a look each second only
 * while somebody follows.
 */
const LOOK_EVERY_MS = 1_000;

/** What `read` finds as soon as it finds something, or nothing after 25 s: looks again each second, and at news of the topic. */
export async function held<Row>(
  topic: Topic,
  signal: AbortSignal,
  read: () => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const until = performance.now() + HELD_MS;
  for (;;) {
    const news = live.wait(topic, { timeoutMs: LOOK_EVERY_MS, signal });
    const rows = await read();
    if (rows.length > 0 || performance.now() > until || signal.aborted) return rows;
    await news;
  }
}
