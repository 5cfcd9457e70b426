import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { addSshKey } from '#lib/auth/add-ssh-key.ts';
import { changePassword } from '#lib/auth/change-password.ts';
import { noteBrowserZone } from '#lib/auth/note-browser-zone.ts';
import { setPreferences } from '#lib/auth/set-preferences.ts';
import { suspendUser } from '#lib/auth/suspend-user.ts';
import { theWorld } from '#lib/base/time.ts';
import { db } from '#lib/io/db.ts';
import { env, forgetEnv } from '#lib/io/env.ts';
import { closeMail } from '#lib/io/mail.ts';
import { deliverNotices } from '#lib/notices/deliver-notices.ts';
import { markNoticesRead } from '#lib/notices/mark-notices-read.ts';
import { demoMail, noticesOfViewer, unreadCount } from '#lib/notices/queries.ts';
import { sendMail } from '#lib/notices/send-mail.errand.ts';
import { at } from '#tests/support/ask.ts';
import { databaseUrl, sql } from '#tests/support/database.ts';
import { mailServer } from '#tests/support/mail-server.ts';
import { PASSWORD, person } from '#tests/support/people.ts';
import { rentalMarket } from '#tests/support/rental.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHCHLKOpSbRLmNf9PXy1kTn6GKSnzMjQ0Tgz1tP0sWqD';

function withEnv(values: Record<string, string>): void {
  Object.assign(process.env, values);
  forgetEnv();
}

afterEach(() => {
  closeMail();
  for (const name of ['SMTP_URL', 'SUBLET_DEMO', 'MAIL_FROM']) delete process.env[name];
  forgetEnv();
});

async function allSent(): Promise<void> {
  await sql('UPDATE mails SET sent_at = now() WHERE sent_at IS NULL');
}

