import { requireActive } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { type ListingTerms, termsProblems } from './listing.ts';
import { lockOwnMachine } from './lock-machine.ts';
import type { SaveListingInput } from './schema.ts';
import { settleOffer } from './settle-offer.ts';

const FIELDS = {
  priceMicrosPerGpuHour: 'price',
  diskPriceMicrosPerGibMonth: 'diskPrice',
  minGpus: 'minGpus',
  endsAt: 'endsAt',
} as const;

/**
 * Sets what a host asks for a machine: a draft at first, and later an edit. Bookings made before keep the terms they were
 * booked with. Amounts in micro-dollars. Refuses with `badInput` and one sentence a field.
 */
export async function saveListing(
  actor: Actor,
  input: SaveListingInput,
  world: World = theWorld,
): Promise<{ readonly listingId: string }> {
  requireActive(actor);
  const now = world.now();
  const terms: ListingTerms = {
    priceMicrosPerGpuHour: input.price,
    diskPriceMicrosPerGibMonth: input.diskPrice,
    minGpus: input.minGpus,
    endsAt: input.endsAt,
  };
  return inTransaction('save listing', async (tx) => {
    const machine = await lockOwnMachine(tx, actor, input.machineId);
    if (machine.retiredAt !== null) throw new Refusal('notNow', {}, 'This machine is retired.');
    const problems = Object.entries(termsProblems(terms, machine.gpus.length, now));
    if (problems.length > 0)
      throw new Refusal(
        'badInput',
        Object.fromEntries(problems.map(([field, sentence]) => [FIELDS[field as keyof ListingTerms], sentence])),
      );
    const listing = await tx.listing.upsert({
      where: { machineId: machine.id },
      create: {
        id: newId('listing', now),
        machineId: machine.id,
        hostId: machine.hostId,
        state: 'draft',
        ...terms,
        createdAt: now,
        updatedAt: now,
      },
      update: { ...terms, updatedAt: now },
      select: { id: true },
    });
    await settleOffer(tx, machine.id, now);
    await recordEvent(
      tx,
      actor,
      {
        kind: 'listing.saved',
        userId: actor.userId,
        machineId: machine.id,
        listingId: listing.id,
        data: {
          priceMicrosPerGpuHour: terms.priceMicrosPerGpuHour.toString(),
          diskPriceMicrosPerGibMonth: terms.diskPriceMicrosPerGibMonth.toString(),
          minGpus: terms.minGpus,
          endsAt: terms.endsAt?.toISOString() ?? null,
          previousPriceMicrosPerGpuHour: machine.listing?.priceMicrosPerGpuHour.toString() ?? null,
        },
      },
      now,
    );
    return { listingId: listing.id };
  });
}
