import { describe, expect, it } from 'vitest';
import { beginTwoStep } from '#lib/auth/begin-two-step.ts';
import { confirmTwoStep } from '#lib/auth/confirm-two-step.ts';
import { createApiToken } from '#lib/auth/create-api-token.ts';
import { disableTwoStep } from '#lib/auth/disable-two-step.ts';
import { finishSignIn } from '#lib/auth/finish-sign-in.ts';
import { provePresence } from '#lib/auth/prove-presence.ts';
import { twoStepOf } from '#lib/auth/queries/two-step.ts';
import { actorOfSession, actorOfToken, sessionsOf } from '#lib/auth/queries.ts';
import { renewRecoveryCodes } from '#lib/auth/renew-recovery-codes.ts';
import { resetTwoStep } from '#lib/auth/reset-two-step.ts';
import { signIn } from '#lib/auth/sign-in.ts';
import { suspendUser } from '#lib/auth/suspend-user.ts';
import { THE_MARKET } from '#lib/base/actor.ts';
import { deliverNotices } from '#lib/notices/deliver-notices.ts';
import { askPayout } from '#lib/payments/ask-payout.ts';
import { beginPayoutAccount } from '#lib/payments/begin-payout-account.ts';
import { at, refusal, visitor } from '#tests/support/ask.ts';
import { sql } from '#tests/support/database.ts';
import { PASSWORD, type Person, person } from '#tests/support/people.ts';
import { appOf, withTwoStep } from '#tests/support/two-step.ts';

const password = (who: Person, time: string, kind: 'browser' | 'api' = 'browser') =>
  signIn(visitor(), { email: who.email, password: PASSWORD, kind }, at(time));

async function begunBy(who: Person, code: string, time: string) {
  const { sessionId } = await password(who, time);
  return finishSignIn(visitor(), { sessionId, code }, at(time));
}

describe('somebody who switches two-step sign-in on', () => {
  it('gives an app the secret, confirms by a code, gets ten codes once, and other browsers are signed out', async () => {
    const ada = await person({ twoStep: false });
    const other = await password(ada, '12:00');
    const { token } = await createApiToken(ada, { label: 'a script', days: 9 }, at('12:00'));
    await beginTwoStep(ada, at('12:00'));
    const { pending } = await twoStepOf(ada);
    const app = appOf(pending?.secret ?? '');
    const wrong = refusal(confirmTwoStep(ada, { code: '000 000' }, at('12:01')));
    expect(await wrong).toMatchObject({ reason: 'codeWrong', detail: { field: 'code' } });
    const codes = await confirmTwoStep(ada, { code: app.code(at('12:01').now()) }, at('12:01'));
    expect(new Set(codes).size).toBe(10);
    expect(await twoStepOf(ada)).toMatchObject({ since: at('12:01').now(), codesLeft: 10, pending: null });
    expect(await actorOfSession(ada.sessionId, at('12:02').now())).toMatchObject({ twoStep: true });
    expect(await actorOfSession(other.sessionId, at('12:02').now())).toBeNull();
    // A token from before acts on, but never where two steps are asked for.
    expect(await actorOfToken(token, at('12:02').now())).toMatchObject({ twoStep: false, provenAt: null });
    expect(await refusal(beginTwoStep(ada, at('12:03')))).toMatchObject({ reason: 'notNow' });
  });

  it('keeps neither secret nor codes readable in the database', async () => {
    const ben = await person();
    await beginTwoStep(ben, at('12:00'));
    const secret = (await twoStepOf(ben)).pending?.secret ?? '';
    const codes = await confirmTwoStep(ben, { code: appOf(secret).code(at('12:00').now()) }, at('12:00'));
    const stored = JSON.stringify([
      ...(await sql('SELECT * FROM two_steps')),
      ...(await sql('SELECT * FROM recovery_codes')),
    ]);
    for (const kept of [secret, ...codes, ...codes.map((code) => code.replaceAll('-', ''))])
      expect(stored).not.toContain(kept);
    // Sealed to its row: in that of somebody else it does not open.
    const eve = await person();
    await beginTwoStep(eve, at('12:00'));
    await sql('UPDATE two_steps SET secret = (SELECT secret FROM two_steps WHERE user_id = $1) WHERE user_id = $2', [
      ben.userId,
      eve.userId,
    ]);
    await expect(twoStepOf(eve)).rejects.toThrow();
  });

  it('must have proven lately that it is they', async () => {
    const cid = await person();
    const late = { ...cid, provenAt: at('12:00').now() };
    expect(await refusal(beginTwoStep(late, at('12:16')))).toMatchObject({ reason: 'proofNeeded' });
    await beginTwoStep(late, at('12:15'));
    expect(await refusal(confirmTwoStep(late, { code: '123456' }, at('12:16')))).toMatchObject({
      reason: 'proofNeeded',
    });
    expect(await refusal(provePresence(late, { proof: 'not it' }, at('12:16')))).toMatchObject({
      reason: 'wrongCredentials',
      detail: { field: 'proof' },
    });
    await provePresence(late, { proof: PASSWORD }, at('12:17'));
    expect(await actorOfSession(cid.sessionId, at('12:17').now())).toMatchObject({ provenAt: at('12:17').now() });
  });
});

