import '#tests/support/database.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endBooking } from '#lib/bookings/end-booking.ts';
import { stopBooking } from '#lib/bookings/stop-booking.ts';
import { db } from '#lib/io/db.ts';
import { earningsOf, walletOf } from '#lib/ledger/queries.ts';
import { billOf } from '#lib/receipts/queries.ts';
import type { Signed } from '#protocol/words.ts';
import { refusal } from '#tests/support/ask.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { person } from '#tests/support/people.ts';
import { DOLLAR, type RentalHand, type RentalMarket, rentalMarket } from '#tests/support/rental.ts';
import { keyPair } from '#tests/support/tunnel.ts';

let market: RentalMarket;
let hand: RentalHand;
beforeEach(async () => {
  // A dollar a thousand GPU-seconds; the disk is free, so that the figures can be read.
  market = await rentalMarket({ listing: { diskPriceMicrosPerGibMonth: 0n } });
  hand = await market.book();
  market.clock.pass(10);
  await hand.connect();
});
afterEach(expectBooksBalance);

const charged = async () => (await hand.lease()).chargedMicros;

/** Statements for so many minutes, signed in order and not sent. */
async function minutes(count: number): Promise<Signed[]> {
  const signed: Signed[] = [];
  for (let i = 0; i < count; i += 1) {
    market.clock.pass(60);
    signed.push(await hand.sign());
  }
  return signed;
}

