/** The row of Beat under which workers say that they live. */
export const WORKER_BEAT = 'worker';
export const WORKER_BEAT_SECONDS = 5;
/** Without a sign of life for this long, no worker runs. */
export const WORKER_GONE_SECONDS = 30;

export function workerLives(lastBeat: Date | null, now: Date): boolean {
  return lastBeat !== null && now.getTime() - lastBeat.getTime() < WORKER_GONE_SECONDS * 1_000;
}
