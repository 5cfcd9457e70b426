import { newId } from '#lib/base/id.ts';
import type { Tx } from '#lib/io/db.ts';
import { jsonRows, prepared, texts } from '#lib/io/prepared.ts';
import type { LeaseGateway } from '#protocol/lease.ts';
import { NO_PREVIOUS } from '#protocol/statement.ts';
import type { Signed } from '#protocol/words.ts';
import type { LeaseHold } from './hold-for-lease.ts';
import type { BookingDraft } from './make-bookings.ts';
import { storeTerms } from './terms.ts';

/** A booking that is decided and signed: what is stored of it. */
export type SignedBooking = {
  readonly draft: BookingDraft;
  readonly gateway: LeaseGateway;
  readonly hold: LeaseHold;
  readonly clientKeys: readonly string[];
  readonly permit: Signed;
};

// One statement, however many: bookings, their windows, their leases, and the machines that must hear of them.
const INSERT = prepared<{ made: number }, [bookings: string, windows: string, now: Date, machineIds: string[]]>(
  'insert bookings',
  `WITH given AS MATERIALIZED (
     SELECT * FROM json_to_recordset($1::json) AS b (id text, kind text, quote text, renter text, host text, machine text, listing text,
       name text, image text, command jsonb, environment text, terms jsonb, cap bigint, "atExit" text, "clientKeys" text[], key text, gateway text,
       port int, "startsAt" timestamptz, "endsAt" timestamptz, lease text, permit text, signature text, ceiling bigint, hold text, held bigint)
   ), made AS (
     INSERT INTO bookings (id, kind, quote_id, renter_id, host_id, machine_id, listing_id, name, image, command, sealed_environment, terms,
       cap_micros, at_exit, client_keys, idempotency_key, desired, observed, billable, gateway_name, gateway_port, created_at, observed_at, starts_at, ends_at)
     SELECT id, kind, quote, renter, host, machine, listing, name, image, command, environment, terms, cap, "atExit", "clientKeys", key, 'running', 'held',
       'nothing', gateway, port, $3, $3, "startsAt", "endsAt" FROM given
     RETURNING 1
   ), windows AS (
     INSERT INTO allocations (id, booking_id, gpu_id, starts_at, ends_at, yields)
     SELECT id, booking, gpu, "startsAt", "endsAt", yields
     FROM json_to_recordset($2::json) AS a (id text, booking text, gpu text, "startsAt" timestamptz, "endsAt" timestamptz, yields boolean)
   ), leased AS (
     INSERT INTO leases (id, booking_id, machine_id, revision, permit, signature, ceiling_micros, hold_id, held_micros, statement_hash, created_at)
     SELECT lease, id, machine, 1, permit, signature, ceiling, hold, held, '${NO_PREVIOUS}', $3 FROM given
   ), woken AS (
     UPDATE machines SET generation = generation + 1 WHERE id = ANY${texts('$4')}
   ) SELECT count(*)::int AS made FROM made`,
);

/** Step: stores bookings with their allocations and leases, and wakes their machines, which are locked. */
export async function insertBookings(tx: Tx, bookings: readonly SignedBooking[], now: Date): Promise<void> {
  const windows = bookings.flatMap(({ draft: { bookingId, kind, gpus, startsAt, endsAt } }) => {
    const window = { booking: bookingId, startsAt, endsAt, yields: kind === 'interruptible' };
    return gpus.map((gpu) => ({ id: newId('allocation', now), gpu: gpu.id, ...window }));
  });
  const machineIds = [...new Set(bookings.map(({ draft }) => draft.offer.machineId))];
  await INSERT(tx, jsonRows(bookings.map(rowOf)), jsonRows(windows), now, machineIds);
}

function rowOf({ draft, gateway, hold, clientKeys, permit }: SignedBooking) {
  const { offer, workload } = draft;
  return {
    id: draft.bookingId,
    kind: draft.kind,
    quote: draft.quoteId,
    renter: draft.renterId,
    host: offer.hostId,
    machine: offer.machineId,
    listing: offer.listingId,
    name: workload.name,
    image: workload.image,
    command: workload.command,
    environment: workload.sealedEnvironment,
    terms: storeTerms(draft.terms),
    cap: draft.capMicros?.toString() ?? null,
    atExit: draft.exit === undefined ? null : draft.exit.keepsDisk ? 'keepDisk' : 'end',
    clientKeys,
    key: draft.idempotencyKey,
    gateway: gateway.name,
    port: gateway.port,
    startsAt: draft.startsAt,
    endsAt: draft.endsAt,
    lease: draft.leaseId,
    permit: permit.payload,
    signature: permit.signature,
    ceiling: hold.ceilingMicros.toString(),
    hold: hold.holdId,
    held: hold.heldMicros.toString(),
  };
}
