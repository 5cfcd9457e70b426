import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '#lib/base/refusal.ts';
import { endBooking } from '#lib/bookings/end-booking.ts';
import { endBookingByHost } from '#lib/bookings/end-booking-by-host.ts';
import { endBookingByStaff } from '#lib/bookings/end-booking-by-staff.ts';
import { startBooking } from '#lib/bookings/start-booking.ts';
import { stopBooking } from '#lib/bookings/stop-booking.ts';
import { chargeFor, readTerms } from '#lib/bookings/terms.ts';
import { db } from '#lib/io/db.ts';
import { endExpiredLeases } from '#lib/leases/end-expired-leases.ts';
import { expireKeptDisks } from '#lib/leases/expire-kept-disks.ts';
import { renewHolds } from '#lib/leases/renew-holds.ts';
import { settleLeases } from '#lib/leases/settle-leases.ts';
import { warnMoney } from '#lib/leases/warn-money.ts';
import { earningsOf, walletOf } from '#lib/ledger/queries.ts';
import { decideDispute } from '#lib/trust/decide-dispute.ts';
import { OUTCOMES } from '#lib/trust/dispute.ts';
import { openDispute } from '#lib/trust/open-dispute.ts';
import { FAILURES, PHASES } from '#protocol/agent.ts';
import type { Signed } from '#protocol/words.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { sql } from '#tests/support/database.ts';
import { person } from '#tests/support/people.ts';
import { addMoney, DOLLAR, type RentalHand, rentalMarket } from '#tests/support/rental.ts';

/** How many random histories: a few in every run, ten thousand when there is time. */
const HISTORIES = process.env.SUBLET_LONG === '1' ? 10_000 : 25;

type Step =
  | { do: 'book'; cap: number | null; hours: number | null; gpus: number }
  | { do: 'pass'; seconds: number }
  | { do: 'say'; at: number; phase: (typeof PHASES)[number]; failure: (typeof FAILURES)[number] | null }
  | { do: 'state'; at: number; seconds: number; stopped: boolean; lie: number; keep: boolean }
  | { do: 'use'; at: number; seconds: number }
  | { do: 'restart'; at: number }
  | { do: 'resend'; order: number }
  | { do: 'sweep' }
  | { do: 'topUp' }
  | { do: 'stop' | 'start' | 'end' | 'hostEnds' | 'refund' | 'contest' | 'decide'; at: number };

const at = fc.nat(3);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('book' as const),
      cap: fc.option(fc.integer({ min: 1, max: 30 })),
      hours: fc.option(fc.integer({ min: 1, max: 48 })),
      gpus: fc.integer({ min: 1, max: 2 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      seconds: fc.constantFrom(1, 59, 600, 3_600, 40_000, 100_000),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('say' as const),
      at,
      phase: fc.constantFrom(...PHASES),
      failure: fc.option(fc.constantFrom(...FAILURES)),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('say' as const),
      at,
      phase: fc.constant('connectable' as const),
      failure: fc.constant(null),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('state' as const),
      at,
      seconds: fc.constantFrom(0, 1, 60, 600, 7_200),
      stopped: fc.boolean(),
      lie: fc.constantFrom(0, 0, 0, 1_000_000),
      keep: fc.constantFrom(true, false, false, false),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('use' as const), at, seconds: fc.constantFrom(30, 600, 3_600, 20_000) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('restart' as const), at }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('resend' as const), order: fc.integer() }) },
  { weight: 3, arbitrary: fc.constantFrom<Step>({ do: 'sweep' }, { do: 'topUp' }) },
  {
    weight: 7,
    arbitrary: fc.record({
      do: fc.constantFrom('stop', 'start', 'end', 'hostEnds', 'refund', 'contest', 'decide'),
      at,
    }) as fc.Arbitrary<Step>,
  },
);

