import { requireConfirmedEmail } from '#lib/auth/check-confirmation.ts';
import { requireActive } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { whyNotPublish, whyNotVisible } from './listing.ts';
import { lockOwnMachine } from './lock-machine.ts';
import { machineFacts, offerFacts } from './offer-facts.ts';
import type { MachineInput } from './schema.ts';
import { settleOffer } from './settle-offer.ts';

/**
 * Offers a machine at its saved terms. It is visible at once when its self-test has passed and this market does not ask
 * for approval; otherwise `waiting` says what it waits for.
 */
export async function publishListing(
  actor: Actor,
  input: MachineInput,
  world: World = theWorld,
): Promise<{ readonly listingId: string; readonly waiting: string | null }> {
  requireActive(actor);
  const now = world.now();
  return inTransaction('publish listing', async (tx) => {
    await requireConfirmedEmail(tx, actor);
    const machine = await lockOwnMachine(tx, actor, input.machineId);
    const { listing } = machine;
    const models = new Set(machine.gpus.map((gpu) => gpu.model)).size;
    refuseIf(
      whyNotPublish(
        listing === null ? null : { ...listing, state: listing.state as 'draft' },
        { ...machineFacts(machine, machine.gpus.length), models },
        now,
      ),
    );
    if (listing === null) throw new Error('whyNotPublish let a machine without a listing pass');
    const published = await tx.listing.update({
      where: { id: listing.id },
      data: { state: 'published', publishedAt: now, updatedAt: now },
    });
    await settleOffer(tx, machine.id, now);
    const facts = offerFacts(
      published,
      { ...machine, host: { suspendedAt: null } },
      machine.gpus.length,
      env().listingApproval === 'staff',
    );
    const waiting = whyNotVisible(facts, now);
    await recordEvent(
      tx,
      actor,
      {
        kind: 'listing.published',
        userId: actor.userId,
        machineId: machine.id,
        listingId: listing.id,
        data: { waits: waiting !== null, priceMicrosPerGpuHour: listing.priceMicrosPerGpuHour.toString() },
      },
      now,
    );
    return { listingId: listing.id, waiting: waiting?.sentence ?? null };
  });
}
