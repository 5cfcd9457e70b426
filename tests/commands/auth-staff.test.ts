import { describe, expect, it } from 'vitest';
import { createApiToken } from '#lib/auth/create-api-token.ts';
import { dismissAdmin } from '#lib/auth/dismiss-admin.ts';
import { makeAdmin } from '#lib/auth/make-admin.ts';
import { actorOfSession, listAdmins } from '#lib/auth/queries.ts';
import { renameAccount } from '#lib/auth/rename-account.ts';
import { restoreUser } from '#lib/auth/restore-user.ts';
import { suspendUserInput } from '#lib/auth/schema.ts';
import { suspendUser } from '#lib/auth/suspend-user.ts';
import { THE_MARKET } from '#lib/base/actor.ts';
import { at, refusal } from '#tests/support/ask.ts';
import { sql } from '#tests/support/database.ts';
import { person } from '#tests/support/people.ts';

const now = at('12:00').now();

describe('an admin', () => {
  it('is made by the command of the operator, once, and loses it the same way, but never the last one', async () => {
    const [ada, bob] = [await person(), await person()];
    expect(await makeAdmin(THE_MARKET, { email: ada.email })).toBe(true);
    expect(await makeAdmin(THE_MARKET, { email: ada.email })).toBe(false);
    expect(await actorOfSession(ada.sessionId, now)).toMatchObject({ role: 'admin' });
    expect(await refusal(dismissAdmin(THE_MARKET, { email: ada.email }))).toMatchObject({ reason: 'lastAdmin' });
    await makeAdmin(THE_MARKET, { email: bob.email });
    expect(await dismissAdmin(THE_MARKET, { email: ada.email })).toBe(true);
    expect(await dismissAdmin(THE_MARKET, { email: ada.email })).toBe(false);
    expect((await listAdmins()).map((admin) => admin.email)).toEqual([bob.email]);
    expect(await refusal(makeAdmin(THE_MARKET, { email: 'nobody@example.org' }))).toMatchObject({ reason: 'notFound' });
  });

  it('cannot be made or dismissed by anybody else', async () => {
    const eve = await person();
    for (const asked of [
      () => makeAdmin(eve, eve),
      () => dismissAdmin(eve, eve),
      () => suspendUser(eve, { userId: eve.userId, reason: 'why' }),
    ])
      expect(await refusal(asked())).toMatchObject({ reason: 'forbidden' });
    const demoted = await person({ role: 'admin' });
    expect(await refusal(makeAdmin({ ...demoted, suspended: true }, eve))).toMatchObject({ reason: 'suspended' });
  });

  it('remains when the last two suspend each other at the same time', async () => {
    await sql("UPDATE users SET role = 'member'");
    const [carl, dora] = [await person({ role: 'admin' }), await person({ role: 'admin' })];
    const both = await Promise.allSettled([
      suspendUser(carl, { userId: dora.userId, reason: 'a quarrel' }),
      suspendUser(dora, { userId: carl.userId, reason: 'a quarrel' }),
    ]);
    expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find((one) => one.status === 'rejected')).toMatchObject({ reason: { reason: 'lastAdmin' } });
  });
});

describe('a suspended account', () => {
  it('is signed in and may look, but begins nothing, until it is restored', async () => {
    const [admin, fay] = [await person({ role: 'admin' }), await person()];
    await suspendUser(admin, { userId: fay.userId, reason: 'asked for papers' }, at('12:00'));
    const actor = await actorOfSession(fay.sessionId, now);
    expect(actor).toMatchObject({ suspended: true });
    if (actor === null) throw new Error('signed out');
    expect(await refusal(renameAccount(actor, { name: 'Other' }))).toMatchObject({ status: 403, reason: 'suspended' });
    expect(await refusal(createApiToken(actor, { label: 'x', days: 1 }))).toMatchObject({ reason: 'suspended' });
    expect(await refusal(suspendUser(admin, { userId: fay.userId, reason: 'again' }))).toMatchObject({
      reason: 'notNow',
    });
    await restoreUser(admin, { userId: fay.userId, reason: 'papers came' }, at('12:01'));
    expect(await actorOfSession(fay.sessionId, now)).toMatchObject({ suspended: false });
    expect(await refusal(restoreUser(admin, { userId: fay.userId, reason: 'again' }))).toMatchObject({
      reason: 'notNow',
    });
    const trail = await sql('SELECT kind, actor_id, reason FROM events WHERE user_id = $1 ORDER BY id', [fay.userId]);
    expect(trail).toEqual([
      { kind: 'account.suspended', actor_id: admin.userId, reason: 'asked for papers' },
      { kind: 'account.restored', actor_id: admin.userId, reason: 'papers came' },
    ]);
  });

  it('needs a reason, and an account that exists', async () => {
    const admin = await person({ role: 'admin' });
    for (const reason of ['', '  ', 'x'.repeat(501), undefined, ['a']])
      expect(suspendUserInput.safeParse({ userId: 'usr_1', reason }).success).toBe(false);
    const foreign = { userId: 'usr_nobody', reason: 'does not exist' };
    expect(await refusal(suspendUser(admin, foreign))).toMatchObject({ reason: 'notFound' });
    expect(await refusal(restoreUser(admin, foreign))).toMatchObject({ reason: 'notFound' });
  });
});
