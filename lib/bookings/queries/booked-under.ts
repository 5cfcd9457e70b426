import type { Actor } from '#lib/base/actor.ts';
import { db } from '#lib/io/db.ts';

/** The booking that the viewer made under an idempotency key, or null. */
export async function bookedUnder(actor: Actor, idempotencyKey: string): Promise<string | null> {
  const booking = await db.booking.findUnique({
    where: { renterId_idempotencyKey: { renterId: actor.userId, idempotencyKey } },
    select: { id: true },
  });
  return booking?.id ?? null;
}
