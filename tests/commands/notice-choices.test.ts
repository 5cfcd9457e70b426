import { afterEach, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { addSshKey } from '#lib/auth/add-ssh-key.ts';
import { createApiToken } from '#lib/auth/create-api-token.ts';
import { theWorld } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { forgetEnv } from '#lib/io/env.ts';
import { closeMail } from '#lib/io/mail.ts';
import { deliverNotices } from '#lib/notices/deliver-notices.ts';
import { noticeChoicesOf, noticesOfViewer } from '#lib/notices/queries.ts';
import { sendMail } from '#lib/notices/send-mail.errand.ts';
import { setNoticeChoices } from '#lib/notices/set-notice-choices.ts';
import { stopMails } from '#lib/notices/stop-mails.ts';
import { at, refusal } from '#tests/support/ask.ts';
import { sql } from '#tests/support/database.ts';
import { mailServer } from '#tests/support/mail-server.ts';
import { type Person, person } from '#tests/support/people.ts';

process.env.NEXTAUTH_SECRET = 'a secret of the tests, 32 characters';
forgetEnv();

afterEach(() => {
  closeMail();
  delete process.env.SMTP_URL;
  forgetEnv();
});

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHCHLKOpSbRLmNf9PXy1kTn6GKSnzMjQ0Tgz1tP0sWqD';

/** Something that is told to one person, past what makes it happen. */
async function toppedUp(who: Person): Promise<void> {
  const event = { kind: 'wallet.toppedUp', userId: who.userId, data: { amountMicros: '5000000' } } as const;
  await inTransaction('test: event', (tx) => recordEvent(tx, { userId: null }, event, at('12:00').now()));
  await deliverNotices(at('12:01'));
}

const heard = async (who: Person) => ({
  inApp: (await noticesOfViewer(who)).rows.length,
  mail: (await sql('SELECT 1 FROM mails WHERE to_address = $1', [who.email])).length,
});

describe('what somebody hears of', () => {
  it('is the bell and mail at first, and exactly what they choose after that', async () => {
    for (const [inApp, mail] of [
      [true, true],
      [true, false],
      [false, true],
      [false, false],
    ] as const) {
      const ada = await person();
      await setNoticeChoices(ada, { toppedUp: { inApp, mail } });
      await toppedUp(ada);
      expect(await heard(ada)).toEqual({ inApp: Number(inApp), mail: Number(mail) });
    }
    const ben = await person();
    await toppedUp(ben);
    expect(await heard(ben)).toEqual({ inApp: 1, mail: 1 });
  });

  it('cannot be less than what concerns their safety, by page, API or a row of the database', async () => {
    const ada = await person();
    const off = { inApp: false, mail: false };
    expect(await refusal(setNoticeChoices(ada, { security: off }))).toMatchObject({
      reason: 'badInput',
      detail: { security: expect.stringContaining('cannot be switched off') },
    });
    expect(await refusal(setNoticeChoices(ada, { nonsense: off }))).toMatchObject({ reason: 'badInput' });
    const row = sql("INSERT INTO notice_choices VALUES ($1, 'security', false, false, now())", [ada.userId]);
    await expect(row).rejects.toThrow('notice_choices_not_fixed');
    await addSshKey(ada, { publicKey: KEY }, at('12:00'));
    await deliverNotices(at('12:01'));
    expect(await heard(ada)).toEqual({ inApp: 1, mail: 1 });
  });

  it('is theirs alone, and the lines of staff stand there for staff only', async () => {
    const [ada, eve, admin] = [await person(), await person(), await person({ role: 'admin' })];
    await setNoticeChoices(ada, { toppedUp: { inApp: false, mail: false } });
    expect((await noticeChoicesOf(eve)).find((line) => line.name === 'toppedUp')).toMatchObject({ mail: true });
    expect((await noticeChoicesOf(ada)).map((line) => line.side)).not.toContain('staff');
    expect((await noticeChoicesOf(admin)).map((line) => line.side)).toContain('staff');
  });

  it('is read and changed by the API, by whoever is signed in only', async () => {
    const ada = await person({ now: theWorld.now() });
    const { token } = await createApiToken(ada, { label: 'test', days: 1 });
    const reads = await createApiToken(ada, { label: 'test', days: 1, scope: 'read' });
    const ask = async (method: string, body?: unknown, given: string | null = token) => {
      const headers: Record<string, string> = given === null ? {} : { authorization: `Bearer ${given}` };
      if (body !== undefined) headers['content-type'] = 'application/json';
      const sent = body === undefined ? {} : { body: JSON.stringify(body) };
      const answer = await v1.request(
        '/notice-choices',
        { method, headers, ...sent },
        { address: '203.0.113.9', cookieActor: null },
      );
      return { status: answer.status, body: await answer.json() };
    };
    const changed = await ask('PATCH', { jobs: { inApp: true, mail: false } });
    expect(changed.status).toBe(200);
    expect(changed.body.rows.find((row: { name: string }) => row.name === 'jobs')).toMatchObject({ mail: false });
    expect((await ask('GET')).body).toEqual(changed.body);
    expect((await ask('GET', undefined, reads.token)).status).toBe(200);
    expect(await ask('PATCH', {}, reads.token)).toMatchObject({ status: 403, body: { reason: 'forbidden' } });
    expect((await ask('GET', undefined, null)).status).toBe(401);
    expect((await ask('PATCH', {}, null)).status).toBe(401);
    expect((await ask('PATCH', { jobs: { inApp: 'yes' } })).status).toBe(422);
    expect((await ask('PATCH', { payments: { inApp: false, mail: false } })).status).toBe(422);
  });
});

describe('a mail that can be ended', () => {
  it('says how in its headers and in its text, and ends by the link, once and for all', async () => {
    const server = await mailServer();
    process.env.SMTP_URL = server.url;
    forgetEnv();
    const ada = await person();
    await deliverNotices(at('12:00'));
    await sql('UPDATE mails SET sent_at = now() WHERE sent_at IS NULL');
    await toppedUp(ada);
    await sendMail(at('12:02'));
    const letter = server.received.at(-1)?.data ?? '';
    const headers = (letter.split('\r\n\r\n')[0] ?? '').replace(/\r\n[ \t]+/g, ' ');
    expect(headers).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click$/m);
    const url = /^List-Unsubscribe: <(\S+)>$/m.exec(headers)?.[1] ?? '';
    expect(url).toContain('/api/unsubscribe/usr_');
    expect(letter.replace(/=\r\n/g, '')).toContain('No more mails of this kind');
    const token = url.split('/').at(-1) ?? '';
    expect(await stopMails(token, at('12:03'))).toEqual({ title: 'Your wallet was topped up' });
    await stopMails(token, at('12:04'));
    await toppedUp(ada);
    expect(await heard(ada)).toEqual({ inApp: 2, mail: 1 });
    const told = await sql("SELECT 1 FROM events WHERE kind = 'account.noticesSet' AND user_id = $1", [ada.userId]);
    expect(told).toHaveLength(1);
    expect(await refusal(stopMails(token.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))))).toMatchObject({
      reason: 'linkInvalid',
    });
    server.close();
  });

  it('about safety cannot be ended, and says why', async () => {
    const ada = await person();
    await addSshKey(ada, { publicKey: KEY }, at('12:00'));
    await deliverNotices(at('12:01'));
    const [mail] = await sql<{ text: string; letter: { footer: { unsubscribeUrl: null } } }>(
      'SELECT text, letter FROM mails WHERE to_address = $1',
      [ada.email],
    );
    expect(mail?.letter.footer.unsubscribeUrl).toBeNull();
    expect(mail?.text).toContain('You get this whatever you chose.');
    expect(mail?.text).not.toContain('unsubscribe');
  });
});
