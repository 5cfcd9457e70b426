import '#tests/support/database.ts';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { DAY } from '#lib/base/time.ts';
import { endBooking } from '#lib/bookings/end-booking.ts';
import { endBookingByStaff } from '#lib/bookings/end-booking-by-staff.ts';
import { db, inTransaction } from '#lib/io/db.ts';
import { settleLeases } from '#lib/leases/settle-leases.ts';
import { hostPayable, PROVIDER_CLEARING } from '#lib/ledger/account.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import { earningsOf, walletOf } from '#lib/ledger/queries.ts';
import { deliverNotices } from '#lib/notices/deliver-notices.ts';
import { noticesOfViewer } from '#lib/notices/queries.ts';
import { creditsOf } from '#lib/receipts/queries/credits.ts';
import { billFileOf } from '#lib/receipts/queries/receipts.ts';
import { billOf } from '#lib/receipts/queries.ts';
import { answerDispute } from '#lib/trust/answer-dispute.ts';
import { decideDispute } from '#lib/trust/decide-dispute.ts';
import type { Outcome } from '#lib/trust/dispute.ts';
import { openDispute } from '#lib/trust/open-dispute.ts';
import { contestableOf, disputeOf, disputesOf, findDisputes } from '#lib/trust/queries/disputes.ts';
import { tellDueDisputes } from '#lib/trust/tell-due-disputes.ts';
import type { CreditRecord } from '#protocol/log-entry.ts';
import { refusal } from '#tests/support/ask.ts';
import { check } from '#tests/support/bill-file.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { sql } from '#tests/support/database.ts';
import { type Person, person } from '#tests/support/people.ts';
import { logAll } from '#tests/support/public-log.ts';
import { type RentalHand, type RentalMarket, rentalMarket } from '#tests/support/rental.ts';

let admin: Person;
beforeAll(async () => {
  admin = await person({ role: 'admin' });
});
afterEach(expectBooksBalance);

const HISTORIES = process.env.SUBLET_LONG === '1' ? 2_000 : 12;
const text = 'The GPU fell off the bus after a minute.';

type Case = { market: RentalMarket; hand: RentalHand; open: (amount?: bigint | null) => Promise<string> };

/** A rental of a few minutes whose bill is closed, at an odd price. */
async function closed(seconds = 600): Promise<Case> {
  const market = await rentalMarket({ listing: { priceMicrosPerGpuHour: 3_333_337n } });
  const hand = await market.book();
  await hand.connect();
  await hand.run(seconds);
  await endBooking(market.renter, { bookingId: hand.id }, market.clock.world);
  await hand.say('ended');
  market.clock.pass(180);
  await settleLeases(market.clock.world);
  const open = async (amountMicros: bigint | null = null) => {
    const asked = { bookingId: hand.id, amountMicros, reason: text };
    return (await openDispute(market.renter, asked, market.clock.world)).disputeId;
  };
  return { market, hand, open };
}

const decide = (one: Case, disputeId: string, outcome: Outcome, partMicros: bigint | null = null) =>
  decideDispute(admin, { disputeId, outcome, partMicros, reason: 'Seen in the log.' }, one.market.clock.world);
const answer = (one: Case, disputeId: string, who: Actor = one.market.host, said = 'It was there all the time.') =>
  answerDispute(who, { disputeId, text: said }, one.market.clock.world);
const kept = async (id: string) =>
  (
    await sql<{ sum: string | null }>(
      `SELECT sum(CASE a.kind WHEN 'disputed' THEN t.amount_micros ELSE -t.amount_micros END)::text AS sum FROM transfers t
       JOIN accounts a ON a.id = t.credit_account_id WHERE t.cause_id = $1 AND t.kind NOT IN ('refund','feeRefund')`,
      [id],
    )
  )[0]?.sum;

