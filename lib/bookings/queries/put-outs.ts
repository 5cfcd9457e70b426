import { addSeconds } from '#lib/base/time.ts';
import type { Reader } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { IN_VAIN_KEPT_SECONDS, type PutOuts, RESERVED_COUNTS_SECONDS } from '../put-out.ts';

const NONE: PutOuts = { inVainAt: [], unused: 0 };

/** For whom of each renter's rentals interruptible ones were put out lately. What is reserved counts while it is new, and once its time comes. */
export async function putOutsOf(
  reader: Pick<Reader, '$queryRaw'>,
  renterIds: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, PutOuts>> {
  const noticeSeconds = env().interruptionNoticeSeconds;
  const ids = [...new Set(renterIds)];
  const rows = await reader.$queryRaw<{ renter_id: string; in_vain: Date[]; unused: number }[]>`
    SELECT r.id AS renter_id,
      ARRAY(
        SELECT v.over_at FROM put_outs_in_vain v
        WHERE v.renter_id = r.id AND v.over_at > ${addSeconds(now, -IN_VAIN_KEPT_SECONDS)}::timestamptz
        ORDER BY v.over_at DESC
      ) AS in_vain,
      (
        SELECT count(*)::int FROM bookings b
        WHERE b.renter_id = r.id AND b.put_out_at IS NOT NULL AND b.desired = 'running'
          AND (b.starts_at <= ${addSeconds(now, noticeSeconds)}::timestamptz
            OR b.put_out_at > ${addSeconds(now, -RESERVED_COUNTS_SECONDS)}::timestamptz)
          AND NOT EXISTS (
            SELECT 1 FROM allocations a WHERE a.booking_id = b.id AND a.starts_at >= b.put_out_at
              AND a.connectable_at <= ${addSeconds(now, -noticeSeconds)}::timestamptz
          )
      ) AS unused
    FROM unnest(${ids}::text[]) AS r(id)`;
  return new Map(rows.map((row) => [row.renter_id, { inVainAt: row.in_vain, unused: row.unused }]));
}

/** The same for one renter. */
export async function putOutsOfOne(reader: Pick<Reader, '$queryRaw'>, renterId: string, now: Date): Promise<PutOuts> {
  return (await putOutsOf(reader, [renterId], now)).get(renterId) ?? NONE;
}

/** Whether the bid of a rental is lower by now than when somebody was put out for it. */
export async function isLowered(
  reader: Pick<Reader, 'bid'>,
  { id: bookingId, putOutBidMicros }: { readonly id: string; readonly putOutBidMicros: bigint | null },
): Promise<boolean> {
  if (putOutBidMicros === null) return false;
  const bid = await reader.bid.findUnique({ where: { bookingId }, select: { microsPerGpuHour: true } });
  return bid !== null && bid.microsPerGpuHour < putOutBidMicros;
}
