import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Actor } from '#lib/base/actor.ts';
import { addMonths, monthOf, monthsFrom } from '#lib/base/month.ts';
import { endBooking } from '#lib/bookings/end-booking.ts';
import { endBookingByStaff } from '#lib/bookings/end-booking-by-staff.ts';
import { burnOf } from '#lib/bookings/queries/burn.ts';
import { rentalOf } from '#lib/bookings/queries/rental.ts';
import { liveRentals, rentalsOf } from '#lib/bookings/queries/rentals.ts';
import { stopBooking } from '#lib/bookings/stop-booking.ts';
import { spendingByMonth } from '#lib/ledger/queries/month-spending.ts';
import {
  everyTransferOf,
  firstMonthOf,
  type TransferRow,
  transfersByDay,
  transfersOf,
} from '#lib/ledger/queries/movements.ts';
import { earningsOf, walletOf } from '#lib/ledger/queries.ts';
import { type EarningLine, earningSpan } from '#lib/receipts/earnings.ts';
import { earningsIn, firstEarningMonth } from '#lib/receipts/queries/earnings.ts';
import { hostMoneyOf } from '#lib/receipts/queries/host-money.ts';
import { invoicesOf } from '#lib/receipts/queries/invoices.ts';
import { decideDispute } from '#lib/trust/decide-dispute.ts';
import { OUTCOMES, type Outcome } from '#lib/trust/dispute.ts';
import { moveDispute } from '#lib/trust/move-dispute.ts';
import { openDispute } from '#lib/trust/open-dispute.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { sql } from '#tests/support/database.ts';
import { person } from '#tests/support/people.ts';
import { addMoney, DOLLAR, type RentalHand, type RentalMarket, rentalMarket } from '#tests/support/rental.ts';
import { spansOf } from '#tests/support/stalls.ts';

const HISTORIES = process.env.SUBLET_LONG === '1' ? 1_000 : 8;
const DAY_SECONDS = 86_400;

afterEach(expectBooksBalance);

type Lived = {
  readonly seconds: number;
  readonly gpuCount: number;
  /** Of what was charged. */
  readonly refundPercent: number;
  readonly contestPercent: number;
  /** What is decided of that; null leaves it open. */
  readonly outcome: Outcome | null;
  readonly daysAfter: number;
};

/** A rental from its booking to its end, and what comes of it later; then time passes. */
async function liveRental(market: RentalMarket, admin: Actor, lived: Lived): Promise<RentalHand> {
  const { clock, renter } = market;
  const hand = await market.book({ gpuCount: lived.gpuCount });
  await hand.connect();
  clock.pass(lived.seconds);
  await hand.state();
  await endBooking(renter, { bookingId: hand.id }, clock.world);
  await hand.say('ended');
  const early = Math.min(lived.daysAfter, 6);
  clock.pass(early * DAY_SECONDS);
  await contest(market, admin, hand, lived);
  clock.pass((lived.daysAfter - early) * DAY_SECONDS);
  const { chargedMicros, refundedMicros, disputedMicros } = await hand.lease();
  const refundMicros = ((chargedMicros - refundedMicros - disputedMicros) * BigInt(lived.refundPercent)) / 100n;
  if (refundMicros > 0n)
    await endBookingByStaff(admin, { bookingId: hand.id, reason: 'it was slow', refundMicros }, clock.world);
  return hand;
}

/** A part of a charge is contested, and decided or not. */
async function contest({ renter, host, clock }: RentalMarket, admin: Actor, hand: RentalHand, lived: Lived) {
  const amountMicros = ((await hand.lease()).chargedMicros * BigInt(lived.contestPercent)) / 100n;
  if (amountMicros === 0n) return;
  const input = { bookingId: hand.id, amountMicros, reason: 'It was slow.' };
  const { disputeId } = await openDispute(renter, input, clock.world);
  if (lived.outcome === null) return;
  await moveDispute(host, { disputeId, move: 'answer', amountMicros: null, text: 'It was not.' }, clock.world);
  await moveDispute(renter, { disputeId, move: 'escalate', amountMicros: null, text: '' }, clock.world);
  const partMicros = lived.outcome === 'part' && amountMicros > 1n ? amountMicros / 2n : null;
  const outcome = lived.outcome === 'part' && partMicros === null ? 'none' : lived.outcome;
  await decideDispute(admin, { disputeId, outcome, partMicros, reason: 'Half and half.' }, clock.world);
}

