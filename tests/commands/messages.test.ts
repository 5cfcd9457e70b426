import '#tests/support/database.ts';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '#lib/base/actor.ts';
import { DAY } from '#lib/base/time.ts';
import { endBooking } from '#lib/bookings/end-booking.ts';
import { db } from '#lib/io/db.ts';
import { settleLeases } from '#lib/leases/settle-leases.ts';
import { deliverNotices } from '#lib/notices/deliver-notices.ts';
import { noticesOfViewer, unreadCount } from '#lib/notices/queries.ts';
import { setNoticeChoices } from '#lib/notices/set-notice-choices.ts';
import { closeMessageReport } from '#lib/trust/close-message-report.ts';
import { decideDispute } from '#lib/trust/decide-dispute.ts';
import { forgetMessages } from '#lib/trust/forget-messages.ts';
import { markThreadRead } from '#lib/trust/mark-thread-read.ts';
import { openDispute } from '#lib/trust/open-dispute.ts';
import { openThreadToStaff } from '#lib/trust/open-thread-to-staff.ts';
import { messageReports, threadOf, threadsOf, unreadThreads } from '#lib/trust/queries/threads.ts';
import { reportMessage } from '#lib/trust/report-message.ts';
import { sendMessage } from '#lib/trust/send-message.ts';
import { KEPT_DAYS, WRITE_DAYS } from '#lib/trust/thread.ts';
import { refusal } from '#tests/support/ask.ts';
import { sql } from '#tests/support/database.ts';
import { person } from '#tests/support/people.ts';
import { type RentalHand, type RentalMarket, rentalMarket } from '#tests/support/rental.ts';

let market: RentalMarket;
let rental: RentalHand;
beforeEach(async () => {
  market = await rentalMarket();
  rental = await market.book();
  await rental.connect();
});

const key = () => `msg-${randomBytes(8).toString('hex')}`;
const write = async (who: Actor, text: string, idempotencyKey = key()) =>
  (await sendMessage(who, { bookingId: rental.id, text, idempotencyKey }, market.clock.world)).messageId;
const thread = (who: Actor) => threadOf(who, rental.id, {}, market.clock.now());
const readAll = async (who: Actor) =>
  markThreadRead(
    who,
    { bookingId: rental.id, upTo: (await thread(who)).messages.at(-1)?.id ?? '' },
    market.clock.world,
  );
const mails = async (who: Actor) => {
  await deliverNotices(market.clock.world);
  const { email } = await db.user.findUniqueOrThrow({ where: { id: who.userId } });
  const sent = await db.mail.findMany({ where: { toAddress: email, subject: { contains: 'wrote to you' } } });
  return sent.length;
};
const bells = async (who: Actor) => {
  await deliverNotices(market.clock.world);
  return (await noticesOfViewer(who)).rows.filter(({ title }) => title.includes('wrote to you')).length;
};
/** Ended, billed and paid. */
async function closed() {
  await rental.run(120);
  await endBooking(market.renter, { bookingId: rental.id }, market.clock.world);
  await rental.say('ended');
  market.clock.pass(180);
  await settleLeases(market.clock.world);
}

