import '#tests/support/database.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { db, inTransaction, isDatabaseAway } from '#lib/io/db.ts';
import { needStripe } from '#lib/io/stripe.ts';
import { PROMOTIONS, renterWallet } from '#lib/ledger/account.ts';
import { lockWallet } from '#lib/ledger/hold-money.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import { booksProblems } from '#lib/ledger/queries.ts';
import { beginCardRefund } from '#lib/payments/begin-card-refund.ts';
import { beginTopUp } from '#lib/payments/begin-top-up.ts';
import { claimCardRefund } from '#lib/payments/claim-card-refund.ts';
import { claimTopUp } from '#lib/payments/claim-top-up.ts';
import { claimWebhooks } from '#lib/payments/claim-webhooks.ts';
import { handleWebhooks } from '#lib/payments/handle-webhooks.errand.ts';
import { askCheckout, finishTopUps } from '#lib/payments/pay-top-up.errand.ts';
import { refundableOf } from '#lib/payments/queries/card-refunds.ts';
import { finishCardRefunds, sendCardRefund } from '#lib/payments/send-card-refund.errand.ts';
import { settleDebts } from '#lib/payments/settle-debts.ts';
import { finishChargebacks } from '#lib/payments/sync-chargeback.errand.ts';
import { readWebhook } from '#lib/payments/webhook.ts';
import { balanceOf, cardMarket, newKey } from '#tests/support/card-market.ts';
import { sql } from '#tests/support/database.ts';
import { type Person, person } from '#tests/support/people.ts';
import { CARDS, type CardNumber } from '#tests/support/stripe-double/cards.ts';
import type { Thing } from '#tests/support/stripe-double/document.ts';
import type { Sent } from '#tests/support/stripe-double/provider.ts';
import { WEBHOOK_HANDLERS } from '#worker/webhook-handlers.ts';

const { clock, double } = await cardMarket();
// The package waits half a second before it asks again after a broken connection: here nobody needs to.
Object.assign(needStripe(), { getInitialNetworkRetryDelay: () => 0.001 });

const CENT = 10_000n;
const AT_ONCE = 25;
const BATCHES = process.env.SUBLET_LONG === '1' ? 400 : 20;

const FAULTS = ['hangUpBefore', 'hangUpAfter', 'errorBefore', 'errorAfter', 'tooMany'] as const;
const number = fc.nat({ max: 1_000 });

const fault = fc.option(fc.constantFrom(...FAULTS), { freq: 2 });
const card = fc.oneof(
  { weight: 3, arbitrary: fc.constant<CardNumber>('4242424242424242') },
  { weight: 2, arbitrary: fc.constantFrom(...(Object.keys(CARDS) as CardNumber[])) },
);
const share = fc.oneof(fc.constant(100), fc.integer({ min: 1, max: 100 }));
const pay = fc.record({
  do: fc.constant('pay' as const),
  cents: fc.integer({ min: 500, max: 9_000 }),
  card,
  leaves: fc.integer({ max: 9 }).map((one) => one === 0),
  /** Whether its webhooks come at once, or when others say so. */
  heard: fc.boolean(),
  fault,
});

/** What happens to one renter: what they do, what banks do, what goes wrong, and which webhooks come when, and how often. */
const step = fc.oneof(
  { weight: 4, arbitrary: pay },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('webhooks' as const), which: fc.array(number, { maxLength: 8 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('spend' as const), share }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('refund' as const), share, fault }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('chargeBack' as const), which: number, heard: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('decide' as const),
      which: number,
      outcome: fc.constantFrom('won' as const, 'lost' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('failRefund' as const), which: number }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('fault' as const), does: fc.constantFrom(...FAULTS) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('die' as const),
      where: fc.constantFrom('webhooks' as const, 'topUp' as const, 'refund' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('sweep' as const), seconds: fc.integer({ min: 1, max: 4_000 }) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never;
const MOST_STEPS = 6;
/** Money comes first: what cannot happen without it happens often enough. */
const history = fc
  .tuple(pay, fc.array(step, { minLength: 2, maxLength: MOST_STEPS - 1 }))
  .map(([first, rest]): Step[] => [{ ...first, heard: true }, ...rest]);

type Renter = { readonly who: Person; readonly topUps: Set<string>; spent: bigint };

/** Whoever may fail for a fault that was planned: what it leaves undone, sweeps do. */
const tried = (work: Promise<unknown>) => work.catch(() => undefined);

/** As a client does it while the market is too busy: the same again, under the same key. */
async function untilItAnswers<Result>(work: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isDatabaseAway(error)) throw error;
    }
  }
}

/** The next request of that kind goes wrong, whoever's it is. The package asks once more by itself when a connection breaks. */
function plan(at: string | null, does: (typeof FAULTS)[number] | null): void {
  if (does !== null)
    double.faults.plan({ ...(at === null ? {} : { at }), does, times: does.startsWith('hangUp') ? 2 : 1 });
}

