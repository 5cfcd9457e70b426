import '#tests/support/database.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { cancelBid } from '#lib/bookings/cancel-bid.ts';
import { editBid } from '#lib/bookings/edit-bid.ts';
import { endBooking } from '#lib/bookings/end-booking.ts';
import { tidyBids } from '#lib/bookings/tidy-bids.ts';
import { db } from '#lib/io/db.ts';
import { endExpiredLeases } from '#lib/leases/end-expired-leases.ts';
import { settleLeases } from '#lib/leases/settle-leases.ts';
import { type Bidding, bidding } from '#tests/support/bids.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { sql } from '#tests/support/database.ts';
import type { RentalHand } from '#tests/support/rental.ts';

/** What may happen, in any order. Numbers choose among what is there. */
const happening = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('bid' as const),
      cents: fc.integer({ min: 100, max: 400 }),
      gpus: fc.constantFrom(1, 1, 2, 3),
      who: fc.nat(2),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('book' as const), gpus: fc.constantFrom(1, 1, 2) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('end' as const), which: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), which: fc.nat(20) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('edit' as const),
      which: fc.nat(20),
      cents: fc.integer({ min: 100, max: 400 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), seconds: fc.constantFrom(1, 30, 60, 119, 120, 600) }),
  },
);
type Happening = typeof happening extends fc.Arbitrary<infer One> ? One : never;

/** The machine of a market does what it is told, as its agent would: every rental on it is a hand. */
async function machineActs(market: Bidding, hands: Map<string, RentalHand>): Promise<void> {
  const bookings = await db.booking.findMany({
    where: { machineId: market.machineId, NOT: { observed: 'ended' } },
    orderBy: { id: 'asc' },
    select: { id: true, desired: true, observed: true, startsAt: true, bid: { select: { id: true } } },
  });
  for (const booking of bookings) {
    if (booking.bid !== null) {
      const hand = await market.rentalOf(booking.bid.id);
      if (hand !== null) hands.set(hand.id, hand);
    }
    const hand = hands.get(booking.id);
    if (hand === undefined) continue;
    if (booking.desired === 'ended') await hand.say('ended');
    else if (booking.desired === 'stopped' && booking.observed !== 'stopped') await hand.say('stopped');
    else if (booking.desired === 'running' && booking.startsAt <= market.clock.now()) {
      if (booking.observed === 'connectable') await hand.state();
      else await hand.connect();
    }
  }
}

/** After a clearing nobody runs on for more than the own bid, as it was lowered last. */
async function nobodyPaysMore(market: Bidding): Promise<void> {
  const dear = await sql(
    `SELECT b.id FROM bookings b JOIN bids d ON d.booking_id = b.id AND d.state = 'open'
     CROSS JOIN LATERAL (SELECT * FROM bid_prices p WHERE p.booking_id = b.id ORDER BY since DESC LIMIT 1) pays
     WHERE b.machine_id = $1 AND b.desired = 'running' AND b.reason IS NULL AND pays.micros_per_gpu_hour > d.micros_per_gpu_hour`,
    [market.machineId],
  );
  expect(dear, 'pays more than the bid as it stands').toEqual([]);
}

async function whatMustHold(market: Bidding): Promise<void> {
  const overlaps = await sql(
    `SELECT a.id FROM allocations a JOIN allocations b ON a.gpu_id = b.gpu_id AND a.id < b.id
     WHERE tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at)`,
  );
  expect(overlaps, 'two on one GPU').toEqual([]);
  const late = await sql(
    `SELECT id FROM bookings WHERE kind = 'onDemand' AND starts_at > created_at + interval '120 seconds'`,
  );
  expect(late, 'on demand, and made to wait longer than the notice').toEqual([]);
  // Of two bids for one GPU each, the one that runs on while the other yields to somebody never pays less.
  const order = await sql(
    `SELECT e.id FROM events e JOIN bookings b ON b.id = e.booking_id JOIN bids yielded ON yielded.booking_id = b.id
     JOIN bookings o ON o.machine_id = b.machine_id AND o.id <> b.id AND o.kind = 'interruptible' AND o.desired = 'running'
       AND o.reason IS NULL AND o.started_at < e.created_at
     JOIN bids stays ON stays.booking_id = o.id
     WHERE e.kind = 'booking.interrupting' AND e.created_at = $1 AND b.reason = 'interrupted'
       AND yielded.gpu_count = 1 AND stays.gpu_count = 1 AND stays.micros_per_gpu_hour < yielded.micros_per_gpu_hour`,
    [market.clock.now()],
  );
  expect(order, 'yielded, though another pays less').toEqual([]);
  const dear = await sql(
    `SELECT p.booking_id FROM bid_prices p JOIN bookings b ON b.id = p.booking_id
     WHERE p.micros_per_gpu_hour > (b.terms->>'priceMicrosPerGpuHour')::bigint OR p.micros_per_gpu_hour < 1800000`,
  );
  expect(dear, 'pays more than the bid, or less than the host asks').toEqual([]);
}

