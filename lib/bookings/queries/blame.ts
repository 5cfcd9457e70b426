import type { Tx } from '#lib/io/db.ts';
import {
  DOUBTFUL,
  type Doubtful,
  type Findings,
  IMAGE_DAYS,
  isByImage,
  isOwnRegistry,
  MACHINE_DAYS,
} from '../blame.ts';

/** Whether what its renter wanted to run, and not its machine, kept a window from being used that failed so. */
export async function isHeldAgainstImage(
  reader: Pick<Tx, 'booking' | '$queryRaw'>,
  bookingId: string,
  failure: Doubtful,
  now: Date,
): Promise<boolean> {
  const { image } = await reader.booking.findUniqueOrThrow({ where: { id: bookingId }, select: { image: true } });
  if (failure === 'pullFailed' && !isOwnRegistry(image)) return false;
  return isByImage(failure, await findingsOf(reader, bookingId, now));
}

/** What others' rentals, and the same renter's on other hosts' machines, say of a window that never could be used. What runs to its end says nothing: no shell comes up in it. */
async function findingsOf(reader: Pick<Tx, '$queryRaw'>, bookingId: string, now: Date): Promise<Findings> {
  const [row] = await reader.$queryRaw<Omit<Findings, 'failedElsewhere'>[]>`
    SELECT b.image, b.command IS NULL AND b.sealed_environment IS NULL AS bare,
      EXISTS (SELECT 1 FROM bookings o WHERE o.image = b.image AND (o.renter_id <> b.renter_id OR b.image LIKE '%@sha256:%')
        AND o.host_id <> b.host_id AND o.at_exit IS NULL
        AND o.started_at > ${now}::timestamptz - make_interval(days => ${IMAGE_DAYS})) AS "ranElsewhere",
      (SELECT CASE WHEN count(*) > 0 THEN count(DISTINCT o.renter_id) FILTER (WHERE o.started_at IS NOT NULL)
          > count(DISTINCT o.renter_id) FILTER (WHERE o.started_at IS NULL) END
        FROM bookings o
        WHERE o.machine_id = b.machine_id AND o.renter_id <> b.renter_id AND o.image <> b.image AND o.at_exit IS NULL
          AND (o.started_at IS NOT NULL OR (o.ended_at IS NOT NULL AND o.reason = ANY(${[...DOUBTFUL]})))
          AND coalesce(o.started_at, o.ended_at) > ${now}::timestamptz - make_interval(days => ${MACHINE_DAYS})
      ) AS "machineRanOthers"
    FROM bookings b WHERE b.id = ${bookingId}`;
  if (row === undefined) throw new Error(`no booking ${bookingId}`);
  return { ...row, failedElsewhere: (await failuresElsewhere(reader, bookingId, now)).some(isOfImage) };
}

type FailedWindow = { readonly image: string; readonly reason: string };

/** The same renter's windows on other hosts' machines that never could be used: that failed so, or were left or ran out while their image was pulled. */
function failuresElsewhere(reader: Pick<Tx, '$queryRaw'>, bookingId: string, now: Date): Promise<FailedWindow[]> {
  return reader.$queryRaw`
    SELECT o.image, o.reason FROM bookings b JOIN bookings o ON o.renter_id = b.renter_id AND o.host_id <> b.host_id
    WHERE b.id = ${bookingId} AND o.kind = 'reserved' AND o.started_at IS NULL
      AND o.ended_at > ${now}::timestamptz - make_interval(days => ${IMAGE_DAYS})
      AND (o.reason = ANY(${[...DOUBTFUL]}) OR (o.reason IN ('neverReady', 'renterEnded') AND o.ended_at > o.starts_at
        AND EXISTS (SELECT 1 FROM events e WHERE e.booking_id = o.id AND e.kind = 'booking.phase' AND e.data->>'phase' = 'pulling')
        AND NOT EXISTS (SELECT 1 FROM events e WHERE e.booking_id = o.id AND e.kind = 'booking.phase' AND e.data->>'phase' = 'starting')))`;
}

/** What did not arrive from a registry that is everybody's says nothing of its renter. */
function isOfImage({ image, reason }: FailedWindow): boolean {
  return reason === 'startFailed' || reason === 'shellFailed' || isOwnRegistry(image);
}
