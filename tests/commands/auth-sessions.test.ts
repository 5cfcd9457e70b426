import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { acceptTerms } from '#lib/auth/accept-terms.ts';
import { addSshKey } from '#lib/auth/add-ssh-key.ts';
import { changePassword } from '#lib/auth/change-password.ts';
import { createApiToken } from '#lib/auth/create-api-token.ts';
import { forgetExpired } from '#lib/auth/forget-expired.ts';
import { actorOfSession, actorOfToken, sessionsOf, sshKeysOf, userOfSession } from '#lib/auth/queries.ts';
import { removeSshKey } from '#lib/auth/remove-ssh-key.ts';
import { renameAccount } from '#lib/auth/rename-account.ts';
import { revokeOtherSessions } from '#lib/auth/revoke-other-sessions.ts';
import { revokeSession } from '#lib/auth/revoke-session.ts';
import { addSshKeyInput, createApiTokenInput } from '#lib/auth/schema.ts';
import { signIn } from '#lib/auth/sign-in.ts';
import { touchSession } from '#lib/auth/touch-session.ts';
import { TERMS_VERSION } from '#lib/auth/user.ts';
import { at, refusal, visitor } from '#tests/support/ask.ts';
import { sql } from '#tests/support/database.ts';
import { PASSWORD, person } from '#tests/support/people.ts';

const noon = at('12:00').now();

describe('a session', () => {
  it('is looked at on every request: revoked from one place, it acts no more in the other', async () => {
    const ada = await person();
    const other = await signIn(visitor(), { email: ada.email, password: PASSWORD, kind: 'browser' }, at('12:00'));
    expect(await actorOfSession(other.sessionId, noon)).toMatchObject({ userId: ada.userId });
    await revokeSession(ada, { id: other.sessionId }, at('12:01'));
    expect(await actorOfSession(other.sessionId, noon)).toBeNull();
    await revokeSession(ada, { id: other.sessionId }, at('12:02'));
    const events = await sql("SELECT * FROM events WHERE kind = 'session.revoked' AND user_id = $1", [ada.userId]);
    expect(events).toHaveLength(1);
  });

  it('ends after 30 days, used or not', async () => {
    const ada = await person();
    const { sessionId } = await signIn(
      visitor(),
      { email: ada.email, password: PASSWORD, kind: 'browser' },
      at('12:00'),
    );
    expect(await actorOfSession(sessionId, new Date('2026-12-23T11:59:59Z'))).not.toBeNull();
    expect(await actorOfSession(sessionId, new Date('2026-12-23T12:00:00Z'))).toBeNull();
  });

  it('of somebody else is not found', async () => {
    const [bob, eve] = [await person(), await person()];
    expect(await refusal(revokeSession(eve, { id: bob.sessionId }))).toMatchObject({ reason: 'notFound' });
    expect(await actorOfSession(bob.sessionId, noon)).not.toBeNull();
    expect((await sessionsOf(eve, noon)).map((row) => row.id)).toEqual([eve.sessionId]);
  });

  it('is the only one left after "sign out everywhere else", tokens included', async () => {
    const carl = await person();
    await signIn(visitor(), { email: carl.email, password: PASSWORD, kind: 'browser' }, at('12:00'));
    const { token } = await createApiToken(carl, { label: 'ci', days: 30 }, at('12:00'));
    expect((await sessionsOf(carl, noon)).map((row) => row.current)).toEqual([true, false, false]);
    expect(await revokeOtherSessions(carl, at('12:01'))).toBe(2);
    expect(await actorOfToken(token, noon)).toBeNull();
    expect((await sessionsOf(carl, noon)).map((row) => row.id)).toEqual([carl.sessionId]);
  });

  it('notes at most every five minutes that it was used', async () => {
    const dora = await person();
    expect((await userOfSession(dora.sessionId, at('12:04').now()))?.seenLongAgo).toBe(false);
    expect((await userOfSession(dora.sessionId, at('12:05').now()))?.seenLongAgo).toBe(true);
    await touchSession(dora, at('12:05'));
    await touchSession(dora, at('12:06'));
    const [row] = await sessionsOf(dora, noon);
    expect(row?.lastSeenAt).toEqual(at('12:05').now());
  });

  it('is forgotten a month after it ended, not before', async () => {
    const ida = await person();
    const { id } = await createApiToken(ida, { label: 'short', days: 1 }, at('12:00'));
    const there = async () => (await sql('SELECT 1 FROM sessions WHERE id = $1', [id])).length;
    await forgetExpired({ now: () => new Date('2026-12-24T11:59:59Z') });
    expect(await there()).toBe(1);
    await forgetExpired({ now: () => new Date('2026-12-24T12:00:00Z') });
    expect(await there()).toBe(0);
  });
});

