/** So long before a rental's window ends, its renter and its workload are warned: market and agent each by their own clock. */
export const END_WARNING_SECONDS = [1_800, 300] as const;

/** After the end's signal (SIGTERM) a workload has so long to end by itself; then it is killed. */
export const STOP_GRACE_SECONDS = 10;

/** The window of a rental, in milliseconds since 1970. */
export type WarnedWindow = { readonly startsAtMs: number; readonly endsAtMs: number };

/**
 * Which warning is due: the latest of {@link END_WARNING_SECONDS} that was reached; null when none was, or the window is over.
 * A window that is not longer than a warning's time is not warned of at its beginning.
 */
export function dueEndWarning({ startsAtMs, endsAtMs }: WarnedWindow, nowMs: number): number | null {
  const leftMs = endsAtMs - nowMs;
  if (leftMs <= 0) return null;
  return (
    END_WARNING_SECONDS.findLast((seconds) => leftMs <= seconds * 1_000 && endsAtMs - startsAtMs > seconds * 1_000) ??
    null
  );
}
