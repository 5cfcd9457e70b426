import '#tests/support/database.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endBooking } from '#lib/bookings/end-booking.ts';
import { db } from '#lib/io/db.ts';
import { SILENT_GRACE_SECONDS, settleLeases } from '#lib/leases/settle-leases.ts';
import { walletOf } from '#lib/ledger/queries.ts';
import { appendLog } from '#lib/receipts/append-log.ts';
import { LOGGED_WITHIN_SECONDS } from '#lib/receipts/log-worry.ts';
import { billFileOf } from '#lib/receipts/queries/receipts.ts';
import { billOf } from '#lib/receipts/queries.ts';
import { check } from '#tests/support/bill-file.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { sql } from '#tests/support/database.ts';
import { logAll } from '#tests/support/public-log.ts';
import { DOLLAR, type RentalHand, type RentalMarket, rentalMarket } from '#tests/support/rental.ts';
import { keyPair } from '#tests/support/tunnel.ts';
import { SWEEPS } from '#worker/sweeps.ts';

let market: RentalMarket;
let hand: RentalHand;
beforeEach(async () => {
  // A dollar a thousand GPU-seconds; the disk is free, so that the figures can be read.
  market = await rentalMarket({ listing: { diskPriceMicrosPerGibMonth: 0n } });
  hand = await market.book();
  await hand.connect();
});
afterEach(expectBooksBalance);

const iso = (secondsFromNow: number) => new Date(market.clock.now().getTime() + secondsFromNow * 1_000).toISOString();
const lines = async () =>
  (await billOf(market.renter, hand.id, { take: 100 })).lines
    .toReversed()
    .map(({ billedGpuSeconds, unbilledReason }) => [billedGpuSeconds, unbilledReason]);
const stored = async () => (await lines()).length;

/** Whatever a machine said, it is stored, logged, and the bill recomputes. */
async function nothingIsLost(statements: number) {
  await logAll(market.clock);
  expect(await db.logEntry.count({ where: { leaseId: hand.leaseId, kind: 'statement' } })).toBe(statements);
  const verified = await check(await billFileOf(market.renter, hand.id, market.clock.now()));
  const { chargedMicros } = await billOf(market.renter, hand.id);
  expect(verified).toMatchObject({ statements, totals: { chargedMicros: chargedMicros.toString() } });
}

describe('a machine that states what cannot be', () => {
  it('with 61 minutes in an hour is billed for sixty, with the reason', async () => {
    market.clock.pass(3_600);
    await hand.send([await hand.sign({ seconds: 3_600, monotonicSeconds: 3_660, gpuSeconds: 3_660 })]);
    expect(await lines()).toEqual([[3_600, 'moreThanPassed']]);
    await nothingIsLost(1);
  });

  it('with 61 minutes of an hour in 61 statements is billed for sixty: the one that overlaps counts for nothing', async () => {
    await hand.run(3_600);
    await hand.send([await hand.sign({ startsAt: iso(-60), endsAt: iso(0) })]);
    const all = await lines();
    expect(all.at(-1)).toEqual([0, 'overlap']);
    expect(all.reduce((sum, [seconds]) => sum + Number(seconds), 0)).toBe(3_600);
    await nothingIsLost(61);
  });

  it('from the future is not billed for it, and is billed as ever for what comes then', async () => {
    await hand.run(60);
    await hand.send([await hand.sign({ startsAt: iso(86_400), endsAt: iso(86_460) })]);
    expect((await lines()).at(-1)).toEqual([0, 'fromTheFuture']);
    market.clock.pass(60);
    await hand.send([await hand.sign({ startsAt: iso(-60), endsAt: iso(0) })]);
    expect((await lines()).at(-1)).toEqual([60, null]);
    await nothingIsLost(3);
  });

  it('after its clock was set back is not billed twice, and is billed as ever when the clock is right again', async () => {
    await hand.run(120);
    market.clock.pass(60);
    await hand.send([await hand.sign({ startsAt: iso(-3_660), endsAt: iso(-3_600) })]);
    expect((await lines()).at(-1)).toEqual([0, 'overlap']);
    market.clock.pass(60);
    await hand.send([await hand.sign({ startsAt: iso(-60), endsAt: iso(0) })]);
    expect((await lines()).at(-1)).toEqual([60, null]);
    expect((await hand.lease()).gpuSeconds).toBe(180n);
    await nothingIsLost(4);
  });

  it('with a gap in the sequence waits: nothing after the gap is stored or billed until what is missing comes', async () => {
    await hand.run(60);
    market.clock.pass(60);
    const missing = await hand.sign();
    market.clock.pass(60);
    const after = await hand.sign();
    expect(await hand.send([after])).toEqual({ [hand.leaseId]: 0 });
    expect(await stored()).toBe(1);
    expect(await hand.send([missing])).toEqual({ [hand.leaseId]: 1 });
    expect(await hand.send([after])).toEqual({ [hand.leaseId]: 2 });
    expect((await hand.lease()).chargedMicros).toBe(180_000n);
    await nothingIsLost(3);
  });

  it('signed by another machine is not taken at all', async () => {
    market.clock.pass(60);
    expect(await hand.send([await hand.sign({}, keyPair())])).toEqual({});
    expect(await stored()).toBe(0);
    expect((await hand.lease()).chargedMicros).toBe(0n);
  });
});

