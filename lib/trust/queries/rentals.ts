import { requireAdmin } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { type Page, toPage } from '#lib/base/page.ts';
import { Refusal } from '#lib/base/refusal.ts';
import type { BookingKind, Desired, Observed } from '#lib/bookings/booking.ts';
import { db } from '#lib/io/db.ts';

export type RentalRow = {
  readonly id: string;
  readonly name: string;
  readonly renter: { readonly id: string; readonly name: string };
  readonly host: { readonly id: string; readonly name: string };
  readonly machine: { readonly id: string; readonly name: string; readonly simulated: boolean };
  readonly kind: BookingKind;
  readonly desired: Desired;
  readonly observed: Observed;
  readonly billable: string;
  readonly reason: string | null;
  readonly chargedMicros: bigint;
  readonly refundedMicros: bigint;
  readonly disputedMicros: bigint;
  readonly createdAt: Date;
  readonly startsAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
};

const RENTALS_A_PAGE = 50;

const rentalRow = {
  id: true,
  name: true,
  renter: { select: { id: true, name: true } },
  host: { select: { id: true, name: true } },
  machine: { select: { id: true, name: true, simulated: true } },
  kind: true,
  desired: true,
  observed: true,
  billable: true,
  reason: true,
  createdAt: true,
  startsAt: true,
  startedAt: true,
  endedAt: true,
  lease: { select: { chargedMicros: true, refundedMicros: true, disputedMicros: true } },
} as const;

type Charged = Pick<RentalRow, 'chargedMicros' | 'refundedMicros' | 'disputedMicros'>;
type Selected = Omit<RentalRow, keyof Charged | 'kind' | 'desired' | 'observed'> & {
  readonly kind: string;
  readonly desired: string;
  readonly observed: string;
  readonly lease: Charged | null;
};

function toRentalRow({ lease, ...row }: Selected): RentalRow {
  const nothing: Charged = { chargedMicros: 0n, refundedMicros: 0n, disputedMicros: 0n };
  const { kind, desired, observed } = row as Pick<RentalRow, 'kind' | 'desired' | 'observed'>;
  return { ...row, kind, desired, observed, ...(lease ?? nothing) };
}

export type RentalAsk = {
  readonly text: string;
  readonly live: boolean;
  readonly userId?: string | undefined;
  readonly machineId?: string | undefined;
  readonly before?: string | undefined;
  /** How many at most; a page of them unless it is less. */
  readonly take?: number | undefined;
};

/** Bookings, newest first: all or the live ones, of anybody or of one person or machine. For admins. */
export async function findRentals(actor: Actor, ask: RentalAsk): Promise<Page<RentalRow>> {
  requireAdmin(actor);
  const take = Math.min(ask.take ?? RENTALS_A_PAGE, RENTALS_A_PAGE);
  const contains = { contains: ask.text, mode: 'insensitive' as const };
  const rows = await db.booking.findMany({
    where: {
      AND: [
        ask.text === ''
          ? {}
          : {
              OR: [
                { id: ask.text },
                { name: contains },
                { renter: { name: contains } },
                { host: { name: contains } },
                { machine: { name: contains } },
              ],
            },
        ask.userId === undefined ? {} : { OR: [{ renterId: ask.userId }, { hostId: ask.userId }] },
      ],
      ...(ask.live ? { endedAt: null } : {}),
      ...(ask.machineId === undefined ? {} : { machineId: ask.machineId }),
      ...(ask.before === undefined ? {} : { id: { lt: ask.before } }),
    },
    select: rentalRow,
    orderBy: { id: 'desc' },
    take: take + 1,
  });
  return toPage(rows.map(toRentalRow), take);
}

/** One booking as staff see it: no environment, no keys. For admins; unknown ids are not found. */
export async function rentalForStaff(
  actor: Actor,
  id: string,
): Promise<RentalRow & { readonly image: string; readonly reasonDetail: string | null }> {
  requireAdmin(actor);
  const row = await db.booking.findUnique({ where: { id }, select: { ...rentalRow, image: true, reasonDetail: true } });
  if (row === null) throw new Refusal('notFound');
  const { image, reasonDetail, ...rest } = row;
  return { ...toRentalRow(rest), image, reasonDetail };
}
