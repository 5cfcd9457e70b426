/** Timers of Node hold at most 2^31 - 1 ms (24.8 days); a lease may be longer. */
const LONGEST_MS = 2_000_000_000;

/** Calls back at an instant of the wall clock, however far; returns the way to call it off. Does not keep the process alive. */
export function atInstant(instantMs: number, now: () => Date, callback: () => void): () => void {
  let timer: NodeJS.Timeout;
  const arm = () => {
    const leftMs = instantMs - now().getTime();
    timer = setTimeout(leftMs > 0 ? arm : callback, Math.max(0, Math.min(leftMs, LONGEST_MS)));
    timer.unref();
  };
  arm();
  return () => clearTimeout(timer);
}
