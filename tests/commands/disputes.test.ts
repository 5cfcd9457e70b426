import '#tests/support/database.ts';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { DAY } from '#lib/base/time.ts';
import { endBookingByStaff } from '#lib/bookings/end-booking-by-staff.ts';
import { db, inTransaction } from '#lib/io/db.ts';
import { hostPayable, PROVIDER_CLEARING } from '#lib/ledger/account.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import { earningsOf, walletOf } from '#lib/ledger/queries.ts';
import { deliverNotices } from '#lib/notices/deliver-notices.ts';
import { noticesOfViewer } from '#lib/notices/queries.ts';
import { creditsOf } from '#lib/receipts/queries/credits.ts';
import { billFileOf } from '#lib/receipts/queries/receipts.ts';
import { billOf } from '#lib/receipts/queries.ts';
import { decideDispute } from '#lib/trust/decide-dispute.ts';
import type { Outcome } from '#lib/trust/dispute.ts';
import { openDispute } from '#lib/trust/open-dispute.ts';
import { contestableOf } from '#lib/trust/queries/contestable.ts';
import { disputeOf } from '#lib/trust/queries/dispute.ts';
import { disputesOf } from '#lib/trust/queries/disputes.ts';
import type { CreditRecord } from '#protocol/log-entry.ts';
import { refusal } from '#tests/support/ask.ts';
import { check } from '#tests/support/bill-file.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { sql } from '#tests/support/database.ts';
import { type Case, closedCase, REASON } from '#tests/support/disputes.ts';
import { type Person, person } from '#tests/support/people.ts';
import { logAll } from '#tests/support/public-log.ts';

let admin: Person;
beforeAll(async () => {
  admin = await person({ role: 'admin' });
});
afterEach(expectBooksBalance);

const decide = (one: Case, disputeId: string, outcome: Outcome, partMicros: bigint | null = null) =>
  one.decide(admin, disputeId, outcome, partMicros);
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
    const one = await closedCase();
    const { chargedMicros, feeMicros } = await one.hand.lease();
    const earned = (await earningsOf(one.market.host)).payableMicros;
    const id = await one.open();
    const dispute = await disputeOf(one.market.renter, id, one.market.clock.now());
    expect(dispute).toMatchObject({
      state: 'open',
      amountMicros: chargedMicros,
      feeMicros,
      reason: REASON,
      side: 'renter',
    });
    expect((await earningsOf(one.market.host)).payableMicros).toBe(earned - dispute.hostMicros);
    expect((await one.hand.lease()).disputedMicros).toBe(chargedMicros);
    expect(await kept(id)).toBe(chargedMicros.toString());
  });

  it('is possible once for the same money, however many tabs ask at once, and for no more than what is left', async () => {
    const one = await closedCase();
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
    const [dispute] = (await disputesOf(one.market.renter, {})).rows;
    await one.handOver(dispute?.id ?? '');
    await decide(one, dispute?.id ?? '', 'none');
    // The rest can be contested, and what was refused not again.
    const left = chargedMicros - 1_000n - (dispute?.amountMicros ?? 0n);
    if (left > 0n) expect((await refusal(one.open(left + 1n))).detail.amountMicros).toContain('At most');
    else expect((await refusal(one.open(1n))).sentence).toContain('twice');
  });

  it('is for the renter alone, within seven days of the closing of the bill, with a reason', async () => {
    const one = await closedCase();
    const { host, clock } = one.market;
    const ask = { bookingId: one.hand.id, amountMicros: null, reason: REASON };
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
    expect((await contestableOf(one.market.renter, one.hand.id, clock.now())).charges[0]?.whyNot).toContain(
      'They are over',
    );
  });

  it('takes a host below zero whose money has left already, and carries it until it is decided', async () => {
    const one = await closedCase();
    const { host, clock } = one.market;
    const { payableMicros } = await earningsOf(host);
    const paidOut = { from: hostPayable(host.userId), to: PROVIDER_CLEARING, amountMicros: payableMicros };
    await inTransaction('test: pay out', (tx) =>
      postTransfers(tx, [{ ...paidOut, kind: 'release', key: `test:${host.userId}` }], clock.now()),
    );
    const id = await one.open();
    const { hostMicros } = await disputeOf(host, id, clock.now());
    expect((await earningsOf(host)).payableMicros).toBe(-hostMicros);
    await one.handOver(id);
    await decide(one, id, 'none');
    expect((await earningsOf(host)).payableMicros).toBe(0n);
  });
});

