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
import { type HoldAsk, type LeaseHold, type PlannedHold, planHolds, postHoldPlans } from './hold-for-lease.ts';
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
  const byItself = actor.userId === null;
  const plans = await planHolds(
    tx,
    drafts.map((draft) => holdAsk(draft, byItself)),
    now,
  );
  const planned = drafts.map((draft, at) => ({ draft, plan: orThrow(nth(plans, at)) }));
  return makePlanned(tx, () => actor.userId, planned, now);
}

/**
 * Step: the same for drafts of renters who do not know of each other, each of whom asked for their own: whoever is refused the
 * money gets the refusal, and nothing is made for them. What else goes wrong goes wrong for all.
 */
export async function makeEachBooking(
  tx: Tx,
  drafts: readonly BookingDraft[],
  now: Date,
): Promise<(MadeBooking | Refusal)[]> {
  const plans = await planHolds(
    tx,
    drafts.map((draft) => holdAsk(draft, false)),
    now,
  );
  const planned = drafts.flatMap((draft, at) => {
    const plan = nth(plans, at);
    return plan instanceof Refusal ? [] : [{ draft, plan }];
  });
  const made = new Map(
    (await makePlanned(tx, ({ renterId }) => renterId, planned, now)).map((booking) => [booking.leaseId, booking]),
  );
  return drafts.map(({ leaseId }, at) => made.get(leaseId) ?? refusalOf(nth(plans, at)));
}

function refusalOf(plan: PlannedHold | Refusal): Refusal {
  if (plan instanceof Refusal) return plan;
  throw new Error('what was paid for was not made');
}

type PlannedDraft = { readonly draft: BookingDraft; readonly plan: PlannedHold };

async function makePlanned(
  tx: Tx,
  actorIdOf: (draft: BookingDraft) => string | null,
  planned: readonly PlannedDraft[],
  now: Date,
): Promise<MadeBooking[]> {
  if (planned.length === 0) return [];
  const column = (pick: (draft: BookingDraft) => string) => planned.map(({ draft }) => pick(draft));
  const renterIds = column(({ renterId }) => renterId);
  const bookingIds = column(({ bookingId }) => bookingId);
  const plans = planned.map(({ plan }) => plan);
  const [holds, keys, ports] = await inOneGo([
    postHoldPlans(tx, plans, now),
    renterKeys(tx, renterIds),
    choosePorts(tx, bookingIds),
  ]);
  const bookings = planned.map(({ draft }, at) =>
    sign(draft, { hold: nth(holds, at), gateway: nth(ports, at), keys: keys.get(draft.renterId) }, now),
  );
  const events = bookings.map((booking) => ({ ...madeEvent(booking), actorId: actorIdOf(booking.draft) }));
  await inOneGo([insertBookings(tx, bookings, now), recordEvents(tx, events, now)]);
  return bookings.map(({ draft: { bookingId, leaseId }, hold: { heldMicros } }) => ({
    bookingId,
    leaseId,
    heldMicros,
  }));
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
