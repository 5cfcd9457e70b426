import type { PullProgress } from '#protocol/agent.ts';

/**
 * In how many seconds an image will have been downloaded, at the speed of the last seconds. Null where nobody can know: nothing
 * moves, nothing is left to download, or a layer waits whose size its registry has not said yet.
 */
export function pullSecondsLeft({ bytesDone, bytesTotal, bytesPerSecond, layers }: PullProgress): number | null {
  const unknown = layers.some(({ state, bytesTotal: size }) => state !== 'done' && size === 0);
  const left = bytesTotal - bytesDone;
  return unknown || left <= 0 || bytesPerSecond <= 0 ? null : left / bytesPerSecond;
}

/** The same as a person says it, in steps that do not flicker: "about 35 s left". */
export function pullLeftSentence(progress: PullProgress): string | null {
  const seconds = pullSecondsLeft(progress);
  if (seconds === null) return null;
  if (seconds <= 5) return 'a few seconds left';
  if (seconds < 90) return `about ${Math.ceil(seconds / 5) * 5} s left`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 90) return `about ${minutes} min left`;
  return `about ${Math.ceil(minutes / 60)} h left`;
}
