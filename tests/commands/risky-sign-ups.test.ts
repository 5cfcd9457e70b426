import '#tests/support/database.ts';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '#lib/base/id.ts';
import { DAY, HOUR } from '#lib/base/time.ts';
import { db } from '#lib/io/db.ts';
import { renterMoney } from '#lib/ledger/queries/renter-money.ts';
import { FLAGGED_MICROS } from '#lib/ledger/spending-limit.ts';
import { deliverNotices } from '#lib/notices/deliver-notices.ts';
import { noticesOfViewer } from '#lib/notices/queries.ts';
import { decideFlag } from '#lib/trust/decide-flag.ts';
import { flagAccounts } from '#lib/trust/flag-accounts.ts';
import { casesOf, caseView } from '#lib/trust/queries/cases.ts';
import { RISK } from '#lib/trust/risk.ts';
import { refusal } from '#tests/support/ask.ts';
import { sql } from '#tests/support/database.ts';
import { type Person, person } from '#tests/support/people.ts';
import { movableClock } from '#tests/support/rental.ts';

const clock = movableClock();
let admin: Person;
beforeAll(async () => {
  admin = await person({ role: 'admin', now: new Date('2020-01-01T00:00:00Z') });
});
beforeEach(async () => {
  // What earlier tests made is old by now.
  clock.pass((8 * DAY) / 1_000);
  await flagAccounts(clock.world);
});

const made = (about: Parameters<typeof person>[0] = {}) => person({ ...about, now: clock.now() });
const from = (who: Person, ip: string) => sql('UPDATE sessions SET ip = $2 WHERE user_id = $1', [who.userId, ip]);
const rulesOf = async (who: Person) =>
  (await db.accountFlag.findMany({ where: { userId: who.userId }, orderBy: { id: 'asc' } })).map(({ rules }) => rules);
const flagOf = async (who: Person) =>
  (await db.accountFlag.findFirstOrThrow({ where: { userId: who.userId, state: 'open' } })).id;
const most = async (who: Person) =>
  (await renterMoney(db, [who.userId], clock.now())).get(who.userId)?.spending.mostMicros;

async function topUp(
  who: Person,
  state: 'settled' | 'failed',
  dollars: number,
  more: { provider?: string; failure?: string } = {},
) {
  const now = clock.now();
  const id = newId('topUp', now);
  await db.topUp.create({
    data: {
      id,
      userId: who.userId,
      amountMicros: BigInt(dollars) * 1_000_000n,
      provider: more.provider ?? 'stripe',
      state,
      failure: state === 'failed' ? (more.failure ?? 'declined') : null,
      idempotencyKey: id,
      createdAt: now,
      settledAt: state === 'settled' ? now : null,
      // A failed payment has no charge; a settled one names it.
      ...(state === 'settled' ? { paymentIntentId: `pi_${id}`, chargeId: `ch_${id}`, feeMicros: 0n } : {}),
    },
  });
}

describe('the rules of risky sign-ups', () => {
  it('flag many accounts from one public address or /64 within a day, and none of a household', async () => {
    const many = await Promise.all(Array.from({ length: RISK.accountsFromOneAddress }, () => made()));
    for (const [at, who] of many.entries()) await from(who, `2001:db8:1:2::${at + 1}`);
    const home = await Promise.all(Array.from({ length: RISK.accountsFromOneAddress }, () => made()));
    for (const who of home) await from(who, '192.168.1.7');
    const few = await made();
    await from(few, '203.0.113.77');
    expect(await flagAccounts(clock.world)).toBe(many.length);
    for (const who of many) expect(await rulesOf(who)).toEqual([['oneAddress']]);
    for (const who of [...home, few]) expect(await rulesOf(who)).toEqual([]);
    expect(await flagAccounts(clock.world)).toBe(0);
  });

  it('count only what was made within the same day', async () => {
    for (let count = 0; count < RISK.accountsFromOneAddress; count += 1) {
      await from(await made(), '203.0.113.80');
      clock.pass((10 * HOUR) / 1_000);
    }
    expect(await flagAccounts(clock.world)).toBe(0);
  });

  it('flag throwaway e-mail by the list, also below its domains', async () => {
    const thrown = await made({ email: 'x1@mailinator.com' });
    const below = await made({ email: 'x2@in.mailinator.com' });
    const kept = await made({ email: 'x3@gmail.com' });
    await flagAccounts(clock.world);
    expect([await rulesOf(thrown), await rulesOf(below), await rulesOf(kept)]).toEqual([
      [['throwawayMail']],
      [['throwawayMail']],
      [],
    ]);
  });

  it('flag much money of a young account, and cards that refuse again and again; play money shows nothing', async () => {
    const rich = await made();
    await topUp(rich, 'settled', 999);
    expect(await flagAccounts(clock.world)).toBe(0);
    await topUp(rich, 'settled', 1);
    const playing = await made();
    await topUp(playing, 'settled', 5_000, { provider: 'sandbox' });
    const trying = await made();
    for (let count = 0; count < RISK.refusals; count += 1) await topUp(trying, 'failed', 5);
    const unlucky = await made();
    for (let count = 0; count < RISK.refusals; count += 1) await topUp(unlucky, 'failed', 5, { failure: 'expired' });
    expect(await flagAccounts(clock.world)).toBe(2);
    expect([await rulesOf(rich), await rulesOf(trying)]).toEqual([[['muchAtOnce']], [['cardRefused']]]);
    expect([await rulesOf(playing), await rulesOf(unlucky)]).toEqual([[], []]);
  });

  it('never flag staff, the demo’s people or whoever is suspended, and one account once however many look', async () => {
    await made({ email: 'staff@mailinator.com', role: 'admin' });
    const demo = await made({ email: 'demo@mailinator.com' });
    await sql('UPDATE users SET demo = true WHERE id = $1', [demo.userId]);
    const gone = await made({ email: 'gone@mailinator.com' });
    await sql("UPDATE users SET suspended_at = now(), suspended_reason = 'x' WHERE id = $1", [gone.userId]);
    const one = await made({ email: 'one@mailinator.com' });
    const counts = await Promise.all([1, 2, 3].map(() => flagAccounts(clock.world)));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(await rulesOf(one)).toHaveLength(1);
  });

  it('keep counts and no addresses', async () => {
    const many = await Promise.all(Array.from({ length: RISK.accountsFromOneAddress }, () => made()));
    for (const who of many) await from(who, '203.0.113.99');
    await flagAccounts(clock.world);
    const stored = await sql<{ row: string }>('SELECT f::text AS row FROM account_flags f');
    expect(stored.some(({ row }) => row.includes('203.0.113'))).toBe(false);
  });
});

