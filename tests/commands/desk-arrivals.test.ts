import '#tests/support/database.ts';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#lib/base/id.ts';
import { withdrawListing } from '#lib/catalogue/withdraw-listing.ts';
import type { CaseKind } from '#lib/desk/case.ts';
import { type Live, liveFrom } from '#lib/io/live.ts';
import { reportMessage } from '#lib/trust/report-message.ts';
import { sendMessage } from '#lib/trust/send-message.ts';
import { databaseUrl, sql } from '#tests/support/database.ts';
import { type Case, closedCase } from '#tests/support/disputes.ts';
import { NOW } from '#tests/support/stalls.ts';

let live: Live;
let one: Case;
let told: string[];
beforeAll(async () => {
  one = await closedCase();
  live = liveFrom(() => databaseUrl);
  await live.ready();
  live.subscribe((wake) => {
    if (wake !== 'rebuild' && wake.desk !== undefined) told.push(wake.desk);
  });
});
afterAll(() => live.close());

/** Of which kinds the desk is told by what is done: another piece of news marks that all before it was heard. */
async function heard(work: () => Promise<unknown>): Promise<readonly string[]> {
  told = [];
  await work();
  await sql(`SELECT pg_notify('sublet', '{"desk":"mark"}')`);
  await expect.poll(() => told).toContain('mark');
  return told.filter((kind) => kind !== 'mark');
}

describe('a queue of the desk', () => {
  it('hears of each kind of case when it comes and when it goes, and of nothing else', async () => {
    const { market } = one;
    const { world } = market.clock;
    const kinds = (...all: CaseKind[]) => all;

    const id = await one.open();
    // A host who lets the time pass is a case: also that one answers is told.
    expect(await heard(() => one.move(market.host, id, 'answer'))).toEqual(kinds('dispute'));
    expect(await heard(() => one.move(market.renter, id, 'escalate'))).toEqual(kinds('dispute'));
    expect(await heard(() => one.move(market.renter, id, 'say'))).toEqual([]);
    expect(await heard(() => one.move(market.renter, id, 'withdraw'))).toEqual(kinds('dispute'));

    const said = { bookingId: one.hand.id, text: 'Pay me in cash', idempotencyKey: randomBytes(8).toString('hex') };
    const { messageId } = await sendMessage(market.host, said, world);
    const report = () => reportMessage(market.renter, { messageId, reason: 'He wants cash' }, world);
    expect(await heard(report)).toEqual(kinds('report'));

    const flag = newId('accountFlag', NOW);
    const flagged = `INSERT INTO account_flags (id, user_id, rules, findings, state, flagged_at)
      VALUES ($1, $2, '{throwawayMail}', '{"throwawayMail":"x.test"}', 'open', now())`;
    expect(await heard(() => sql(flagged, [flag, market.renter.userId]))).toEqual(kinds('signup'));

    const webhook = `INSERT INTO provider_webhooks (id, type, happened_at, received_at, next_try_at, attempts)
      VALUES ('evt_1', 'charge.refunded', now(), now(), now(), 1)`;
    const tried = (attempts: number) => () => sql('UPDATE provider_webhooks SET attempts = $1', [attempts]);
    expect(await heard(() => sql(webhook))).toEqual([]);
    expect(await heard(tried(2))).toEqual(kinds('webhook'));

    const topUp = 'UPDATE top_ups SET state = state WHERE user_id = $1';
    expect(await heard(() => sql(topUp, [market.renter.userId]))).toEqual([]);

    expect(await heard(() => market.beat())).toEqual([]);
    const { machineId } = market;
    expect(await heard(() => withdrawListing(market.host, { machineId }, world))).toEqual(kinds('machine'));
  });
});
