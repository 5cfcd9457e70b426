import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountKey } from '#lib/ledger/account.ts';
import type { TransferDraft } from '#lib/ledger/transfer.ts';
import { missingWords, payoutAccountProblem, payoutAccountState } from './payout-account.ts';
import {
  askedDraft,
  BANK_STATES,
  learn,
  type PayoutFacts,
  type PayoutNews,
  payoutDrafts,
  payoutState,
} from './payout-state.ts';

const AMOUNT = 50_000_000n;
const PAYOUT = { id: 'pay_1', hostId: 'usr_1' };
const ASKED: PayoutFacts = {
  amountMicros: AMOUNT,
  refused: false,
  transferId: null,
  returnedMicros: 0n,
  bankPayoutId: null,
  bank: 'none',
  failure: null,
};

/** News about a payout whose money moved: each names the transfer, as every webhook about it does. */
const moved: fc.Arbitrary<PayoutNews> = fc.record({
  transferId: fc.constant('tr_1'),
  returnedMicros: fc.integer({ min: 0, max: 5 }).map((tenths) => (AMOUNT * BigInt(tenths)) / 5n),
  bankPayoutId: fc.constant('po_1'),
  bank: fc.constantFrom(...BANK_STATES),
  failure: fc.constant('the bank said no'),
});

function tell(news: readonly PayoutNews[]): { facts: PayoutFacts; drafts: TransferDraft[] } {
  let facts = ASKED;
  const drafts = [askedDraft(PAYOUT, AMOUNT)];
  for (const one of news) {
    const next = learn(facts, one);
    drafts.push(...payoutDrafts(PAYOUT, facts, next));
    facts = next;
  }
  return { facts, drafts };
}

function balances(drafts: readonly TransferDraft[]): Record<string, bigint> {
  const sums: Record<string, bigint> = {};
  for (const { from, to, amountMicros } of drafts) {
    sums[accountKey(from)] = (sums[accountKey(from)] ?? 0n) - amountMicros;
    sums[accountKey(to)] = (sums[accountKey(to)] ?? 0n) + amountMicros;
  }
  return sums;
}

describe('news about a payout', () => {
  it('ends in the same facts and the same books, in any order and any number of copies', () => {
    fc.assert(
      fc.property(
        fc
          .array(moved, { minLength: 1, maxLength: 6 })
          .chain((news) =>
            fc.tuple(
              fc.constant(news),
              fc.shuffledSubarray([...news, ...news], { minLength: news.length * 2, maxLength: news.length * 2 }),
            ),
          ),
        ([news, shuffled]) => {
          const [one, other] = [tell(news), tell(shuffled)];
          expect({ ...one.facts, failure: null }).toEqual({ ...other.facts, failure: null });
          expect(balances(one.drafts)).toEqual(balances(other.drafts));
        },
      ),
    );
  });

  it('moves each dollar from one place to the next, never twice, under keys that are never used twice', () => {
    fc.assert(
      fc.property(fc.array(moved, { maxLength: 8 }), (news) => {
        const { facts, drafts } = tell(news);
        const at = balances(drafts);
        expect(at['inTransit:']).toBe(facts.transferId === null ? AMOUNT : 0n);
        expect(at['providerClearing:'] ?? 0n).toBe(facts.transferId === null ? 0n : AMOUNT - facts.returnedMicros);
        expect(at['hostPayable:usr_1']).toBe(facts.returnedMicros - AMOUNT);
        expect(new Set(drafts.map((draft) => draft.key)).size).toBe(drafts.length);
        expect(drafts.every((draft) => draft.causeId === 'pay_1' && draft.amountMicros > 0n)).toBe(true);
      }),
    );
  });

  it('of a refusal gives the money back once, and a refusal that comes after the move says nothing', () => {
    const refused = tell([{ refused: true, failure: 'no' }, { refused: true }]);
    expect(balances(refused.drafts)).toEqual({ 'hostPayable:usr_1': 0n, 'inTransit:': 0n });
    expect([payoutState(refused.facts), refused.facts.failure]).toEqual(['failed', 'no']);
    expect(payoutState(tell([{ transferId: 'tr_1' }, { refused: true }]).facts)).toBe('sent');
  });

  it('that cannot be is not believed', () => {
    const sent = tell([{ transferId: 'tr_1' }]).facts;
    expect(() => learn(sent, { transferId: 'tr_2' })).toThrow('two transfers');
    expect(() => learn(sent, { returnedMicros: AMOUNT + 1n })).toThrow('more came back');
    expect(() => learn(tell([{ refused: true }]).facts, { transferId: 'tr_1' })).toThrow('had been refused');
  });

  it.each([
    ['asked', {}],
    ['asked', { bank: 'paid' }],
    ['sent', { transferId: 'tr_1' }],
    ['sent', { transferId: 'tr_1', bank: 'pending', returnedMicros: 10_000n }],
    ['arrived', { transferId: 'tr_1', bank: 'paid' }],
    ['returning', { transferId: 'tr_1', bank: 'failed' }],
    ['returned', { transferId: 'tr_1', bank: 'failed', returnedMicros: AMOUNT }],
  ] satisfies [string, PayoutNews][])('makes it %s', (state, news) => {
    expect(payoutState(learn(ASKED, news))).toBe(state);
  });
});

describe('an account to be paid to', () => {
  const open = {
    providerAccountId: 'acct_1',
    detailsSubmitted: true,
    transfersActive: true,
    payoutsEnabled: true,
    disabledReason: null,
    missing: [],
  };

  it.each([
    ['none', null],
    ['opening', { ...open, providerAccountId: null }],
    ['incomplete', { ...open, payoutsEnabled: false, missing: ['identity.individual.given_name'] }],
    ['incomplete', { ...open, payoutsEnabled: false, detailsSubmitted: false }],
    ['checking', { ...open, payoutsEnabled: false }],
    ['closed', { ...open, disabledReason: 'rejected_fraud' }],
    ['ready', open],
  ] as const)('is %s, and says what to do unless it is ready', (state, account) => {
    expect(payoutAccountState(account)).toBe(state);
    expect(payoutAccountProblem(account) === null).toBe(state === 'ready');
  });

  it('says what is missing in plain words, each once', () => {
    expect(
      missingWords([
        'configuration.recipient.default_outbound_destination',
        'identity.individual.given_name',
        'identity.individual.surname',
        'identity.individual.documents.primary_verification',
        'something_new.of_theirs',
      ]),
    ).toEqual(['the bank account to pay to', 'a name', 'a photo of an identity document', 'something new of theirs']);
  });
});
