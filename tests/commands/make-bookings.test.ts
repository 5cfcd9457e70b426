import '#tests/support/database.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { type Actor, THE_MARKET } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import type { Refusal } from '#lib/base/refusal.ts';
import { addSeconds } from '#lib/base/time.ts';
import { leastHold } from '#lib/bookings/hold.ts';
import { lockPurses } from '#lib/bookings/hold-for-lease.ts';
import { type BookingDraft, makeBookings, makeEachBooking } from '#lib/bookings/make-bookings.ts';
import { renterKeys } from '#lib/bookings/queries/renter-keys.ts';
import { readTerms } from '#lib/bookings/terms.ts';
import { lockOffers } from '#lib/catalogue/lock-offer.ts';
import { withdrawListing } from '#lib/catalogue/withdraw-listing.ts';
import { db, inTransaction, lastly, type Tx } from '#lib/io/db.ts';
import { forgetEnv } from '#lib/io/env.ts';
import { prepared } from '#lib/io/prepared.ts';
import { walletOf } from '#lib/ledger/queries.ts';
import { leasePermit } from '#protocol/lease.ts';
import { refusal } from '#tests/support/ask.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { sql } from '#tests/support/database.ts';
import { DOLLAR, type RentalMarket, rentalMarket, renterWith } from '#tests/support/rental.ts';
import { GIB } from '#tests/support/stalls.ts';

afterEach(expectBooksBalance);

const GATEWAYS = process.env.SUBLET_GATEWAYS ?? '[]';
/** A market whose gateway has so few ports. */
function portsOf(count: number): void {
  const [gateway] = JSON.parse(GATEWAYS) as Record<string, unknown>[];
  process.env.SUBLET_GATEWAYS = JSON.stringify([{ ...gateway, portFrom: 30_000, portTo: 29_999 + count }]);
  forgetEnv();
}
afterEach(() => {
  process.env.SUBLET_GATEWAYS = GATEWAYS;
  forgetEnv();
});

type Make = (tx: Tx, drafts: readonly BookingDraft[], now: Date) => Promise<readonly { readonly bookingId: string }[]>;
const byMarket: Make = (tx, drafts, now) => makeBookings(tx, THE_MARKET, drafts, now);

/** A GPU each for some renters on the machine of a market, in one transaction. */
async function place(market: RentalMarket, renters: readonly Actor[], make = byMarket): Promise<string[]> {
  const now = market.clock.now();
  const made = await inTransaction('test: place', async (tx) => {
    const [offer] = await lockOffers(tx, [market.listingId], now);
    if (offer === undefined) throw new Error('no offer');
    const drafts = renters.map((renter, at): BookingDraft => {
      const gpu = offer.gpus[at];
      if (gpu === undefined) throw new Error('no GPU');
      return {
        bookingId: newId('booking', now),
        leaseId: newId('lease', now),
        kind: 'onDemand',
        renterId: renter.userId,
        quoteId: null,
        offer,
        gpus: [gpu],
        terms: {
          ...offer.terms,
          feeBasisPoints: 1_000,
          gpuCount: 1,
          gpuModel: gpu.model,
          diskBytes: BigInt(GIB),
          limits: { cpuMillis: 1_000, memoryBytes: BigInt(GIB), pids: 64 },
        },
        workload: {
          name: 'half a \ud800 letter',
          image: 'docker.io/sublet/busybox:latest',
          command: ['true'],
          sealedEnvironment: null,
        },
        capMicros: null,
        idempotencyKey: newId('booking', now),
        startsAt: now,
        endsAt: addSeconds(now, 3_600),
      };
    });
    return make(tx, drafts, now);
  });
  return made.map(({ bookingId }) => bookingId);
}

const bookings = () => db.booking.findMany({ orderBy: { id: 'asc' }, include: { lease: true, allocations: true } });

