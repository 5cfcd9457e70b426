import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { readTerms } from '#lib/bookings/terms.ts';
import { db } from '#lib/io/db.ts';
import type { InvoiceHeading } from '../bill-pdf.ts';

/** Whose invoice a booking's is, for its renter, its host or staff; what is not theirs is not found. */
export async function invoiceHeadingOf(actor: Actor, bookingId: string): Promise<InvoiceHeading> {
  const booking = await db.booking.findFirst({
    where: {
      id: bookingId,
      ...(actor.role === 'admin' ? {} : { OR: [{ renterId: actor.userId }, { hostId: actor.userId }] }),
    },
    select: {
      name: true,
      terms: true,
      renter: { select: { name: true } },
      host: { select: { name: true } },
      machine: { select: { name: true } },
    },
  });
  if (booking === null) throw new Refusal('notFound');
  return {
    bookingName: booking.name,
    renterName: booking.renter.name,
    hostName: booking.host.name,
    machineName: booking.machine.name,
    gpuModel: readTerms(booking.terms).gpuModel,
  };
}