describe('contesting a charge', () => {
  it('takes the part from host and platform in the shares in which they were paid, and keeps it apart', async () => {
    const one = await closed();
    const { chargedMicros, feeMicros } = await one.hand.lease();
    const earned = (await earningsOf(one.market.host)).payableMicros;
    const id = await one.open();
    const dispute = await disputeOf(one.market.renter, id, one.market.clock.now());
    expect(dispute).toMatchObject({
      state: 'open',
      amountMicros: chargedMicros,
      feeMicros,
      reason: text,
      side: 'renter',
    });
    expect((await earningsOf(one.market.host)).payableMicros).toBe(earned - dispute.hostMicros);
    expect((await one.hand.lease()).disputedMicros).toBe(chargedMicros);
    expect(await kept(id)).toBe(chargedMicros.toString());
  });

  it('is possible once, however many tabs ask at once, and for no more than what is left', async () => {
    const one = await closed();
    const { chargedMicros } = await one.hand.lease();
    await endBookingByStaff(
      admin,
      { bookingId: one.hand.id, reason: 'Sorry.', refundMicros: 1_000n },
      one.market.clock.world,
    );
    const over = await refusal(one.open(chargedMicros - 999n));
    expect(over.detail.amountMicros).toContain('At most');
    const asked = await Promise.allSettled([one.open(5n), one.open(6n), one.open(), one.open(7n)]);
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const each of asked) if (each.status === 'rejected') expect(each.reason).toMatchObject({ reason: 'notNow' });
    await answer(one, (await disputesOf(one.market.renter, {})).rows[0]?.id ?? '');
    await decide(one, (await disputesOf(one.market.renter, {})).rows[0]?.id ?? '', 'none');
    expect((await refusal(one.open(1n))).sentence).toContain('once');
  });

  it('is for the renter alone, within seven days of the closing of the bill, with a reason', async () => {
    const one = await closed();
    const { host, clock } = one.market;
    const ask = { bookingId: one.hand.id, amountMicros: null, reason: text };
    for (const who of [host, admin, await person()])
      expect((await refusal(openDispute(who, ask, clock.world))).reason).toBe('notFound');
    expect(
      (await refusal(openDispute(one.market.renter, { ...ask, reason: ' ' }, clock.world))).detail.reason,
    ).toBeDefined();
    const open = await one.market.book();
    expect(
      (await refusal(openDispute(one.market.renter, { ...ask, bookingId: open.id }, clock.world))).sentence,
    ).toContain('still open');
    clock.pass((7 * DAY) / 1_000);
    expect((await refusal(one.open())).sentence).toContain('They are over');
    expect((await contestableOf(one.market.renter, one.hand.id, clock.now())).whyNot).toContain('They are over');
  });

  it('takes a host below zero whose money has left already, and carries it until it is decided', async () => {
    const one = await closed();
    const { host, clock } = one.market;
    const { payableMicros } = await earningsOf(host);
    const paidOut = { from: hostPayable(host.userId), to: PROVIDER_CLEARING, amountMicros: payableMicros };
    await inTransaction('test: pay out', (tx) =>
      postTransfers(tx, [{ ...paidOut, kind: 'release', key: `test:${host.userId}` }], clock.now()),
    );
    const id = await one.open();
    const { hostMicros } = await disputeOf(host, id, clock.now());
    expect((await earningsOf(host)).payableMicros).toBe(-hostMicros);
    await answer(one, id);
    await decide(one, id, 'none');
    expect((await earningsOf(host)).payableMicros).toBe(0n);
  });
});

describe('while a charge is contested', () => {
  it('staff cannot give the same money back a second time', async () => {
    const one = await closed();
    const { chargedMicros } = await one.hand.lease();
    const id = await one.open(chargedMicros - 500n);
    const refund = (refundMicros: bigint | 'all') =>
      endBookingByStaff(admin, { bookingId: one.hand.id, reason: 'x', refundMicros }, one.market.clock.world);
    expect((await refusal(refund(501n))).detail.refundMicros).toContain('is contested');
    await refund('all');
    expect((await one.hand.lease()).refundedMicros).toBe(500n);
    expect((await refusal(refund('all'))).reason).toBe('notNow');
    await answer(one, id);
    await decide(one, id, 'full');
    const lease = await one.hand.lease();
    expect(lease).toMatchObject({ refundedMicros: chargedMicros, disputedMicros: 0n });
    expect((await earningsOf(one.market.host)).payableMicros).toBe(0n);
  });

  it('each side says its own once; others see nothing and say nothing', async () => {
    const one = await closed();
    const { renter, host, clock } = one.market;
    const id = await one.open();
    await answer(one, id);
    await answer(one, id, renter, 'Look at minute two.');
    expect((await refusal(answer(one, id))).reason).toBe('notNow');
    const seen = await disputeOf(host, id, clock.now());
    expect(seen).toMatchObject({
      side: 'host',
      hostSays: 'It was there all the time.',
      renterSays: 'Look at minute two.',
    });
    const stranger = await person();
    expect((await refusal(disputeOf(stranger, id, clock.now()))).reason).toBe('notFound');
    expect((await refusal(answer(one, id, stranger))).reason).toBe('notFound');
    expect((await refusal(contestableOf(stranger, one.hand.id, clock.now()))).reason).toBe('notFound');
    expect((await disputesOf(stranger, {})).rows).toEqual([]);
    expect((await refusal(answer(one, await (await closed()).open(), host))).reason).toBe('notFound');
    expect((await refusal(findDisputes(renter, {}))).status).toBe(403);
  });

  it('waits seven days for a silent host, then says so to admins once and can be decided', async () => {
    const one = await closed();
    const { clock } = one.market;
    const id = await one.open();
    expect((await refusal(decide(one, id, 'full'))).sentence).toContain('still has time');
    expect(await tellDueDisputes(clock.world)).toBe(0);
    clock.pass((7 * DAY) / 1_000);
    expect(await tellDueDisputes(clock.world)).toBeGreaterThan(0);
    expect(await tellDueDisputes(clock.world)).toBe(0);
    await deliverNotices(clock.world);
    expect((await noticesOfViewer(admin)).rows.map(({ title }) => title).join()).toContain('can be decided');
    await decide(one, id, 'full');
  });
});

