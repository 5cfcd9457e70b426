import { requireActive } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { isBefore, theWorld, type World } from '#lib/base/time.ts';
import { lockOffer } from '#lib/catalogue/lock-offer.ts';
import { breaksConstraint, inTransaction, type Tx } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { seal, sealContext } from '#protocol/seal.ts';
import { type BookingDraft, makeBookings } from './make-bookings.ts';
import { type Quoted, type QuotedPlace, quotedPlace, readQuoted } from './queries/quoted.ts';
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
  const place = await quotedPlace(actor, input.quoteId);
  if (place === undefined) throw new Refusal('notFound', {}, 'There is no such quote. Ask for a new one.');
  const lease = { id: newId('lease', now), bookingId: newId('booking', now) };
  const sealedEnvironment =
    Object.keys(wish.environment).length === 0
      ? null
      : await seal(JSON.stringify(wish.environment), place.sealingKey, sealContext(lease.id, place.machineId));
  try {
    return await inTransaction('book listing', (tx) =>
      book(tx, actor, wish, { ...lease, ...place, sealedEnvironment }, now),
    );
  } catch (error) {
    if (breaksConstraint(error, 'allocations_no_overlap')) throw new Refusal('gpuTaken');
    if (breaksConstraint(error, 'idempotency_key')) throw keyUsed();
    if (breaksConstraint(error, 'quote_id')) throw new Refusal('quoteUsed');
    throw error;
  }
}

type Prepared = QuotedPlace & {
  readonly id: string;
  readonly bookingId: string;
  readonly sealedEnvironment: string | null;
};

async function book(tx: Tx, actor: Actor, wish: Wish, lease: Prepared, now: Date): Promise<Booked> {
  const offer = await lockOffer(tx, lease.listingId, now);
  const quote = await readQuoted(tx, actor.userId, wish);
  if (quote === undefined || offer === undefined) throw new Refusal('notFound');
  const earlier = bookedBefore(quote, wish);
  if (earlier !== null) return earlier;
  requireUsable(quote, now);
  const terms = readTerms(quote.terms);
  const { bookingId } = lease;
  const { durationSeconds } = quote;
  const ask = { renterId: actor.userId, durationSeconds, terms };
  const { gpus, startsAt, endsAt } =
    quote.startsAt === null || durationSeconds === null
      ? await takeGpus(tx, offer, { ...ask, again: false }, now)
      : await takeWindow(tx, offer, { ...ask, startsAt: quote.startsAt, durationSeconds }, now);
  // Sealed for a key that the machine had when it was read: enrolled anew meanwhile, it could not open it.
  if (offer.sealingKey !== lease.sealingKey) throw new Refusal('conflict');
  const { name, image, command, capMicros, idempotencyKey, quoteId } = wish;
  const draft: BookingDraft = {
    bookingId,
    leaseId: lease.id,
    kind: quote.startsAt === null ? 'onDemand' : 'reserved',
    renterId: actor.userId,
    quoteId,
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
  // What was kept for it is what is held now.
  if (quote.keptMicros > 0n) await tx.quote.update({ where: { id: quoteId }, data: { keptMicros: 0n } });
  return { bookingId, created: true };
}

function bookedBefore({ earlier }: Quoted, wish: Wish): Booked | null {
  if (earlier === null) return null;
  if (earlier.quoteId !== wish.quoteId) throw keyUsed();
  return { bookingId: earlier.bookingId, created: false };
}

function keyUsed(): Refusal {
  return new Refusal('conflict', {}, 'This idempotency key was already used for another booking. Take a new one.');
}

function requireUsable(quote: Quoted, now: Date): void {
  if (!quote.emailConfirmed) throw new Refusal('emailUnconfirmed');
  if (quote.isUsed) throw new Refusal('quoteUsed');
  if (!isBefore(now, quote.expiresAt)) throw new Refusal('quoteExpired');
  // Without a key nobody gets in: told before money is looked at.
  if (!quote.hasSshKey) throw new Refusal('keyNeeded');
}
