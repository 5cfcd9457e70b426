import { OFFLINE_AFTER_SECONDS } from '#lib/catalogue/machine.ts';

/** Why a span counts against a machine's reliability. */
export const SILENCE_CAUSES = ['unreachable', 'hostEnded'] as const;
export type SilenceCause = (typeof SILENCE_CAUSES)[number];

/** The row of Beat under which processes that serve agents say that they do. */
export const DOOR_BEAT = 'agentDoor';
export const BEAT_SECONDS = 5;
/** A gap between two beats longer than this is an outage of ours. */
export const OUTAGE_SECONDS = 30;

/** The door for agents: last sign of life, and since when it is open without a gap (null: since its first). */
export type DoorBeat = { readonly at: Date; readonly backAt: Date | null };

/** Whether the door was shut between its last sign of life and now. */
export function wasAway(beat: DoorBeat | null, now: Date): boolean {
  return beat === null || now.getTime() - beat.at.getTime() > OUTAGE_SECONDS * 1_000;
}

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
