import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refundShare } from '#lib/bookings/refund.ts';
import { accountKey, DISPUTED, hostPayable, PLATFORM_FEES, renterWallet } from '#lib/ledger/account.ts';
import { contestDrafts, decisionDrafts } from '#lib/ledger/contest.ts';
import type { TransferDraft } from '#lib/ledger/transfer.ts';
import { feeOf } from '#protocol/charge.ts';
import {
  type ChargeFacts,
  contestableMicros,
  contestProblem,
  type DecidableFacts,
  decisionOf,
  type EarlierDispute,
  MOST_CHARACTERS,
  MOST_DISPUTES,
  outcomeOf,
  textProblem,
  whyNotContest,
  whyNotDecide,
} from './dispute.ts';

const settledAt = new Date('2026-11-01T12:00:00Z');
const at = (text: string) => new Date(text);
const charge: ChargeFacts = { about: 'use', settledAt, chargedMicros: 100n, refundedMicros: 40n, earlier: [] };
const ended = (amountMicros: bigint, givenMicros: bigint, decidedAt = settledAt): EarlierDispute => ({
  state: 'decided',
  ...{ amountMicros, givenMicros, decidedAt },
});
const open: EarlierDispute = { state: 'open', amountMicros: 10n, givenMicros: null, decidedAt: null };

describe('a charge', () => {
  it('can be contested from the closing of its bill for seven days, while something of it is left', () => {
    expect(whyNotContest(charge, settledAt)).toBeNull();
    expect(whyNotContest(charge, at('2026-11-08T11:59:59.999Z'))).toBeNull();
    expect(whyNotContest(charge, at('2026-11-08T12:00:00Z'))?.sentence).toContain('They are over');
    expect(whyNotContest({ ...charge, settledAt: null }, settledAt)?.sentence).toContain('still open');
    expect(whyNotContest({ ...charge, refundedMicros: 100n }, settledAt)?.sentence).toContain('come back already');
  });

  it('is contested above zero and up to what did not come back', () => {
    expect(contestProblem(charge, 60n)).toBeNull();
    expect(contestProblem(charge, 61n)).toContain('At most $0.00006');
    expect(contestProblem(charge, 0n)).toContain('above zero');
    expect(contestProblem(charge, -1n)).toContain('above zero');
  });

  it('is contested one part after the other, never the same money twice, and for three days after a dispute ended', () => {
    expect(whyNotContest({ ...charge, earlier: [open] }, settledAt)?.sentence).toContain('at a time');
    // 25 contested, 5 of it came back: 40 were refunded in all, 20 were refused and stay so.
    const once = { ...charge, earlier: [ended(25n, 5n, at('2026-11-07T12:00:00Z'))] };
    expect(contestableMicros(once)).toBe(40n);
    expect(whyNotContest(once, at('2026-11-10T11:59:59Z'))).toBeNull();
    expect(whyNotContest(once, at('2026-11-10T12:00:00Z'))?.sentence).toContain('3 days after');
    expect(whyNotContest({ ...charge, earlier: [ended(60n, 0n)] }, settledAt)?.sentence).toContain('contested twice');
    const often = { ...charge, earlier: Array.from({ length: MOST_DISPUTES }, () => ended(1n, 0n)) };
    expect(whyNotContest(often, settledAt)?.sentence).toContain('times at most');
  });
});

