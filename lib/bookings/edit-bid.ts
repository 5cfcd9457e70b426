import { requireActive } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { amountProblem, raiseProblem, whyNotEditBid } from './bid.ts';
import type { EditBidInput } from './schema.ts';
import { readTerms } from './terms.ts';

/**
 * A renter changes what they bid; from the next clearing on it counts. With a rental it is not raised above what was frozen
 * when that was made. Refuses with `badInput`, `notNow` or `notFound`.
 */
export async function editBid(actor: Actor, input: EditBidInput, world: World = theWorld): Promise<void> {
  requireActive(actor);
  await inTransaction('edit bid', async (tx) => {
    const now = world.now();
    const { bidId: id, microsPerGpuHour } = input;
    await tx.$queryRaw`SELECT 1 FROM bids WHERE id = ${id} AND renter_id = ${actor.userId} FOR NO KEY UPDATE`;
    const bid = await tx.bid.findFirst({
      where: { id, renterId: actor.userId },
      select: {
        state: true,
        microsPerGpuHour: true,
        booking: { select: { id: true, machineId: true, terms: true, desired: true } },
      },
    });
    if (bid === null) throw new Refusal('notFound');
    refuseIf(whyNotEditBid(bid));
    const rental = bid.booking === null || bid.booking.desired === 'ended' ? null : bid.booking;
    const problem =
      amountProblem(microsPerGpuHour) ??
      raiseProblem(microsPerGpuHour, rental === null ? null : readTerms(rental.terms));
    if (problem !== null) throw new Refusal('badInput', { microsPerGpuHour: problem });
    await tx.bid.update({ where: { id }, data: { microsPerGpuHour, notBefore: null, updatedAt: now } });
    const data = { bidId: id, microsPerGpuHour: microsPerGpuHour.toString(), before: bid.microsPerGpuHour.toString() };
    const about = { userId: actor.userId, bookingId: rental?.id, machineId: rental?.machineId };
    await recordEvent(tx, actor, { kind: 'bid.changed', ...about, data }, now);
  });
}
