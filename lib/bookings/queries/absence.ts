import type { Tx } from '#lib/io/db.ts';
import { absentSince } from '../reserved.ts';

/** Since when the machine of a reserved window was not there for its renter; null: it was, or the window lies ahead. */
export async function absenceOf(
  reader: Pick<Tx, 'silence'>,
  booking: { readonly machineId: string; readonly startsAt: Date; readonly startedAt: Date | null },
  now: Date,
): Promise<Date | null> {
  if (now < booking.startsAt) return null;
  const silences = await reader.silence.findMany({
    where: {
      machineId: booking.machineId,
      cause: 'unreachable',
      OR: [{ endsAt: null }, { endsAt: { gt: booking.startsAt } }],
    },
    select: { startsAt: true, endsAt: true },
  });
  return absentSince(booking, silences, now);
}
