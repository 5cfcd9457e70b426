import '#tests/support/database.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '#lib/base/id.ts';
import { addSeconds, HOUR } from '#lib/base/time.ts';
import { endBooking } from '#lib/bookings/end-booking.ts';
import { extendBooking } from '#lib/bookings/extend-booking.ts';
import { stopBooking } from '#lib/bookings/stop-booking.ts';
import { db } from '#lib/io/db.ts';
import { leaseKey } from '#lib/io/lease-key.ts';
import { billCsv } from '#lib/receipts/bill-csv.ts';
import { billFileOf } from '#lib/receipts/queries/receipts.ts';
import { BILL_KIND, type Bill, billText, GIVEN_BACK_BILL_KIND, type GivenBack } from '#protocol/bill.ts';
import { DOMAINS } from '#protocol/domains.ts';
import { check, faultOf } from '#tests/support/bill-file.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { sql } from '#tests/support/database.ts';
import { logAll } from '#tests/support/public-log.ts';
import { type RentalMarket, rentalMarket } from '#tests/support/rental.ts';
import { NOW } from '#tests/support/stalls.ts';

let market: RentalMarket;
beforeEach(async () => {
  market = await rentalMarket();
});
afterEach(expectBooksBalance);

const STARTS = new Date(NOW.getTime() + 72 * HOUR);
const reserve = (change: object = {}) => market.book({ startsAt: STARTS, durationSeconds: 8 * 3_600, ...change });
const wait = async (seconds: number) => {
  market.clock.pass(seconds);
  await market.beat();
};
const billOf = async (id: string): Promise<Bill> => {
  await logAll(market.clock);
  return billFileOf(market.renter, id, market.clock.now());
};
/** As a market would sign it that says something else. */
const signed = (bill: Bill, change: Partial<GivenBack>): Bill => {
  if (bill.givenBack === undefined) throw new Error('nothing was given back');
  const other = { ...bill, givenBack: { ...bill.givenBack, ...change } };
  return { ...other, signature: leaseKey().signAs(DOMAINS.bill, billText(other)).signature };
};