describe('while a charge is contested', () => {
  it('staff cannot give the same money back a second time', async () => {
    const one = await closedCase();
    const { chargedMicros } = await one.hand.lease();
    const id = await one.open(chargedMicros - 500n);
    const refund = (refundMicros: bigint | 'all') =>
      endBookingByStaff(admin, { bookingId: one.hand.id, reason: 'x', refundMicros }, one.market.clock.world);
    expect((await refusal(refund(501n))).detail.refundMicros).toContain('is contested');
    await refund('all');
    expect((await one.hand.lease()).refundedMicros).toBe(500n);
    expect((await refusal(refund('all'))).reason).toBe('notNow');
    await one.handOver(id);
    await decide(one, id, 'full');
    const lease = await one.hand.lease();
    expect(lease).toMatchObject({ refundedMicros: chargedMicros, disputedMicros: 0n });
    expect((await earningsOf(one.market.host)).payableMicros).toBe(0n);
  });
});

describe('a decision', () => {
  it('is made by an admin who is no party, and by one of two who decide at once', async () => {
    const one = await closedCase();
    const { renter, host, clock } = one.market;
    const id = await one.open();
    await one.handOver(id);
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
    const one = await closedCase();
    const before = await walletOf(one.market.renter);
    const earned = (await earningsOf(one.market.host)).payableMicros;
    const { chargedMicros } = await one.hand.lease();
    const id = await one.open();
    await one.handOver(id);
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
    const one = await closedCase();
    const id = await one.open();
    await one.handOver(id);
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
    const one = await closedCase();
    const earned = (await earningsOf(one.market.host)).payableMicros;
    const id = await one.open();
    await one.handOver(id);
    await decide(one, id, 'none');
    await logAll(one.market.clock);
    expect((await earningsOf(one.market.host)).payableMicros).toBe(earned);
    const file = await billFileOf(one.market.renter, one.hand.id, one.market.clock.now());
    expect(await check(file)).toMatchObject({ credits: 0, totals: { refundedMicros: '0' } });
  });

  it('is told to both sides, as the contest was to host and admins', async () => {
    const one = await closedCase();
    const { renter, host, clock } = one.market;
    const id = await one.open();
    await one.handOver(id);
    await decide(one, id, 'full');
    await deliverNotices(clock.world);
    const told = async (who: typeof renter) =>
      (await noticesOfViewer(who)).rows.filter(({ link }) => link === `/disputes/${id}`).map(({ title }) => title);
    expect((await told(host)).toSorted()).toEqual([
      expect.stringMatching(/^\$.* of a rental on .* is contested$/),
      expect.stringMatching(/^The dispute over .* is decided$/),
      expect.stringMatching(/^The dispute over .* was handed to an admin$/),
    ]);
    expect((await told(renter)).toSorted()).toEqual([
      expect.stringMatching(/^The dispute over .* is decided$/),
      expect.stringMatching(/^The host answered/),
    ]);
    expect(await told(admin)).toHaveLength(2);
  });
});

