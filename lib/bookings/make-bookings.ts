import type { AnyActor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import type { Micros } from '#lib/base/money.ts';
import type { StandingOffer } from '#lib/catalogue/queries/standing-offer.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import type { Tx } from '#lib/io/db.ts';
import { leaseKey } from '#lib/io/lease-key.ts';
import { NO_PREVIOUS } from '#protocol/statement.ts';
import type { BookingKind } from './booking.ts';
import { choosePort } from './choose-port.ts';
import type { ExitPlan } from './hold.ts';
import { holdForLease } from './hold-for-lease.ts';
import { firstPermit } from './permit.ts';
import { clientKeysOf, keysOf, wakeMachine } from './revise-lease.ts';
import { storeTerms, type Terms } from './terms.ts';

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
  const made: MadeBooking[] = [];
  for (const draft of drafts) made.push(await makeBooking(tx, actor, draft, now));
  return made;
}

async function makeBooking(tx: Tx, actor: AnyActor, draft: BookingDraft, now: Date): Promise<MadeBooking> {
  const { bookingId, leaseId, offer, gpus, terms, workload, startsAt, endsAt } = draft;
  const authorizedKeys = await keysOf(tx, draft.renterId);
  const clientKeys = await clientKeysOf(tx, draft.renterId);
  const gateway = await choosePort(tx, bookingId);
  const { renterId, capMicros, exit } = draft;
  const whole = draft.kind === 'reserved';
  const ask = { renterId, bookingId, terms, capMicros, startsAt, endsAt, whole, exit, key: `hold:${leaseId}:1` };
  const hold = await holdForLease(tx, ask, now);
  const permit = firstPermit(
    {
      leaseId,
      bookingId,
      machineId: offer.machineId,
      machineKey: offer.signingKey,
      terms,
      image: workload.image,
      gpuUuids: gpus.map((gpu) => gpu.uuid),
      authorizedKeys,
      clientKeys,
      startsAt,
      endsAt,
      ceilingMicros: hold.ceilingMicros,
      gateway,
      untilExit: exit !== undefined,
    },
    now,
  );
  const signed = leaseKey().sign(JSON.stringify(permit));
  await tx.booking.create({
    data: {
      id: bookingId,
      kind: draft.kind,
      quoteId: draft.quoteId,
      renterId,
      hostId: offer.hostId,
      machineId: offer.machineId,
      listingId: offer.listingId,
      name: workload.name,
      image: workload.image,
      ...(workload.command === null ? {} : { command: [...workload.command] }),
      sealedEnvironment: workload.sealedEnvironment,
      terms: storeTerms(terms),
      capMicros,
      atExit: exit === undefined ? null : exit.keepsDisk ? 'keepDisk' : 'end',
      clientKeys,
      idempotencyKey: draft.idempotencyKey,
      desired: 'running',
      observed: 'held',
      billable: 'nothing',
      gatewayName: gateway.name,
      gatewayPort: gateway.port,
      createdAt: now,
      observedAt: now,
      startsAt,
      endsAt,
    },
  });
  await tx.allocation.createMany({
    data: gpus.map((gpu) => {
      const id = newId('allocation', now);
      return { id, bookingId, gpuId: gpu.id, startsAt, endsAt, yields: draft.kind === 'interruptible' };
    }),
  });
  await tx.lease.create({
    data: {
      id: leaseId,
      bookingId,
      machineId: offer.machineId,
      revision: permit.revision,
      permit: signed.payload,
      signature: signed.signature,
      ceilingMicros: hold.ceilingMicros,
      holdId: hold.holdId,
      heldMicros: hold.heldMicros,
      statementHash: NO_PREVIOUS,
      createdAt: now,
    },
  });
  await wakeMachine(tx, offer.machineId);
  await recordEvent(
    tx,
    actor,
    {
      kind: 'booking.made',
      userId: renterId,
      bookingId,
      machineId: offer.machineId,
      listingId: offer.listingId,
      data: {
        hostId: offer.hostId,
        image: workload.image,
        gpuCount: terms.gpuCount,
        heldMicros: hold.heldMicros.toString(),
        endsAt: endsAt.toISOString(),
        ...(whole ? { startsAt: startsAt.toISOString() } : {}),
      },
    },
    now,
  );
  return { bookingId, leaseId, heldMicros: hold.heldMicros };
}
