import '#tests/support/database.ts';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { restoreUser } from '#lib/auth/restore-user.ts';
import { suspendUser } from '#lib/auth/suspend-user.ts';
import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { db } from '#lib/io/db.ts';
import { deliverNotices } from '#lib/notices/deliver-notices.ts';
import { noticesOfViewer } from '#lib/notices/queries.ts';
import { carryPayouts } from '#lib/payments/carry-payouts.errand.ts';
import { decideHeldPayout } from '#lib/payments/decide-held-payout.ts';
import { whyHold } from '#lib/payments/payout-hold.ts';
import { hostMoney } from '#lib/payments/queries/host-money.ts';
import { decideFlag } from '#lib/trust/decide-flag.ts';
import { casesOf, caseView } from '#lib/trust/queries/cases.ts';
import { refusal } from '#tests/support/ask.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { sql } from '#tests/support/database.ts';
import { askAll, hostWith } from '#tests/support/payouts.ts';
import { type Person, person } from '#tests/support/people.ts';
import { DOLLAR, movableClock } from '#tests/support/rental.ts';

afterEach(expectBooksBalance);
const clock = movableClock();
const { world } = clock;
let admin: Person;
beforeAll(async () => {
  admin = await person({ role: 'admin' });
});

const stateOf = async (id: string) => (await db.payout.findUniqueOrThrow({ where: { id } })).state;
const holdOf = async (id: string) => (await db.payoutHold.findUnique({ where: { id } }))?.state ?? null;

async function flagged(host: Actor): Promise<string> {
  const id = newId('accountFlag', clock.now());
  const found = { findings: { cardRefused: 'made up' }, state: 'open', flaggedAt: clock.now() };
  await db.accountFlag.create({ data: { id, userId: host.userId, rules: ['cardRefused'], ...found } });
  return id;
}

/** A payout that was asked for by somebody who looks risky. */
async function held() {
  const host = await hostWith(100, clock);
  const flagId = await flagged(host);
  const { payoutId } = await askAll(host, clock);
  await carryPayouts(world);
  return { host, flagId, payoutId };
}

describe('a payout', () => {
  it('of an account that looks risky waits before it leaves, and stands in the queue; others go out', async () => {
    const other = await hostWith(100, clock);
    const { host, payoutId } = await held();
    const { payoutId: free } = await askAll(other, clock);
    await carryPayouts(world);
    expect([await stateOf(payoutId), await holdOf(payoutId), await stateOf(free)]).toEqual([
      'asked',
      'held',
      'arrived',
    ]);
    const queue = await casesOf(admin, 'payout', clock.now());
    expect(queue.rows.map(({ id }) => id)).toContain(payoutId);
    const view = await caseView(admin, { kind: 'payout', id: payoutId }, clock.now());
    expect(view.facts).toMatchObject({ Hold: 'held', Amount: '$90.00', 'Account flagged': 'yes' });
    await deliverNotices(world);
    expect((await noticesOfViewer(host, {})).rows.map(({ title }) => title)).toContain('Your payout waits');
  });

  it('goes on when an admin releases it, and is not held again', async () => {
    const { payoutId } = await held();
    await decideHeldPayout(admin, { payoutId, outcome: 'release', reason: 'Looked at it.' }, world);
    await carryPayouts(world);
    expect([await stateOf(payoutId), await holdOf(payoutId)]).toEqual(['arrived', 'released']);
    const again = decideHeldPayout(admin, { payoutId, outcome: 'stop', reason: 'Too late.' }, world);
    expect((await refusal(again)).reason).toBe('notNow');
  });

  it('that is stopped never leaves, and its money is owed to the host as before', async () => {
    const { host, payoutId } = await held();
    expect((await hostMoney(host.userId)).payableMicros).toBe(0n);
    await decideHeldPayout(admin, { payoutId, outcome: 'stop', reason: 'Write to us.' }, world);
    await carryPayouts(world);
    expect([await stateOf(payoutId), await holdOf(payoutId)]).toEqual(['failed', 'stopped']);
    expect((await hostMoney(host.userId)).payableMicros).toBe(90n * DOLLAR);
    expect((await db.payout.findUniqueOrThrow({ where: { id: payoutId } })).failure).toContain('Write to us.');
  });

  it('goes on by itself when the account is cleared', async () => {
    const { payoutId, flagId } = await held();
    await decideFlag(admin, { flagId, outcome: 'clear', reason: 'Known to us.' }, world);
    await carryPayouts(world);
    expect([await stateOf(payoutId), await holdOf(payoutId)]).toEqual(['arrived', 'released']);
  });

  it('of an account that is suspended after it was asked for waits, and goes on when the account is restored', async () => {
    const host = await hostWith(100, clock);
    const { payoutId } = await askAll(host, clock);
    await suspendUser(admin, { userId: host.userId, reason: 'Look at it.' }, world);
    await carryPayouts(world);
    expect([await stateOf(payoutId), await holdOf(payoutId)]).toEqual(['asked', 'held']);
    await restoreUser(admin, { userId: host.userId, reason: 'Looked at it.' }, world);
    await carryPayouts(world);
    expect(await stateOf(payoutId)).toBe('arrived');
  });

  it('is decided by an admin who is not its host, and by one of two at once', async () => {
    const { payoutId } = await held();
    expect(
      (await refusal(decideHeldPayout(await person(), { payoutId, outcome: 'stop', reason: 'no' }, world))).reason,
    ).toBe('forbidden');
    const own = await person({ role: 'admin' });
    const admins = [own, ...(await Promise.all([1, 2, 3].map(() => person({ role: 'admin' }))))];
    const settled = await Promise.allSettled(
      admins.map((each, at) =>
        decideHeldPayout(each, { payoutId, outcome: at % 2 === 0 ? 'release' : 'stop', reason: 'At once.' }, world),
      ),
    );
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await carryPayouts(world);
    expect(await stateOf(payoutId)).toBe((await holdOf(payoutId)) === 'stopped' ? 'failed' : 'arrived');
  });

  it('that was tried is never held: its money may have moved', () => {
    expect(whyHold({ tried: true, hostSuspended: true, hostFlagged: true })).toBeNull();
    expect(whyHold({ tried: false, hostSuspended: true, hostFlagged: true })).toBe('suspended');
    expect(whyHold({ tried: false, hostSuspended: false, hostFlagged: true })).toBe('flagged');
    expect(whyHold({ tried: false, hostSuspended: false, hostFlagged: false })).toBeNull();
  });
});

describe('past every rule, straight at the table of holds', () => {
  it('a hold is of a payout, for a known cause, decided whole and once', async () => {
    const { payoutId } = await held();
    const set = (change: string) => sql(`UPDATE payout_holds SET ${change} WHERE id = $1`, [payoutId]);
    await expect(set("cause = 'mood'")).rejects.toThrow('payout_holds_cause');
    await expect(set("state = 'stopped'")).rejects.toThrow('payout_holds_decided_whole');
    const nothing = sql(
      "INSERT INTO payout_holds (id, cause, state, held_at) VALUES ('pay_none', 'flagged', 'held', now())",
    );
    await expect(nothing).rejects.toThrow('payout_holds_id_fkey');
    await decideHeldPayout(admin, { payoutId, outcome: 'stop', reason: 'Write to us.' }, world);
    await expect(set("state = 'held'")).rejects.toThrow();
    await expect(sql('DELETE FROM payout_holds WHERE id = $1', [payoutId])).rejects.toThrow();
  });
});