describe('a flagged account', () => {
  it('spends little, is told why, and is as before when an admin cleared it; the same rule does not flag it again', async () => {
    const who = await made({ email: `cleared${clock.now().getTime()}@mailinator.com` });
    const before = await most(who);
    await flagAccounts(clock.world);
    expect(await most(who)).toBe(FLAGGED_MICROS);
    await deliverNotices(clock.world);
    expect((await noticesOfViewer(who, {})).rows[0]?.title).toBe('The operators look at your account');
    expect((await casesOf(admin, 'signup', clock.now())).rows.map(({ title }) => title)).toContain(who.name);
    const flagId = await flagOf(who);
    const view = await caseView(admin, { kind: 'signup', id: flagId }, clock.now());
    expect(view.evidence[0]?.facts).toEqual({ 'throwaway e-mail': 'the e-mail is of a throwaway service' });
    await decideFlag(admin, { flagId, outcome: 'clear', reason: 'Known to us.' }, clock.world);
    expect(await most(who)).toBe(before);
    expect(await flagAccounts(clock.world)).toBe(0);
    for (let count = 0; count < RISK.refusals; count += 1) await topUp(who, 'failed', 5);
    expect(await flagAccounts(clock.world)).toBe(1);
    expect((await rulesOf(who)).toSorted()).toEqual([['cardRefused'], ['throwawayMail']]);
  });

  it('is suspended with the reason that its owner reads, by one admin, once', async () => {
    const who = await made({ email: `bad${clock.now().getTime()}@mailinator.com` });
    await flagAccounts(clock.world);
    const flagId = await flagOf(who);
    const input = { flagId, outcome: 'suspend', reason: 'It breaks our terms.' } as const;
    expect((await refusal(decideFlag(who, input, clock.world))).reason).toBe('forbidden');
    const admins = await Promise.all([1, 2, 3].map(() => person({ role: 'admin', now: new Date('2020-01-01') })));
    const settled = await Promise.allSettled(admins.map((each) => decideFlag(each, input, clock.world)));
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await db.user.findUniqueOrThrow({ where: { id: who.userId } })).toMatchObject({
      suspendedReason: input.reason,
    });
    expect((await refusal(decideFlag(admin, input, clock.world))).reason).toBe('notNow');
  });
});

describe('past every rule, straight at the table of flags', () => {
  it('an account has one open flag, of known rules, decided whole and once', async () => {
    const who = await made({ email: `table${clock.now().getTime()}@mailinator.com` });
    await flagAccounts(clock.world);
    const id = await flagOf(who);
    const insert = (rules: string, state = 'open') =>
      sql(
        "INSERT INTO account_flags (id, user_id, rules, findings, state, flagged_at) VALUES ($1, $2, $3, '{}', $4, now())",
        [`flg_${Math.random()}`, who.userId, rules, state],
      );
    await expect(insert('{cardRefused}')).rejects.toThrow('account_flags_one_open');
    await expect(insert('{gossip}')).rejects.toThrow('account_flags_rules');
    await expect(insert('{}')).rejects.toThrow('account_flags_rules');
    await expect(insert('{cardRefused}', 'cleared')).rejects.toThrow('account_flags_decided_whole');
    await decideFlag(admin, { flagId: id, outcome: 'clear', reason: 'Known.' }, clock.world);
    await expect(sql("UPDATE account_flags SET state = 'open' WHERE id = $1", [id])).rejects.toThrow();
    await expect(sql('DELETE FROM account_flags WHERE id = $1', [id])).rejects.toThrow();
  });
});
