import { addSeconds } from '#lib/base/time.ts';
import { UNMEASURED_LINK_BITS_PER_SECOND } from '#lib/catalogue/fit/finish.ts';
import { DOOR_BEAT, wasAway } from '#lib/events/beat.ts';
import type { Tx } from '#lib/io/db.ts';
import {
  absentSince,
  farthestStep,
  type Listened,
  type MachineFault,
  notReadySince,
  type PhaseSeen,
  STEP_SECONDS,
} from '../reserved.ts';
import { isHeldAgainstImage } from './blame.ts';

type Window = {
  readonly id: string;
  readonly machineId: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly startedAt: Date | null;
};

type FaultReader = Pick<Tx, 'beat' | 'silence' | 'booking' | '$queryRaw'>;

/**
 * Why the machine of a reserved window does not do its part for its renter now; null: it does, or the window lies ahead. With
 * `byWorkload` it is known that what was to run is what could not: then only silence is a fault of the machine.
 */
export async function machineFaultOf(
  reader: FaultReader,
  booking: Window,
  now: Date,
  { byWorkload = false }: { readonly byWorkload?: boolean } = {},
): Promise<MachineFault | null> {
  const { machineId, startsAt, startedAt } = booking;
  if (now < startsAt) return null;
  const silences = await reader.silence.findMany({
    where: { machineId, cause: 'unreachable', OR: [{ endsAt: null }, { endsAt: { gt: startsAt } }] },
    select: { startsAt: true, endsAt: true },
  });
  const silent = absentSince(booking, silences, now);
  if (silent !== null) return { kind: 'silent', since: silent };
  if (byWorkload || startedAt !== null) return null;
  const seen = await phasesOf(reader, booking.id);
  const since = notReadySince(booking, seen, await downloadSecondsOf(reader, booking.id), await listened(reader, now));
  if (since === null) return null;
  // What does not come, from a registry that may be its renter's own, is a pull that failed slowly.
  const pulls = farthestStep(seen).step === 'pulling';
  return pulls && (await isHeldAgainstImage(reader, booking.id, 'pullFailed', now))
    ? null
    : { kind: 'notReady', since };
}

/**
 * Whether a window that never could be used waited for its image alone: its machine was at it within a step's time, no farther since, and
 * what does not come is held against the image.
 */
export async function waitedForImage(reader: FaultReader, booking: Window, now: Date): Promise<boolean> {
  const { step, since } = farthestStep(await phasesOf(reader, booking.id));
  if (step !== 'pulling' || since === null || since > addSeconds(booking.startsAt, STEP_SECONDS)) return false;
  return isHeldAgainstImage(reader, booking.id, 'pullFailed', now);
}

/** The phases that a machine has said of a booking, each from when it first did. */
function phasesOf(reader: Pick<Tx, '$queryRaw'>, bookingId: string): Promise<PhaseSeen[]> {
  return reader.$queryRaw`
    SELECT data->>'phase' AS phase, min(created_at) AS at FROM events
    WHERE booking_id = ${bookingId} AND kind = 'booking.phase' AND data->>'phase' IS NOT NULL GROUP BY 1`;
}

async function listened(reader: Pick<Tx, 'beat'>, now: Date): Promise<Listened> {
  const door = await reader.beat.findUnique({ where: { name: DOOR_BEAT }, select: { at: true, backAt: true } });
  return { since: door?.backAt ?? null, until: door !== null && wasAway(door, now) ? door.at : now };
}

/** What the image that is being pulled for a booking takes over the link of its machine, in seconds; 0 when none is pulled. */
async function downloadSecondsOf(reader: Pick<Tx, '$queryRaw'>, bookingId: string): Promise<number> {
  const [row] = await reader.$queryRaw<{ bytes: number; link: number | null }[]>`
    SELECT (b.progress->>'bytesTotal')::float8 AS bytes, nullif((m.specification->>'networkDownBitsPerSecond')::float8, 0) AS link
    FROM bookings b JOIN machines m ON m.id = b.machine_id
    WHERE b.id = ${bookingId} AND b.observed = 'pulling' AND jsonb_typeof(b.progress) = 'object'`;
  return row === undefined ? 0 : (row.bytes * 8) / (row.link ?? UNMEASURED_LINK_BITS_PER_SECOND);
}