describe('somebody with two steps', () => {
  it('is halfway in after the password, which acts for nobody, and in after the code under another name', async () => {
    const ada = await person();
    const { app } = await withTwoStep(ada, at('12:00'));
    const half = await password(ada, '12:05');
    expect(half.codeNeeded).toBe(true);
    expect(await actorOfSession(half.sessionId, at('12:05').now())).toBeNull();
    expect((await sessionsOf(ada, at('12:05').now())).map((one) => one.id)).not.toContain(half.sessionId);
    const code = app.code(at('12:05').now());
    const whole = await finishSignIn(visitor(), { sessionId: half.sessionId, code }, at('12:05'));
    expect(whole.sessionId).not.toBe(half.sessionId);
    expect(await actorOfSession(whole.sessionId, at('12:06').now())).toMatchObject({
      userId: ada.userId,
      twoStep: true,
    });
    // The first half is spent.
    const again = refusal(finishSignIn(visitor(), { sessionId: half.sessionId, code }, at('12:05')));
    expect(await again).toMatchObject({ reason: 'unauthenticated' });
  });

  it('waits ten minutes for the code, and no longer', async () => {
    const ada = await person();
    const { app } = await withTwoStep(ada, at('12:00'));
    const { sessionId } = await password(ada, '12:05');
    const late = refusal(finishSignIn(visitor(), { sessionId, code: app.code(at('12:15').now()) }, at('12:15')));
    expect(await late).toMatchObject({ reason: 'unauthenticated' });
  });

  it('uses each code once, also when two send it at the same time; a clock half a minute off does no harm', async () => {
    const ada = await person();
    const { app } = await withTwoStep(ada, at('12:00'));
    // The code that confirmed is spent.
    expect(await refusal(begunBy(ada, app.code(at('12:00').now()), '12:00'))).toMatchObject({ reason: 'codeWrong' });
    await begunBy(ada, app.code(at('12:05').now(), -1), '12:05');
    expect(await refusal(begunBy(ada, app.code(at('12:05').now(), -1), '12:05'))).toMatchObject({
      reason: 'codeWrong',
    });
    const code = app.code(at('12:10').now(), 1);
    const both = await Promise.allSettled([begunBy(ada, code, '12:10'), begunBy(ada, code, '12:10')]);
    expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await refusal(begunBy(ada, app.code(at('12:20').now(), 2), '12:20'))).toMatchObject({ reason: 'codeWrong' });
  });

  it('gets in by a recovery code, once each, and hears of it by mail', async () => {
    const ada = await person();
    const { codes } = await withTwoStep(ada, at('12:00'));
    await begunBy(ada, ` ${codes[3]?.toUpperCase()} `, '12:05');
    expect(await refusal(begunBy(ada, codes[3] ?? '', '12:06'))).toMatchObject({ reason: 'codeWrong' });
    expect((await twoStepOf(ada)).codesLeft).toBe(9);
    await deliverNotices(at('12:07'));
    const mails = await sql('SELECT subject FROM mails WHERE to_address = $1 ORDER BY id', [ada.email]);
    expect(mails.map((mail) => mail.subject).sort()).toEqual([
      'A recovery code was used for your account',
      'Two-step sign-in is on',
    ]);
    const fresh = await renewRecoveryCodes(ada, at('12:08'));
    expect(await refusal(begunBy(ada, codes[4] ?? '', '12:08'))).toMatchObject({ reason: 'codeWrong' });
    await begunBy(ada, fresh[0] ?? '', '12:09');
  });

  it('signs a program in by sending the code along, and only so', async () => {
    const ada = await person();
    const { app } = await withTwoStep(ada, at('12:00'));
    expect(await refusal(password(ada, '12:05', 'api'))).toMatchObject({ reason: 'codeNeeded', status: 401 });
    const asked = { email: ada.email, password: PASSWORD, kind: 'api' } as const;
    const wrong = refusal(signIn(visitor(), { ...asked, code: '' }, at('12:05')));
    expect(await wrong).toMatchObject({ reason: 'codeWrong' });
    const { token } = await signIn(visitor(), { ...asked, code: app.code(at('12:05').now()) }, at('12:05'));
    expect(await actorOfToken(token ?? '', at('12:06').now())).toMatchObject({ twoStep: true, provenAt: null });
  });

  it('switches it off by a code, not by having been proven', async () => {
    const ada = await person();
    const { app } = await withTwoStep(ada, at('12:00'));
    expect(await refusal(disableTwoStep(ada, { code: PASSWORD }, at('12:05')))).toMatchObject({ reason: 'codeWrong' });
    await disableTwoStep(ada, { code: app.code(at('12:05').now()) }, at('12:05'));
    expect(await actorOfSession(ada.sessionId, at('12:06').now())).toMatchObject({ twoStep: false });
    expect(await sql('SELECT 1 FROM recovery_codes WHERE user_id = $1', [ada.userId])).toEqual([]);
    expect((await password(ada, '12:07')).codeNeeded).toBe(false);
  });

  it('who lost device and codes is let in by the operator, signed out everywhere, and told', async () => {
    const ada = await person();
    await withTwoStep(ada, at('12:00'));
    expect(await resetTwoStep(THE_MARKET, { email: ada.email }, at('12:05'))).toBe(true);
    expect(await resetTwoStep(THE_MARKET, { email: ada.email }, at('12:05'))).toBe(false);
    expect(await actorOfSession(ada.sessionId, at('12:06').now())).toBeNull();
    expect((await password(ada, '12:07')).codeNeeded).toBe(false);
    expect(await refusal(resetTwoStep(ada, { email: ada.email }))).toMatchObject({ reason: 'forbidden' });
  });
});