describe('an API token', () => {
  it('lasts as long as asked, a year at most, and there are 50 at most', async () => {
    for (const days of ['0', '-1', '366', '1.5', 'NaN', '1e9', ''])
      expect(createApiTokenInput.safeParse({ label: 'x', days }).success).toBe(false);
    const fay = await person();
    const { token } = await createApiToken(fay, { label: 'week\u0000end\n', days: 7 }, at('12:00'));
    expect((await sessionsOf(fay, noon)).find((row) => row.kind === 'api')?.label).toBe('week end');
    expect(await actorOfToken(token, new Date('2026-11-30T11:59:59Z'))).not.toBeNull();
    expect(await actorOfToken(token, new Date('2026-11-30T12:00:00Z'))).toBeNull();
    await sql(
      `INSERT INTO sessions (id, user_id, kind, token_hash, label, created_at, last_seen_at, expires_at)
       SELECT 'ses_x' || n, $1, 'api', 'hash' || n, 'x', now(), now(), '2036-01-01' FROM generate_series(1, 49) n`,
      [fay.userId],
    );
    expect(await refusal(createApiToken(fay, { label: 'one more', days: 1 }, at('12:01')))).toMatchObject({
      reason: 'notNow',
    });
  });
});

describe('a password', () => {
  it('is changed by the present one, which ends the other browsers', async () => {
    const gus = await person();
    const other = await signIn(visitor(), { email: gus.email, password: PASSWORD, kind: 'browser' }, at('12:00'));
    const wrong = { currentPassword: 'not this', newPassword: 'a new long password' };
    expect(await refusal(changePassword(gus, wrong, at('12:01')))).toMatchObject({
      detail: { field: 'currentPassword' },
    });
    const weak = { currentPassword: PASSWORD, newPassword: 'short' };
    expect(await refusal(changePassword(gus, weak, at('12:02')))).toMatchObject({ detail: { field: 'newPassword' } });
    await changePassword(gus, { ...wrong, currentPassword: PASSWORD }, at('12:03'));
    expect(await actorOfSession(gus.sessionId, noon)).not.toBeNull();
    expect(await actorOfSession(other.sessionId, noon)).toBeNull();
  });

  it('that two keyboards compose differently is the same one', async () => {
    const hal = await person();
    await changePassword(hal, { currentPassword: PASSWORD, newPassword: 'cafe\u0301 in Zu\u0308rich' }, at('12:00'));
    const typed = { email: hal.email, password: 'caf\u00e9 in Z\u00fcrich', kind: 'browser' } as const;
    expect(await signIn(visitor(), typed, at('12:01'))).toMatchObject({ userId: hal.userId });
  });
});

describe('an SSH key', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sublet-key-'));
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'ada@laptop', '-f', join(folder, 'id')]);
  const publicKey = readFileSync(join(folder, 'id.pub'), 'utf8');
  rmSync(folder, { recursive: true });

  it('is kept without its comment, named by it, once per account, and removed by its owner only', async () => {
    const [jan, eve] = [await person(), await person()];
    const { id, fingerprint } = await addSshKey(jan, { publicKey });
    const [kept] = await sshKeysOf(jan);
    expect(kept).toMatchObject({
      id,
      fingerprint,
      name: 'ada@laptop',
      publicKey: publicKey.trim().split(' ').slice(0, 2).join(' '),
    });
    expect(await refusal(addSshKey(jan, { publicKey, name: 'again' }))).toMatchObject({ reason: 'keyTaken' });
    await addSshKey(eve, { publicKey, name: 'shared' });
    expect(await refusal(removeSshKey(eve, { id }))).toMatchObject({ reason: 'notFound' });
    await removeSshKey(jan, { id });
    expect(await refusal(removeSshKey(jan, { id }))).toMatchObject({ reason: 'notFound' });
  });

  it('that is none is refused with a sentence at its field', async () => {
    const kim = await person();
    for (const text of ['', 'ssh-rsa', '-----BEGIN OPENSSH PRIVATE KEY-----\nx', `command="id" ${publicKey}`])
      expect(await refusal(addSshKey(kim, { publicKey: text }))).toMatchObject({
        status: 422,
        detail: { field: 'publicKey' },
      });
    expect(addSshKeyInput.safeParse({ publicKey: 'x'.repeat(1_000_000) }).success).toBe(false);
    expect(addSshKeyInput.safeParse({ publicKey: ['a', 'b'] }).success).toBe(false);
  });
});

describe('an account', () => {
  it('is renamed, and accepts the terms in the version that was shown', async () => {
    const lea = await person();
    await renameAccount(lea, { name: '<b>Léa</b>' });
    expect((await userOfSession(lea.sessionId, noon))?.name).toBe('<b>Léa</b>');
    await sql("UPDATE users SET terms_version = '2020-01-01' WHERE id = $1", [lea.userId]);
    expect((await userOfSession(lea.sessionId, noon))?.termsCurrent).toBe(false);
    expect(await refusal(acceptTerms(lea, { version: '2020-01-01', terms: 'on' }))).toMatchObject({
      reason: 'conflict',
    });
    await acceptTerms(lea, { version: TERMS_VERSION, terms: 'on' });
    expect((await userOfSession(lea.sessionId, noon))?.termsCurrent).toBe(true);
  });
});
