import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { inTransaction } from '#lib/io/db.ts';
import { bookingNameProblem } from './image.ts';
import type { RenameBookingInput } from './schema.ts';

/** The renter gives a booking another name. Only they and the host see it. Refuses with `badInput` or `notFound`. */
export async function renameBooking(actor: Actor, input: RenameBookingInput): Promise<void> {
  const problem = bookingNameProblem(input.name);
  if (problem !== null) throw new Refusal('badInput', { name: problem });
  await inTransaction('rename booking', async (tx) => {
    const { count } = await tx.booking.updateMany({
      where: { id: input.bookingId, renterId: actor.userId },
      data: { name: input.name.trim() },
    });
    if (count === 0) throw new Refusal('notFound');
  });
}
