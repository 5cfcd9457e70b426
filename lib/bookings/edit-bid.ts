import { requireActive } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { formatDollars, type Micros } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { amountProblem, raiseProblem, whyNotEditBid } from './bid.ts';
import { capOfRental, spentOf } from './bid-wish.ts';
import { lockBooking } from './lock-booking.ts';
import { rentalsOfBids } from './queries/bid-facts.ts';
import type { EditBidInput } from './schema.ts';
import { readTerms } from './terms.ts';

/**
 * A renter changes what they bid, or its cap; from the next clearing on it counts. With a rental it is not raised above what
 * was frozen when that was made, and while that runs its cap is not lowered. Refuses with `badInput`, `notNow`, `conflict` (it just got a rental: try again) or `notFound`.
 */
export async function editBid(actor: Actor, input: EditBidInput, world: World = theWorld): Promise<void> {
  requireActive(actor);
  await inTransaction('edit bid', async (tx) => {
    const now = world.now();
    const { bidId: id, microsPerGpuHour, capMicros } = input;
    const seen = await tx.bid.findFirst({ where: { id, renterId: actor.userId }, select: { bookingId: true } });
    // A machine is locked before a bid.
    if (seen?.bookingId != null) await lockBooking(tx, { id: seen.bookingId });
    await tx.$queryRaw`SELECT 1 FROM bids WHERE id = ${id} AND renter_id = ${actor.userId} FOR NO KEY UPDATE`;
    const bid = await tx.bid.findFirst({
      where: { id, renterId: actor.userId },
      select: {
        state: true,
        microsPerGpuHour: true,
        capMicros: true,
        bookingId: true,
        booking: { select: { id: true, machineId: true, terms: true, desired: true } },
      },
    });
    if (bid === null) throw new Refusal('notFound');
    if (bid.bookingId !== seen?.bookingId) throw new Refusal('conflict');
    refuseIf(whyNotEditBid(bid));
    const rental = bid.booking === null || bid.booking.desired === 'ended' ? null : bid.booking;
    const problem =
      amountProblem(microsPerGpuHour) ??
      raiseProblem(microsPerGpuHour, rental === null ? null : readTerms(rental.terms));
    if (problem !== null) throw new Refusal('badInput', { microsPerGpuHour: problem });
    if (capMicros !== undefined) await moveCap(tx, { id, ...bid, rental }, capMicros);
    const cap = capMicros === undefined ? {} : { capMicros };
    await tx.bid.update({ where: { id }, data: { microsPerGpuHour, ...cap, notBefore: null, updatedAt: now } });
    const data = { bidId: id, microsPerGpuHour: microsPerGpuHour.toString(), before: bid.microsPerGpuHour.toString() };
    const about = { userId: actor.userId, bookingId: rental?.id, machineId: rental?.machineId };
    await recordEvent(tx, actor, { kind: 'bid.changed', ...about, data }, now);
  });
}

type Capped = {
  readonly id: string;
  readonly capMicros: Micros | null;
  readonly rental: { readonly id: string; readonly desired: string } | null;
};

/** The rental that it has gets its share of the new cap at once; what is set aside follows with the next renewal. */
async function moveCap(tx: Tx, { id, capMicros: before, rental }: Capped, capMicros: Micros | null): Promise<void> {
  const rentals = (await rentalsOfBids(tx, [id])).get(id) ?? [];
  const problem = capProblem({ before, capMicros, spentMicros: spentOf(rentals) }, rental?.desired === 'running');
  if (problem !== null) throw new Refusal('badInput', { capMicros: problem });
  if (rental === null) return;
  const ofRental = capOfRental(capMicros, rentals, rental.id);
  await tx.booking.update({ where: { id: rental.id }, data: { capMicros: ofRental } });
}

function capProblem(
  cap: { readonly before: Micros | null; readonly capMicros: Micros | null; readonly spentMicros: Micros },
  runs: boolean,
): string | null {
  const { before, capMicros, spentMicros } = cap;
  if (capMicros === null) return null;
  if (capMicros <= spentMicros) return `It has cost ${formatDollars(spentMicros)} already: a cap is more than that.`;
  return runs && (before === null || capMicros < before)
    ? 'While its rental runs a cap is raised or taken away, not lowered: its money is set aside. Stop the rental first.'
    : null;
}
