/** The row of Beat under which workers say that they live. */
export const WORKER_BEAT = 'worker';
export const WORKER_BEAT_SECONDS = 5;
/** Without a sign of life for this long, no worker runs. */
export const WORKER_GONE_SECONDS = 30;

export function workerLives(lastBeat: Date | null, now: Date): boolean {
  return lastBeat !== null && now.getTime() - lastBeat.getTime() < WORKER_GONE_SECONDS * 1_000;
}

/** The row of Beat under which processes that serve agents say that they do. */
export const DOOR_BEAT = 'agentDoor';
/** A gap between two beats longer than this is an outage of ours. */
const OUTAGE_SECONDS = 30;

/** The door for agents: last sign of life, and since when it is open without a gap (null: since its first). */
export type DoorBeat = { readonly at: Date; readonly backAt: Date | null };

/** Whether the door was shut between its last sign of life and now. */
export function wasAway(beat: DoorBeat | null, now: Date): boolean {
  return beat === null || now.getTime() - beat.at.getTime() > OUTAGE_SECONDS * 1_000;
}