describe('renter and host of a booking', () => {
  it('write to each other, and each sees who wrote what, and what was seen', async () => {
    await write(market.renter, 'Is the disk an SSD?');
    market.clock.pass(60);
    await write(market.host, 'Yes.\nNVMe.');
    const seen = await thread(market.renter);
    expect(seen).toMatchObject({ side: 'renter', otherName: 'Host', unread: 1, whyNotWrite: null });
    expect(seen.messages).toMatchObject([
      { side: 'renter', own: true, read: false, unread: false, text: 'Is the disk an SSD?' },
      { side: 'host', own: false, unread: true, text: 'Yes.\nNVMe.' },
    ]);
    await readAll(market.host);
    expect((await thread(market.renter)).messages[0]?.read).toBe(true);
    expect((await thread(market.host)).unread).toBe(0);
  });

  it('are told once while they do not look: one bell and one mail in half an hour, which go when it is read', async () => {
    for (let count = 0; count < 5; count += 1) {
      await write(market.renter, `Line ${count}`);
      market.clock.pass(20);
    }
    expect(await bells(market.host)).toBe(1);
    expect(await mails(market.host)).toBe(1);
    expect(await mails(market.renter), 'nobody is told of their own').toBe(0);
    const before = await unreadCount(market.host);
    await readAll(market.host);
    expect(await unreadCount(market.host)).toBe(before - 1);
    market.clock.pass(300);
    await write(market.renter, 'One more thing');
    expect([await bells(market.host), await mails(market.host)]).toEqual([2, 1]);
    market.clock.pass(1_800);
    await write(market.renter, 'And another');
    expect([await bells(market.host), await mails(market.host)]).toEqual([3, 2]);
  });

  it('get one mail in half an hour also when they chose mail, and none when they chose none', async () => {
    await setNoticeChoices(market.host, { messages: { inApp: true, mail: true } }, market.clock.world);
    await setNoticeChoices(market.renter, { messages: { inApp: true, mail: false } }, market.clock.world);
    for (let count = 0; count < 4; count += 1) {
      await write(market.renter, `Line ${count}`);
      await write(market.host, `Answer ${count}`);
      await readAll(market.host);
      await readAll(market.renter);
      market.clock.pass(180);
    }
    expect([await bells(market.host), await mails(market.host)]).toEqual([4, 1]);
    expect([await bells(market.renter), await mails(market.renter)]).toEqual([4, 0]);
  });

  it('have no words of theirs in mails, notices or events', async () => {
    await write(market.renter, 'a secret of ours');
    await deliverNotices(market.clock.world);
    for (const table of ['events', 'notices', 'mails']) {
      const [row] = await sql<{ count: number }>(
        `SELECT count(*)::int AS count FROM ${table} t WHERE to_jsonb(t)::text LIKE '%a secret of ours%'`,
      );
      expect(row?.count, table).toBe(0);
    }
  });

  it('send a message once under one key, also when it is sent at the same time', async () => {
    const same = key();
    const ids = await Promise.all(Array.from({ length: 4 }, () => write(market.renter, 'Hello', same)));
    expect(new Set(ids).size).toBe(1);
    expect((await thread(market.host)).messages).toHaveLength(1);
    expect((await refusal(write(market.renter, 'Something else', same))).reason).toBe('conflict');
  });

  it('keep the order in which they wrote, also within one millisecond', async () => {
    const all = await Promise.all([0, 1, 2, 3, 4, 5].map((n) => write(n % 2 ? market.host : market.renter, `${n}`)));
    const { messages } = await thread(market.host);
    expect(messages.map(({ id }) => id)).toEqual([...all].sort());
    expect(new Set(messages.map(({ sentAt }) => sentAt.getTime())).size).toBe(6);
  });

  it('are held to so many messages, and what was refused is not there', async () => {
    for (let count = 0; count < 10; count += 1) await write(market.renter, `${count}`);
    const refused = await refusal(write(market.renter, 'too fast'));
    expect([refused.reason, refused.status]).toEqual(['tooManyAttempts', 429]);
    await write(market.host, 'The other side is not held up by that.');
    market.clock.pass(61);
    await write(market.renter, 'now it goes');
    expect((await thread(market.host)).messages).toHaveLength(12);
  });

  it('write until a month after the end, and read on', async () => {
    await closed();
    await write(market.renter, 'Thank you');
    market.clock.pass(WRITE_DAYS * 86_400);
    expect((await refusal(write(market.renter, 'Hello?'))).reason).toBe('notNow');
    expect(await thread(market.renter)).toMatchObject({ whyNotWrite: expect.stringContaining('30 days ago') });
    expect((await thread(market.renter)).messages).toHaveLength(1);
  });

  it('cannot write while suspended, and can read', async () => {
    const suspended = { ...market.renter, suspended: true };
    expect((await refusal(write(suspended, 'x'))).reason).toBe('suspended');
    expect((await thread(suspended)).whyNotWrite).toContain('suspended');
  });
});