describe('past every rule, straight at the database', () => {
  const refused = async (constraint: RegExp, statement: string, ...values: unknown[]) =>
    expect(sql(statement, values)).rejects.toThrow(constraint);

  it('a charge is contested once at a time, in parts that add up, and a decision is whole', async () => {
    const one = await closedCase();
    const id = await one.open(1_000n);
    await refused(
      /disputes_one_open/,
      `INSERT INTO disputes SELECT (jsonb_populate_record(d, '{"id": "dsp_x"}')).* FROM disputes d WHERE id = $1`,
      id,
    );
    await refused(/disputes_amounts/, 'UPDATE disputes SET fee_micros = fee_micros + 1 WHERE id = $1', id);
    await refused(
      /disputes_amounts/,
      'UPDATE disputes SET amount_micros = 0, host_micros = 0, fee_micros = 0 WHERE id = $1',
      id,
    );
    await refused(/disputes_decided_whole/, `UPDATE disputes SET state = 'decided', turn = NULL WHERE id = $1`, id);
    await refused(/disputes_decided_whole/, 'UPDATE disputes SET turn = NULL WHERE id = $1', id);
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
        `UPDATE disputes SET state = 'decided', turn = NULL, how = 'admin', outcome = $2, given_micros = $3, decision = 'x',
        decided_by_id = renter_id, decided_at = now() WHERE id = $1`,
        id,
        outcome,
        given,
      );
    await refused(/never changed or deleted/, 'DELETE FROM disputes WHERE id = $1', id);
    await refused(/never changed or deleted/, 'TRUNCATE disputes CASCADE');
    await one.handOver(id);
    await decide(one, id, 'none');
    await refused(/never changed or deleted/, `UPDATE disputes SET decision = 'another' WHERE id = $1`, id);
  });

  it('no money is contested twice, whatever became of it', async () => {
    const one = await closedCase();
    const { chargedMicros } = await one.hand.lease();
    const id = await one.open(chargedMicros - 10n);
    await one.move(one.market.renter, id, 'withdraw');
    await refused(
      /disputes_never_over/,
      `INSERT INTO disputes SELECT (jsonb_populate_record(d, '{"id": "dsp_twice", "amount_micros": 11, "asked_micros": 11, "host_micros": 11, "fee_micros": 0,
        "state": "open", "turn": "host", "outcome": null, "given_micros": null, "how": null, "decision": null, "decided_at": null}')).*
       FROM disputes d WHERE id = $1`,
      id,
    );
    await refused(
      /leases_cancellation_never_over/,
      'UPDATE leases SET cancellation_disputed_micros = cancellation_micros + 1 WHERE id = $1',
      one.hand.leaseId,
    );
  });

  it('what was said and laid down stays, offers stay below what is asked, and each ending gives what it says', async () => {
    const one = await closedCase();
    const id = await one.open(1_000n);
    await one.move(one.market.host, id, 'offer', { amountMicros: 400n });
    await refused(/disputes_talk/, 'UPDATE disputes SET offered_micros = asked_micros WHERE id = $1', id);
    await refused(/disputes_talk/, 'UPDATE disputes SET asked_micros = amount_micros + 1 WHERE id = $1', id);
    for (const [how, given] of [
      ['hostAccepted', 400],
      ['renterAccepted', 1_000],
      ['silence', 0],
      ['withdrawn', 400],
      ['rubbish', 400],
    ])
      await refused(
        /disputes_how/,
        `UPDATE disputes SET state = 'decided', turn = NULL, how = $2, given_micros = $3, decision = 'x', decided_at = now(),
         outcome = CASE $3::bigint WHEN 0 THEN 'none' WHEN 1000 THEN 'full' ELSE 'part' END WHERE id = $1`,
        id,
        how,
        given,
      );
    await refused(/never changed or deleted/, `UPDATE dispute_moves SET text = 'x' WHERE dispute_id = $1`, id);
    await refused(/never changed or deleted/, 'DELETE FROM dispute_evidence WHERE dispute_id = $1', id);
    await refused(/never changed or deleted/, 'TRUNCATE dispute_moves CASCADE');
    await refused(/never changed or deleted/, 'TRUNCATE dispute_evidence CASCADE');
    const move = (side: string, kind: string, actor: string | null) =>
      [`INSERT INTO dispute_moves VALUES ($1, 9, $2, $3, $4, NULL, 'x', now())`, id, side, actor, kind] as const;
    const { userId } = one.market.host;
    for (const values of [
      move('host', 'withdrawn', userId),
      move('renter', 'answered', userId),
      move('host', 'offered', userId),
      move('market', 'said', null),
      move('host', 'said', null),
    ])
      await refused(/dispute_moves_shape/, ...values);
    await refused(
      /dispute_evidence_shape/,
      `INSERT INTO dispute_evidence SELECT 'dev_x', dispute_id, move_number, side, kind, title, payload || ' ', hash, at
       FROM dispute_evidence WHERE dispute_id = $1 LIMIT 1`,
      id,
    );
  });

  it('no more is refunded and contested together than was charged', async () => {
    const { hand } = await closedCase();
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
    const one = await closedCase();
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
      reason: REASON,
    });
    expect(opened.status).toBe(201);
    const { id } = (await opened.json()) as { id: string };
    expect((await ask(one.market.host, `/disputes/${id}/moves`, { move: 'answer', text: 'No.' })).status).toBe(200);
    expect((await ask(one.market.renter, `/disputes/${id}/moves`, { move: 'escalate' })).status).toBe(200);
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