const added = (lines: readonly EarningLine[]) =>
  lines.reduce(
    (sum, line) => ({
      grossMicros: sum.grossMicros + line.grossMicros,
      feeMicros: sum.feeMicros + line.feeMicros,
      refundedMicros: sum.refundedMicros + line.refundedMicros,
      contestedMicros: sum.contestedMicros + line.contestedMicros,
      netMicros: sum.netMicros + line.netMicros,
    }),
    { grossMicros: 0n, feeMicros: 0n, refundedMicros: 0n, contestedMicros: 0n, netMicros: 0n },
  );

async function all(actor: Actor, side: 'renter' | 'host'): Promise<TransferRow[]> {
  const rows: TransferRow[] = [];
  for await (const some of everyTransferOf(actor, { side })) rows.push(...some);
  return rows;
}

const sumOf = (rows: readonly { readonly amountMicros: bigint }[]) =>
  rows.reduce((sum, row) => sum + row.amountMicros, 0n);

describe('what money pages say', () => {
  it(`equals the ledger after any history, in any cut by month and machine (${HISTORIES})`, async () => {
    const lived: fc.Arbitrary<Lived> = fc.record({
      seconds: fc.integer({ min: 1, max: 40_000 }),
      gpuCount: fc.integer({ min: 1, max: 2 }),
      refundPercent: fc.constantFrom(0, 0, 33, 100),
      contestPercent: fc.constantFrom(0, 0, 50),
      outcome: fc.constantFrom(null, ...OUTCOMES),
      daysAfter: fc.integer({ min: 0, max: 50 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(lived, { minLength: 1, maxLength: 5 }), fc.nat(8), async (rentals, cut) => {
        const market = await rentalMarket({ dollars: 500 });
        const admin = await person({ role: 'admin' });
        for (const rental of rentals) await liveRental(market, admin, rental);
        const { host, renter } = market;
        const now = market.clock.now();

        const first = await firstEarningMonth(host, now);
        const span = earningSpan({ span: 'all' }, first, now);
        if ('problems' in span) throw new Error('no span');
        const earnings = await earningsIn(host, span, now);
        const { total } = earnings;
        expect(total.grossMicros - total.feeMicros - total.refundedMicros - total.contestedMicros).toBe(
          total.netMicros,
        );
        expect(total.netMicros).toBe((await earningsOf(host)).payableMicros);
        for (const lines of [earnings.months, earnings.machines, earnings.cells])
          expect(added(lines)).toEqual(added([total]));
        // Two spans that meet are the whole.
        const middle = addMonths(span.from, cut % monthsFrom(span.from, span.to).length);
        const before = { name: 'custom', from: span.from, to: addMonths(middle, -1) } as const;
        const after = { name: 'custom', from: middle, to: span.to } as const;
        const parts = [await earningsIn(host, before, now), await earningsIn(host, after, now)];
        expect(added(parts.map((part) => part.total))).toEqual(added([total]));

        const wallet = await walletOf(renter);
        const months = await spendingByMonth(renter, 60, now);
        const spent = months.reduce((sum, month) => sum + month.spentMicros - month.refundedMicros, 0n);
        expect(wallet.freeMicros + wallet.heldMicros + spent).toBe(500n * DOLLAR);
        const charged = (await invoicesOf(renter, { side: 'renter' })).rows;
        expect(charged.reduce((sum, row) => sum + row.chargedMicros - row.refundedMicros, 0n)).toBe(spent);

        const moved = await all(renter, 'renter');
        expect(sumOf(moved.filter((row) => row.account === 'renterWallet'))).toBe(wallet.freeMicros);
        expect(sumOf(await all(host, 'host'))).toBe(total.netMicros);
        for (const month of monthsFrom(await firstMonthOf(renter, 'renter', now), monthOf(now))) {
          const days = await transfersByDay(renter, { side: 'renter', month });
          const each = moved.filter((row) => monthOf(row.at) === month);
          expect(sumOf(days.rows)).toBe(sumOf(each));
          expect(days.rows.reduce((sum, row) => sum + row.transfers, 0)).toBe(each.length);
        }
      }),
      { numRuns: HISTORIES, endOnFailure: true },
    );
  }, 3_600_000);

  it('tells a host where the money is, and why not all of it is free', async () => {
    const market = await rentalMarket();
    const admin = await person({ role: 'admin' });
    await liveRental(market, admin, {
      seconds: 3_600,
      gpuCount: 1,
      refundPercent: 0,
      contestPercent: 50,
      outcome: null,
      daysAfter: 1,
    });
    const running = await market.book();
    await running.connect();
    market.clock.pass(600);
    await running.state();
    const money = await hostMoneyOf(market.host);
    const { creditedMicros } = await running.lease();
    expect(money).toMatchObject({
      openMicros: creditedMicros,
      openBookings: 1,
      contestedBookings: 1,
      reserveMicros: 0n,
    });
    expect(money.contestedMicros).toBeGreaterThan(800_000n);
    expect(money.payableMicros).toBe((await earningsOf(market.host)).payableMicros);
    expect(await hostMoneyOf(market.renter)).toMatchObject({
      payableMicros: 0n,
      openBookings: 0,
      contestedBookings: 0,
    });
  });

  it('measures occupancy from what was offered and taken', async () => {
    const market = await rentalMarket();
    const { clock, host } = market;
    await spansOf(market.machineId, { offers: [{ startsAt: clock.now(), endsAt: null }] });
    const hand = await market.book();
    clock.pass(2 * 3_600);
    await endBooking(market.renter, { bookingId: hand.id }, clock.world);
    await hand.say('ended');
    clock.pass(6 * 3_600);
    const month = monthOf(clock.now());
    const earnings = await earningsIn(host, { name: 'thisMonth', from: month, to: month }, clock.now());
    // One of two GPUs for two of eight hours.
    expect(earnings.total).toMatchObject({
      rentedGpuSeconds: 7_200,
      offeredGpuSeconds: 57_600,
      occupancyBasisPoints: 1_250,
    });
    expect(earnings.machines).toHaveLength(1);
  });
});

describe('a wallet', () => {
  it('says what runs and what is stopped costs an hour, and when the first rental without a cap ends', async () => {
    const market = await rentalMarket({ dollars: 50 });
    const { clock, renter } = market;
    expect(await burnOf(renter, clock.now())).toMatchObject({
      microsPerHour: 0n,
      runwaySeconds: null,
      lastsUntil: null,
    });
    const capped = await market.book({ capMicros: 5n * DOLLAR });
    const free = await market.book({ diskBytes: 2n ** 36n });
    await capped.connect();
    await free.connect();
    const burn = await burnOf(renter, clock.now());
    const { freeMicros, heldMicros } = await walletOf(renter);
    expect(burn).toMatchObject({ freeMicros, heldMicros });
    expect(burn.rentals.map(({ id }) => id)).toEqual([free.id, capped.id].sort().toReversed());
    expect(burn.microsPerHour).toBe(burn.rentals.reduce((sum, { cost }) => sum + cost.microsPerHour, 0n));
    const runway = (id: string) => burn.rentals.find((rental) => rental.id === id)?.cost.runwaySeconds;
    expect(burn.runwaySeconds).toBe(runway(free.id));
    expect(burn.lastsUntil).toEqual(new Date(clock.now().getTime() + (burn.runwaySeconds ?? 0) * 1_000));
    // Its cap pays for less than the wallet of the other.
    expect(runway(capped.id)).toBeLessThan(burn.runwaySeconds ?? 0);

    await stopBooking(renter, { bookingId: free.id }, clock.world);
    await free.say('stopped');
    const later = await burnOf(renter, clock.now());
    expect(later.microsPerHour).toBeLessThan(burn.microsPerHour);
    expect(later.runwaySeconds).toBeGreaterThan(burn.runwaySeconds ?? 0);
  });

  it('lasts as long on the page of each rental as it says itself: rentals share it, and no two have all of it', async () => {
    const market = await rentalMarket({ dollars: 300 });
    const { clock, renter } = market;
    const both = [await market.book(), await market.book({ diskBytes: 2n ** 36n })];
    for (const hand of both) await hand.connect();
    const burn = await burnOf(renter, clock.now());
    const listed = (await rentalsOf(renter, { state: 'live' }, clock.now())).rows;
    for (const { id } of both) {
      const own = (await rentalOf(renter, id, clock.now())).cost.runwaySeconds;
      expect(own).toBe(burn.rentals.find((rental) => rental.id === id)?.cost.runwaySeconds);
      expect(own).toBe(listed.find((rental) => rental.id === id)?.cost.runwaySeconds);
    }
    expect(await liveRentals(renter)).toBe(listed.length);
    const [one, two] = both.map(({ id }) => burn.rentals.find((rental) => rental.id === id)?.cost);
    // Together they use no more than there is.
    const { freeMicros, heldMicros } = await walletOf(renter);
    const used = [one, two].reduce(
      (sum, cost) => sum + (BigInt(cost?.runwaySeconds ?? 0) * (cost?.microsPerHour ?? 0n)) / 3_600n,
      0n,
    );
    expect(used).toBeLessThanOrEqual(freeMicros + heldMicros);
  });

  it('lists its movements by reason and month, a page at a time, and nobody else’s', async () => {
    const market = await rentalMarket({ dollars: 0 });
    const { clock, renter } = market;
    for (let day = 0; day < 4; day += 1) {
      await addMoney(renter, 10 + day, clock);
      clock.pass(8 * DAY_SECONDS);
    }
    const topUps = await transfersOf(renter, { side: 'renter', kind: 'topUp', take: 2 });
    expect(topUps.rows.map((row) => row.amountMicros)).toEqual([13n * DOLLAR, 12n * DOLLAR]);
    const next = await transfersOf(renter, { side: 'renter', kind: 'topUp', take: 2, after: topUps.next ?? '' });
    expect(next.rows.map((row) => row.amountMicros)).toEqual([11n * DOLLAR, 10n * DOLLAR]);
    // 23 November and 1, 9 and 17 December.
    const december = await transfersOf(renter, { side: 'renter', month: '2026-12' });
    expect(december.rows.map((row) => row.amountMicros)).toEqual([13n * DOLLAR, 12n * DOLLAR, 11n * DOLLAR]);
    expect(
      (await transfersByDay(renter, { side: 'renter', month: '2026-12', kind: 'topUp' })).rows.map(({ day }) => day),
    ).toEqual(['2026-12-17', '2026-12-09', '2026-12-01']);
    expect((await transfersOf(renter, { side: 'renter', kind: 'refund' })).rows).toEqual([]);
    expect((await transfersOf(market.host, { side: 'renter' })).rows).toEqual([]);
    expect(await firstMonthOf(renter, 'renter', clock.now())).toBe('2026-11');
    expect(await firstMonthOf(renter, 'host', clock.now())).toBe(monthOf(clock.now()));
  });

  it('has a bill for each booking, open until it is settled, for its renter and its host only', async () => {
    const market = await rentalMarket();
    const admin = await person({ role: 'admin' });
    const ended = await liveRental(market, admin, {
      seconds: 3_600,
      gpuCount: 1,
      refundPercent: 0,
      contestPercent: 0,
      outcome: null,
      daysAfter: 0,
    });
    await sql('UPDATE leases SET settled_at = now() WHERE booking_id = $1 AND held_micros = 0', [ended.id]);
    const open = await market.book();
    const ids = async (actor: Actor, side: 'renter' | 'host', state: 'open' | 'final' | 'all') =>
      (await invoicesOf(actor, { side, state })).rows.map(({ bookingId }) => bookingId);
    const { settledAt } = await ended.lease();
    expect(settledAt).not.toBeNull();
    expect(await ids(market.renter, 'renter', 'all')).toEqual([ended.id, open.id].sort().toReversed());
    expect(await ids(market.renter, 'renter', 'open')).toEqual([open.id]);
    expect(await ids(market.host, 'host', 'final')).toEqual([ended.id]);
    expect(await ids(market.host, 'renter', 'all')).toEqual([]);
    expect(await ids(admin, 'renter', 'all')).toEqual([]);
    const one = await invoicesOf(market.renter, { side: 'renter', take: 1 });
    expect((await invoicesOf(market.renter, { side: 'renter', after: one.next ?? '' })).rows).toHaveLength(1);
  });
});
