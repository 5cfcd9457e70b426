import type { Actor } from '#lib/base/actor.ts';
import { MICROS_PER_DOLLAR } from '#lib/base/money.ts';
import { addSeconds, DAY, HOUR } from '#lib/base/time.ts';
import { endBookingByStaff } from '#lib/bookings/end-booking-by-staff.ts';
import { db } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import type { DemoAccounts } from './accounts.ts';
import type { PlayedMachine } from './machines.ts';
import { forgetOldNews, playRental, prepareRenter } from './played-rental.ts';

type Past = {
  /** Which of the demo host's machines, in their order. */
  readonly machine: number;
  readonly daysAgo: number;
  readonly minutes: number;
  readonly name: string;
  readonly refund?: { readonly percent: bigint; readonly reason: string };
};

const RENTALS: readonly Past[] = [
  { machine: 0, daysAgo: 96, minutes: 90, name: 'tokenizer ablation' },
  { machine: 1, daysAgo: 71, minutes: 60, name: 'product renders' },
  { machine: 0, daysAgo: 64, minutes: 120, name: 'LoRA, first try' },
  {
    machine: 2,
    daysAgo: 40,
    minutes: 45,
    name: 'speech batch',
    refund: { percent: 40n, reason: 'The disk was slower than measured.' },
  },
  { machine: 1, daysAgo: 33, minutes: 75, name: 'LoRA, second try' },
  { machine: 0, daysAgo: 9, minutes: 50, name: 'evaluation' },
];

/**
 * Lets a simulated renter have rented machines of the demo host, once, on machines that never answered yet. Each rental goes
 * through the commands of the product with a clock that is set back, and each minute of it is stated and signed with its
 * machine's own key: its bill verifies as any other, and its machine is marked simulated. Answers how many there were.
 */
export async function pastRentals(
  accounts: DemoAccounts,
  machines: readonly PlayedMachine[],
  now: Date,
): Promise<number> {
  const renter = accounts.pastRenter;
  const own = await db.machine.findMany({
    where: { hostId: accounts.host.userId, id: { in: machines.map(({ machineId }) => machineId) } },
    orderBy: { name: 'asc' },
    select: { id: true, lastSyncAt: true, listing: { select: { id: true, minGpus: true, publishedAt: true } } },
  });
  // What answered once has a life of its own, and its past stays as it was.
  if (env().gateways.length === 0 || own.some(({ lastSyncAt }) => lastSyncAt !== null)) return 0;
  if ((await db.booking.count({ where: { renterId: renter.userId } })) > 0) return 0;
  const first = new Date(now.getTime() - 100 * DAY);
  await prepareRenter(renter, 500n * MICROS_PER_DOLLAR, first);
  let count = 0;
  for (const past of RENTALS) {
    const machine = own[past.machine];
    const at = new Date(now.getTime() - past.daysAgo * DAY - (count % 5) * HOUR);
    const played = machines.find(({ machineId }) => machineId === machine?.id);
    const since = machine?.listing?.publishedAt;
    if (machine?.listing == null || played === undefined || since == null || since > at) continue;
    const { bookingId, endedAt } = await playRental(
      renter,
      { listingId: machine.listing.id, gpuCount: machine.listing.minGpus, played },
      { name: past.name, key: `demo-past-${past.daysAgo}`, at, statements: past.minutes, statementSeconds: 60 },
    );
    if (past.refund !== undefined) await refund(accounts, bookingId, past.refund, addSeconds(endedAt, 5 * 3_600));
    count += 1;
  }
  await db.machine.updateMany({ where: { id: { in: own.map(({ id }) => id) } }, data: { lastSyncAt: null } });
  await forgetOldNews(now);
  return count;
}

async function refund(
  accounts: DemoAccounts,
  bookingId: string,
  { percent, reason }: NonNullable<Past['refund']>,
  at: Date,
): Promise<void> {
  const { chargedMicros } = await db.lease.findUniqueOrThrow({ where: { bookingId }, select: { chargedMicros: true } });
  const admin: Actor = { userId: accounts.adminId, sessionId: 'seed', role: 'admin', suspended: false, twoStep: true };
  const input = { bookingId, reason, refundMicros: (chargedMicros * percent) / 100n };
  await endBookingByStaff(admin, input, { now: () => at });
}
