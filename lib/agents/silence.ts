import { OFFLINE_AFTER_SECONDS } from '#lib/catalogue/machine.ts';
import type { DoorBeat } from '#lib/events/beat.ts';

/** Why a span counts against a machine's reliability. */
export const SILENCE_CAUSES = ['unreachable', 'hostEnded'] as const;
export type SilenceCause = (typeof SILENCE_CAUSES)[number];

export const BEAT_SECONDS = 5;

/**
 * Since when a machine has been silent while we listened; null while that is less than the time after which it is offline.
 * Time in which our door was shut is nobody's silence: it counts from when we were back, and only up to our last sign of life.
 */
export function silentSince(lastSyncAt: Date, door: DoorBeat | null, now: Date): Date | null {
  if (door === null) return null;
  const fromMs = Math.max(lastSyncAt.getTime(), door.backAt?.getTime() ?? 0);
  const untilMs = Math.min(door.at.getTime(), now.getTime());
  return untilMs - fromMs >= OFFLINE_AFTER_SECONDS * 1_000 ? new Date(fromMs) : null;
}