describe('a host that goes silent', () => {
  it('is paid for what it stated, gets a day to state the rest, and the renter gets back what nobody stated', async () => {
    await hand.run(60);
    market.clock.pass(600);
    await endBooking(market.renter, { bookingId: hand.id }, market.clock.world);
    market.clock.pass(SILENT_GRACE_SECONDS - 1);
    await settleLeases(market.clock.world);
    expect((await hand.lease()).settledAt).toBeNull();
    market.clock.pass(60);
    await settleLeases(market.clock.world);
    expect((await hand.lease()).settledAt).not.toBeNull();
    expect(await billOf(market.renter, hand.id)).toMatchObject({ final: true, chargedMicros: 60_000n, heldMicros: 0n });
    expect(await walletOf(market.renter)).toEqual({ freeMicros: 1_000n * DOLLAR - 60_000n, heldMicros: 0n });
    // What it says later is kept, and costs nothing.
    await hand.send([await hand.sign({ seconds: 60 })]);
    expect((await lines()).at(-1)).toEqual([0, 'settled']);
    await nothingIsLost(2);
  });

  it('and speaks again has nobody billed for the silence', async () => {
    await hand.run(60);
    market.clock.pass(3_600);
    await hand.send([await hand.sign({ seconds: 60 })]);
    expect((await hand.lease()).gpuSeconds).toBe(120n);
    await nothingIsLost(2);
  });
});

describe('the queue of the public log', () => {
  it('is worked off at once, so that a statement behind twenty thousand others is logged within a minute', async () => {
    await hand.run(60);
    // Others' statements, as they lie when they were billed: before ours in the queue.
    await sql(`BEGIN; SET LOCAL session_replication_role = replica;
      INSERT INTO statements (lease_id, sequence, payload, signature, hash, starts_at, ends_at, state, gpu_seconds,
        disk_byte_seconds, billed_gpu_seconds, billed_disk_byte_seconds, charged_micros, received_at)
      SELECT 'lse_busy', at, 'text ' || at, 'sig', 'busy' || at, now(), now(), 'running', 60, 0, 0, 0, 0, now()
      FROM generate_series(0, 19999) AS at;
      INSERT INTO log_waiting (id, kind, lease_id, sequence)
      SELECT at - 30000, 'statement', 'lse_busy', at FROM generate_series(0, 19999) AS at; COMMIT`);
    const every = SWEEPS.find((sweep) => sweep.handle === appendLog)?.everySeconds ?? Number.POSITIVE_INFINITY;
    const began = performance.now();
    market.clock.pass(every);
    await appendLog(market.clock.world);
    const worked = (performance.now() - began) / 1_000;
    const ours = await db.logEntry.findUniqueOrThrow({
      where: { leaseId_sequence: { leaseId: hand.leaseId, sequence: 0 } },
    });
    const { receivedAt } = await db.statementRecord.findFirstOrThrow({ where: { leaseId: hand.leaseId } });
    const waited = (ours.loggedAt.getTime() - receivedAt.getTime()) / 1_000;
    expect(waited).toBe(every);
    expect(waited + worked).toBeLessThanOrEqual(LOGGED_WITHIN_SECONDS);
    expect(await db.logWaiting.count()).toBe(0);
    // It leaves no trace for the books, which know no such rental.
    await sql(`BEGIN; SET LOCAL session_replication_role = replica;
      DELETE FROM statements WHERE lease_id = 'lse_busy'; COMMIT`);
  }, 120_000);
});
