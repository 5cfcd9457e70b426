import { newId } from '#lib/base/id.ts';
import { columnIn, columnText } from '#lib/io/column.ts';
import type { Tx } from '#lib/io/db.ts';
import { prepared, texts } from '#lib/io/prepared.ts';
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

const BOOKING = [
  'id',
  'kind',
  'quote',
  'renter',
  'host',
  'machine',
  'listing',
  'name',
  'image',
  'command',
  'environment',
  'terms',
  'cap',
  'atExit',
  'clientKeys',
  'key',
  'gateway',
  'port',
  'startsAt',
  'endsAt',
  'lease',
  'permit',
  'signature',
  'ceiling',
  'hold',
  'held',
] as const;
const WINDOW = ['id', 'booking', 'gpu', 'startsAt', 'endsAt', 'yields'] as const;

/** Columns as the texts of parameters, the first of which is `$from`. */
function columnsFrom(from: number, names: readonly string[]): string {
  return names.map((_, at) => columnIn(`$${from + at}`)).join(', ');
}

// One statement, however many: bookings, their windows, their leases, and the machines that must hear of them. Columns travel as
// texts: to read rows from JSON costs as much as to store them.
const INSERT = prepared<{ made: number }, [now: Date, machineIds: string[], ...columns: string[]]>(
  'insert bookings',
  `WITH given AS MATERIALIZED (
     SELECT * FROM unnest(${columnsFrom(3, BOOKING)}) AS b (${quoted(BOOKING)})
   ), made AS (
     INSERT INTO bookings (id, kind, quote_id, renter_id, host_id, machine_id, listing_id, name, image, command, sealed_environment, terms,
       cap_micros, at_exit, client_keys, idempotency_key, desired, observed, billable, gateway_name, gateway_port, created_at, observed_at, starts_at, ends_at)
     SELECT id, kind, quote, renter, host, machine, listing, name, image, command::jsonb, environment, terms::jsonb, cap::bigint, "atExit",
       coalesce(string_to_array("clientKeys", ','), '{}'), key, 'running', 'held', 'nothing', gateway, port::int, $1, $1,
       "startsAt"::timestamptz, "endsAt"::timestamptz FROM given
     RETURNING 1
   ), windows AS (
     INSERT INTO allocations (id, booking_id, gpu_id, starts_at, ends_at, yields)
     SELECT id, booking, gpu, "startsAt"::timestamptz, "endsAt"::timestamptz, yields::boolean
     FROM unnest(${columnsFrom(3 + BOOKING.length, WINDOW)}) AS a (${quoted(WINDOW)})
   ), leased AS (
     INSERT INTO leases (id, booking_id, machine_id, revision, permit, signature, ceiling_micros, hold_id, held_micros, statement_hash, created_at)
     SELECT lease, id, machine, 1, permit, signature, ceiling::bigint, hold, held::bigint, '${NO_PREVIOUS}', $1 FROM given
   ), woken AS (
     UPDATE machines SET generation = generation + 1 WHERE id = ANY${texts('$2')}
   ) SELECT count(*)::int AS made FROM made`,
);

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}

/**
 * Step: stores bookings with their allocations and leases, and wakes their machines, which are locked. What cannot be sent is thrown
 * at once, not by the promise: whoever commits without waiting for that (`lastly`) would commit the rest.
 */
export function insertBookings(tx: Tx, bookings: readonly SignedBooking[], now: Date): Promise<unknown> {
  const rows = bookings.map(rowOf);
  const windows = bookings.flatMap(({ draft }) => windowsOf(draft, now));
  const machineIds = [...new Set(bookings.map(({ draft }) => draft.offer.machineId))];
  return INSERT(
    tx,
    now,
    machineIds,
    ...BOOKING.map((name) => columnText(rows.map((row) => row[name]))),
    ...WINDOW.map((name) => columnText(windows.map((window) => window[name]))),
  );
}

function windowsOf({ bookingId, kind, gpus, startsAt, endsAt }: BookingDraft, now: Date) {
  return gpus.map((gpu) => ({
    id: newId('allocation', now),
    booking: bookingId,
    gpu: gpu.id,
    startsAt: startsAt.toISOString(),
    endsAt: endsAt.toISOString(),
    yields: String(kind === 'interruptible'),
  }));
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
    command: workload.command === null ? null : JSON.stringify(workload.command),
    environment: workload.sealedEnvironment,
    terms: JSON.stringify(storeTerms(draft.terms)),
    cap: draft.capMicros,
    atExit: draft.exit === undefined ? null : draft.exit.keepsDisk ? 'keepDisk' : 'end',
    clientKeys: clientKeys.join(','),
    key: draft.idempotencyKey,
    gateway: gateway.name,
    port: gateway.port,
    startsAt: draft.startsAt.toISOString(),
    endsAt: draft.endsAt.toISOString(),
    lease: draft.leaseId,
    permit: permit.payload,
    signature: permit.signature,
    ceiling: hold.ceilingMicros,
    hold: hold.holdId,
    held: hold.heldMicros,
  };
}