describe('a decision', () => {
  it('is made by an admin who is no party, and by one of two who decide at once', async () => {
    const one = await closed();
    const { renter, host, clock } = one.market;
    const id = await one.open();
    await answer(one, id);
    const ask = { disputeId: id, outcome: 'full' as const, partMicros: null, reason: 'Because.' };
    for (const who of [renter, host, { ...admin, suspended: true }])
      expect((await refusal(decideDispute(who, ask, clock.world))).status).toBe(403);
    expect((await refusal(decideDispute({ ...renter, role: 'admin' }, ask, clock.world))).reason).toBe('forbidden');
    expect((await refusal(decideDispute(admin, { ...ask, reason: '' }, clock.world))).reason).toBe('badInput');
    const second = await person({ role: 'admin' });
    const both = await Promise.allSettled([
      decideDispute(admin, ask, clock.world),
      decideDispute(second, { ...ask, outcome: 'none' }, clock.world),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(both.find((each) => each.status === 'rejected')).toMatchObject({ reason: { reason: 'notNow' } });
  });

  it('for a part gives the renter that, and host and platform exactly the rest', async () => {
    const one = await closed();
    const before = await walletOf(one.market.renter);
    const earned = (await earningsOf(one.market.host)).payableMicros;
    const { chargedMicros } = await one.hand.lease();
    const id = await one.open();
    await answer(one, id);
    expect((await refusal(decide(one, id, 'part', chargedMicros))).detail.partMicros).toContain('between');
    await decide(one, id, 'part', 777n);
    expect((await walletOf(one.market.renter)).freeMicros).toBe(before.freeMicros + 777n);
    expect((await earningsOf(one.market.host)).payableMicros).toBe(earned - (777n - 77n));
    expect(await disputeOf(one.market.host, id, one.market.clock.now())).toMatchObject({
      state: 'decided',
      outcome: 'part',
      givenMicros: 777n,
      decision: 'Seen in the log.',
    });
  });

  it('for the renter is a credit in the public log with its evidence, and the bill still verifies', async () => {
    const one = await closed();
    const id = await one.open();
    await answer(one, id);
    await decide(one, id, 'part', 12_345n);
    await logAll(one.market.clock);
    const file = await billFileOf(one.market.renter, one.hand.id, one.market.clock.now());
    expect(await check(file)).toMatchObject({ credits: 1, final: true, totals: { refundedMicros: '12345' } });
    const credit = JSON.parse(file.credits[0]?.payload ?? '') as CreditRecord;
    expect(credit).toMatchObject({ micros: '12345', reason: 'Seen in the log.', reference: `dispute:${id}:credit` });
    expect(credit.evidence).toContain(id);
    const moved = await db.transfer.findMany({ where: { causeId: id, kind: { in: ['refund', 'feeRefund'] } } });
    expect(moved.map((each) => each.id).every((each) => credit.evidence.includes(each))).toBe(true);
    expect((await billOf(one.market.renter, one.hand.id)).refundedMicros).toBe(12_345n);
    const [shown, ...others] = await creditsOf(one.market.renter, one.hand.id);
    expect(shown).toMatchObject({ micros: 12_345n, disputeId: id, evidence: credit.evidence, reason: credit.reason });
    expect(shown?.logIndex).toBe(file.credits[0]?.index);
    expect(others).toEqual([]);
    expect((await refusal(creditsOf(await person(), one.hand.id))).reason).toBe('notFound');
  });

  it('for the host gives nothing away and logs no credit', async () => {
    const one = await closed();
    const earned = (await earningsOf(one.market.host)).payableMicros;
    const id = await one.open();
    await answer(one, id);
    await decide(one, id, 'none');
    await logAll(one.market.clock);
    expect((await earningsOf(one.market.host)).payableMicros).toBe(earned);
    const file = await billFileOf(one.market.renter, one.hand.id, one.market.clock.now());
    expect(await check(file)).toMatchObject({ credits: 0, totals: { refundedMicros: '0' } });
  });

  it('is told to both sides, as the contest was to host and admins', async () => {
    const one = await closed();
    const { renter, host, clock } = one.market;
    const id = await one.open();
    await answer(one, id);
    await decide(one, id, 'full');
    await deliverNotices(clock.world);
    const told = async (who: typeof renter) =>
      (await noticesOfViewer(who)).rows.filter(({ link }) => link === `/disputes/${id}`).map(({ title }) => title);
    expect((await told(host)).toSorted()).toEqual([
      expect.stringMatching(/^\$.* of a rental on .* is contested$/),
      expect.stringMatching(/^The dispute over .* is decided$/),
    ]);
    expect((await told(renter)).toSorted()).toEqual([
      expect.stringMatching(/^The dispute over .* is decided$/),
      expect.stringMatching(/^The host answered/),
    ]);
    expect(await told(admin)).toHaveLength(2);
  });

  it(`leaves books that add up and a bill that verifies after any order of refunds and disputes (${HISTORIES})`, async () => {
    const micros = fc.bigInt({ min: 1n, max: 700_000n });
    const step = fc.oneof(
      fc.record({ do: fc.constant('refund' as const), micros }),
      fc.record({ do: fc.constant('open' as const), micros }),
      fc.record({ do: fc.constantFrom('full' as const, 'part' as const, 'none' as const), micros }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 10 }), async (steps) => {
        const one = await closed(fc.sample(fc.integer({ min: 61, max: 900 }), { numRuns: 1, seed: steps.length })[0]);
        const { renter, clock } = one.market;
        const paid = (await walletOf(renter)).freeMicros;
        for (const each of steps) {
          const id = (await disputesOf(renter, {})).rows[0]?.id ?? '';
          const input = { bookingId: one.hand.id, reason: 'r', refundMicros: each.micros };
          const work =
            each.do === 'refund'
              ? endBookingByStaff(admin, input, clock.world)
              : each.do === 'open'
                ? one.open(each.micros).then((opened) => answer(one, opened))
                : decide(one, id, each.do, each.micros);
          await work.catch((error: unknown) => {
            if (!(error instanceof Refusal)) throw error;
          });
        }
        await expectBooksBalance();
        const { refundedMicros } = await one.hand.lease();
        expect((await walletOf(renter)).freeMicros).toBe(paid + refundedMicros);
        await logAll(clock);
        const file = await billFileOf(renter, one.hand.id, clock.now());
        expect((await check(file)).totals.refundedMicros).toBe(refundedMicros.toString());
      }),
      { numRuns: HISTORIES, endOnFailure: true },
    );
  }, 3_600_000);
});

