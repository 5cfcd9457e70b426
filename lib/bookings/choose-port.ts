import { Refusal } from '#lib/base/refusal.ts';
import type { Tx } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import type { LeaseGateway } from '#protocol/lease.ts';

const MOST_TRIES = 20;

/**
 * Step: takes a public port for a booking, on the gateway that has the largest share of its ports free. A port that the
 * booking has already is given up, and not chosen again. Refuses with `unavailable` when there is no gateway or no port.
 */
export async function choosePort(tx: Tx, bookingId: string): Promise<LeaseGateway> {
  const given = await tx.gatewayPort.findUnique({ where: { bookingId } });
  if (given !== null) await tx.gatewayPort.delete({ where: { bookingId } });
  const used = new Map(
    (await tx.gatewayPort.groupBy({ by: ['gatewayName'], _count: true })).map((row) => [row.gatewayName, row._count]),
  );
  const load = (place: { name: string; portFrom: number; portTo: number }) =>
    (used.get(place.name) ?? 0) / (place.portTo - place.portFrom + 1);
  const places = env().gateways.toSorted((a, b) => load(a) - load(b) || (a.name < b.name ? -1 : 1));
  for (const place of places) {
    const avoid = given?.gatewayName === place.name ? given.port : -1;
    const port = await takePort(tx, bookingId, place, avoid);
    if (port !== undefined) return { name: place.name, tunnelUrl: place.tunnelUrl, publicHost: place.publicHost, port };
  }
  throw new Refusal(
    'unavailable',
    {},
    places.length === 0
      ? 'This market has no gateway, so nothing that is rented could be reached. Nothing was charged; tell its operators.'
      : 'Every port of the gateways of this market is taken. Nothing was charged; try again later.',
  );
}

type Range = { readonly name: string; readonly portFrom: number; readonly portTo: number };

// Each booking has its own order of ports, so that two that choose at once rarely want the same; one that lost looks again.
async function takePort(tx: Tx, bookingId: string, place: Range, avoid: number): Promise<number | undefined> {
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

/** Step: gives the port of a booking back. Again is harmless. */
export async function givePortBack(tx: Tx, bookingId: string): Promise<void> {
  await tx.gatewayPort.deleteMany({ where: { bookingId } });
}
