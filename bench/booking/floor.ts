import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { db } from '#lib/io/db.ts';
import { runPgbench } from '../pgbench.ts';
import type { Listing } from './market.ts';

/**
 * What PostgreSQL alone needs for the rows of a booking: the same rows in the same tables, under the same indexes, constraints and
 * triggers, written by pgbench in one statement from what already lies in the database. Nobody decides, asks or signs anything, and no value
 * travels. So no market that writes these rows on this machine books faster.
 */
const WRITE = `
WITH given AS MATERIALIZED (
  SELECT s.n, 'bkg_floor' || lpad(s.n::text, 12, '0') AS booking, 'lse_floor' || lpad(s.n::text, 12, '0') AS lease,
    'tra_floor' || lpad(s.n::text, 12, '0') AS hold, p.gpu, p.machine, p.listing, p.host, r.renter, r.wallet, r.holds, now() AS at
  FROM (SELECT nextval('floor.n') AS n FROM generate_series(1, :many)) s
  JOIN floor.places p ON p.n = s.n JOIN floor.renters r ON r.n = s.n % (SELECT count FROM floor.how_many)
), transferred AS (
  INSERT INTO transfers (id, debit_account_id, credit_account_id, amount_micros, kind, booking_id, idempotency_key, created_at)
  SELECT hold, wallet, holds, t.held_micros, 'hold', booking, 'hold:' || lease || ':1', at FROM given, floor.leases t
), ports AS (
  INSERT INTO gateway_ports (gateway_name, port, booking_id) SELECT 'floor-' || n % 16, 2000 + n / 16, booking FROM given
), booked AS (
  INSERT INTO bookings (id, kind, renter_id, host_id, machine_id, listing_id, name, image, command, sealed_environment, terms, cap_micros, at_exit,
    client_keys, idempotency_key, desired, observed, billable, gateway_name, gateway_port, created_at, observed_at, starts_at, ends_at)
  SELECT g.booking, t.kind, g.renter, g.host, g.machine, g.listing, t.name, t.image, t.command, t.sealed_environment, t.terms, t.cap_micros, t.at_exit,
    t.client_keys, g.lease, t.desired, t.observed, t.billable, 'floor-' || g.n % 16, 2000 + g.n / 16, g.at, g.at, g.at, g.at + interval '1 hour'
  FROM given g, floor.bookings t
), windows AS (
  INSERT INTO allocations (id, booking_id, gpu_id, starts_at, ends_at, yields)
  SELECT 'alc_floor' || lpad(n::text, 12, '0'), booking, gpu, at, at + interval '1 hour', false FROM given
), leased AS (
  INSERT INTO leases (id, booking_id, machine_id, revision, permit, signature, ceiling_micros, hold_id, held_micros, statement_hash, created_at)
  SELECT g.lease, g.booking, g.machine, 1, t.permit, t.signature, t.ceiling_micros, g.hold, t.held_micros, t.statement_hash, g.at FROM given g, floor.leases t
), woken AS (
  UPDATE machines SET generation = generation + 1 WHERE id IN (SELECT machine FROM given)
), recorded AS (
  INSERT INTO events (kind, user_id, booking_id, machine_id, listing_id, data, created_at)
  SELECT 'booking.made', renter, booking, machine, listing, t.data, at FROM given, floor.events t
  RETURNING id, user_id, booking_id, machine_id, listing_id
), queued AS (INSERT INTO unnoticed_events (event_id) SELECT id FROM recorded)
SELECT count(pg_notify('sublet', json_build_object(
  'event', id::text, 'user', user_id, 'booking', booking_id, 'machine', machine_id, 'listing', listing_id)::text)) FROM recorded;
`;

/** Lays out what the rows are made of: one booking that the product made, and people with money. */
export async function prepareFloor(folder: string): Promise<string> {
  const statements = [
    'CREATE SCHEMA floor',
    'CREATE SEQUENCE floor.n',
    'CREATE TABLE floor.places (n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, gpu text, machine text, listing text, host text)',
    'CREATE TABLE floor.bookings AS SELECT * FROM bookings ORDER BY id DESC LIMIT 1',
    'CREATE TABLE floor.leases AS SELECT l.* FROM leases l JOIN floor.bookings b ON b.id = l.booking_id',
    `CREATE TABLE floor.events AS SELECT e.* FROM events e JOIN floor.bookings b ON b.id = e.booking_id WHERE e.kind = 'booking.made'`,
    `CREATE TABLE floor.renters AS
       SELECT row_number() OVER (ORDER BY w.owner_id) - 1 AS n, w.owner_id AS renter, w.id AS wallet, h.id AS holds
       FROM accounts w JOIN accounts h ON h.owner_id = w.owner_id AND h.kind = 'renterHolds' WHERE w.kind = 'renterWallet'`,
    'CREATE UNIQUE INDEX ON floor.renters (n)',
    'CREATE TABLE floor.how_many AS SELECT count(*) FROM floor.renters',
  ];
  for (const statement of statements) await db.$executeRawUnsafe(statement);
  const script = join(folder, 'floor.sql');
  await writeFile(script, WRITE.replaceAll(/\s+/g, ' '));
  return script;
}

/** Says which GPUs the next of them take, in the order of their machines, as those who place take them. */
export async function addPlaces(listings: readonly Listing[]): Promise<void> {
  await db.$executeRaw`
    INSERT INTO floor.places (gpu, machine, listing, host)
    SELECT g.id, l.machine_id, l.id, l.host_id FROM listings l JOIN gpus g ON g.machine_id = l.machine_id
    WHERE l.id = ANY(${listings.map(({ id }) => id)}::text[]) ORDER BY l.id, g.position`;
  await db.$executeRaw`ANALYZE`;
}

export type Floor = {
  readonly script: string;
  readonly many: number;
  readonly clients: number;
  readonly seconds: number;
};

/** Bookings per second that PostgreSQL writes, so many a commit, for so many clients. Throws when it ran out of GPUs. */
export async function runFloor(
  program: string,
  url: string,
  { script, many, clients, seconds }: Floor,
): Promise<number> {
  const tps = await runPgbench(program, url, seconds, { clients, script: ['-f', script, '-D', `many=${many}`] });
  const [left] = await db.$queryRaw<{ enough: boolean }[]>`
    SELECT (SELECT last_value FROM floor.n) <= (SELECT max(n) FROM floor.places) AS enough`;
  if (left?.enough !== true)
    throw new Error('The floor rented everything out before the time was over: ask for more --machines.');
  return tps * many;
}