/** These come; a copy of one that was handled already is handled again, as if the inbox did not know it: nothing may come of it. */
async function hear(events: readonly Sent[]): Promise<void> {
  const notices = events.flatMap((each) => {
    const read = readWebhook(each.body);
    return read === null ? [] : [{ ...read, receivedAt: clock.now(), nextTryAt: clock.now() }];
  });
  await db.providerWebhook.createMany({ data: notices, skipDuplicates: true });
  await sql(`UPDATE provider_webhooks SET handled_at = NULL, outcome = NULL, next_try_at = $2 WHERE id = ANY($1)`, [
    notices.map(({ id }) => id),
    clock.now(),
  ]);
  await tried(handleWebhooks(WEBHOOK_HANDLERS, clock.world));
}

async function act(renter: Renter, step: Step): Promise<void> {
  const { who } = renter;
  switch (step.do) {
    case 'pay': {
      const wanted = { amountMicros: BigInt(step.cents) * CENT, idempotencyKey: newKey() };
      const begun = await untilItAnswers(() => beginTopUp(who, wanted, clock.world));
      renter.topUps.add(begun.topUpId);
      plan('POST /v1/checkout/sessions', step.fault);
      await tried(askCheckout(begun.topUpId, clock.world));
      const { checkoutUrl } = await db.topUp.findUniqueOrThrow({ where: { id: begun.topUpId } });
      if (checkoutUrl === null || step.leaves) return;
      const told = double.webhooks.log.length;
      double.act.payCheckout(checkoutUrl.split('/').at(-1) ?? '', step.card);
      if (step.heard) await hear(double.webhooks.log.slice(told));
      return;
    }
    case 'webhooks':
      return hear(step.which.flatMap((at) => pick(double.webhooks.log, at) ?? []));
    case 'spend': {
      renter.spent += await untilItAnswers(() =>
        inTransaction('test: spend', async (tx) => {
          const { freeMicros } = await lockWallet(tx, who.userId, clock.now());
          const amountMicros = (freeMicros * BigInt(step.share)) / 100n;
          if (amountMicros === 0n) return 0n;
          const key = `test:${newKey()}`;
          await postTransfers(
            tx,
            [{ from: renterWallet(who.userId), to: PROMOTIONS, amountMicros, kind: 'promotion', key }],
            clock.now(),
          );
          return amountMicros;
        }),
      );
      return;
    }
    case 'refund': {
      const most = await refundableOf(who);
      const amountMicros = (((most / CENT) * BigInt(step.share)) / 100n) * CENT;
      if (amountMicros === 0n) return;
      const begun = await tried(beginCardRefund(who, { amountMicros, idempotencyKey: newKey() }, clock.world));
      plan('POST /v1/refunds', step.fault);
      for (const id of Array.isArray(begun) ? begun : []) await tried(sendCardRefund(id, clock.world));
      return;
    }
    case 'chargeBack': {
      const charge = pick(
        chargesOf(renter).filter((each) => each.disputed === false && each.refunded === false),
        step.which,
      );
      if (charge === undefined) return;
      const told = double.webhooks.log.length;
      double.act.chargeBack(String(charge.id), { amount: Number(charge.amount) - Number(charge.amount_refunded) });
      if (step.heard) await hear(double.webhooks.log.slice(told));
      return;
    }
    case 'decide': {
      const dispute = pick(disputesOf(renter), step.which);
      if (dispute !== undefined) double.act.closeDispute(String(dispute.id), step.outcome);
      return;
    }
    case 'failRefund': {
      const refund = pick(refundsOf(renter), step.which);
      if (refund !== undefined) double.act.failRefund(String(refund.id));
      return;
    }
    case 'fault':
      plan(null, step.does);
      return;
    case 'die':
      if (step.where === 'webhooks') await untilItAnswers(() => claimWebhooks(3, clock.world));
      else if (step.where === 'topUp')
        for (const id of [...renter.topUps].slice(-1)) await untilItAnswers(() => claimTopUp(id, clock.world));
      else
        for (const { id } of await db.cardRefund.findMany({ where: { userId: who.userId }, take: 1 }))
          await untilItAnswers(() => claimCardRefund(id, clock.world));
      return;
    case 'sweep':
      clock.pass(step.seconds);
      await Promise.all(
        [finishTopUps(clock.world), finishCardRefunds(clock.world), settleDebts(clock.world)].map(tried),
      );
  }
}

const pick = <One>(things: readonly One[], at: number): One | undefined =>
  things.length === 0 ? undefined : things[at % things.length];
const metadataOf = (thing: Thing) => thing.metadata as Record<string, string>;
const chargesOf = ({ topUps }: Renter) =>
  double.provider
    .all('charge', 'platform')
    .filter((each) => each.status === 'succeeded' && topUps.has(metadataOf(each).topUpId ?? ''));
const idsOf = (things: readonly Thing[]) => new Set(things.map((each) => each.id));
function refundsOf(renter: Renter) {
  const charges = idsOf(chargesOf(renter));
  return double.provider
    .all('refund', 'platform')
    .filter((each) => charges.has(each.charge ?? '') && each.status !== 'failed');
}
function disputesOf(renter: Renter) {
  const charges = idsOf(chargesOf(renter));
  return double.provider.all('dispute', 'platform').filter((each) => charges.has(each.charge ?? ''));
}
const total = (things: readonly Thing[]) => things.reduce((sum, each) => sum + BigInt(Number(each.amount)) * CENT, 0n);