describe('past every rule, straight at the database', () => {
  const refused = async (constraint: RegExp, statement: string, ...values: unknown[]) =>
    expect(sql(statement, values)).rejects.toThrow(constraint);

  it('a charge is contested once, in parts that add up, and a decision is whole', async () => {
    const one = await closed();
    const id = await one.open(1_000n);
    await refused(
      /disputes_booking_id_key/,
      `INSERT INTO disputes (id, booking_id, renter_id, host_id, state, amount_micros, host_micros, fee_micros, reason, opened_at, answer_until)
      SELECT 'dsp_x', booking_id, renter_id, host_id, state, amount_micros, host_micros, fee_micros, reason, opened_at, answer_until FROM disputes WHERE id = $1`,
      id,
    );
    await refused(/disputes_amounts/, 'UPDATE disputes SET fee_micros = fee_micros + 1 WHERE id = $1', id);
    await refused(
      /disputes_amounts/,
      'UPDATE disputes SET amount_micros = 0, host_micros = 0, fee_micros = 0 WHERE id = $1',
      id,
    );
    await refused(/disputes_decided_whole/, `UPDATE disputes SET state = 'decided' WHERE id = $1`, id);
    await refused(/disputes_decided_whole/, `UPDATE disputes SET state = 'rubbish' WHERE id = $1`, id);
    await refused(/disputes_decided_whole/, `UPDATE disputes SET outcome = 'none', given_micros = 0 WHERE id = $1`, id);
    for (const [outcome, given] of [
      ['full', 999],
      ['part', 1_000],
      ['part', 0],
      ['none', 1],
      ['rubbish', 5],
    ])
      await refused(
        /disputes_outcome/,
        `UPDATE disputes SET state = 'decided', outcome = $2, given_micros = $3, decision = 'x',
        decided_by_id = renter_id, decided_at = now() WHERE id = $1`,
        id,
        outcome,
        given,
      );
    await refused(/never changed or deleted/, 'DELETE FROM disputes WHERE id = $1', id);
    await refused(/never changed or deleted/, 'TRUNCATE disputes');
    await answer(one, id);
    await decide(one, id, 'none');
    await refused(/never changed or deleted/, `UPDATE disputes SET decision = 'another' WHERE id = $1`, id);
  });

  it('no more is refunded and contested together than was charged', async () => {
    const { hand } = await closed();
    await refused(
      /leases_never_over/,
      'UPDATE leases SET disputed_micros = charged_micros - refunded_micros + 1 WHERE id = $1',
      hand.leaseId,
    );
    await refused(/leases_never_over/, 'UPDATE leases SET disputed_micros = -1 WHERE id = $1', hand.leaseId);
    await refused(/leases_never_over/, 'UPDATE leases SET refunded_micros = -1 WHERE id = $1', hand.leaseId);
  });
});