/** Every rental's bill: what was charged less what came back is its GPU-seconds at the prices in force, to a micro-dollar a price. */
async function billsAreRight(market: Bidding): Promise<void> {
  const rows = await sql<{ id: string; net: string; due: string; prices: string }>(
    `SELECT l.id, (l.charged_micros - l.refunded_micros)::text AS net,
       coalesce(sum(s.billed_gpu_seconds * p.price / 3600.0), 0)::text AS due, (count(DISTINCT p.price) + 2)::text AS prices
     FROM leases l JOIN bookings b ON b.id = l.booking_id AND b.kind = 'interruptible' AND b.machine_id = $1
     LEFT JOIN statements s ON s.lease_id = l.id AND s.billed_gpu_seconds > 0
     LEFT JOIN LATERAL (
       SELECT x.micros_per_gpu_hour AS price FROM bid_prices x WHERE x.booking_id = b.id
       ORDER BY (x.since <= s.starts_at) DESC, CASE WHEN x.since <= s.starts_at THEN x.since END DESC, x.since LIMIT 1
     ) p ON true
     WHERE l.settled_at IS NOT NULL GROUP BY l.id`,
    [market.machineId],
  );
  // Of the disk of a GiB little is paid: under a cent in these hours.
  for (const row of rows) {
    expect(Number(row.net)).toBeGreaterThanOrEqual(Number(row.due) - Number(row.prices));
    expect(Number(row.net)).toBeLessThanOrEqual(Number(row.due) + Number(row.prices) + 10_000);
  }
}

async function play(happenings: readonly Happening[]): Promise<void> {
  const market = await bidding({ machine: { gpuCount: 3 } });
  const renters: Actor[] = [market.renter, await market.renterWith(1_000), await market.renterWith(1_000)];
  const bids: { id: string; who: Actor }[] = [];
  const rentals: { id: string; who: Actor }[] = [];
  const hands = new Map<string, RentalHand>();
  const { world } = market.clock;
  const one = async (what: Happening): Promise<void> => {
    const bid = 'which' in what ? bids[what.which % Math.max(1, bids.length)] : undefined;
    if (what.kind === 'bid') {
      const who = renters[what.who] as Actor;
      bids.push({ id: await market.bid(who, what.cents / 100, { gpuCount: what.gpus }), who });
    } else if (what.kind === 'book') {
      const hand = await market.book({ gpuCount: what.gpus });
      hands.set(hand.id, hand);
      rentals.push({ id: hand.id, who: market.renter });
    } else if (what.kind === 'end') {
      const rental = rentals[what.which % Math.max(1, rentals.length)];
      if (rental !== undefined) await endBooking(rental.who, { bookingId: rental.id }, world);
    } else if (what.kind === 'cancel' && bid !== undefined) await cancelBid(bid.who, { bidId: bid.id }, world);
    else if (what.kind === 'edit' && bid !== undefined)
      await editBid(bid.who, { bidId: bid.id, microsPerGpuHour: BigInt(what.cents) * 10_000n }, world);
    else if (what.kind === 'pass') market.clock.pass(what.seconds);
  };
  const settle = async (): Promise<void> => {
    await market.beat();
    await endExpiredLeases(world);
    await machineActs(market, hands);
    await market.clear();
    await machineActs(market, hands);
    await settleLeases(world);
  };
  for (const what of happenings) {
    await one(what).catch((error: unknown) => {
      if (!(error instanceof Refusal)) throw error;
    });
    await whatMustHold(market);
    market.clock.pass(1);
    await settle();
    await whatMustHold(market);
    await nobodyPaysMore(market);
  }
  await expectBooksBalance();
  for (const { id, who } of bids) await cancelBid(who, { bidId: id }, world).catch(() => undefined);
  for (const { id, who } of rentals) await endBooking(who, { bookingId: id }, world).catch(() => undefined);
  for (let turn = 0; turn < 3; turn += 1) {
    market.clock.pass(130);
    await settle();
    await tidyBids(world);
  }
  const held = await db.lease.count({ where: { machineId: market.machineId, NOT: { heldMicros: 0 } } });
  expect(held, 'money still held when everything is over').toBe(0);
  await billsAreRight(market);
  await expectBooksBalance();
}

const HISTORIES = process.env.SUBLET_LONG === '1' ? 100 : 5;

describe('bids, bookings, ends and time in any order', () => {
  it(
    'never put two on a GPU, nobody on demand behind an interruptible one, and bill the prices in force',
    async () => {
      await fc.assert(fc.asyncProperty(fc.array(happening, { minLength: 8, maxLength: 20 }), play), {
        numRuns: HISTORIES,
        endOnFailure: true,
      });
      // That nothing was broken says something only where something happened.
      expect(await db.event.count({ where: { kind: 'booking.interrupting' } })).toBeGreaterThan(0);
      expect(await db.transfer.count({ where: { idempotencyKey: { startsWith: 'above-price:' } } })).toBeGreaterThan(0);
      expect(await db.booking.count({ where: { kind: 'interruptible', run: { gt: 1 } } })).toBeGreaterThan(0);
    },
    HISTORIES * 48_000,
  );
});
