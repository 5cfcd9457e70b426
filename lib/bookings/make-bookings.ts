import type { AnyActor } from '#lib/base/actor.ts';
import type { Micros } from '#lib/base/money.ts';
import { orThrow, Refusal } from '#lib/base/refusal.ts';
import type { StandingOffer } from '#lib/catalogue/queries/standing-offer.ts';
import { type NewEvent, recordEvents } from '#lib/events/record-event.ts';
import type { Tx } from '#lib/io/db.ts';
import { leaseKey } from '#lib/io/lease-key.ts';
import { inOneGo } from '#lib/io/prepared.ts';
import type { LeaseGateway } from '#protocol/lease.ts';
import type { BookingKind } from './booking.ts';
import { choosePorts } from './choose-port.ts';
import type { ExitPlan } from './hold.ts';
import {
  type HoldAsk,
  type LeaseHold,
  lockPurses,
  type PlannedHold,
  type Purses,
  planHolds,
  postHoldPlans,
} from './hold-for-lease.ts';
import { insertBookings, type SignedBooking } from './insert-bookings.ts';
import { firstPermit } from './permit.ts';
import { type RenterKeys, renterKeys } from './queries/renter-keys.ts';
import type { Terms } from './terms.ts';

/** A booking about to be made: who, what, where, when and at which terms. Everything is decided but money and way in. */
export type BookingDraft = {
  /** Made beforehand, because environment variables are sealed for this lease. */
  readonly bookingId: string;
  readonly leaseId: string;
  readonly kind: BookingKind;
  readonly renterId: string;
  readonly quoteId: string | null;
  readonly offer: Pick<StandingOffer, 'listingId' | 'machineId' | 'hostId' | 'signingKey'>;
  readonly gpus: readonly { readonly id: string; readonly uuid: string }[];
  readonly terms: Terms;
  readonly workload: {
    readonly name: string;
    readonly image: string;
    readonly command: readonly string[] | null;
    readonly sealedEnvironment: string | null;
  };
  readonly capMicros: Micros | null;
  /** Set for what runs its command to the end, and ends with it. */
  readonly exit?: ExitPlan | undefined;
  /** One of its renter's own: the same key makes one booking. */
  readonly idempotencyKey: string;
  /** When its GPUs are its own, and when they go back at the latest. */
  readonly startsAt: Date;
  readonly endsAt: Date;
};

export type MadeBooking = { readonly bookingId: string; readonly leaseId: string; readonly heldMicros: Micros };

/**
 * Step: makes bookings, each with its port, its hold, its allocations and its signed lease; wakes their machines and
 * records one `booking.made` each. All or nothing. Their machines are locked. Refuses with what `holdForLease` and
 * `choosePort` say; a GPU that somebody else has breaks `allocations_no_overlap`, a key used before
 * `bookings_renter_id_idempotency_key_key`.
 */
export async function makeBookings(
  tx: Tx,
  actor: AnyActor,
  drafts: readonly BookingDraft[],
  now: Date,
): Promise<MadeBooking[]> {
  if (drafts.length === 0) return [];
  const renterIds = drafts.map(({ renterId }) => renterId);
  const [purses, keys] = await inOneGo([lockPurses(tx, renterIds, now), renterKeys(tx, renterIds)]);
  const planned = planEach(drafts, purses, { byItself: actor.userId === null }, now).map((plan) => orThrow(plan));
  const { made, stored } = await makePlanned(tx, planned, { actorIdOf: () => actor.userId, keys }, now);
  await stored;
  return made;
}

/** What became of each draft, and what waits for the database to store it. */
type Asked<Each> = { readonly made: Each[]; readonly stored: Promise<unknown> };

/**
 * Step: the same for drafts of renters who do not know of each other, each of whom asked for their own: whoever is refused the
 * money gets the refusal, and nothing is made for them. What else goes wrong goes wrong for all. Their purses are locked. Does not wait
 * until they are `stored`: that is for `lastly`.
 */
export async function makeEachBooking(
  tx: Tx,
  drafts: readonly BookingDraft[],
  { purses, keys }: { readonly purses: Purses; readonly keys: KeysOfRenters },
  now: Date,
): Promise<Asked<MadeBooking | Refusal>> {
  const planned = planEach(drafts, purses, { byItself: false }, now);
  const payable = planned.filter((plan): plan is Planned => !(plan instanceof Refusal));
  const { made, stored } = await makePlanned(tx, payable, { actorIdOf: ({ renterId }) => renterId, keys }, now);
  const byLease = new Map(made.map((booking) => [booking.leaseId, booking]));
  return { made: planned.map((plan) => (plan instanceof Refusal ? plan : madeOf(byLease, plan.draft))), stored };
}