describe('somebody who guesses codes', () => {
  it('is stopped after five for a quarter of an hour; the owner hears of it and gets in by a recovery code at once', async () => {
    const ada = await person();
    const { app, codes } = await withTwoStep(ada, at('12:00'));
    const { sessionId } = await password(ada, '12:05');
    const guess = (time: string) => refusal(finishSignIn(visitor(), { sessionId, code: '000000' }, at(time)));
    for (let count = 0; count < 5; count += 1) expect(await guess('12:05')).toMatchObject({ reason: 'codeWrong' });
    expect(await guess('12:06')).toMatchObject({ reason: 'tooManyAttempts', detail: { retryAfterSeconds: 840 } });
    const right = refusal(finishSignIn(visitor(), { sessionId, code: app.code(at('12:06').now()) }, at('12:06')));
    expect(await right).toMatchObject({ reason: 'tooManyAttempts' });
    await deliverNotices(at('12:07'));
    const mails = await sql("SELECT 1 FROM mails WHERE to_address = $1 AND subject = 'Somebody knows your password'", [
      ada.email,
    ]);
    expect(mails).toHaveLength(1);
    // Neither the recovery codes nor the session that she has are shut by it.
    await finishSignIn(visitor(), { sessionId, code: codes[0] ?? '' }, at('12:07'));
    await provePresence(ada, { proof: app.code(at('12:08').now()) }, at('12:08'));
    await begunBy(ada, app.code(at('12:21').now()), '12:21');
  });

  it('without the password shuts no door: nobody reaches the codes', async () => {
    const ada = await person();
    const { app } = await withTwoStep(ada, at('12:00'));
    for (let count = 0; count < 8; count += 1)
      await refusal(
        signIn(visitor(), { email: ada.email, password: 'a guess', code: '000000', kind: 'api' }, at('12:05')),
      );
    await begunBy(ada, app.code(at('12:06').now()), '12:06');
  });
});

