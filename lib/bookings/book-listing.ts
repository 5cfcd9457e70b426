import { requireActive } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import type { Micros } from '#lib/base/money.ts';
import { orRefusal, orThrow, Refusal } from '#lib/base/refusal.ts';
import { isBefore, theWorld, type World } from '#lib/base/time.ts';
import { lockListings } from '#lib/catalogue/lock-offer.ts';
import { offerAt, type StandingOffer, storedOffers } from '#lib/catalogue/queries/standing-offer.ts';
import { breaksConstraint, lastly, type Tx } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { BY_ITSELF, inGroups } from '#lib/io/in-groups.ts';
import { inOneGo, preparedWrite, texts } from '#lib/io/prepared.ts';
import { seal, sealContext } from '#protocol/seal.ts';
import { notePutOut } from './allow-put-out.ts';
import { lockPurses } from './hold-for-lease.ts';
import { type BookingDraft, makeEachBooking } from './make-bookings.ts';
import { type Quoted, type QuotedPlace, quotedPlace, readQuoted } from './queries/quoted.ts';
import type { BookListingInput } from './schema.ts';
import { type ChosenGpus, clearTheWay, gpusFor } from './take-gpus.ts';
import { readTerms } from './terms.ts';
import { windowFor } from './window-for.ts';
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
 * `putOutInVain`, `listingGone`, `hostClosed`, `machineNotReady`, `ownMachine`, `renterBlocked`, `imageInvalid`, `badInput`, `emailUnconfirmed` or `conflict`.
 */
export async function bookListing(actor: Actor, input: BookListingInput, world: World = theWorld): Promise<Booked> {
  requireActive(actor);
  const now = world.now();
  const wish = readWish(input, { privateRegistries: env().privateRegistries });
  try {
    return orThrow(await bookInGroups(askFor(actor, wish, now, world)));
  } catch (error) {
    if (breaksConstraint(error, 'allocations_no_overlap')) throw new Refusal('gpuTaken');
    if (breaksConstraint(error, 'idempotency_key')) throw keyUsed();
    if (breaksConstraint(error, 'quote_id')) throw new Refusal('quoteUsed');
    throw error;
  }
}

/** One who books: all that is known before the transaction. */
type Ask = {
  readonly actor: Actor;
  readonly wish: Wish;
  readonly place: QuotedPlace;
  readonly lease: { readonly id: string; readonly bookingId: string };
  readonly sealedEnvironment: string | null;
  readonly askedAt: Date;
  readonly world: World;
};

async function askFor(actor: Actor, wish: Wish, askedAt: Date, world: World): Promise<Ask> {
  const place = await quotedPlace(actor, wish.quoteId);
  if (place === undefined) throw new Refusal('notFound', {}, 'There is no such quote. Ask for a new one.');
  const lease = { id: newId('lease', askedAt), bookingId: newId('booking', askedAt) };
  const sealedEnvironment =
    Object.keys(wish.environment).length === 0
      ? null
      : await seal(JSON.stringify(wish.environment), place.sealingKey, sealContext(lease.id, place.machineId));
  return { actor, wish, place, lease, sealedEnvironment, askedAt, world };
}

/**
 * Whoever books at the same moment in this process, on other machines and with other wallets, is written in one commit. Nobody waits
 * for who is not on the way already, and nobody for the lock of a stranger.
 */
const bookInGroups = inGroups<Ask, Booked | Refusal>({
  name: 'book listing',
  keysOf: ({ actor, place }) => [actor.userId, place.machineId],
  sizeOf: () => 1,
  most: 64,
  readsFirst: true,
  work: bookEach,
});

