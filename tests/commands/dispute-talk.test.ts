import { createHash } from 'node:crypto';
import '#tests/support/database.ts';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DAY } from '#lib/base/time.ts';
import { endBooking } from '#lib/bookings/end-booking.ts';
import { db } from '#lib/io/db.ts';
import { settleLeases } from '#lib/leases/settle-leases.ts';
import { earningsOf, walletOf } from '#lib/ledger/queries.ts';
import { deliverNotices } from '#lib/notices/deliver-notices.ts';
import { noticesOfViewer } from '#lib/notices/queries.ts';
import { earningSpan } from '#lib/receipts/earnings.ts';
import { earningsIn } from '#lib/receipts/queries/earnings.ts';
import { billFileOf } from '#lib/receipts/queries/receipts.ts';
import { REPLY_DAYS } from '#lib/trust/dispute.ts';
import { passDisputeDeadlines } from '#lib/trust/pass-dispute-deadlines.ts';
import { contestableOf } from '#lib/trust/queries/contestable.ts';
import { disputeOf, evidenceOf, interruptionsOf } from '#lib/trust/queries/dispute.ts';
import { disputesAwaiting, disputesOf, findDisputes } from '#lib/trust/queries/disputes.ts';
import { proposalOf } from '#lib/trust/queries/telemetry.ts';
import { readInterruptions } from '#lib/trust/recorded-interruptions.ts';
import { refusal } from '#tests/support/ask.ts';
import { check } from '#tests/support/bill-file.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { sql } from '#tests/support/database.ts';
import { caseOf, closedCase } from '#tests/support/disputes.ts';
import { type Person, person } from '#tests/support/people.ts';
import { logAll } from '#tests/support/public-log.ts';
import { rentalMarket } from '#tests/support/rental.ts';

let admin: Person;
beforeAll(async () => {
  admin = await person({ role: 'admin' });
});
afterEach(expectBooksBalance);

const days = (count: number) => (count * DAY) / 1_000;
const titles = async (who: Parameters<typeof noticesOfViewer>[0]) =>
  (await noticesOfViewer(who)).rows.map(({ title }) => title).join('\n');