describe('the bill of a reserved window that was given back', () => {
  it('has what that cost as a line that anybody recomputes from the logged terms and the permit', async () => {
    const hand = await reserve();
    await wait(50 * 3_600);
    await endBooking(market.renter, { bookingId: hand.id }, market.clock.world);
    const bill = await billOf(hand.id);
    expect(bill.kind).toBe(GIVEN_BACK_BILL_KIND);
    const verified = await check(bill);
    // A quarter of 8 h at $3.60, a tenth of it the platform's.
    const cost = { micros: '7200000', hostMicros: '6480000', feeMicros: '720000', refundedMicros: '0' };
    expect(verified.givenBack).toMatchObject({ ...cost, at: market.clock.now().toISOString(), startedAt: null });
    expect(verified).toMatchObject({ statements: 0, final: true, totals: { chargedMicros: '0' } });
    expect(verified.terms.cancellation).toEqual({ freeSeconds: 86_400, shareBasisPoints: 2_500 });
    expect(billCsv(bill, String)).toContain('window_given_back');
    expect(billCsv(bill, String)).toContain(',7.20,');
  });

  it('counts what it had cost, and what may have been used since the last statement', async () => {
    const hand = await reserve();
    await wait(72 * 3_600);
    await hand.connect();
    await hand.run(3_000);
    await wait(25);
    await stopBooking(market.renter, { bookingId: hand.id }, market.clock.world);
    const atOnce = (await hand.lease()).chargedMicros;
    await hand.state();
    await hand.say('stopped');
    const bill = await billOf(hand.id);
    const { givenBack, totals } = await check(bill);
    expect(BigInt(totals.chargedMicros)).toBeGreaterThan(atOnce);
    // All in all it costs the share, to the rounding of the disk.
    const whole = BigInt(totals.chargedMicros) + BigInt(givenBack?.micros ?? 0);
    expect(whole).toBeGreaterThanOrEqual(7_200_000n);
    expect(whole).toBeLessThan(7_200_010n);
    expect(bill.statements.length).toBeGreaterThan(givenBack?.statements ?? 0);
  });

  it('follows the window that was extended, by the permit that machine and gateway have', async () => {
    const hand = await reserve();
    await extendBooking(
      market.renter,
      { bookingId: hand.id, endsAt: addSeconds(STARTS, 12 * 3_600) },
      market.clock.world,
    );
    await wait(50 * 3_600);
    await endBooking(market.renter, { bookingId: hand.id }, market.clock.world);
    expect((await check(await billOf(hand.id))).givenBack?.micros).toBe('10800000');
  });

  it('is refused with another amount, time, share or permit, though the market signed it', async () => {
    const hand = await reserve();
    const other = await reserve({ startsAt: addSeconds(STARTS, 10 * 3_600) });
    await wait(60 * 3_600);
    await endBooking(market.renter, { bookingId: hand.id }, market.clock.world);
    await endBooking(market.renter, { bookingId: other.id }, market.clock.world);
    const bill = await billOf(hand.id);
    const window = 'the window that was given back';
    expect(await faultOf(signed(bill, {}))).toBeNull();
    expect(await faultOf(signed(bill, { micros: '7200001' }))).toBe(window);
    expect(await faultOf(signed(bill, { micros: '7199999' }))).toBe(window);
    expect(await faultOf(signed(bill, { hostMicros: '6480001' }))).toBe(window);
    expect(await faultOf(signed(bill, { feeMicros: '720001' }))).toBe(window);
    expect(await faultOf(signed(bill, { refundedMicros: '7200001' }))).toBe(window);
    // In time it would have been free.
    expect(await faultOf(signed(bill, { at: NOW.toISOString() }))).toBe(window);
    expect(await faultOf(signed(bill, { statements: 1 }))).toBe(window);
    const { givenBack } = await billOf(other.id);
    const permit = givenBack?.permit ?? expect.fail();
    expect(await faultOf(signed(bill, { permit }))).toBe('the permit of the window');
    const later = { ...permit, payload: permit.payload.replace('"startsAt":"2026', '"startsAt":"2027') };
    expect(await faultOf(signed(bill, { permit: later }))).toBe('the permit of the window');
    const { givenBack: _, ...without } = bill;
    expect(await faultOf({ ...without, kind: BILL_KIND })).toBe('the bill');
    expect(await faultOf({ ...without })).toBe('the file');
  });

  it('is as it always was where giving it back cost nothing', async () => {
    const hand = await reserve();
    await endBooking(market.renter, { bookingId: hand.id }, market.clock.world);
    const bill = await billOf(hand.id);
    expect(bill.kind).toBe(BILL_KIND);
    expect(bill).not.toHaveProperty('givenBack');
    expect((await check(bill)).givenBack).toBeNull();
  });

  it('has no such line where its machine was not there when the window began', async () => {
    const hand = await reserve();
    await wait(71 * 3_600);
    market.clock.pass(3_600);
    await db.silence.create({
      data: {
        id: newId('silence', market.clock.now()),
        machineId: market.machineId,
        cause: 'unreachable',
        startsAt: addSeconds(STARTS, -3_600),
        endsAt: null,
      },
    });
    await endBooking(market.renter, { bookingId: hand.id }, market.clock.world);
    const bill = await billOf(hand.id);
    expect(bill.kind).toBe(BILL_KIND);
    expect(await check(bill)).toMatchObject({ givenBack: null, final: true, totals: { chargedMicros: '0' } });
  });

  it('is never rewritten', async () => {
    const hand = await reserve();
    await wait(50 * 3_600);
    await endBooking(market.renter, { bookingId: hand.id }, market.clock.world);
    await expect(sql('UPDATE given_back_windows SET held_micros = 1')).rejects.toThrow('never changed');
    await expect(sql('DELETE FROM given_back_windows')).rejects.toThrow('never changed');
  });
});