/** Nothing goes wrong any more and time passes: sweeps end what is open, whether or not the webhooks that are left come. */
async function quiet(): Promise<void> {
  double.faults.clear();
  for (const seconds of [3_700, 3_700, 86_500, 86_500]) {
    clock.pass(seconds);
    while ((await handleWebhooks(WEBHOOK_HANDLERS, clock.world)) > 0);
    while ((await finishTopUps(clock.world)) > 0);
    while ((await finishCardRefunds(clock.world)) > 0);
    await finishChargebacks(clock.world);
    await settleDebts(clock.world);
  }
}

const KINDS = ['providerClearing', 'processingCosts', 'disputed', 'chargebackLosses', 'inTransit'] as const;
const marketBooks = async () =>
  Object.fromEntries(await Promise.all(KINDS.map(async (kind) => [kind, await balanceOf(kind)] as const)));

/** The books, as the provider's truth and what was spent make them: no word about the order in which anything was heard. */
function booksOf(renters: readonly Renter[]) {
  const each = renters.map((renter) => {
    const disputes = disputesOf(renter).filter((dispute) => dispute.status !== 'won');
    const free = total(chargesOf(renter)) - renter.spent - total(refundsOf(renter)) - total(disputes);
    return {
      userId: renter.who.userId,
      wallet: free > 0n ? free : 0n,
      missing: free < 0n ? -free : 0n,
      disputed: total(disputes.filter((one) => one.status !== 'lost')),
    };
  });
  const rows = double.provider.all('balance_transaction', 'platform');
  const sum = (field: 'net' | 'fee') => rows.reduce((all, row) => all + BigInt(Number(row[field])) * CENT, 0n);
  const disputed = each.reduce((all, one) => all + one.disputed, 0n);
  return {
    wallets: Object.fromEntries(each.map((one) => [one.userId, one.wallet])),
    market: {
      providerClearing: -sum('net') - disputed,
      processingCosts: -sum('fee'),
      disputed,
      chargebackLosses: -each.reduce((all, one) => all + one.missing, 0n),
      inTransit: 0n,
    },
  };
}

async function run(histories: readonly (readonly Step[])[], restComes: boolean): Promise<void> {
  const before = await marketBooks();
  const renters: Renter[] = [];
  for (const _ of histories) renters.push({ who: await person(), topUps: new Set(), spent: 0n });
  for (let at = 0; at < MOST_STEPS; at += 1) {
    await Promise.all(
      histories.map(async (steps, of) => {
        const renter = renters[of];
        const next = steps[at];
        if (renter !== undefined && next !== undefined) await act(renter, next);
      }),
    );
  }
  if (restComes) {
    const all = double.webhooks.log.map((each) => readWebhook(each.body)).filter((read) => read !== null);
    await db.providerWebhook.createMany({
      data: all.reverse().map((read) => ({ ...read, receivedAt: clock.now(), nextTryAt: clock.now() })),
      skipDuplicates: true,
    });
  }
  await quiet();
  const expected = booksOf(renters);
  const accounts = await db.account.findMany({
    where: { kind: 'renterWallet', ownerId: { in: renters.map(({ who }) => who.userId) } },
  });
  const wallets = Object.fromEntries(
    renters.map(({ who }) => [who.userId, accounts.find((row) => row.ownerId === who.userId)?.balanceMicros ?? 0n]),
  );
  expect(wallets).toEqual(expected.wallets);
  const after = await marketBooks();
  expect(Object.fromEntries(KINDS.map((kind) => [kind, (after[kind] ?? 0n) - (before[kind] ?? 0n)]))).toEqual(
    expected.market,
  );
  expect(await booksProblems(db)).toEqual([]);
}

/** What a batch leaves behind is nobody's business afterwards: the double forgets it, and no sweep asks for it again. */
async function forget(): Promise<void> {
  for (const table of ['top_ups', 'card_refunds', 'chargebacks']) await sql(`UPDATE ${table} SET next_try_at = NULL`);
  await sql(`DELETE FROM provider_webhooks`);
  double.provider.forget();
  double.webhooks.log.splice(0);
  double.requests.splice(0);
  double.forgetKeys();
}

describe('payments, refunds and chargebacks', () => {
  it(
    `end in the same books in ${BATCHES * AT_ONCE} histories of webhooks in any order, copies, delays, and crashes at every step`,
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(history, { minLength: AT_ONCE, maxLength: AT_ONCE }),
          fc.boolean(),
          async (histories, restComes) => {
            try {
              await run(histories, restComes);
            } finally {
              await forget();
            }
          },
        ),
        { numRuns: BATCHES, endOnFailure: true },
      );
    },
    process.env.SUBLET_LONG === '1' ? 14_400_000 : 900_000,
  );
});
