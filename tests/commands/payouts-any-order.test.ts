import '#tests/support/database.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '#lib/base/refusal.ts';
import { db } from '#lib/io/db.ts';
import { needStripe } from '#lib/io/stripe.ts';
import { carryPayouts } from '#lib/payments/carry-payouts.errand.ts';
import { hostMoney } from '#lib/payments/queries/host-money.ts';
import { railOf } from '#lib/payments/queries/rails.ts';
import { releaseReserves } from '#lib/payments/release-reserves.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { askAll, earn, refundFrom } from '#tests/support/payouts.ts';
import { atStripe, fund, hear, hostAtStripe, noStripe, stripeAt } from '#tests/support/payouts-at-stripe.ts';
import { DOLLAR, movableClock } from '#tests/support/rental.ts';
import { balanceOf } from '#tests/support/stripe-double/money.ts';
import type { Sent } from '#tests/support/stripe-double/provider.ts';
import type { StripeDouble } from '#tests/support/stripe-double/server.ts';

/** How many random histories: enough to meet every crash in every run, ten thousand when there is time. */
const HISTORIES = process.env.SUBLET_LONG === '1' ? 10_000 : 500;
/** So many happen at the same time in one market: each host's, and every worker carries everybody's payouts. */
const AT_ONCE = 10;

const clock = movableClock();

const WRITES = ['POST /v1/transfers', 'POST /v1/payouts', 'POST /v1/transfers/{id}/reversals'] as const;

