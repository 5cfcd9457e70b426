import { requireAdmin } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { refuseIf, type WhyNot } from '#lib/base/why-not.ts';
import { settleCase } from '#lib/desk/settle-case.ts';
import { inTransaction } from '#lib/io/db.ts';
import { changeStanding } from './change-standing.ts';
import { whyNotApprove, whyNotRestore, whyNotSuspend } from './listing.ts';
import { lockAnyMachine } from './lock-machine.ts';
import type { DecideListingInput } from './schema.ts';

type Standing = { readonly suspendedAt: Date | null; readonly approvedAt: Date | null };

/** Staff let a listing be seen that waits for them. */
export async function approveListing(actor: Actor, input: DecideListingInput, world: World = theWorld): Promise<void> {
  await decide(actor, input, world, 'listing.approved', whyNotApprove);
}

/** Staff take a listing off the market, with a reason that its host reads. It takes no booking; running ones go on. */
export async function suspendListing(actor: Actor, input: DecideListingInput, world: World = theWorld): Promise<void> {
  await decide(actor, input, world, 'listing.suspended', whyNotSuspend);
}

/** Staff let a suspended listing back on the market, as it was. */
export async function restoreListing(actor: Actor, input: DecideListingInput, world: World = theWorld): Promise<void> {
  await decide(actor, input, world, 'listing.restored', whyNotRestore);
}

async function decide(
  actor: Actor,
  input: DecideListingInput,
  world: World,
  kind: 'listing.approved' | 'listing.suspended' | 'listing.restored',
  whyNot: (listing: Standing) => WhyNot | null,
): Promise<void> {
  requireAdmin(actor);
  const now = world.now();
  await inTransaction(kind, async (tx) => {
    const machine = await lockAnyMachine(tx, { listingId: input.listingId });
    const listing = machine.listing as NonNullable<typeof machine.listing>;
    await settleCase(tx, actor, { kind: 'machine', id: machine.id }, input.seen, now);
    refuseIf(whyNot(listing));
    await changeStanding(tx, actor, { ...listing, hostId: machine.hostId }, kind, input.reason, now);
  });
}