describe('the public API', () => {
  it('opens, shows, answers and decides a dispute', async () => {
    const one = await closed();
    const tokens = new Map<string, string>();
    const ask = async (who: { userId: string; sessionId: string }, path: string, body?: unknown) => {
      const cookie = { address: '127.0.0.1', cookieActor: who as Person };
      if (body === undefined) return v1.request(path, {}, cookie);
      const token = tokens.get(who.userId) ?? (await tokenOf(who as Person));
      tokens.set(who.userId, token);
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
      return v1.request(path, { method: 'POST', body: JSON.stringify(body), headers }, cookie);
    };
    // The door's clock is the wall's: the bill was closed by the clock of the test, so it is moved to now.
    await sql('UPDATE leases SET settled_at = now() WHERE id = $1', [one.hand.leaseId]);
    const opened = await ask(one.market.renter, `/bookings/${one.hand.id}/dispute`, {
      amountMicros: '1000',
      reason: text,
    });
    expect(opened.status).toBe(201);
    const { id } = (await opened.json()) as { id: string };
    expect((await ask(one.market.host, `/disputes/${id}/answer`, { text: 'No.' })).status).toBe(200);
    expect(
      (await ask(one.market.host, `/admin/disputes/${id}/decision`, { outcome: 'none', reason: 'x' })).status,
    ).toBe(403);
    expect((await ask(admin, `/admin/disputes/${id}/decision`, { outcome: 'half', reason: 'x' })).status).toBe(422);
    const decided = await ask(admin, `/admin/disputes/${id}/decision`, {
      outcome: 'part',
      partMicros: '400',
      reason: 'Half.',
    });
    expect(await decided.json()).toMatchObject({ state: 'decided', givenMicros: '400', side: 'staff' });
    expect((await ask(await person(), `/disputes/${id}`)).status).toBe(404);
    expect((await ask(admin, '/admin/disputes?state=decided')).status).toBe(200);
    expect((await ask(one.market.renter, '/admin/disputes')).status).toBe(403);
    expect(((await (await ask(one.market.host, '/disputes')).json()) as { rows: unknown[] }).rows).toHaveLength(1);
  });
});

async function tokenOf(who: Person): Promise<string> {
  const { createApiToken } = await import('#lib/auth/create-api-token.ts');
  return (await createApiToken(who, { label: 'test', days: 1 })).token;
}