describe('two sides that agree', () => {
  it('end it by the host giving what was asked: the renter has it at once, as a credit of the log', async () => {
    const one = await closedCase();
    const { renter, host, clock } = one.market;
    const { freeMicros } = await walletOf(renter);
    const id = await one.open(12_345n);
    await one.move(host, id, 'accept', { text: '' });
    expect((await walletOf(renter)).freeMicros).toBe(freeMicros + 12_345n);
    expect(await disputeOf(renter, id, clock.now())).toMatchObject({
      ...{ state: 'decided', turn: null, outcome: 'full', how: 'hostAccepted', givenMicros: 12_345n, actions: [] },
      decision: 'The host gives $0.012345 back.',
    });
    await logAll(clock);
    const file = await billFileOf(renter, one.hand.id, clock.now());
    expect(await check(file)).toMatchObject({ credits: 1, totals: { refundedMicros: '12345' } });
    await deliverNotices(clock.world);
    expect(await titles(renter)).toMatch(/The dispute over .* is over/);
  });

  it('offer, counter and meet: the host’s offer stands, what is asked falls, and the renter takes it', async () => {
    const one = await closedCase();
    const { renter, host, clock } = one.market;
    const id = await one.open(10_000n);
    expect((await refusal(one.move(renter, id, 'offer', { amountMicros: 9_000n }))).sentence).toContain(
      'The host is next',
    );
    await one.move(host, id, 'offer', { amountMicros: 2_000n });
    expect((await refusal(one.move(host, id, 'offer', { amountMicros: 3_000n }))).sentence).toContain('renter is next');
    expect((await refusal(one.move(renter, id, 'offer', { amountMicros: 2_000n }))).detail.amountMicros).toContain(
      'accept',
    );
    await one.move(renter, id, 'offer', { amountMicros: 6_000n });
    expect((await refusal(one.move(host, id, 'offer', { amountMicros: 1_999n }))).detail.amountMicros).toContain(
      'down',
    );
    await one.move(host, id, 'offer', { amountMicros: 4_000n, text: 'The half.' });
    const seen = (await disputeOf(renter, id, clock.now())).steps;
    expect(seen.map(({ side, move, amountMicros }) => [side, move, amountMicros])).toEqual([
      ['renter', 'opened', 10_000n],
      ['market', 'recorded', null],
      ['host', 'offered', 2_000n],
      ['renter', 'countered', 6_000n],
      ['host', 'offered', 4_000n],
    ]);
    await one.move(renter, id, 'accept', { text: 'Fine.', seen: seen.length });
    expect(await disputeOf(host, id, clock.now())).toMatchObject({ how: 'renterAccepted', givenMicros: 4_000n });
    expect((await one.hand.lease()).refundedMicros).toBe(4_000n);
  });

  it('do not accept what they did not see', async () => {
    const one = await closedCase();
    const { renter, host, clock } = one.market;
    const id = await one.open(10_000n);
    await one.move(host, id, 'offer', { amountMicros: 2_000n });
    const { steps } = await disputeOf(host, id, clock.now());
    await one.move(renter, id, 'offer', { amountMicros: 6_000n });
    expect((await refusal(one.move(host, id, 'accept', { seen: steps.length }))).reason).toBe('conflict');
    await one.move(host, id, 'accept', { seen: steps.length + 1 });
    expect((await disputeOf(host, id, clock.now())).givenMicros).toBe(6_000n);
  });

  it('are heard once when both act at the same instant', async () => {
    const one = await closedCase();
    const { renter, host } = one.market;
    const id = await one.open(10_000n);
    await one.move(host, id, 'offer', { amountMicros: 2_000n });
    const both = await Promise.allSettled([one.move(renter, id, 'accept'), one.move(host, id, 'accept')]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('end it by the renter taking it back: nothing moves, and that money is not contested again', async () => {
    const one = await closedCase();
    const { renter, clock } = one.market;
    const earned = (await earningsOf(one.market.host)).payableMicros;
    const { chargedMicros } = await one.hand.lease();
    const id = await one.open(chargedMicros - 100n);
    expect((await refusal(one.move(one.market.host, id, 'withdraw'))).reason).toBe('notNow');
    await one.move(renter, id, 'withdraw', { text: '' });
    expect((await earningsOf(one.market.host)).payableMicros).toBe(earned);
    expect((await disputeOf(renter, id, clock.now())).how).toBe('withdrawn');
    const { charges } = await contestableOf(renter, one.hand.id, clock.now());
    expect(charges).toMatchObject([{ about: 'use', mostMicros: 100n, whyNot: null }]);
    expect((await refusal(one.open(101n))).detail.amountMicros).toContain('At most');
    const again = await one.open();
    expect((await disputeOf(renter, again, clock.now())).amountMicros).toBe(100n);
    expect((await contestableOf(renter, one.hand.id, clock.now())).disputes).toHaveLength(2);
  });
});

describe('a deadline that passes', () => {
  it('of a silent host hands it to admins, who are told once', async () => {
    const one = await closedCase();
    const { clock, host, renter } = one.market;
    const id = await one.open();
    expect((await refusal(one.decide(admin, id, 'full'))).sentence).toContain('still has time');
    await passDisputeDeadlines(clock.world);
    expect((await disputeOf(host, id, clock.now())).turn).toBe('host');
    clock.pass(days(7));
    expect((await refusal(one.move(host, id, 'answer'))).sentence).toContain('over');
    expect(await passDisputeDeadlines(clock.world)).toBeGreaterThan(0);
    expect(await passDisputeDeadlines(clock.world)).toBe(0);
    expect(await disputeOf(host, id, clock.now())).toMatchObject({ turn: 'admin', actions: ['accept', 'say'] });
    await deliverNotices(clock.world);
    expect(await titles(admin)).toContain('can be decided');
    expect(await titles(renter)).toContain('did not answer');
    await one.decide(admin, id, 'full');
  });

  it('of a silent renter takes what was offered, and nothing where nothing was', async () => {
    for (const offered of [3_000n, null]) {
      const one = await closedCase();
      const { clock, host, renter } = one.market;
      const id = await one.open(10_000n);
      if (offered === null) await one.move(host, id, 'answer');
      else await one.move(host, id, 'offer', { amountMicros: offered });
      expect(await disputesAwaiting(renter)).toBe(1);
      clock.pass(days(REPLY_DAYS));
      expect((await refusal(one.move(renter, id, 'escalate'))).sentence).toContain('over');
      expect((await refusal(one.decide(admin, id, 'full'))).sentence).toContain('by itself');
      expect(await passDisputeDeadlines(clock.world)).toBe(1);
      const over = await disputeOf(renter, id, clock.now());
      expect(over).toMatchObject({ how: 'silence', givenMicros: offered ?? 0n, state: 'decided' });
      expect(over.steps.at(-1)).toMatchObject({ side: 'market', move: 'lapsed' });
      expect((await one.hand.lease()).refundedMicros).toBe(offered ?? 0n);
    }
  });
});

describe('what is seen and by whom', () => {
  it('is nothing for strangers, and no moves for staff', async () => {
    const one = await closedCase();
    const { renter, host, clock } = one.market;
    const id = await one.open();
    const { steps } = await disputeOf(renter, id, clock.now());
    const piece = steps[1]?.evidence[0];
    const stranger = await person();
    const evidence = { disputeId: id, evidenceId: piece?.id ?? '' };
    expect((await refusal(disputeOf(stranger, id, clock.now()))).reason).toBe('notFound');
    expect((await refusal(evidenceOf(stranger, evidence))).reason).toBe('notFound');
    expect((await refusal(contestableOf(stranger, one.hand.id, clock.now()))).reason).toBe('notFound');
    expect((await refusal(proposalOf(stranger, one.hand.id, clock.now()))).reason).toBe('notFound');
    expect(await interruptionsOf(stranger, id)).toBeNull();
    for (const who of [stranger, admin]) expect((await refusal(one.move(who, id, 'say'))).reason).toBe('notFound');
    expect((await disputesOf(stranger, {})).rows).toEqual([]);
    expect((await refusal(findDisputes(renter, {}))).status).toBe(403);
    // A piece is found below its own dispute only.
    const other = await closedCase();
    const theirs = await other.open();
    expect((await refusal(evidenceOf(host, { ...evidence, disputeId: theirs }))).reason).toBe('notFound');
    expect((await refusal(evidenceOf(other.market.host, { ...evidence, disputeId: theirs }))).reason).toBe('notFound');
    expect((await evidenceOf(admin, evidence)).payload).toContain(one.hand.id);
    expect((await disputeOf(admin, id, clock.now())).actions).toEqual([]);
  });
});

describe('evidence', () => {
  it('is what the market recorded: silences of the machine in the rental’s time, and the refund that the rule proposes', async () => {
    const one = await closedCase(600);
    const { machineId, clock, renter, host } = one.market;
    const { startedAt } = await one.hand.booking();
    const from = (startedAt as Date).getTime() + 120_000;
    await db.silence.create({
      data: {
        ...{ id: 'sil_dispute_1', machineId, cause: 'unreachable' },
        ...{ startsAt: new Date(from), endsAt: new Date(from + 180_000) },
      },
    });
    const [{ sum }] = (await sql<{ sum: bigint }>(
      'SELECT sum(charged_micros)::text AS sum FROM statements WHERE lease_id = $1 AND starts_at >= $2 AND ends_at <= $3',
      [one.hand.leaseId, new Date(from), new Date(from + 180_000)],
    )) as [{ sum: bigint }];
    const before = await proposalOf(renter, one.hand.id, clock.now());
    expect(before.proposedMicros).toBe(BigInt(sum));
    const id = await one.open(before.proposedMicros);
    const dispute = await disputeOf(host, id, clock.now());
    expect(dispute.proposedMicros).toBe(BigInt(sum));
    const recorded = readInterruptions(await interruptionsOf(host, id));
    expect(recorded?.interruptions).toEqual(before.interruptions);
    expect(recorded?.interruptions).toMatchObject([{ kind: 'unreachable', chargedMicros: BigInt(sum) }]);
    const kinds = dispute.steps[1]?.evidence.map(({ kind }) => kind);
    expect(kinds).toEqual(['interruptions', 'statements', 'heartbeats', 'events']);
    // What the machine's silence becomes later changes nothing of what was laid down.
    await db.silence.delete({ where: { id: 'sil_dispute_1' } });
    expect(readInterruptions(await interruptionsOf(host, id))).toEqual(recorded);
  });

  it('keeps the figures of a day for good, in spans of ten minutes', async () => {
    const one = await closedCase(600);
    const { startedAt } = await one.hand.booking();
    for (const [seconds, percent] of [
      [5, 80],
      [10, 100],
      [500, 0],
    ] as const)
      await sql(
        `INSERT INTO metric_samples (booking_id, at, gpu_utilisation_percent, gpu_memory_used_bytes, gpu_power_watts, gpu_temperature_celsius)
         VALUES ($1, $2, $3, '{0}', '{0}', '{50}')`,
        [one.hand.id, new Date((startedAt as Date).getTime() + seconds * 1_000), [percent]],
      );
    const id = await one.open();
    await sql('DELETE FROM metric_samples WHERE booking_id = $1', [one.hand.id]);
    const dispute = await disputeOf(admin, id, one.market.clock.now());
    const piece = dispute.steps[1]?.evidence.find(({ kind }) => kind === 'metrics');
    const { payload } = await evidenceOf(admin, { disputeId: id, evidenceId: piece?.id ?? '' });
    const { metrics } = JSON.parse(payload) as { metrics: { samples: number; gpuUtilisationPercent: number }[] };
    expect(metrics.reduce((sum, { samples }) => sum + samples, 0)).toBe(3);
    expect(metrics[0]?.gpuUtilisationPercent).toBeGreaterThan(0);
  });

  it('of a side is its words to the byte, with their hash and their time', async () => {
    const one = await closedCase();
    const { host, renter, clock } = one.market;
    const id = await one.open();
    const text = '  nvidia-smi\r\n| 0  GPU 👩🏽‍🚀 |\n';
    await one.move(host, id, 'answer', { evidence: { title: ' nvidia-smi ', text } });
    const step = (await disputeOf(renter, id, clock.now())).steps.at(-1);
    const piece = await evidenceOf(renter, { disputeId: id, evidenceId: step?.evidence[0]?.id ?? '' });
    expect(piece).toMatchObject({ kind: 'text', title: 'nvidia-smi', payload: text, at: clock.now() });
    expect(piece.hash).toBe(createHash('sha256').update(text, 'utf8').digest('hex'));
    for (const wrong of [
      { title: '', text: 'x' },
      { title: 'x', text: ' ' },
      { title: 'x', text: 'x\u0000' },
      { title: 'x', text: 'x'.repeat(20_001) },
    ])
      expect((await refusal(one.move(renter, id, 'say', { evidence: wrong }))).reason).toBe('badInput');
  });
});

describe('what giving a window back cost', () => {
  it('can be contested as well, in full, and comes back by kinds of its own', async () => {
    const market = await rentalMarket();
    const { clock, renter, host } = market;
    const startsAt = new Date(clock.now().getTime() + 7_200_000);
    const hand = await market.book({ startsAt, durationSeconds: 7_200 });
    clock.pass(20 * 60);
    await endBooking(renter, { bookingId: hand.id }, clock.world);
    await hand.say('ended');
    clock.pass(180);
    await settleLeases(clock.world);
    const lease = await hand.lease();
    expect(lease.cancellationMicros).toBeGreaterThan(0n);
    const one = caseOf(market, hand);
    const { charges } = await contestableOf(renter, hand.id, clock.now());
    expect(charges).toMatchObject([
      { about: 'use', mostMicros: 0n },
      { about: 'cancellation', mostMicros: lease.cancellationMicros, whyNot: null },
    ]);
    const free = (await walletOf(renter)).freeMicros;
    const earned = (await earningsOf(host)).payableMicros;
    const id = await one.open(null, 'cancellation');
    await expectBooksBalance();
    await one.handOver(id);
    await one.decide(admin, id, 'part', 100n);
    expect((await walletOf(renter)).freeMicros).toBe(free + 100n);
    expect((await earningsOf(host)).payableMicros).toBe(earned - 90n);
    expect(await hand.lease()).toMatchObject({
      ...{ cancellationRefundedMicros: 100n, cancellationDisputedMicros: 0n },
      ...{ refundedMicros: 0n, disputedMicros: 0n },
    });
    const span = earningSpan({}, '2026-11', clock.now());
    if ('problems' in span) throw new Error('no span');
    const { total } = await earningsIn(host, span, clock.now());
    expect(total.netMicros).toBe((await earningsOf(host)).payableMicros);
    expect((await refusal(one.open(1n))).sentence).toContain('Nothing was charged');
  });
});