describe('a notice', () => {
  it('is given once, with its mail, however many workers sweep at the same time', async () => {
    const ada = await person({ name: '<script>alert(1)</script> 👩‍🚀' });
    await addSshKey(ada, { publicKey: KEY, name: 'laptop' }, at('12:00'));
    await changePassword(ada, { currentPassword: PASSWORD, newPassword: 'a new long password' }, at('12:01'));
    const handled = await Promise.all([1, 2, 3, 4].map(() => deliverNotices(at('12:02'))));
    expect(handled.reduce((sum, count) => sum + count, 0)).toBe(2);
    expect(await deliverNotices(at('12:03'))).toBe(0);

    const { rows } = await noticesOfViewer(ada);
    expect(rows.map((row) => row.title).sort()).toEqual([
      'An SSH key was added to your account',
      'Your password was changed',
    ]);
    const mails = await sql<{ subject: string; text: string }>('SELECT * FROM mails WHERE to_address = $1', [
      ada.email,
    ]);
    expect(mails).toHaveLength(2);
    expect(mails[0]?.text).toContain(`Hello ${ada.name},`);
    expect(mails[0]?.text).toContain(`${env().publicUrl}/account`);
  });

  it('says when in the zone that its reader chose, on the bell and by mail', async () => {
    withEnv({ SUBLET_DEMO: '1' });
    const market = await rentalMarket();
    const host = await db.user.findUniqueOrThrow({ where: { id: market.host.userId } });
    await setPreferences(market.host, { timeZone: 'America/New_York', locale: 'en-US' }, at('12:00'));
    await market.book({ durationSeconds: 3_600 });
    await deliverNotices(at('12:02'));
    const said = 'Until Nov 23, 2026, 8:00 AM GMT-5 at the latest.';
    expect((await noticesOfViewer(market.host)).rows[0]?.body).toBe(said);
    const [mail] = await sql<{ text: string }>('SELECT text FROM mails WHERE to_address = $1', [host.email]);
    expect(mail?.text).toContain(said);
  });

  it('says when in the zone of the browser in which its reader signed in, until they choose another', async () => {
    withEnv({ SUBLET_DEMO: '1' });
    const market = await rentalMarket();
    const saidAt = async (time: string) => {
      await market.book({ durationSeconds: 3_600 });
      await deliverNotices(at(time));
      return (await noticesOfViewer(market.host)).rows[0]?.body;
    };
    await noteBrowserZone(market.host.userId, 'Asia/Tokyo');
    await noteBrowserZone(market.host.userId, undefined);
    expect(await saidAt('12:02')).toBe('Until 23 Nov 2026, 22:00 GMT+9 at the latest.');
    await setPreferences(market.host, { timeZone: 'Europe/Berlin' }, at('12:00'));
    await noteBrowserZone(market.host.userId, 'Asia/Tokyo');
    expect(await saidAt('12:03')).toBe('Until 23 Nov 2026, 14:00 CET at the latest.');
  });

  it('is not lost when an earlier event commits after a later one', async () => {
    const early = await person();
    const late = await person();
    const slow = new pg.Client({ connectionString: databaseUrl });
    await slow.connect();
    await slow.query('BEGIN');
    const { rows } = await slow.query(
      `INSERT INTO events (kind, user_id, data, created_at) VALUES ('account.restored', $1, '{}', now()) RETURNING id`,
      [early.userId],
    );
    await slow.query('INSERT INTO unnoticed_events VALUES ($1)', [rows[0].id]);
    await addSshKey(late, { publicKey: KEY }, at('12:00'));
    await deliverNotices(at('12:01'));
    expect(await unreadCount(late)).toBe(1);
    await slow.query('COMMIT');
    await slow.end();
    await deliverNotices(at('12:02'));
    expect(await unreadCount(early)).toBe(1);
  });

  it('cannot be written twice for one event, even past the queue', async () => {
    const [row] = await sql<{ user_id: string; event_id: string }>('SELECT user_id, event_id FROM notices LIMIT 1');
    const again = sql(
      `INSERT INTO notices (id, user_id, kind, title, body, event_id, created_at) VALUES ('ntc_x', $1, 'x', 'x', 'x', $2, now())`,
      [row?.user_id, row?.event_id],
    );
    await expect(again).rejects.toThrow(/notices_user_id_event_id_key/);
  });

  it('says the reason when an account is suspended, and is read only by its owner', async () => {
    const admin = await person({ role: 'admin' });
    const bob = await person();
    const eve = await person();
    await suspendUser(admin, { userId: bob.userId, reason: 'mined on stolen cards' }, at('12:00'));
    await deliverNotices(at('12:01'));
    const { rows } = await noticesOfViewer({ ...bob, suspended: true });
    expect(rows[0]?.body).toContain('mined on stolen cards');
    expect((await noticesOfViewer(eve)).rows).toEqual([]);
    expect(await markNoticesRead(eve, { id: rows[0]?.id ?? '' }, at('12:02'))).toBe(0);
    expect(await markNoticesRead(bob, { upTo: rows[0]?.id ?? '' }, at('12:02'))).toBe(1);
    expect(await unreadCount(bob)).toBe(0);
  });

  it('does not hold up the others when one event cannot be told', async () => {
    const gus = await person();
    const rows = await sql<{ id: string }>(
      `INSERT INTO events (kind, user_id, data, created_at) VALUES ('account.restored', 'usr_nobody', '{}', now()) RETURNING id`,
    );
    await sql('INSERT INTO unnoticed_events VALUES ($1)', [rows[0]?.id]);
    await addSshKey(gus, { publicKey: KEY }, at('12:00'));
    expect(await deliverNotices(at('12:01'))).toBe(1);
    expect(await unreadCount(gus)).toBe(1);
    expect(await sql('SELECT * FROM unnoticed_events')).toHaveLength(1);
    await sql('DELETE FROM unnoticed_events');
  });
});