describe('others', () => {
  it('find nothing, whatever they ask', async () => {
    const messageId = await write(market.renter, 'Between us');
    for (const other of [await person(), await person({ role: 'admin' })]) {
      expect((await refusal(thread(other))).reason).toBe('notFound');
      expect((await refusal(write(other, 'x'))).reason).toBe('notFound');
      expect((await refusal(reportMessage(other, { messageId, reason: 'x' }))).reason).toBe('notFound');
      const upTo = { bookingId: rental.id, upTo: messageId };
      expect((await refusal(markThreadRead(other, upTo))).reason).toBe('notFound');
      expect((await threadsOf(other)).rows).toEqual([]);
    }
    const admin = await person({ role: 'admin' });
    const why = { bookingId: rental.id, reason: 'Curious' };
    expect((await refusal(openThreadToStaff(admin, why, market.clock.world))).reason, 'nothing is disputed').toBe(
      'notFound',
    );
  });

  it('are let in as staff while it is disputed, when they said why, for an hour; and both sides see it', async () => {
    await write(market.renter, 'The GPU is gone');
    await closed();
    const { world } = market.clock;
    const asked = { bookingId: rental.id, amountMicros: null, reason: 'It was gone.' };
    await openDispute(market.renter, asked, world);
    const admin = await person({ role: 'admin' });
    expect((await refusal(thread(admin))).reason).toBe('forbidden');
    await openThreadToStaff(admin, { bookingId: rental.id, reason: 'For the dispute' }, world);
    expect(await thread(admin)).toMatchObject({ side: 'staff', unread: 0, whyNotWrite: 'Renter and host write here.' });
    expect((await refusal(write(admin, 'x'))).reason).toBe('notFound');
    const another = await person({ role: 'admin' });
    expect((await refusal(thread(another))).reason, 'each says why for themselves').toBe('forbidden');
    expect((await refusal(openThreadToStaff(market.host, { bookingId: rental.id, reason: 'x' }, world))).reason).toBe(
      'forbidden',
    );
    const [event] = await db.event.findMany({ where: { bookingId: rental.id, kind: 'thread.openedToStaff' } });
    expect(event).toMatchObject({ actorId: admin.userId, reason: 'For the dispute' });
    market.clock.pass(3_601);
    expect((await refusal(thread(admin))).reason).toBe('forbidden');
  });
});

describe('a report', () => {
  it('shows staff one message, once, and tells its outcome to whoever reported it', async () => {
    const { world } = market.clock;
    const own = await write(market.renter, 'Hello');
    const bad = await write(market.host, 'Pay me outside of this market');
    const admin = await person({ role: 'admin' });
    expect((await refusal(reportMessage(market.renter, { messageId: own, reason: 'x' }, world))).reason).toBe('notNow');
    expect((await refusal(reportMessage(market.renter, { messageId: bad, reason: ' ' }, world))).reason).toBe(
      'badInput',
    );
    const { reportId } = await reportMessage(market.renter, { messageId: bad, reason: 'He wants cash' }, world);
    expect((await refusal(reportMessage(market.renter, { messageId: bad, reason: 'Again' }, world))).reason).toBe(
      'notNow',
    );
    const { rows } = await messageReports(admin, { state: 'open' });
    expect(rows.find(({ id }) => id === reportId)).toMatchObject({
      text: 'Pay me outside of this market',
      reason: 'He wants cash',
      author: { id: market.host.userId },
    });
    expect((await thread(market.renter)).messages.at(-1)?.report).toBe('open');
    expect((await thread(market.host)).messages.at(-1)?.report, 'its author is not told').toBeNull();
    await deliverNotices(world);
    expect((await noticesOfViewer(admin)).rows.some(({ title }) => title.includes('was reported'))).toBe(true);
    expect((await refusal(messageReports(market.host, { state: 'open' }))).reason).toBe('forbidden');
    expect((await refusal(closeMessageReport(market.host, { reportId, outcome: 'x' }, world))).reason).toBe(
      'forbidden',
    );
    const outcomes = await Promise.allSettled(
      [admin, await person({ role: 'admin' })].map((one) =>
        closeMessageReport(one, { reportId, outcome: 'Warned.' }, world),
      ),
    );
    expect(outcomes.map(({ status }) => status).sort(), 'two admins cannot close one').toEqual([
      'fulfilled',
      'rejected',
    ]);
    await deliverNotices(world);
    expect((await noticesOfViewer(market.renter)).rows.some(({ body }) => body === 'Warned.')).toBe(true);
    expect((await noticesOfViewer(market.host)).rows.some(({ title }) => title.includes('warn'))).toBe(false);
    expect((await thread(market.renter)).messages.at(-1)?.report).toBe('closed');
  });
});

