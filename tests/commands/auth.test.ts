import { describe, expect, it } from 'vitest';
import { confirmEmail } from '#lib/auth/confirm-email.ts';
import { createAccount } from '#lib/auth/create-account.ts';
import { actorOfSession, actorOfToken, profileOf, userOfSession } from '#lib/auth/queries.ts';
import { requestPasswordReset } from '#lib/auth/request-password-reset.ts';
import { resendConfirmation } from '#lib/auth/resend-confirmation.ts';
import { resetPassword } from '#lib/auth/reset-password.ts';
import { createAccountInput } from '#lib/auth/schema.ts';
import { signIn } from '#lib/auth/sign-in.ts';
import { theWorld } from '#lib/base/time.ts';
import { at, refusal, visitor } from '#tests/support/ask.ts';
import { sql } from '#tests/support/database.ts';
import { PASSWORD, person } from '#tests/support/people.ts';

const ada = { email: 'ada@example.org', name: 'Ada', password: 'analytical engine', terms: 'on' as const };

async function lastLink(to: string): Promise<string> {
  const [mail] = await sql<{ text: string }>('SELECT text FROM mails WHERE to_address = $1 ORDER BY id DESC LIMIT 1', [
    to,
  ]);
  return /token=([a-z0-9]+)/.exec(mail?.text ?? '')?.[1] ?? 'no link';
}

describe('somebody who creates an account', () => {
  it('is in, unconfirmed until the mailed link is opened, and may open it twice', async () => {
    const { userId } = await createAccount(visitor(), ada, at('12:00'));
    const { sessionId, token } = await signIn(visitor(), { ...ada, kind: 'browser' }, at('12:01'));
    expect(token).toBeNull();
    const before = await userOfSession(sessionId, at('12:02').now());
    expect(before).toMatchObject({ actor: { userId, role: 'member' }, emailConfirmed: false, termsCurrent: true });

    const link = await lastLink('ada@example.org');
    await confirmEmail(visitor(), { token: link }, at('12:10'));
    await confirmEmail(visitor(), { token: link }, at('12:11'));
    expect((await userOfSession(sessionId, at('12:12').now()))?.emailConfirmed).toBe(true);
    const kinds = await sql<{ kind: string }>('SELECT kind FROM events WHERE user_id = $1 ORDER BY id', [userId]);
    expect(kinds.map((row) => row.kind)).toEqual(['account.created', 'session.begun', 'account.confirmed']);
  });

  it('keeps no password and no link in the database as they are', async () => {
    const text = JSON.stringify([...(await sql('SELECT * FROM users')), ...(await sql('SELECT * FROM email_tokens'))]);
    expect(text).not.toContain(ada.password);
    expect(text).not.toContain(await lastLink('ada@example.org'));
    expect(text).toContain('$argon2id$v=19$');
  });

  it('is told when the address has an account already, also when two come at once', async () => {
    expect(await refusal(createAccount(visitor(), ada, at('12:20')))).toMatchObject({
      reason: 'emailTaken',
      detail: { field: 'email' },
    });
    const twins = { ...ada, email: 'twins@example.org' };
    const both = await Promise.allSettled([
      createAccount(visitor(), twins, at('12:21')),
      createAccount(visitor(), twins, at('12:21')),
    ]);
    expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find((one) => one.status === 'rejected')).toMatchObject({ reason: { reason: 'emailTaken' } });
  });

  it('is told what is wrong with the password before anything is written', async () => {
    const weak = { ...ada, email: 'weak@example.org', password: 'short' };
    expect(await refusal(createAccount(visitor(), weak))).toMatchObject({
      reason: 'badInput',
      detail: { field: 'password' },
    });
    expect(await sql("SELECT 1 FROM users WHERE email = 'weak@example.org'")).toEqual([]);
  });

  it('may be called anything', async () => {
    for (const [index, name] of ['<script>alert(1)</script>', '👩‍👩‍👧‍👦', 'Ж'.repeat(300)].entries()) {
      const input = createAccountInput.parse({ ...ada, name, email: `named${index}@example.org` });
      const { userId } = await createAccount(visitor(), input);
      const profile = await profileOf({ userId, sessionId: '', role: 'member', suspended: false });
      expect(profile.name).toBe(name);
    }
  });

  it('cannot smuggle a header into mail by the address, nor go in without accepting the terms', () => {
    const wrong = createAccountInput.safeParse({
      ...ada,
      email: 'a@example.org\r\nBcc: b@example.org',
      terms: undefined,
    });
    expect(wrong.error?.issues.map((issue) => issue.path[0])).toEqual(['email', 'terms']);
  });

  it('gets the link again when asked, but not without end and not when confirmed', async () => {
    const bob = await person({ confirmed: false });
    for (let count = 0; count < 4; count += 1) await resendConfirmation(bob, at('13:00'));
    expect(await refusal(resendConfirmation(bob, at('13:01')))).toMatchObject({
      status: 429,
      detail: { retryAfterSeconds: 3_540 },
    });
    await confirmEmail(visitor(), { token: await lastLink(bob.email) }, at('13:02'));
    expect(await refusal(resendConfirmation(bob, at('15:00')))).toMatchObject({ reason: 'notNow' });
  });

  it('cannot use a link that is over, was made for something else, or never existed', async () => {
    const carl = await person({ confirmed: false });
    await resendConfirmation(carl, at('13:00'));
    const link = await lastLink(carl.email);
    const twoDaysLater = { now: () => new Date('2026-11-25T13:00:01Z') };
    for (const [token, world] of [
      [link, twoDaysLater],
      ['x'.repeat(32), at('13:01')],
    ] as const)
      expect(await refusal(confirmEmail(visitor(), { token }, world))).toMatchObject({
        reason: 'linkInvalid',
        status: 410,
      });
    expect(await refusal(resetPassword(visitor(), { token: link, password: ada.password }, at('13:01')))).toMatchObject(
      { reason: 'linkInvalid' },
    );
  });
});