describe('mail', () => {
  it('leaves through the mail server once, to one address, with nothing in its headers that does not belong there', async () => {
    await allSent();
    const server = await mailServer();
    withEnv({ SMTP_URL: server.url, MAIL_FROM: 'Sublet <market@example.org>' });
    const hal = await person({ name: 'Hal "the\u00a0machine" <hal@evil.example>' });
    await addSshKey(hal, { publicKey: KEY, name: 'x\r\nBcc: eve@example.org' }, at('12:00'));
    await deliverNotices(at('12:01'));
    await Promise.all([sendMail(at('12:02')), sendMail(at('12:02'))]);
    expect(await sendMail(at('12:03'))).toBe(0);
    expect(server.received).toHaveLength(1);
    const [letter] = server.received;
    expect(letter?.to).toEqual([`RCPT TO:<${hal.email}>`]);
    const headers = letter?.data.split('\r\n\r\n')[0] ?? '';
    expect(headers).not.toMatch(/^bcc:/im);
    expect(headers).toMatch(/^Message-ID: <mal_[0-9a-z]+@127\.0\.0\.1>$/im);
    expect(headers).toMatch(/^From: Sublet <market@example.org>$/m);
    const [row] = await sql('SELECT sent_via, attempts FROM mails WHERE to_address = $1', [hal.email]);
    expect(row).toEqual({ sent_via: 'smtp', attempts: 1 });
    server.close();
  });

  it('waits when the mail server refuses, longer each time, and is given up in the end with the reason kept', async () => {
    await allSent();
    const server = await mailServer();
    server.state.refuse = '451 try later';
    withEnv({ SMTP_URL: server.url });
    const ida = await person();
    await addSshKey(ida, { publicKey: KEY }, at('12:00'));
    await deliverNotices(at('12:00'));
    expect(await sendMail(at('12:00'))).toBe(0);
    expect(await sendMail(at('12:00:29'))).toBe(0);
    const state = () => sql('SELECT attempts, last_error, gave_up_at FROM mails WHERE to_address = $1', [ida.email]);
    expect(await state()).toMatchObject([
      { attempts: 1, last_error: expect.stringContaining('451'), gave_up_at: null },
    ]);
    for (let day = 24; day < 30; day += 1)
      for (const hour of ['00', '06', '12', '18'])
        await sendMail({ now: () => new Date(`2026-11-${day}T${hour}:00:00Z`) });
    expect(await state()).toMatchObject([{ attempts: 14, gave_up_at: expect.any(Date) }]);
    server.state.refuse = null;
    expect(await sendMail({ now: () => new Date('2027-01-01T00:00:00Z') })).toBe(0);
    server.close();
  });

  it('stays on the mail page of a demo market, and waits in any other market without a mail server', async () => {
    await allSent();
    const joe = await person();
    await addSshKey(joe, { publicKey: KEY }, at('12:00'));
    await deliverNotices(at('12:00'));
    expect(await sendMail(at('12:00'))).toBe(0);
    const [waiting] = await sql('SELECT sent_at, last_error FROM mails WHERE to_address = $1', [joe.email]);
    expect(waiting).toMatchObject({ sent_at: null, last_error: expect.stringContaining('SMTP_URL') });
    withEnv({ SUBLET_DEMO: '1' });
    expect(await sendMail(at('12:01'))).toBe(1);
    const [shown] = await sql('SELECT sent_via FROM mails WHERE to_address = $1', [joe.email]);
    expect(shown).toEqual({ sent_via: 'page' });
    expect((await demoMail()).rows.map((row) => row.toAddress)).toContain(joe.email);
  });

  it('is sent again by another worker when one died in the middle', async () => {
    await allSent();
    const server = await mailServer();
    withEnv({ SMTP_URL: server.url });
    const kim = await person();
    await addSshKey(kim, { publicKey: KEY }, theWorld);
    await deliverNotices();
    // Claimed, and then nothing: as a worker leaves it that was killed before it could send.
    await sql(`UPDATE mails SET attempts = 1, next_try_at = '2030-01-01' WHERE to_address = $1`, [kim.email]);
    expect(await sendMail()).toBe(0);
    expect(await sendMail({ now: () => new Date('2030-01-01T00:00:01Z') })).toBe(1);
    expect(server.received).toHaveLength(1);
    server.close();
  });
});