function madeOf(made: ReadonlyMap<string, MadeBooking>, { leaseId }: BookingDraft): MadeBooking {
  const booking = made.get(leaseId);
  if (booking === undefined) throw new Error('what was paid for was not made');
  return booking;
}

/** A booking that its renter can pay. */
type Planned = { readonly draft: BookingDraft; readonly plan: PlannedHold };

function planEach(
  drafts: readonly BookingDraft[],
  purses: Purses,
  { byItself }: { readonly byItself: boolean },
  now: Date,
): (Planned | Refusal)[] {
  const asks = drafts.map((draft) => holdAsk(draft, byItself));
  const plans = planHolds(purses, asks, now);
  return drafts.map((draft, at) => {
    const plan = nth(plans, at);
    return plan instanceof Refusal ? plan : { draft, plan };
  });
}

type KeysOfRenters = ReadonlyMap<string, RenterKeys>;

async function makePlanned(
  tx: Tx,
  planned: readonly Planned[],
  { actorIdOf, keys }: { readonly actorIdOf: (draft: BookingDraft) => string | null; readonly keys: KeysOfRenters },
  now: Date,
): Promise<Asked<MadeBooking>> {
  if (planned.length === 0) return { made: [], stored: Promise.resolve() };
  const plans = planned.map(({ plan }) => plan);
  const ids = planned.map(({ draft }) => draft.bookingId);
  const signed = async () => {
    const ports = await choosePorts(tx, ids);
    // The holds are on their way: the database posts them while leases are signed here.
    return planned.map(({ draft, plan: { hold } }, at) =>
      sign(draft, { hold, gateway: nth(ports, at), keys: keys.get(draft.renterId) }, now),
    );
  };
  const [bookings] = await inOneGo([signed(), postHoldPlans(tx, plans, now)]);
  const events = bookings.map((booking) => ({ ...madeEvent(booking), actorId: actorIdOf(booking.draft) }));
  return {
    made: planned.map(({ draft: { bookingId, leaseId }, plan: { hold } }) => ({
      bookingId,
      leaseId,
      heldMicros: hold.heldMicros,
    })),
    stored: inOneGo([insertBookings(tx, bookings, now), recordEvents(tx, events, now)]),
  };
}

function holdAsk(draft: BookingDraft, byItself: boolean): HoldAsk {
  const { renterId, bookingId, leaseId, terms, capMicros, startsAt, endsAt, exit } = draft;
  const whole = draft.kind === 'reserved';
  return { renterId, bookingId, terms, capMicros, startsAt, endsAt, whole, byItself, exit, key: `hold:${leaseId}:1` };
}

type Given = { readonly hold: LeaseHold; readonly gateway: LeaseGateway; readonly keys: RenterKeys | undefined };

function sign(draft: BookingDraft, { hold, gateway, keys }: Given, now: Date): SignedBooking {
  const { leaseId, bookingId, offer, terms, startsAt, endsAt } = draft;
  const clientKeys = keys?.clientKeys ?? [];
  const permit = firstPermit(
    {
      leaseId,
      bookingId,
      machineId: offer.machineId,
      machineKey: offer.signingKey,
      terms,
      image: draft.workload.image,
      gpuUuids: draft.gpus.map((gpu) => gpu.uuid),
      authorizedKeys: keys?.authorizedKeys ?? [],
      clientKeys,
      startsAt,
      endsAt,
      ceilingMicros: hold.ceilingMicros,
      gateway,
      untilExit: draft.exit !== undefined,
    },
    now,
  );
  return { draft, gateway, hold, clientKeys, permit: leaseKey().sign(JSON.stringify(permit)) };
}

function madeEvent({ draft, hold }: SignedBooking): NewEvent {
  const { offer, workload, terms } = draft;
  return {
    kind: 'booking.made',
    userId: draft.renterId,
    bookingId: draft.bookingId,
    machineId: offer.machineId,
    listingId: offer.listingId,
    data: {
      hostId: offer.hostId,
      image: workload.image,
      gpuCount: terms.gpuCount,
      heldMicros: hold.heldMicros.toString(),
      endsAt: draft.endsAt.toISOString(),
      ...(draft.kind === 'reserved' ? { startsAt: draft.startsAt.toISOString() } : {}),
    },
  };
}

function nth<Item>(items: readonly Item[], at: number): Item {
  const item = items[at];
  if (item === undefined) throw new RangeError(`nothing at ${at}`);
  return item;
}
