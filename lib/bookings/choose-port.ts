import { hash } from 'node:crypto';
import { Refusal } from '#lib/base/refusal.ts';
import { columnIn, columnText } from '#lib/io/column.ts';
import type { Tx } from '#lib/io/db.ts';
import { env, type GatewayPlace } from '#lib/io/env.ts';
import { prepared } from '#lib/io/prepared.ts';
import type { LeaseGateway } from '#protocol/lease.ts';

/** So many ports are looked at for a booking before all of them are; the first of them at once, the others only when those are taken. */
const CANDIDATES = 8;
const AT_ONCE = 2;
const MOST_TRIES = 20;

type Port = { readonly name: string; readonly port: number };

/**
 * Step: takes a public port for a booking. A port that the booking has already is given up, and not chosen again. Refuses
 * with `unavailable` when there is no gateway or no port.
 */
export async function choosePort(tx: Tx, bookingId: string): Promise<LeaseGateway> {
  const [given] = await tx.$queryRaw<Port[]>`
    DELETE FROM gateway_ports WHERE booking_id = ${bookingId} RETURNING gateway_name AS name, port`;
  const [port] = await choosePorts(tx, [bookingId], given);
  if (port === undefined) throw new Error('no port was chosen');
  return port;
}

/**
 * Step: takes a public port for each of some new bookings, in their order. Each has its own order of ports over all gateways, so
 * that two that choose at once rarely want the same, and gateways fill in proportion to what they have free.
 */
export async function choosePorts(tx: Tx, bookingIds: readonly string[], avoid?: Port): Promise<LeaseGateway[]> {
  const places = env().gateways;
  if (places.length === 0) throw noPort();
  const taken = await takeFree(tx, bookingIds, places, { most: AT_ONCE, avoid });
  const left = bookingIds.filter((id) => !taken.has(id));
  if (left.length > 0) {
    const more = await takeFree(tx, left, places, { most: CANDIDATES, avoid });
    for (const [bookingId, port] of more) taken.set(bookingId, port);
  }
  const ports: LeaseGateway[] = [];
  for (const bookingId of bookingIds) {
    const chosen = taken.get(bookingId) ?? (await takeAny(tx, bookingId, places, avoid));
    const place = places.find(({ name }) => name === chosen.name);
    if (place === undefined) throw new Error(`no gateway ${chosen.name}`);
    ports.push({ name: place.name, tunnelUrl: place.tunnelUrl, publicHost: place.publicHost, port: chosen.port });
  }
  return ports;
}

// In one order of ports, so that two who take many at once do not wait for each other in a circle.
const TAKE = prepared<Port & { bookingId: string }, [bookingIds: string, names: string, ports: string]>(
  'take ports',
  `INSERT INTO gateway_ports (gateway_name, port, booking_id)
   SELECT name, port, booking FROM (
     SELECT DISTINCT ON (booking) name, port, booking
     FROM unnest(${columnIn('$1')}, ${columnIn('$2')}, ${columnIn('$3')}::int[]) WITH ORDINALITY AS c (booking, name, port, rank)
     WHERE NOT EXISTS (SELECT FROM gateway_ports g WHERE g.gateway_name = c.name AND g.port = c.port)
     ORDER BY booking, rank
   ) first_free ORDER BY name, port
   ON CONFLICT DO NOTHING RETURNING gateway_name AS name, port, booking_id AS "bookingId"`,
);

/** The first of its candidates that is free, for each booking; those whose candidates are all taken are left out. */
async function takeFree(
  tx: Tx,
  bookingIds: readonly string[],
  places: readonly GatewayPlace[],
  which: { readonly most: number; readonly avoid: Port | undefined },
): Promise<Map<string, Port>> {
  const wanted = bookingIds.flatMap((bookingId) =>
    candidates(bookingId, places)
      .slice(0, which.most)
      .filter((one) => !isSame(one, which.avoid))
      .map((one) => ({ ...one, bookingId })),
  );
  const rows = await TAKE(
    tx,
    columnText(wanted.map(({ bookingId }) => bookingId)),
    columnText(wanted.map(({ name }) => name)),
    columnText(wanted.map(({ port }) => port)),
  );
  return new Map(rows.map((row) => [row.bookingId, row]));
}

function candidates(bookingId: string, places: readonly GatewayPlace[]): Port[] {
  const whole = places.reduce((sum, place) => sum + sizeOf(place), 0);
  const digest = hash('sha256', bookingId, 'buffer');
  return Array.from({ length: CANDIDATES }, (_, at) => {
    let left = digest.readUInt32BE(at * 4) % whole;
    const place = places.find((one) => {
      left -= sizeOf(one);
      return left < 0;
    });
    if (place === undefined) throw new RangeError('beyond the last gateway');
    return { name: place.name, port: place.portTo + 1 + left };
  });
}

function sizeOf(place: GatewayPlace): number {
  return place.portTo - place.portFrom + 1;
}

function isSame(one: Port, other: Port | undefined): boolean {
  return one.name === other?.name && one.port === other.port;
}

/** Any port that is free, where few are: on the gateway that has the largest share of them. */
async function takeAny(
  tx: Tx,
  bookingId: string,
  places: readonly GatewayPlace[],
  avoid: Port | undefined,
): Promise<Port> {
  const used = new Map(
    (await tx.gatewayPort.groupBy({ by: ['gatewayName'], _count: true })).map((row) => [row.gatewayName, row._count]),
  );
  const load = (place: GatewayPlace) => (used.get(place.name) ?? 0) / sizeOf(place);
  for (const place of places.toSorted((a, b) => load(a) - load(b) || (a.name < b.name ? -1 : 1))) {
    const port = await takePort(tx, bookingId, place, avoid?.name === place.name ? avoid.port : -1);
    if (port !== undefined) return { name: place.name, port };
  }
  throw noPort();
}

// Whoever lost a port to another looks again.
async function takePort(tx: Tx, bookingId: string, place: GatewayPlace, avoid: number): Promise<number | undefined> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const [free] = await tx.$queryRaw<{ port: number }[]>`
      SELECT port FROM generate_series(${place.portFrom}::int, ${place.portTo}::int) AS port
      WHERE port <> ${avoid} AND NOT EXISTS (
        SELECT 1 FROM gateway_ports g WHERE g.gateway_name = ${place.name} AND g.port = port.port
      ) ORDER BY md5(${bookingId} || port::text) LIMIT 1`;
    if (free === undefined) return undefined;
    const taken = await tx.gatewayPort.createMany({
      data: { gatewayName: place.name, port: free.port, bookingId },
      skipDuplicates: true,
    });
    if (taken.count === 1) return free.port;
  }
  return undefined;
}

function noPort(): Refusal {
  return new Refusal(
    'unavailable',
    {},
    env().gateways.length === 0
      ? 'This market has no gateway, so nothing that is rented could be reached. Nothing was charged; tell its operators.'
      : 'Every port of the gateways of this market is taken. Nothing was charged; try again later.',
  );
}

/** Step: gives the ports of bookings back. Again is harmless. */
export async function givePortsBack(tx: Tx, bookingIds: readonly string[]): Promise<void> {
  await tx.gatewayPort.deleteMany({ where: { bookingId: { in: [...bookingIds] } } });
}