describe('signed statements', () => {
  it('charge the renter, credit the host and take the fee as a part of it', async () => {
    const before = await walletOf(market.renter);
    await hand.run(120);
    const lease = await hand.lease();
    expect(lease).toMatchObject({
      chargedMicros: 120_000n,
      feeMicros: 12_000n,
      creditedMicros: 108_000n,
      gpuSeconds: 120n,
    });
    expect((await walletOf(market.renter)).heldMicros).toBe(before.heldMicros - 120_000n);
    expect((await earningsOf(market.host)).payableMicros).toBe(108_000n);
  });

  it('are the lines of a bill that adds up', async () => {
    await hand.run(150);
    const bill = await billOf(market.renter, hand.id);
    expect(bill).toMatchObject({ final: false, billedSeconds: 150, chargedMicros: 150_000n, statements: 3 });
    expect(bill.lines.map((line) => line.sequence)).toEqual([2, 1, 0]);
    expect(bill.lines.reduce((sum, line) => sum + line.chargedMicros, 0n)).toBe(bill.chargedMicros);
    expect(bill.hostCreditedMicros + bill.feeMicros).toBe(bill.chargedMicros);
    expect(await billOf(market.host, hand.id)).toEqual(bill);
    const [newest, ...older] = [await billOf(market.renter, hand.id, { take: 1 }), ...bill.lines.slice(1)];
    expect(newest?.next).toBe(2);
    expect((await billOf(market.renter, hand.id, { before: 2 })).lines).toEqual(older);
    expect((await refusal(billOf(await person(), hand.id))).reason).toBe('notFound');
  });

  it('bill once, however often and at once they are sent', async () => {
    const signed = await minutes(3);
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => hand.send(signed)));
    expect(answers).toEqual(answers.map(() => ({ [hand.leaseId]: 2 })));
    expect(await charged()).toBe(180_000n);
    expect(await db.statementRecord.count({ where: { leaseId: hand.leaseId } })).toBe(3);
  });

  it('bill the same in any order; what comes before its turn waits to be sent again', async () => {
    const [a, b, c] = (await minutes(3)) as [Signed, Signed, Signed];
    expect(await hand.send([c])).toEqual({});
    expect(await hand.send([c, a])).toEqual({ [hand.leaseId]: 0 });
    expect(await hand.send([c, b, a])).toEqual({ [hand.leaseId]: 2 });
    expect(await charged()).toBe(180_000n);
  });

  it('are not taken when another machine signed them, when a byte changed, or when the chain is another', async () => {
    const forged = await hand.sign({ seconds: 60 }, keyPair());
    expect(await hand.send([forged])).toEqual({});
    const other = await rentalMarket();
    const foreign = await other.book();
    await foreign.connect();
    other.clock.pass(60);
    expect(await hand.send([await foreign.sign({ leaseId: hand.leaseId, machineId: market.machineId })])).toEqual({});
    expect(await hand.send([await foreign.sign({ sequence: 0 })])).toEqual({});
    const late = await hand.sign({ sequence: 0, previous: 'f'.repeat(64) });
    expect(await hand.send([late])).toEqual({});
    expect(
      await hand.send([
        { payload: 'rubbish', signature: 'AAAA' },
        { payload: '{}', signature: '' },
      ]),
    ).toEqual({});
    expect(await charged()).toBe(0n);
  });

  it('are stored and unbilled, with the reason, when they claim what cannot be', async () => {
    market.clock.pass(60);
    const now = market.clock.now().getTime();
    const year = new Date(now + 365 * 86_400_000).toISOString();
    await hand.send([
      await hand.sign({ startsAt: '0000-01-01T00:00:00Z', endsAt: '0000-01-01T00:01:00Z' }),
      await hand.sign({ startsAt: year, endsAt: '9999-12-31T23:59:59.999Z' }),
      await hand.sign({
        startsAt: new Date(now).toISOString(),
        endsAt: new Date(now - 60_000).toISOString(),
        gpuSeconds: 7,
      }),
      await hand.sign({ seconds: 60, gpuSeconds: Number.MAX_SAFE_INTEGER, diskByteSeconds: '9'.repeat(30) }),
    ]);
    const bill = await billOf(market.renter, hand.id);
    expect(bill.lines.map((line) => [line.unbilledReason, line.billedGpuSeconds])).toEqual([
      ['moreThanPassed', 60],
      ['backwards', 0],
      ['fromTheFuture', 0],
      ['outsideWindow', 0],
    ]);
    for (const line of bill.lines) expect(line.unbilledSentence).toMatch(/\.$/);
    expect(bill.chargedMicros).toBe(60_000n);
  });

  it('bill nothing before it was usable', async () => {
    const early = await market.book();
    await early.say('pulling');
    market.clock.pass(300);
    await early.say('starting');
    market.clock.pass(5);
    await early.say('connectable');
    market.clock.pass(60);
    await early.state({ seconds: 365 });
    const lease = await early.lease();
    expect(lease.gpuSeconds).toBe(65n);
  });

  it('tell by themselves that a rental became usable while the market was away', async () => {
    const unseen = await market.book();
    await unseen.say('starting');
    market.clock.pass(3_600);
    await unseen.state({ seconds: 3_000 });
    const booking = await unseen.booking();
    expect(booking.startedAt).toEqual(new Date(market.clock.now().getTime() - 3_000_000));
    expect(booking.lease?.gpuSeconds).toBe(3_000n);
  });

  it('bill no GPU second after a stop was asked for, and none at all after an end', async () => {
    await hand.run(60);
    market.clock.pass(30);
    await stopBooking(market.renter, { bookingId: hand.id }, market.clock.world);
    market.clock.pass(30);
    await hand.state();
    expect((await hand.lease()).gpuSeconds).toBe(90n);
    await hand.say('stopped');
    await endBooking(market.renter, { bookingId: hand.id }, market.clock.world);
    market.clock.pass(60);
    await hand.state({ state: 'stopped' });
    await hand.say('ended');
    const bill = await billOf(market.renter, hand.id);
    expect(bill).toMatchObject({ final: true, billedSeconds: 90, chargedMicros: 90_000n });
    expect(await walletOf(market.renter)).toEqual({ freeMicros: 1_000n * DOLLAR - 90_000n, heldMicros: 0n });
  });

  it('that come after the bill was closed are kept and cost nothing', async () => {
    await hand.run(60);
    await endBooking(market.renter, { bookingId: hand.id }, market.clock.world);
    await hand.say('ended');
    market.clock.pass(60);
    await hand.state();
    const bill = await billOf(market.renter, hand.id);
    expect(bill.lines[0]).toMatchObject({ unbilledReason: 'settled', chargedMicros: 0n });
    expect(bill.chargedMicros).toBe(60_000n);
  });

  it('of days without a market are billed when it is back, each second once', async () => {
    const days = await minutes(600);
    for (let from = 0; from < days.length; from += 100) await hand.send(days.slice(from, from + 100));
    expect(await charged()).toBe(600n * 60_000n);
    await hand.send(days.slice(0, 500));
    expect(await charged()).toBe(600n * 60_000n);
  });

  it('of many leases of one machine settle together', async () => {
    const second = await market.book();
    await second.connect();
    market.clock.pass(60);
    const both = [await hand.sign(), await second.sign()];
    expect(Object.keys(await hand.send(both))).toHaveLength(2);
    expect((await earningsOf(market.host)).payableMicros).toBe(2n * 54_000n);
  });

  it('never cost more than the cap, whatever the machine says', async () => {
    const capped = await market.book({ capMicros: 4n * DOLLAR });
    await capped.connect();
    await capped.run(7_200);
    const lease = await capped.lease();
    expect(lease.chargedMicros).toBe(4n * DOLLAR);
    expect(lease.heldMicros).toBe(0n);
    const bill = await billOf(market.renter, capped.id);
    expect(bill.lines[0]?.unbilledReason).toBe('moneyRanOut');
  });
});