describe('what needs two steps', () => {
  it('is refused to an admin without them, whatever the role says, and allowed with them', async () => {
    const [bare, eve] = [await person({ role: 'admin', twoStep: false }), await person()];
    const suspend = { userId: eve.userId, reason: 'a test of it' };
    expect(await refusal(suspendUser(bare, suspend))).toMatchObject({ reason: 'twoStepNeeded', status: 403 });
    await withTwoStep(bare, at('12:00'));
    const actor = await actorOfSession(bare.sessionId, at('12:01').now());
    if (actor === null) throw new Error('no session');
    await suspendUser(actor, suspend);
  });

  it('is refused to a host who asks for a payout or sets an account up for one', async () => {
    const host = await person({ twoStep: false });
    const ask = { amountMicros: null, idempotencyKey: 'a key of the test' };
    expect(await refusal(askPayout(host, ask))).toMatchObject({ reason: 'twoStepNeeded' });
    expect(await refusal(beginPayoutAccount(host, { country: 'DE' }))).toMatchObject({ reason: 'twoStepNeeded' });
    const stale = { ...host, twoStep: true, provenAt: at('12:00').now() };
    expect(await refusal(beginPayoutAccount(stale, { country: 'DE' }, at('13:00')))).toMatchObject({
      reason: 'proofNeeded',
    });
  });

  it('counts for a demo account by the password in a demo, and nowhere else', async () => {
    const demo = await person({ role: 'admin' });
    await sql('UPDATE users SET demo = true WHERE id = $1', [demo.userId]);
    const outside = await password(demo, '12:00');
    expect(await actorOfSession(outside.sessionId, at('12:01').now())).toMatchObject({ twoStep: false });
    process.env.SUBLET_DEMO = '1';
    const { forgetEnv } = await import('#lib/io/env.ts');
    forgetEnv();
    try {
      const inside = await password(demo, '12:02');
      expect(await actorOfSession(inside.sessionId, at('12:03').now())).toMatchObject({ twoStep: true });
      // Others' accounts of a demo market need their second step there too.
      const plain = await password(await person({ role: 'admin' }), '12:02');
      expect(await actorOfSession(plain.sessionId, at('12:03').now())).toMatchObject({ twoStep: false });
    } finally {
      delete process.env.SUBLET_DEMO;
      forgetEnv();
    }
  });
});

describe('the database', () => {
  const insert = (userId: string, secret: string, lastStep: number | null, confirmed: boolean) =>
    sql('INSERT INTO two_steps (user_id, secret, last_step, created_at, confirmed_at) VALUES ($1, $2, $3, now(), $4)', [
      userId,
      secret,
      lastStep,
      confirmed ? new Date() : null,
    ]);

  it('refuses a secret that is not sealed, and one that is on without a code having been taken', async () => {
    const { userId } = await person();
    await expect(insert(userId, 'JBSWY3DPEHPK3PXP', null, false)).rejects.toThrow('two_steps_sealed');
    await expect(insert(userId, 'v1.x', null, true)).rejects.toThrow('two_steps_confirmed_by_code');
    await expect(insert(userId, 'v1.x', 4, false)).rejects.toThrow('two_steps_confirmed_by_code');
  });

  it('refuses to give a taken code back', async () => {
    const { userId } = await person();
    await insert(userId, 'v1.x', 100, true);
    await expect(sql('UPDATE two_steps SET last_step = 99 WHERE user_id = $1', [userId])).rejects.toThrow(
      'two_steps_forward',
    );
    await sql('UPDATE two_steps SET last_step = 101 WHERE user_id = $1', [userId]);
  });

  it('refuses a recovery code that is not hashed, and a session halfway that is proven', async () => {
    const { userId, sessionId } = await person();
    const code = sql(
      "INSERT INTO recovery_codes (id, user_id, code_hash, created_at) VALUES ('x', $1, 'plain', now())",
      [userId],
    );
    await expect(code).rejects.toThrow('recovery_codes_hashed');
    const half = sql("UPDATE sessions SET kind = 'halfway' WHERE id = $1", [sessionId]);
    await expect(half).rejects.toThrow('sessions_halfway_unproven');
    await expect(sql("UPDATE sessions SET kind = 'ghost' WHERE id = $1", [sessionId])).rejects.toThrow('sessions_kind');
  });
});