async function bookEach(
  tx: Tx,
  asks: readonly Ask[],
  together: boolean,
): Promise<(Booked | Refusal | typeof BY_ITSELF)[]> {
  const listingIds = asks.map(({ place }) => place.listingId);
  const asked = asks.map(({ actor, wish }) => ({ renterId: actor.userId, ...wish }));
  const since = new Date(Math.min(...asks.map(({ askedAt }) => askedAt.getTime())));
  const purses = () => {
    const renterIds = asked.map(({ renterId }) => renterId);
    return lockPurses(tx, renterIds, since);
  };
  const [locked, stored, quotes, early] = await inOneGo([
    lockListings(tx, listingIds, { wait: !together }),
    storedOffers(tx, listingIds, since),
    readQuoted(tx, asked),
    // By itself, bookings that yield may have to be locked, and wallets are locked after every booking.
    together ? purses() : Promise.resolve(undefined),
  ]);
  // By the time at which the lock is had: whoever had it before began before, and has the GPUs now, not soon.
  const now = new Date(Math.max(...asks.map(({ world }) => world.now().getTime())));
  const offers = new Map(
    stored.filter(({ listingId }) => locked.includes(listingId)).map((one) => [one.listingId, offerAt(one, now)]),
  );
  const decided = asks.map((ask) => {
    const offer = offers.get(ask.place.listingId);
    if (offer === undefined && together) return BY_ITSELF;
    return orRefusal(() => decide(ask, quotes.get(ask.wish.quoteId), offer, now));
  });
  const alone = asks.length === 1;
  const placed: Placed[] = [];
  for (const one of decided) {
    if (!isPlaced(one)) continue;
    const { offer, renterId } = one.draft;
    // Whoever is told to yield is locked before any wallet, and for that nobody else shall wait.
    if (one.chosen.yielding.length > 0 && together) continue;
    await clearTheWay(tx, { machineId: offer.machineId, renterId }, one.chosen, now);
    placed.push(one);
  }
  const { made, stored: storing } = await makeEachBooking(
    tx,
    placed.map(({ draft }) => draft),
    { purses: early ?? (await purses()), keys: new Map([...quotes.values()].map((quote) => [quote.renterId, quote])) },
    now,
  );
  const answers = new Map(placed.map((one, at) => [one, made[at]]));
  const booked = placed.filter((one) => !(answers.get(one) instanceof Refusal));
  const putting = booked.filter(({ chosen }) => chosen.yielding.length > 0);
  const noted = notePutOut(
    tx,
    putting.map(({ draft }) => draft.bookingId),
    now,
  );
  lastly(tx, inOneGo([storing, noted, releaseKept(tx, booked)]));
  return decided.map((one) => {
    if (!isPlaced(one)) return alone && one instanceof Refusal ? orThrow(one) : one;
    const answer = answers.get(one);
    if (answer === undefined) return BY_ITSELF;
    // Alone it is thrown, so that nobody was told to yield for nothing.
    if (answer instanceof Refusal) return alone ? orThrow(answer) : answer;
    return { bookingId: answer.bookingId, created: true };
  });
}

type Placed = { readonly draft: BookingDraft; readonly chosen: ChosenGpus; readonly keptMicros: Micros };

const KEEP_NOTHING = preparedWrite<[quoteIds: readonly string[]]>(
  'keep nothing for quotes',
  `UPDATE quotes SET kept_micros = 0 WHERE id = ANY${texts('$1')}`,
);

/** What was kept for them is what is held now. */
async function releaseKept(tx: Tx, booked: readonly Placed[]): Promise<void> {
  const quoteIds = booked.flatMap(({ draft, keptMicros }) => (keptMicros > 0n ? (draft.quoteId ?? []) : []));
  if (quoteIds.length > 0) await KEEP_NOTHING(tx, quoteIds);
}

function isPlaced(decided: Placed | Booked | Refusal | typeof BY_ITSELF): decided is Placed {
  return typeof decided === 'object' && 'draft' in decided;
}

/** Everything that decides but money: what was booked before under the same key, or where it goes. */
function decide(
  { actor, wish, place, lease, sealedEnvironment }: Ask,
  quote: Quoted | undefined,
  offer: StandingOffer | undefined,
  now: Date,
): Booked | Placed {
  if (quote === undefined || offer === undefined) throw new Refusal('notFound');
  const earlier = bookedBefore(quote, wish);
  if (earlier !== null) return earlier;
  requireUsable(quote, now);
  const terms = readTerms(quote.terms);
  const { durationSeconds, startsAt } = quote;
  const ask = { renterId: actor.userId, durationSeconds, terms };
  const chosen =
    startsAt === null || durationSeconds === null
      ? gpusFor(offer, { ...ask, again: false }, now)
      : windowFor(offer, { ...ask, startsAt, durationSeconds, noticeSeconds: env().interruptionNoticeSeconds }, now);
  // Sealed for a key that the machine had when it was read: enrolled anew meanwhile, it could not open it.
  if (offer.sealingKey !== place.sealingKey) throw new Refusal('conflict');
  const { name, image, command, capMicros, idempotencyKey, quoteId } = wish;
  const draft: BookingDraft = {
    bookingId: lease.bookingId,
    leaseId: lease.id,
    kind: startsAt === null ? 'onDemand' : 'reserved',
    renterId: actor.userId,
    quoteId,
    offer,
    gpus: chosen.gpus,
    terms,
    workload: { name, image, command, sealedEnvironment },
    capMicros,
    idempotencyKey,
    startsAt: chosen.startsAt,
    endsAt: chosen.endsAt,
  };
  return { draft, chosen, keptMicros: quote.keptMicros };
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
  if (quote.authorizedKeys.length === 0) throw new Refusal('keyNeeded');
}