type Step =
  | { do: 'ask'; dollars: number | null; tabs: number }
  | { do: 'carry'; crash: 'none' | 'before' | 'after'; workers: number }
  | { do: 'fault'; does: 'errorAfter' | 'errorBefore' | 'tooMany'; at: (typeof WRITES)[number] }
  | { do: 'bank'; outcome: 'paid' | 'failed' }
  | { do: 'hear'; order: number; copies: number }
  | { do: 'earn' | 'refund'; dollars: number }
  | { do: 'pass'; seconds: number }
  | { do: 'staffTakesBack' | 'stripeForgetsKeys' | 'noMoneyAtStripe' | 'accountCloses' | 'release' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      dollars: fc.option(fc.integer({ min: 5, max: 120 })),
      tabs: fc.integer({ min: 1, max: 2 }),
    }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      do: fc.constant('carry' as const),
      crash: fc.constantFrom('none' as const, 'none' as const, 'before' as const, 'after' as const),
      workers: fc.integer({ min: 1, max: 2 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('fault' as const),
      does: fc.constantFrom('errorAfter' as const, 'errorBefore' as const, 'tooMany' as const),
      at: fc.constantFrom(...WRITES),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('bank' as const),
      outcome: fc.constantFrom('paid' as const, 'failed' as const),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('hear' as const),
      order: fc.nat(),
      copies: fc.integer({ min: 1, max: 2 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('earn' as const, 'refund' as const),
      dollars: fc.integer({ min: 1, max: 80 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('pass' as const), seconds: fc.constantFrom(5, 30, 3_600, 100_000) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'staffTakesBack' as const,
        'stripeForgetsKeys' as const,
        'noMoneyAtStripe' as const,
        'accountCloses' as const,
        'release' as const,
      ),
    }),
  },
);

/** The machine of a worker stops: nothing after this is done, and nobody is told. */
class Crash {}

/** A rail whose process dies in the middle of its first write: before the call leaves, or before its answer is read. */
function crashing(when: 'before' | 'after') {
  let died = (_: Crash): void => {};
  const death = new Promise<never>((_, reject) => {
    died = reject;
  });
  death.catch(() => {});
  const rails = (provider: string) => {
    const rail = railOf(provider);
    const dying = <Call, Answer>(write: (call: Call) => Promise<Answer>) => {
      return async (call: Call): Promise<Answer> => {
        if (when === 'after') await write(call).catch(() => {});
        died(new Crash());
        return new Promise<never>(() => {});
      };
    };
    return {
      ...rail,
      transfer: dying(rail.transfer),
      fetchBack: dying(rail.fetchBack),
      payToBank: dying(rail.payToBank),
    };
  };
  return { rails, death };
}

async function carry(crash: 'none' | 'before' | 'after', workers: number): Promise<void> {
  if (crash === 'none') {
    await Promise.all(Array.from({ length: workers }, () => carryPayouts(clock.world)));
    return;
  }
  const { rails, death } = crashing(crash);
  await Promise.race([carryPayouts(clock.world, rails), death]).catch((error: unknown) => {
    if (!(error instanceof Crash)) throw error;
  });
}

/** Refusals are the product saying no: what a person or a worker does is then not done. */
async function orRefused(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

function shuffled(events: readonly Sent[], order: number): Sent[] {
  const left = [...events];
  const out: Sent[] = [];
  for (let seed = order; left.length > 0; seed = (seed * 48_271 + 11) % 2_147_483_647)
    out.push(...left.splice(seed % left.length, 1));
  return out;
}

const isAboutPayouts = (event: Sent) => /^(transfer|payout)\./.test(event.type);

/** One host's history: what they do, what happens to their money, and what goes wrong. */
async function history(stripe: StripeDouble, steps: readonly Step[]) {
  const host = await hostAtStripe(stripe, 150, clock);
  let earned = 150n * DOLLAR;
  const payouts = () => db.payout.findMany({ where: { hostId: host.userId }, orderBy: { id: 'asc' } });
  const banks = () => stripe.provider.all('payout', host.accountId as `acct_${string}`);

  async function act(one: Step): Promise<unknown> {
    switch (one.do) {
      case 'ask': {
        const micros = one.dollars === null ? null : BigInt(one.dollars) * DOLLAR;
        return Promise.all(Array.from({ length: one.tabs }, () => orRefused(askAll(host, clock, micros))));
      }
      case 'carry':
        return carry(one.crash, one.workers);
      case 'fault':
        return stripe.faults.plan({ does: one.does, at: one.at });
      case 'bank':
        return banks().map((bank) => stripe.act.settlePayout(String(bank.id), one.outcome));
      case 'hear': {
        const events = shuffled(stripe.webhooks.log.filter(isAboutPayouts), one.order).slice(0, 5);
        return hear(one.copies === 2 ? [...events, ...events] : events, clock);
      }
      case 'earn':
        earned += BigInt(one.dollars) * DOLLAR;
        return earn(host, BigInt(one.dollars) * DOLLAR, clock);
      case 'refund':
        earned -= BigInt(one.dollars) * DOLLAR;
        return refundFrom(host, BigInt(one.dollars) * DOLLAR, clock);
      case 'pass':
        return clock.pass(one.seconds);
      case 'staffTakesBack': {
        const moved = (await payouts()).findLast((payout) => payout.transferId !== null)?.transferId;
        if (moved == null) return;
        return needStripe()
          .transfers.createReversal(moved, { amount: 300 })
          .catch(() => {});
      }
      case 'stripeForgetsKeys':
        return stripe.forgetKeys();
      case 'noMoneyAtStripe':
        return fund(stripe, -balanceOf(stripe.provider, 'platform').available);
      case 'accountCloses':
        return stripe.act.onboard(host.accountId, { open: false });
      case 'release':
        return releaseReserves(clock.world);
    }
  }
  for (const one of steps) await act(one);
  return { host, banks, payouts, earned };
}
type History = Awaited<ReturnType<typeof history>>;

/** Calm: everything works again, every bank decides, time passes, and every webhook comes, whenever it was sent. */
async function calm(stripe: StripeDouble, histories: readonly History[]): Promise<void> {
  stripe.faults.clear();
  fund(stripe, 10_000_000);
  for (const { host } of histories) stripe.act.onboard(host.accountId);
  for (let round = 0; round < 8; round += 1) {
    stripe.forgetKeys();
    clock.pass(7 * 3_600);
    await carryPayouts(clock.world);
    for (const bank of histories.flatMap((one) => one.banks()))
      if (bank.status === 'pending') stripe.act.settlePayout(String(bank.id), 'paid');
    if (round > 0 && (await db.payout.count({ where: { nextTryAt: { not: null } } })) === 0) break;
  }
  await hear(stripe.webhooks.log.filter(isAboutPayouts), clock);
  await carryPayouts(clock.world);
}

/** Each payout was paid once at most, and is here what it is there; and no cent of what was earned is lost. */
async function expectOneEnd(stripe: StripeDouble, { host, payouts, earned }: History): Promise<void> {
  const cents = (value: unknown) => BigInt(Number(value ?? 0)) * 10_000n;
  for (const payout of await payouts()) {
    const { transfers, banks } = atStripe(stripe, payout.id, host.accountId);
    expect(transfers.length <= 1 && banks.length <= 1).toBe(true);
    const [transfer] = transfers;
    expect(payout.transferId).toBe(transfer?.id ?? null);
    expect(payout.returnedMicros).toBe(cents(transfer?.amount_reversed));
    const bank = banks[0]?.status === 'paid' ? 'arrived' : 'returned';
    expect(payout.state).toBe(transfer === undefined ? 'failed' : transfer.reversed === true ? 'returned' : bank);
    if (transfer !== undefined) expect(payout.amountMicros).toBe(cents(transfer.amount));
  }
  expect((await hostMoney(host.userId)).earnedMicros).toBe(earned);
}

describe('payouts', () => {
  it(`end in the same books in any order of webhooks, crashes and requests (${HISTORIES} histories)`, async () => {
    const steps = fc.array(step, { minLength: 1, maxLength: 10 });
    const together = fc.array(steps, { minLength: AT_ONCE, maxLength: AT_ONCE });
    await fc.assert(
      fc.asyncProperty(together, async (all) => {
        const stripe = await stripeAt(clock);
        try {
          fund(stripe, 400_000);
          const histories = await Promise.all(all.map((one) => history(stripe, one)));
          await calm(stripe, histories);
          for (const one of histories) await expectOneEnd(stripe, one);
          await expectBooksBalance();
        } finally {
          await noStripe(stripe);
        }
      }),
      // What went wrong between ten of them is not made shorter by trying again.
      { numRuns: HISTORIES / AT_ONCE, endOnFailure: true },
    );
  }, 1_800_000);
});
