import { requireAdmin } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { refuseIf, type WhyNot } from '#lib/base/why-not.ts';
import { settleCase } from '#lib/desk/settle-case.ts';
import type { EventKind } from '#lib/events/event.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { whyNotApprove, whyNotRestore, whyNotSuspend } from './listing.ts';
import { lockAnyMachine } from './lock-machine.ts';
import type { DecideListingInput } from './schema.ts';
import { settleOffer } from './settle-offer.ts';

type Standing = { readonly suspendedAt: Date | null; readonly approvedAt: Date | null };

/** Staff let a listing be seen that waits for them. */
export async function approveListing(actor: Actor, input: DecideListingInput, world: World = theWorld): Promise<void> {
  await decide(actor, input, world, 'listing.approved', whyNotApprove, (now) => ({ approvedAt: now }));
}

/** Staff take a listing off the market, with a reason that its host reads. It takes no booking; running ones go on. */
export async function suspendListing(actor: Actor, input: DecideListingInput, world: World = theWorld): Promise<void> {
  await decide(actor, input, world, 'listing.suspended', whyNotSuspend, (now) => ({
    suspendedAt: now,
    suspendedReason: input.reason,
  }));
}

/** Staff let a suspended listing back on the market, as it was. */
export async function restoreListing(actor: Actor, input: DecideListingInput, world: World = theWorld): Promise<void> {
  await decide(actor, input, world, 'listing.restored', whyNotRestore, () => ({
    suspendedAt: null,
    suspendedReason: null,
  }));
}

async function decide(
  actor: Actor,
  input: DecideListingInput,
  world: World,
  kind: EventKind,
  whyNot: (listing: Standing) => WhyNot | null,
  change: (now: Date) => { approvedAt?: Date; suspendedAt?: Date | null; suspendedReason?: string | null },
): Promise<void> {
  requireAdmin(actor);
  const now = world.now();
  await inTransaction(kind, async (tx) => {
    const machine = await lockAnyMachine(tx, { listingId: input.listingId });
    const listing = machine.listing as NonNullable<typeof machine.listing>;
    await settleCase(tx, actor, { kind: 'machine', id: machine.id }, input.seen, now);
    refuseIf(whyNot(listing));
    await tx.listing.update({ where: { id: listing.id }, data: { ...change(now), updatedAt: now } });
    await settleOffer(tx, machine.id, now);
    await recordEvent(
      tx,
      actor,
      { kind, userId: machine.hostId, machineId: machine.id, listingId: listing.id, reason: input.reason },
      now,
    );
  });
}