describe('many bookings in one transaction', () => {
  it('each have a GPU, a port, a hold, a lease with the renter’s keys, and an event', async () => {
    const market = await rentalMarket({ machine: { gpuCount: 4 } });
    const renters = await Promise.all([1, 2, 3].map(() => renterWith(100, market.clock)));
    const before = await db.machine.findUniqueOrThrow({ where: { id: market.machineId } });
    const ids = await place(market, renters);
    const made = (await bookings()).filter(({ id }) => ids.includes(id));
    expect(made).toHaveLength(3);
    expect(new Set(made.map(({ gatewayPort }) => gatewayPort)).size).toBe(3);
    expect(new Set(made.flatMap(({ allocations }) => allocations.map(({ gpuId }) => gpuId))).size).toBe(3);
    for (const booking of made) {
      const permit = leasePermit.parse(JSON.parse(booking.lease?.permit ?? ''));
      const keys = await db.sshKey.findMany({ where: { userId: booking.renterId } });
      expect(permit).toMatchObject({ bookingId: booking.id, authorizedKeys: keys.map(({ publicKey }) => publicKey) });
      expect(permit.gateways[0]?.port).toBe(booking.gatewayPort);
      expect(booking.lease?.heldMicros).toBeGreaterThanOrEqual(leastHold(readTerms(booking.terms)));
      expect(booking.name).toBe('half a \ufffd letter');
      const event = await db.event.findFirstOrThrow({ where: { bookingId: booking.id } });
      expect(event).toMatchObject({ kind: 'booking.made', actorId: null, userId: booking.renterId });
      expect(await db.unnoticedEvent.count({ where: { eventId: event.id } })).toBe(1);
    }
    const after = await db.machine.findUniqueOrThrow({ where: { id: market.machineId } });
    expect(after.generation, 'the machine is woken once').toBe(before.generation + 1);
  });

  it('set nothing aside when one of them cannot be sent to the database, though nobody waits for its answer', async () => {
    const market = await rentalMarket({ machine: { gpuCount: 4 } });
    const renters = await Promise.all([1, 2].map(() => renterWith(100, market.clock)));
    const ports = await db.gatewayPort.count();
    const unsendable: Make = async (tx, drafts, now) => {
      const [good, bad] = drafts as [BookingDraft, BookingDraft];
      const both = [good, { ...bad, workload: { ...bad.workload, name: 'between\u001fcolumns' } }];
      const ids = both.map(({ renterId }) => renterId);
      const [purses, keys] = [await lockPurses(tx, ids, now), await renterKeys(tx, ids)];
      const { stored } = await makeEachBooking(tx, both, { purses, keys }, now);
      lastly(tx, stored);
      return [];
    };
    await expect(place(market, renters, unsendable)).rejects.toThrow('a control character');
    for (const renter of renters) expect(await walletOf(renter)).toEqual({ freeMicros: 100n * DOLLAR, heldMicros: 0n });
    expect(await db.gatewayPort.count()).toBe(ports);
  });

  it('of one renter: what one holds is not there for the next, and if it is too little there is none of them', async () => {
    const market = await rentalMarket({ machine: { gpuCount: 4 } });
    const renter = await renterWith(7, market.clock);
    expect((await refusal(place(market, [renter, renter]))).reason).toBe('insufficientFunds');
    expect(await walletOf(renter)).toEqual({ freeMicros: 7n * DOLLAR, heldMicros: 0n });
    expect(await db.booking.count({ where: { renterId: renter.userId } })).toBe(0);
    expect(await db.gatewayPort.count()).toBe(await db.booking.count({ where: { NOT: { observed: 'ended' } } }));
    const rich = await renterWith(1_000, market.clock);
    await place(market, [rich, rich]);
    const leases = await db.lease.findMany({ where: { booking: { renterId: rich.userId } } });
    expect((await walletOf(rich)).heldMicros).toBe(leases.reduce((sum, { heldMicros }) => sum + heldMicros, 0n));
  });

  it('find the last ports of a gateway, and are refused when there are too few, charging nobody', async () => {
    portsOf(9);
    const market = await rentalMarket({ machine: { gpuCount: 8 } });
    const renters = await Promise.all(Array.from({ length: 8 }, () => renterWith(100, market.clock)));
    await place(market, renters);
    const other = await rentalMarket({ machine: { gpuCount: 2 } });
    expect((await refusal(place(other, renters.slice(0, 2)))).reason).toBe('unavailable');
    await place(other, renters.slice(0, 1));
    const ports = await sql<{ port: number }>('SELECT port FROM gateway_ports WHERE port >= 30000 ORDER BY port');
    expect(ports.map(({ port }) => port)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8].map((at) => 30_000 + at));
    const twice = (await walletOf(renters[1] ?? expect.fail())).heldMicros;
    expect(twice).toBe((await walletOf(renters[2] ?? expect.fail())).heldMicros);
  });

  it('that are none ask for no port: whoever only repeats what was booked hears of it where no gateway is left', async () => {
    const market = await rentalMarket();
    process.env.SUBLET_GATEWAYS = '[]';
    forgetEnv();
    expect(await place(market, [])).toEqual([]);
  });

  it('that want the same GPUs at once: all of one, or all of the other', async () => {
    const market = await rentalMarket({ machine: { gpuCount: 3 } });
    const [a, b] = await Promise.all([renterWith(1_000, market.clock), renterWith(1_000, market.clock)]);
    const both = await Promise.allSettled([place(market, [a, a, a]), place(market, [b, b, b])]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await db.booking.count({ where: { machineId: market.machineId } })).toBe(3);
    const held = await Promise.all([walletOf(a), walletOf(b)]);
    expect(held.filter(({ heldMicros }) => heldMicros > 0n)).toHaveLength(1);
  });
});

describe('a host who withdraws a listing while it is being booked', () => {
  it('is too late for who was there before; who comes after is told', async () => {
    const market = await rentalMarket({ machine: { gpuCount: 4 } });
    const { host, machineId, clock } = market;
    const [first, withdrawn, second] = await Promise.allSettled([
      market.bookAs(market.renter),
      withdrawListing(host, { machineId }, clock.world),
      market.bookAs(market.renter),
    ]);
    expect(withdrawn.status).toBe('fulfilled');
    for (const one of [first, second])
      if (one.status === 'rejected')
        expect(one.reason).toMatchObject({ reason: 'listingGone' } satisfies Partial<Refusal>);
    const booked = [first, second].filter(({ status }) => status === 'fulfilled').length;
    expect(await db.booking.count({ where: { machineId } })).toBe(booked);
    expect((await refusal(market.bookAs(market.renter))).reason).toBe('listingGone');
  });
});

describe('a prepared statement', () => {
  const COUNT = prepared<{ count: bigint }, [name: string]>(
    'test: count',
    'SELECT count(*) FROM settings WHERE name = $1',
  );
  const setting = { name: 'prepared', value: 1, updatedAt: new Date('2026-01-01') };

  it('sees what its transaction wrote, and nobody else does before that commits', async () => {
    await inTransaction('write', async (tx) => {
      await tx.setting.create({ data: setting });
      expect(await COUNT(tx, 'prepared')).toEqual([{ count: 1n }]);
      expect(await COUNT(db, 'prepared')).toEqual([{ count: 0n }]);
    });
    expect(await COUNT(db, 'prepared')).toEqual([{ count: 1n }]);
  });

  it('is refused when its transaction is over', async () => {
    let kept: Tx | undefined;
    await inTransaction('keep', async (tx) => {
      kept = tx;
    });
    await expect(COUNT(kept ?? expect.fail(), 'prepared')).rejects.toThrow('This transaction is over.');
  });
});