describe('a dispute', () => {
  const facts: DecidableFacts = {
    state: 'open',
    turn: 'host',
    renterId: 'usr_renter',
    hostId: 'usr_host',
    answerUntil: at('2026-11-10T00:00:00Z'),
  };
  const early = at('2026-11-09T23:59:59.999Z');

  it('is decided when it lies with an admin or the host let the time pass, once, and never by a party', () => {
    expect(whyNotDecide(facts, 'usr_admin', early)?.sentence).toContain('still has time');
    expect(whyNotDecide({ ...facts, turn: 'admin' }, 'usr_admin', early)).toBeNull();
    expect(whyNotDecide(facts, 'usr_admin', facts.answerUntil)).toBeNull();
    const renters = { ...facts, turn: 'renter' as const };
    expect(whyNotDecide(renters, 'usr_admin', early)?.sentence).toContain('has time to');
    expect(whyNotDecide(renters, 'usr_admin', facts.answerUntil)?.sentence).toContain('by itself');
    const over = { ...facts, state: 'decided' as const, turn: null };
    expect(whyNotDecide(over, 'usr_admin', facts.answerUntil)?.sentence).toContain('already');
    for (const party of ['usr_renter', 'usr_host'])
      expect(whyNotDecide(facts, party, facts.answerUntil)?.reason).toBe('forbidden');
  });

  it('is decided for all, nothing, or a part that is neither', () => {
    expect(decisionOf('full', 10n, 3n)).toEqual({ outcome: 'full', givenMicros: 10n });
    expect(decisionOf('none', 10n, 3n)).toEqual({ outcome: 'none', givenMicros: 0n });
    expect(decisionOf('part', 10n, 3n)).toEqual({ outcome: 'part', givenMicros: 3n });
    for (const part of [0n, 10n, -1n, 11n]) expect(decisionOf('part', 10n, part)).toContain('between');
    expect(decisionOf('part', 10n, null)).toContain('how much');
    expect([0n, 3n, 10n].map((given) => outcomeOf(given, 10n))).toEqual(['none', 'part', 'full']);
  });

  it('takes a text that says something and is not a book', () => {
    expect(textProblem(' \n')).toContain('Write');
    expect(textProblem('👩🏽‍🚀'.repeat(10))).toBeNull();
    expect(textProblem('x'.repeat(MOST_CHARACTERS + 1))).toContain('At most');
  });
});

describe('the money of a dispute', () => {
  const micros = (most: bigint) => fc.bigInt({ min: 0n, max: most });

  it('leaves host, platform and renter with exactly their shares, whatever was refunded before and meanwhile', () => {
    const history = fc
      .record({ charged: fc.bigInt({ min: 1n, max: 10n ** 9n }), bps: fc.integer({ min: 0, max: 10_000 }) })
      .chain((whole) =>
        fc.record({
          charged: fc.constant(whole.charged),
          bps: fc.constant(whole.bps),
          before: micros(whole.charged - 1n),
          contested: micros(whole.charged),
          meanwhile: micros(whole.charged),
          given: micros(whole.charged),
          about: fc.constantFrom('use' as const, 'cancellation' as const),
        }),
      );
    fc.assert(
      fc.property(history, ({ charged, bps, before, about, ...wanted }) => {
        const least = (a: bigint, b: bigint) => (a < b ? a : b);
        const contested = least(wanted.contested, charged - before) || 1n;
        const meanwhile = least(wanted.meanwhile, charged - before - contested);
        const given = least(wanted.given, contested);
        const parts = refundShare(before, contested, bps);
        const contest = { disputeId: 'dsp_1', about, bookingId: 'bkg_1', renterId: 'r', hostId: 'h', parts };
        const open = contestDrafts(contest);
        const decision = decisionDrafts(contest, refundShare(before + meanwhile, given, bps), 'because');
        for (const { amountMicros } of [...open, ...decision]) expect(amountMicros).toBeGreaterThan(0n);
        const sums = sumsOf([...open, ...decision]);
        const feeGiven = feeOf(before + meanwhile + given, bps) - feeOf(before + meanwhile, bps);
        expect(sums(DISPUTED)).toBe(0n);
        expect(sums(renterWallet('r'))).toBe(given);
        expect(sums(PLATFORM_FEES)).toBe(-feeGiven);
        expect(sums(hostPayable('h'))).toBe(feeGiven - given);
        const kinds = new Set(about === 'use' ? ['refund', 'feeRefund'] : ['cancellationBack', 'cancellationFeeBack']);
        const credited = decision.filter(({ kind }) => kinds.has(kind));
        expect(credited.reduce((sum, { amountMicros }) => sum + amountMicros, 0n)).toBe(given);
      }),
      { numRuns: process.env.SUBLET_LONG === '1' ? 100_000 : 2_000 },
    );
  });
});

function sumsOf(drafts: readonly TransferDraft[]) {
  const sums = new Map<string, bigint>();
  for (const { from, to, amountMicros } of drafts) {
    sums.set(accountKey(from), (sums.get(accountKey(from)) ?? 0n) - amountMicros);
    sums.set(accountKey(to), (sums.get(accountKey(to)) ?? 0n) + amountMicros);
  }
  return (account: Parameters<typeof accountKey>[0]) => sums.get(accountKey(account)) ?? 0n;
}
