import '#tests/support/database.ts';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { Refusal } from '#lib/base/refusal.ts';
import { DAY } from '#lib/base/time.ts';
import { endBookingByStaff } from '#lib/bookings/end-booking-by-staff.ts';
import { db } from '#lib/io/db.ts';
import { walletOf } from '#lib/ledger/queries.ts';
import { billFileOf } from '#lib/receipts/queries/receipts.ts';
import { MOVES } from '#lib/trust/dispute-move.ts';
import { passDisputeDeadlines } from '#lib/trust/pass-dispute-deadlines.ts';
import { disputesOf } from '#lib/trust/queries/disputes.ts';
import { check } from '#tests/support/bill-file.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { type Case, closedCase } from '#tests/support/disputes.ts';
import { type Person, person } from '#tests/support/people.ts';
import { logAll } from '#tests/support/public-log.ts';

let admin: Person;
beforeAll(async () => {
  admin = await person({ role: 'admin' });
});

const HISTORIES = process.env.SUBLET_LONG === '1' ? 2_000 : 15;

const micros = fc.bigInt({ min: 1n, max: 600_000n });
const step = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('open' as const), micros }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('refund' as const), micros }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('full' as const, 'part' as const, 'none' as const), micros }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('move' as const),
      side: fc.constantFrom('renter' as const, 'host' as const),
      move: fc.constantFrom(...MOVES),
      micros,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), days: fc.constantFrom(1, 3, 7) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function take(one: Case, step: Step): Promise<void> {
  const { renter, host, clock } = one.market;
  const id = (await disputesOf(renter, {})).rows[0]?.id ?? '';
  switch (step.do) {
    case 'open':
      await one.open(step.micros);
      return;
    case 'refund':
      return endBookingByStaff(
        admin,
        { bookingId: one.hand.id, reason: 'r', refundMicros: step.micros / 10n + 1n },
        clock.world,
      );
    case 'move':
      return one.move(step.side === 'host' ? host : renter, id, step.move, { amountMicros: step.micros });
    case 'wait':
      clock.pass((step.days * DAY) / 1_000);
      await passDisputeDeadlines(clock.world);
      return;
    default:
      return one.decide(admin, id, step.do, step.micros);
  }
}

describe('any order of refunds, disputes, moves, decisions and time', () => {
  it(`ends in books that add up, a bill that verifies, and never more moved than was charged (${HISTORIES})`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 24 }), async (steps) => {
        const one = await closedCase(240 + 60 * steps.length);
        const { renter, clock } = one.market;
        const paid = (await walletOf(renter)).freeMicros;
        for (const each of steps)
          await take(one, each).catch((error: unknown) => {
            if (!(error instanceof Refusal)) throw error;
          });
        await expectBooksBalance();
        const { refundedMicros, disputedMicros, chargedMicros } = await one.hand.lease();
        expect(refundedMicros + disputedMicros).toBeLessThanOrEqual(chargedMicros);
        expect((await walletOf(renter)).freeMicros).toBe(paid + refundedMicros);
        const disputes = await db.dispute.findMany({ where: { bookingId: one.hand.id } });
        const contested = disputes.reduce((sum, { amountMicros }) => sum + amountMicros, 0n);
        expect(contested).toBeLessThanOrEqual(chargedMicros);
        expect(disputes.filter(({ state }) => state === 'open').length).toBeLessThanOrEqual(1);
        await logAll(clock);
        const file = await billFileOf(renter, one.hand.id, clock.now());
        expect((await check(file)).totals.refundedMicros).toBe(refundedMicros.toString());
      }),
      { numRuns: HISTORIES, endOnFailure: true },
    );
  }, 3_600_000);
});