describe('somebody who signs in', () => {
  it('gets one answer for a wrong password and for an account that does not exist', async () => {
    const eve = await person();
    const wrong = await refusal(signIn(visitor(), { email: eve.email, password: 'not this one', kind: 'browser' }));
    const unknown = await refusal(
      signIn(visitor(), { email: 'nobody@example.org', password: 'not this one', kind: 'browser' }),
    );
    const rubbish = await refusal(signIn(visitor(), { email: '<nobody>', password: 'not this one', kind: 'browser' }));
    for (const answer of [unknown, rubbish]) expect({ ...answer }).toEqual({ ...wrong });
    expect(wrong.status).toBe(401);
  });

  it('as a program gets a token that is stored as a hash and works as the account', async () => {
    const dora = await person();
    const { token } = await signIn(visitor(), { email: dora.email.toUpperCase(), password: PASSWORD, kind: 'api' });
    expect(token).toMatch(/^sublet_[0-9a-z]{32}$/);
    expect(await actorOfToken(token ?? '', theWorld.now())).toMatchObject({ userId: dora.userId });
    expect(await actorOfToken(`${token}x`, theWorld.now())).toBeNull();
    expect(JSON.stringify(await sql('SELECT * FROM sessions'))).not.toContain(token);
  });

  it('as a program cannot use its token as a cookie, nor a browser its session as a token', async () => {
    const fay = await person();
    const api = await signIn(visitor(), { email: fay.email, password: PASSWORD, kind: 'api' });
    expect(await actorOfSession(api.sessionId, theWorld.now())).toBeNull();
    expect(await actorOfToken(fay.sessionId, theWorld.now())).toBeNull();
  });
});

describe('somebody who forgot the password', () => {
  it('sets a new one once by a mailed link, and every session and token of before is over', async () => {
    const gus = await person({ confirmed: false });
    const api = await signIn(visitor(), { email: gus.email, password: PASSWORD, kind: 'api' }, at('12:00'));
    await requestPasswordReset(visitor(), { email: gus.email }, at('12:00'));
    const token = await lastLink(gus.email);
    expect(await refusal(resetPassword(visitor(), { token, password: 'short' }, at('12:05')))).toMatchObject({
      reason: 'badInput',
    });
    await resetPassword(visitor(), { token, password: 'a new long password' }, at('12:06'));

    expect(await actorOfSession(gus.sessionId, at('12:07').now())).toBeNull();
    expect(await actorOfToken(api.token ?? '', at('12:07').now())).toBeNull();
    const old = { email: gus.email, password: PASSWORD, kind: 'browser' } as const;
    expect(await refusal(signIn(visitor(), old, at('12:07')))).toMatchObject({ reason: 'wrongCredentials' });
    const fresh = await signIn(visitor(), { ...old, password: 'a new long password' }, at('12:08'));
    expect((await userOfSession(fresh.sessionId, at('12:09').now()))?.emailConfirmed).toBe(true);
    expect(await refusal(resetPassword(visitor(), { token, password: 'yet another one' }, at('12:10')))).toMatchObject({
      reason: 'linkInvalid',
    });
  });

  it('wins once when the link is used twice at the same time', async () => {
    const hal = await person();
    await requestPasswordReset(visitor(), { email: hal.email }, at('12:00'));
    const token = await lastLink(hal.email);
    const both = await Promise.allSettled(
      ['first new password', 'second new password'].map((password) =>
        resetPassword(visitor(), { token, password }, at('12:01')),
      ),
    );
    expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('learns nothing about other people: an unknown address gets the same answer and no mail', async () => {
    expect(await requestPasswordReset(visitor(), { email: 'unknown@example.org' }, at('12:00'))).toBeUndefined();
    expect(await sql("SELECT 1 FROM mails WHERE to_address = 'unknown@example.org'")).toEqual([]);
  });

  it('has one hour for it', async () => {
    const ida = await person();
    await requestPasswordReset(visitor(), { email: ida.email }, at('12:00'));
    const token = await lastLink(ida.email);
    expect(
      await refusal(resetPassword(visitor(), { token, password: 'a new long password' }, at('13:00'))),
    ).toMatchObject({ reason: 'linkInvalid' });
  });
});