/** Lives one history. What the product refuses is a part of it; anything else thrown is a failure. */
async function live(steps: readonly Step[]) {
  const market = await rentalMarket({ dollars: 40 });
  const admin = await person({ role: 'admin' });
  const hands: RentalHand[] = [];
  const kept: { hand: RentalHand; signed: Signed }[] = [];
  let paidIn = 40n * DOLLAR;
  const { renter, clock } = market;

  async function take(step: Step): Promise<void> {
    if (step.do === 'book') {
      const wanted = { capMicros: step.cap === null ? null : BigInt(step.cap) * DOLLAR, gpuCount: step.gpus };
      hands.push(await market.book({ ...wanted, durationSeconds: step.hours === null ? null : step.hours * 3_600 }));
    } else if (step.do === 'pass') {
      clock.pass(step.seconds);
      await market.beat();
    } else if (step.do === 'topUp') {
      await addMoney(renter, 7, clock);
      paidIn += 7n * DOLLAR;
    } else if (step.do === 'sweep') {
      for (const sweep of [renewHolds, warnMoney, endExpiredLeases, expireKeptDisks, settleLeases])
        await sweep(clock.world);
    } else if (step.do === 'resend') {
      for (const { hand, signed } of kept.toSorted((a, b) =>
        a.signed.signature < b.signed.signature === step.order > 0 ? 1 : -1,
      ))
        await hand.send([signed]);
    } else {
      const hand = hands[step.at % Math.max(1, hands.length)];
      if (hand !== undefined) await act(step, hand);
    }
  }

  async function act(step: Extract<Step, { at: number }>, hand: RentalHand): Promise<void> {
    const { world } = clock;
    const named = { bookingId: hand.id };
    switch (step.do) {
      case 'say':
        return hand.say(step.phase, { failure: step.failure === null ? null : { code: step.failure, detail: '' } });
      case 'state': {
        const { seconds, stopped, lie } = step;
        const signed = await hand.sign({
          seconds,
          state: stopped ? 'stopped' : 'running',
          ...(lie === 0 ? {} : { gpuSeconds: lie }),
        });
        kept.push({ hand, signed });
        if (!step.keep) await hand.send([signed]);
        return;
      }
      case 'use': {
        await hand.connect();
        clock.pass(step.seconds);
        const signed = await hand.sign();
        kept.push({ hand, signed });
        await hand.send(kept.filter((one) => one.hand === hand).map((one) => one.signed));
        return;
      }
      case 'restart':
        await stopBooking(renter, named, world);
        await hand.say('stopped');
        await market.beat();
        return startBooking(renter, { ...named, durationSeconds: null }, world);
      case 'stop':
        return stopBooking(renter, named, world);
      case 'start':
        return startBooking(renter, { ...named, durationSeconds: null }, world);
      case 'end':
        return endBooking(renter, named, world);
      case 'hostEnds':
        return endBookingByHost(market.host, { ...named, reason: 'random' }, world);
      case 'refund':
        return endBookingByStaff(admin, { ...named, reason: 'random', refundMicros: 'all' }, world);
      case 'contest':
        await openDispute(renter, { ...named, amountMicros: BigInt(step.at) * 777n + 1n, reason: 'random' }, world);
        return;
      case 'decide': {
        const dispute = await db.dispute.findFirst({
          where: { bookingId: hand.id, state: 'open' },
          select: { id: true },
        });
        const ask = { disputeId: dispute?.id ?? '', partMicros: 1n, reason: 'random' };
        return decideDispute(admin, { ...ask, outcome: OUTCOMES[step.at % 3] ?? 'none' }, world);
      }
    }
  }

  for (const step of steps) {
    await take(step).catch((error: unknown) => {
      if (!(error instanceof Refusal)) throw error;
    });
  }
  return { market, hands, paidIn };
}

async function expectBillsAddUp({ market, hands, paidIn }: Awaited<ReturnType<typeof live>>): Promise<void> {
  await expectBooksBalance();
  let spent = 0n;
  let credited = 0n;
  for (const hand of hands) {
    const { lease, capMicros, terms } = await hand.booking();
    if (lease === null) throw new Error('a booking without a lease');
    const usage = { gpuSeconds: lease.gpuSeconds, diskByteSeconds: BigInt(lease.diskByteSeconds.toFixed(0)) };
    expect(lease.chargedMicros).toBe(chargeFor(readTerms(terms), usage));
    if (capMicros !== null) expect(lease.chargedMicros + lease.heldMicros).toBeLessThanOrEqual(capMicros);
    const lines = await db.statementRecord.aggregate({
      where: { leaseId: lease.id },
      _sum: { chargedMicros: true, billedGpuSeconds: true },
    });
    expect(lines._sum.chargedMicros ?? 0n).toBe(lease.chargedMicros);
    expect(BigInt(lines._sum.billedGpuSeconds ?? 0)).toBe(lease.gpuSeconds);
    spent += lease.chargedMicros - lease.refundedMicros;
    credited += lease.creditedMicros;
  }
  const wallet = await walletOf(market.renter);
  expect(wallet.freeMicros + wallet.heldMicros + spent).toBe(paidIn);
  expect((await earningsOf(market.host)).payableMicros).toBeLessThanOrEqual(credited);
}

describe('the books', () => {
  it(
    `add up after any history: bookings, lies, replays, stops, refunds and sweeps in any order (${HISTORIES})`,
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }), async (steps) => {
          await expectBillsAddUp(await live(steps));
          // So that the sweeps of the next history do not work on what this one left.
          await sql(`UPDATE bookings SET desired = 'ended', observed = 'ended'`);
          await sql('UPDATE leases SET settled_at = now() WHERE settled_at IS NULL');
        }),
        { numRuns: HISTORIES, endOnFailure: HISTORIES > 1_000 },
      );
    },
    4 * 3_600_000,
  );

  it('hold no money at all once everything has ended', async () => {
    const lived = await live([
      { do: 'book', cap: null, hours: 5, gpus: 1 },
      { do: 'say', at: 0, phase: 'connectable', failure: null },
      { do: 'pass', seconds: 3_600 },
      { do: 'state', at: 0, seconds: 3_600, stopped: false, lie: 0, keep: false },
      { do: 'end', at: 0 },
      { do: 'say', at: 0, phase: 'ended', failure: null },
    ]);
    await expectBillsAddUp(lived);
    expect((await walletOf(lived.market.renter)).heldMicros).toBe(0n);
    expect((await lived.hands[0]?.lease())?.chargedMicros).toBeGreaterThan(3_000_000n);
  });
});
