import { live } from '#lib/io/live.ts';

/** News are gathered for so long before a sweep is woken: a burst of them wakes it once. */
const GATHER_MS = 250;

/**
 * Wakes sweeps when something happened that they care about, long before their next time: a booking moved, so a GPU may be
 * free and a job over; somebody submitted or cancelled. Returns the way to stop.
 */
export function nudgeOnNews(wake: () => Promise<unknown>): () => void {
  let timer: NodeJS.Timeout | undefined;
  const stop = live.subscribe((news) => {
    const concerns = news === 'rebuild' || news.booking !== undefined || news.event !== undefined;
    if (!concerns || timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      // A nudge that fails is no loss: the sweep comes at its time.
      void wake().catch(() => undefined);
    }, GATHER_MS);
    timer.unref();
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}
