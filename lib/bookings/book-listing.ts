import { requireConfirmedEmail } from '#lib/auth/check-confirmation.ts';
import { requireActive } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { isBefore, theWorld, type World } from '#lib/base/time.ts';
import { breaksConstraint, db, inTransaction, type Tx } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { seal, sealContext } from '#protocol/seal.ts';
import { type BookingDraft, makeBookings } from './make-bookings.ts';
import { keysOfRenter } from './queries/renter-keys.ts';
import type { BookListingInput } from './schema.ts';
import { takeGpus } from './take-gpus.ts';
import { takeWindow } from './take-window.ts';
import { readTerms } from './terms.ts';
import { readWish, type Wish } from './wish.ts';

export type Booked = {
  readonly bookingId: string;
  /** False when this idempotency key had booked before: nothing was booked or held again. */
  readonly created: boolean;
};

/**
 * Books what was quoted, from now on or for a window that lies ahead: holds money, takes GPUs, signs the lease and wakes the machine, all or nothing. The same
 * idempotency key of a renter books once. Environment variables are sealed to the machine's key before anything is stored.
 * Refuses with `gpuTaken`, `insufficientFunds` (`neededMicros`, `freeMicros`), `quoteExpired`, `quoteUsed`, `keyNeeded`,
 * `listingGone`, `hostClosed`, `machineNotReady`, `ownMachine`, `renterBlocked`, `imageInvalid`, `badInput`, `emailUnconfirmed` or `conflict`.
 */
export async function bookListing(actor: Actor, input: BookListingInput, world: World = theWorld): Promise<Booked> {
  requireActive(actor);
  const now = world.now();
  const wish = readWish(input, { privateRegistries: env().privateRegistries });
  const quote = await db.quote.findFirst({
    where: { id: input.quoteId, renterId: actor.userId },
    select: { id: true, listing: { select: { machineId: true, machine: { select: { sealingKey: true } } } } },
  });
  if (quote === null) throw new Refusal('notFound', {}, 'There is no such quote. Ask for a new one.');
  const lease = { id: newId('lease', now), bookingId: newId('booking', now) };
  const { machineId, machine } = quote.listing;
  const sealedEnvironment =
    Object.keys(wish.environment).length === 0
      ? null
      : await seal(JSON.stringify(wish.environment), machine.sealingKey, sealContext(lease.id, machineId));
  try {
    return await inTransaction('book listing', (tx) =>
      book(tx, actor, wish, { ...lease, machineId, sealingKey: machine.sealingKey, sealedEnvironment }, now),
    );
  } catch (error) {
    if (breaksConstraint(error, 'allocations_no_overlap')) throw new Refusal('gpuTaken');
    if (breaksConstraint(error, 'idempotency_key')) throw keyUsed();
    if (breaksConstraint(error, 'quote_id')) throw new Refusal('quoteUsed');
    throw error;
  }
}

type Prepared = {
  readonly id: string;
  readonly bookingId: string;
  readonly machineId: string;
  readonly sealingKey: string;
  readonly sealedEnvironment: string | null;
};

async function book(tx: Tx, actor: Actor, wish: Wish, lease: Prepared, now: Date): Promise<Booked> {
  await tx.$queryRaw`SELECT 1 FROM machines WHERE id = ${lease.machineId} FOR NO KEY UPDATE`;
  const earlier = await bookedBefore(tx, actor, wish);
  if (earlier !== null) return earlier;
  await requireConfirmedEmail(tx, actor);
  const quote = await usableQuote(tx, actor, wish.quoteId, now);
  const terms = readTerms(quote.terms);
  // Without a key nobody gets in: told before money is looked at.
  if ((await keysOfRenter(tx, actor.userId)).authorizedKeys.length === 0) throw new Refusal('keyNeeded');
  const { bookingId } = lease;
  const { durationSeconds } = quote;
  const ask = { renterId: actor.userId, listingId: quote.listingId, durationSeconds, terms };
  const { offer, gpus, startsAt, endsAt } =
    quote.startsAt === null || durationSeconds === null
      ? await takeGpus(tx, { ...ask, again: false }, now)
      : await takeWindow(tx, { ...ask, startsAt: quote.startsAt, durationSeconds }, now);
  // Sealed for a key that the machine had when it was read: enrolled anew meanwhile, it could not open it.
  if (offer.sealingKey !== lease.sealingKey) throw new Refusal('conflict');
  const { name, image, command, capMicros, idempotencyKey } = wish;
  const draft: BookingDraft = {
    bookingId,
    leaseId: lease.id,
    kind: quote.startsAt === null ? 'onDemand' : 'reserved',
    renterId: actor.userId,
    quoteId: quote.id,
    offer,
    gpus,
    terms,
    workload: { name, image, command, sealedEnvironment: lease.sealedEnvironment },
    capMicros,
    idempotencyKey,
    startsAt,
    endsAt,
  };
  await makeBookings(tx, actor, [draft], now);
  return { bookingId, created: true };
}

async function bookedBefore(tx: Tx, actor: Actor, wish: Wish): Promise<Booked | null> {
  const booking = await tx.booking.findUnique({
    where: { renterId_idempotencyKey: { renterId: actor.userId, idempotencyKey: wish.idempotencyKey } },
    select: { id: true, quoteId: true },
  });
  if (booking === null) return null;
  if (booking.quoteId !== wish.quoteId) throw keyUsed();
  return { bookingId: booking.id, created: false };
}

function keyUsed(): Refusal {
  return new Refusal('conflict', {}, 'This idempotency key was already used for another booking. Take a new one.');
}

async function usableQuote(tx: Tx, actor: Actor, quoteId: string, now: Date) {
  const quote = await tx.quote.findFirst({
    where: { id: quoteId, renterId: actor.userId },
    select: {
      id: true,
      listingId: true,
      durationSeconds: true,
      startsAt: true,
      terms: true,
      expiresAt: true,
      booking: { select: { id: true } },
    },
  });
  if (quote === null) throw new Refusal('notFound');
  if (quote.booking !== null) throw new Refusal('quoteUsed');
  if (!isBefore(now, quote.expiresAt)) throw new Refusal('quoteExpired');
  return quote;
}