describe('threads', () => {
  it('are listed with the newest first and what is unread, in pages', async () => {
    const hands = [rental, await market.book()];
    for (const hand of hands) {
      for (const text of ['first', 'last']) {
        market.clock.pass(1);
        await sendMessage(market.renter, { bookingId: hand.id, text, idempotencyKey: key() }, market.clock.world);
      }
    }
    const { rows } = await threadsOf(market.host, { machineId: market.machineId });
    expect(rows.map(({ id }) => id)).toEqual(hands.map(({ id }) => id).reverse());
    expect(rows[0]).toMatchObject({ side: 'host', lastText: 'last', lastOwn: false, unread: 2 });
    const first = await threadsOf(market.host, { take: 1 });
    const second = await threadsOf(market.host, { take: 1, after: first.next ?? '' });
    expect([first.rows[0]?.id, second.rows[0]?.id, second.next]).toEqual([rows[0]?.id, rows[1]?.id, null]);
    expect(await unreadThreads(market.host)).toBe(2);
    await readAll(market.host);
    expect(await unreadThreads(market.host)).toBe(1);
    expect(
      (await threadsOf(market.renter, { machineId: market.machineId })).rows,
      'of machines that one hosts',
    ).toEqual([]);
    expect((await threadsOf(market.renter)).rows[0]).toMatchObject({ side: 'renter', lastOwn: true, unread: 0 });
  });

  it('are shown a page at a time without losing or repeating a message', async () => {
    for (let count = 0; count < 7; count += 1) {
      market.clock.pass(10);
      await write(market.renter, `${count}`);
    }
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 9 }), async (take) => {
        const texts: string[] = [];
        let before: string | undefined;
        do {
          const page = await threadOf(market.host, rental.id, { take, before }, market.clock.now());
          texts.unshift(...page.messages.map(({ text }) => text));
          before = page.before ?? undefined;
        } while (before !== undefined);
        expect(texts.join('')).toBe('0123456');
      }),
      { numRuns: 9 },
    );
  });

  it('are forgotten when nobody can need them any more, and not before', async () => {
    const { clock } = market;
    await write(market.renter, 'Keep this');
    const bad = await write(market.host, 'bad');
    await reportMessage(market.renter, { messageId: bad, reason: 'bad' }, clock.world);
    const count = () => db.message.count({ where: { bookingId: rental.id } });
    clock.pass((KEPT_DAYS * DAY) / 1_000);
    await forgetMessages(clock.world);
    expect(await count(), 'it runs').toBe(2);
    await closed();
    const { disputeId } = await openDispute(
      market.renter,
      { bookingId: rental.id, amountMicros: null, reason: 'x' },
      clock.world,
    );
    clock.pass((KEPT_DAYS * DAY) / 1_000 + 1);
    await forgetMessages(clock.world);
    expect(await count(), 'it is disputed').toBe(2);
    const admin = await person({ role: 'admin' });
    await decideDispute(admin, { disputeId, outcome: 'none', partMicros: null, reason: 'No.' }, clock.world);
    clock.pass((KEPT_DAYS * DAY) / 1_000 - 1);
    expect(await forgetMessages(clock.world)).toBe(0);
    clock.pass(2);
    await forgetMessages(clock.world);
    expect(await count()).toBe(0);
    expect(await forgetMessages(clock.world)).toBe(0);
    expect((await thread(market.renter)).messages).toEqual([]);
    expect((await messageReports(admin, { state: 'open' })).rows.some(({ text }) => text === 'bad')).toBe(true);
  });
});

describe('the database itself', () => {
  it('refuses what no message is', async () => {
    const id = await write(market.renter, 'As it was');
    await expect(sql("UPDATE messages SET text = 'other' WHERE id = $1", [id])).rejects.toThrow(/messages/);
    const insert = `INSERT INTO messages (id, booking_id, author_id, side, text, idempotency_key, sent_at)
      VALUES ('msg_x', $1, $2, $3, $4, 'attack-key', now())`;
    const stranger = await person();
    await expect(sql(insert, [rental.id, stranger.userId, 'renter', 'x'])).rejects.toThrow(/messages_of_a_side/);
    await expect(sql(insert, [rental.id, market.renter.userId, 'host', 'x'])).rejects.toThrow(/messages_of_a_side/);
    await expect(sql(insert, [rental.id, market.host.userId, 'staff', 'x'])).rejects.toThrow(/messages_side/);
    for (const text of ['', ' \n ', 'x'.repeat(2_001)])
      await expect(sql(insert, [rental.id, market.renter.userId, 'renter', text])).rejects.toThrow(/messages_text/);
  });

  it('refuses a report of oneself, half a closing, and a closing that changes', async () => {
    const messageId = await write(market.host, 'x');
    const { world } = market.clock;
    const { reportId } = await reportMessage(market.renter, { messageId, reason: 'x' }, world);
    const set = (what: string) => sql(`UPDATE message_reports SET ${what} WHERE id = $1`, [reportId]);
    await expect(set('reporter_id = author_id')).rejects.toThrow(/message_reports_others/);
    await expect(set('closed_at = now()')).rejects.toThrow(/message_reports_closed_whole/);
    await closeMessageReport(await person({ role: 'admin' }), { reportId, outcome: 'Seen' }, world);
    await expect(set("outcome = 'Other'")).rejects.toThrow(/message_reports/);
  });
});
