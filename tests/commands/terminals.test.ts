import '#tests/support/database.ts';
import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { newKey, publicLineOf } from '#components/terminal/ssh/login.ts';
import { v1 } from '#doors/v1/app.ts';
import { createApiToken } from '#lib/auth/create-api-token.ts';
import { revokeSession } from '#lib/auth/revoke-session.ts';
import type { Actor } from '#lib/base/actor.ts';
import { addSeconds } from '#lib/base/time.ts';
import { attachTerminal } from '#lib/bookings/attach-terminal.ts';
import { closeTerminals } from '#lib/bookings/close-terminals.ts';
import { endBooking } from '#lib/bookings/end-booking.ts';
import { endTerminal } from '#lib/bookings/end-terminal.ts';
import { extendBooking } from '#lib/bookings/extend-booking.ts';
import { forgetTerminalKeys } from '#lib/bookings/forget-terminal-keys.ts';
import { keepTerminal } from '#lib/bookings/keep-terminal.ts';
import { openTerminal } from '#lib/bookings/open-terminal.ts';
import { terminalsOf } from '#lib/bookings/queries/terminals.ts';
import { stopBooking } from '#lib/bookings/stop-booking.ts';
import { db } from '#lib/io/db.ts';
import { deliverNotices } from '#lib/notices/deliver-notices.ts';
import { noticesOfViewer } from '#lib/notices/queries.ts';
import { refusal } from '#tests/support/ask.ts';
import { sql } from '#tests/support/database.ts';
import { person } from '#tests/support/people.ts';
import { type RentalHand, type RentalMarket, rentalMarket } from '#tests/support/rental.ts';

let market: RentalMarket;
let rental: RentalHand;
let key: string;
beforeEach(async () => {
  market = await rentalMarket();
  rental = await market.book();
  await rental.connect();
  key = await publicLineOf(await newKey());
});

const open = (who: Actor = market.renter, publicKey = key) =>
  openTerminal(who, { bookingId: rental.id, publicKey }, market.clock.world);
const attach = (given: { terminalId: string; ticket: string }, who: Actor = market.renter) =>
  attachTerminal(who, given, market.clock.world);
const attached = async () => {
  const given = await open();
  await attach(given);
  return given.terminalId;
};
const letIn = async () => (await rental.permit()).authorizedKeys.includes(key);
const keep = (id: string) => keepTerminal(id, market.clock.world);
const sweep = () => forgetTerminalKeys(market.clock.world);

describe('a terminal in a page', () => {
  it('has its key let in by a new revision of the lease, and the machine woken, for as long as it is open', async () => {
    const before = await rental.permit();
    const { generation } = await db.machine.findUniqueOrThrow({ where: { id: market.machineId } });
    const id = await attached();
    const permit = await rental.permit();
    expect(permit.revision).toBe(before.revision + 1);
    expect(permit.authorizedKeys).toEqual([...before.authorizedKeys, key]);
    const woken = await db.machine.findUniqueOrThrow({ where: { id: market.machineId } });
    expect(woken.generation).toBeGreaterThan(generation);
    for (let minutes = 0; minutes < 10; minutes += 1) {
      market.clock.pass(60);
      expect(await keep(id)).toBeNull();
      await sweep();
    }
    expect(await letIn()).toBe(true);
    const { endsAt } = await rental.booking();
    await extendBooking(
      market.renter,
      { bookingId: rental.id, endsAt: addSeconds(endsAt, -1) },
      market.clock.world,
    ).catch(() => undefined);
    await endTerminal(id, 'idle', market.clock.world);
    expect(await sweep()).toBe(1);
    expect(await sweep()).toBe(0);
    expect(await letIn()).toBe(false);
    expect((await rental.permit()).authorizedKeys).toEqual(before.authorizedKeys);
  });

  it('is taken up again with its key after its connection was lost, within two minutes and without a new revision', async () => {
    const id = await attached();
    const { revision } = await rental.permit();
    await endTerminal(id, 'lost', market.clock.world);
    market.clock.pass(100);
    await sweep();
    expect(await letIn()).toBe(true);
    const again = await attached();
    expect((await rental.permit()).revision).toBe(revision);
    market.clock.pass(60);
    await keep(again);
    await sweep();
    expect(await letIn(), 'the one before is over, this one is not').toBe(true);
    await endTerminal(again, 'lost', market.clock.world);
    market.clock.pass(121);
    await sweep();
    expect(await letIn()).toBe(false);
  });

  it('loses its key also when whoever carried it died without a word', async () => {
    await attached();
    market.clock.pass(121);
    await sweep();
    expect(await letIn()).toBe(false);
    expect((await terminalsOf(market.renter, rental.id, market.clock.now())).open).toEqual([]);
    expect(await db.terminal.findMany({ where: { bookingId: rental.id } })).toMatchObject([{ endReason: 'lost' }]);
  });

  it('never crowds out what a permit may name', async () => {
    for (let count = 0; count < 60; count += 1) {
      await db.sshKey.create({
        data: {
          id: `key_${count}_${rental.id}`,
          userId: market.renter.userId,
          name: 'x',
          kind: 'ssh-ed25519',
          publicKey: `ssh-ed25519 ${randomBytes(32).toString('base64')}`,
          fingerprint: `SHA256:${randomBytes(8).toString('hex')}`,
          createdAt: market.clock.now(),
        },
      });
    }
    await open();
    const { authorizedKeys } = await rental.permit();
    expect(authorizedKeys).toHaveLength(50);
    expect(authorizedKeys.at(-1)).toBe(key);
  });

  it('is told of on the bell, once a session', async () => {
    await open();
    await open();
    await deliverNotices(market.clock.world);
    const { rows } = await noticesOfViewer(market.renter);
    expect(rows.filter(({ title }) => title.includes('was opened in a page'))).toHaveLength(1);
  });
});

describe('a ticket', () => {
  it('leads to the port of the booking, once, and by nobody but the session that it was given to', async () => {
    const given = await open();
    const other = await person();
    const sameUser = { ...market.renter, sessionId: other.sessionId };
    for (const who of [other, sameUser, market.host])
      expect((await refusal(attach(given, who))).reason).toBe('linkInvalid');
    expect((await refusal(attach({ ...given, ticket: 'guessed' }))).reason).toBe('linkInvalid');
    const { gatewayPort } = await rental.booking();
    expect(await attach(given)).toEqual({ bookingId: rental.id, host: 'gw.example.test', port: gatewayPort });
    expect((await refusal(attach(given))).reason, 'used').toBe('linkInvalid');
  });

  it('is used by one of many who try at the same time', async () => {
    const given = await open();
    const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => attach(given)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('is good for half a minute, and stands nowhere in the database', async () => {
    const given = await open();
    const [row] = await sql<{ text: string }>('SELECT to_jsonb(t)::text AS text FROM terminals t WHERE id = $1', [
      given.terminalId,
    ]);
    expect(row?.text).not.toContain(given.ticket);
    market.clock.pass(30);
    expect((await refusal(attach(given))).reason).toBe('linkInvalid');
  });
});

describe('who opens one', () => {
  it('is the renter in a browser, with an Ed25519 key', async () => {
    for (const other of [market.host, await person(), await person({ role: 'admin' })])
      expect((await refusal(open(other))).reason).toBe('notFound');
    expect((await refusal(open({ ...market.renter, suspended: true }))).reason).toBe('suspended');
    await sql("UPDATE sessions SET kind = 'api' WHERE id = $1", [market.renter.sessionId]);
    expect((await refusal(open())).reason).toBe('forbidden');
    await sql("UPDATE sessions SET kind = 'browser' WHERE id = $1", [market.renter.sessionId]);
    for (const wrong of ['', 'ssh-ed25519 AAAA', 'ecdsa-sha2-nistp256 AAAA', `${key}\nssh-rsa x`])
      expect((await refusal(open(market.renter, wrong))).reason).toBe('badInput');
  });

  it('has four at once, and many within ten minutes, and hears a sentence beyond that', async () => {
    const ids = [];
    for (let count = 0; count < 4; count += 1) ids.push(await attached());
    expect((await refusal(open())).sentence).toContain('4 terminals of this booking are open');
    await endTerminal(ids[0] ?? '', 'closed', market.clock.world);
    for (let count = 0; count < 26; count += 1)
      await endTerminal((await open()).terminalId, 'lost', market.clock.world);
    expect((await refusal(open())).reason).toBe('tooManyAttempts');
    market.clock.pass(601);
    await open();
  });

  it('hears why there is none: not ready, stopped, ended', async () => {
    const other = await market.book();
    const ask = () => openTerminal(market.renter, { bookingId: other.id, publicKey: key }, market.clock.world);
    expect((await refusal(ask())).sentence).toContain('not ready yet');
    await rental.run(60);
    await stopBooking(market.renter, { bookingId: rental.id }, market.clock.world);
    expect((await refusal(open())).sentence).toContain('It is stopped.');
    await endBooking(market.renter, { bookingId: rental.id }, market.clock.world);
    expect((await refusal(open())).sentence).toContain('It has ended.');
  });
});

describe('an open terminal ends', () => {
  it.each([
    [
      'with its session',
      'sessionOver',
      () => revokeSession(market.renter, { id: market.renter.sessionId }, market.clock.world),
    ],
    [
      'when its person is suspended',
      'sessionOver',
      () => sql('UPDATE users SET suspended_at = now() WHERE id = $1', [market.renter.userId]),
    ],
    [
      'when the rental is stopped',
      'rentalOver',
      () => stopBooking(market.renter, { bookingId: rental.id }, market.clock.world),
    ],
    [
      'when the rental ends',
      'rentalOver',
      () => endBooking(market.renter, { bookingId: rental.id }, market.clock.world),
    ],
    [
      'when its renter closes it from elsewhere',
      'closed',
      () => closeTerminals(market.renter, { bookingId: rental.id, forGood: false }, market.clock.world),
    ],
    [
      'when its renter switches terminals off',
      'closed',
      () => closeTerminals(market.renter, { bookingId: rental.id, forGood: true }, market.clock.world),
    ],
  ])('%s', async (_, reason, happens) => {
    await rental.run(60);
    const id = await attached();
    expect(await keep(id)).toBeNull();
    await happens();
    expect(await keep(id)).toBe(reason);
    await endTerminal(id, 'sessionOver', market.clock.world);
    await sweep();
    if (reason !== 'rentalOver') expect(await letIn()).toBe(false);
  });

  it('for good, where its renter wants none: nobody switches that back', async () => {
    await closeTerminals(market.renter, { bookingId: rental.id, forGood: true }, market.clock.world);
    expect((await terminalsOf(market.renter, rental.id, market.clock.now())).locked).toBe(true);
    expect((await refusal(open())).sentence).toContain('switched terminals in pages off');
    await closeTerminals(market.renter, { bookingId: rental.id, forGood: true }, market.clock.world);
    await expect(sql('DELETE FROM terminal_locks WHERE booking_id = $1', [rental.id])).rejects.toThrow(
      /terminal_locks/,
    );
    for (const other of [market.host, await person()]) {
      const ask = { bookingId: rental.id, forGood: true };
      expect((await refusal(closeTerminals(other, ask, market.clock.world))).reason).toBe('notFound');
      expect((await refusal(terminalsOf(other, rental.id, market.clock.now()))).reason).toBe('notFound');
    }
  });

  it('at the API, for the renter alone', async () => {
    const id = await attached();
    const path = `/bookings/${rental.id}/terminals`;
    await sql('UPDATE terminals SET seen_at = now() WHERE id = $1', [id]);
    const look = (cookieActor: Actor | null) => v1.request(path, {}, { address: '::1', cookieActor });
    expect(await (await look(market.renter)).json()).toMatchObject({ locked: false, open: [{ id, here: true }] });
    expect([(await look(null)).status, (await look(market.host)).status]).toEqual([401, 404]);
    const token = async (who: Actor) => (await createApiToken(who, { label: 'test', days: 1 })).token;
    const close = async (who: Actor) =>
      v1.request(
        `${path}/close`,
        {
          method: 'POST',
          headers: { authorization: `Bearer ${await token(who)}`, 'content-type': 'application/json' },
          body: '{}',
        },
        { address: '::1', cookieActor: null },
      );
    expect((await close(market.host)).status).toBe(404);
    expect(await (await close(market.renter)).json()).toEqual({ locked: false, open: [] });
    expect(await keep(id)).toBe('closed');
  });

  it('and its row is refused by the database when it says half of that', async () => {
    const id = await attached();
    const set = (what: string) => sql(`UPDATE terminals SET ${what} WHERE id = $1`, [id]);
    await expect(set('ended_at = now()')).rejects.toThrow(/terminals_ended/);
    await expect(set('seen_at = NULL')).rejects.toThrow(/terminals_seen/);
    await expect(set("public_key = 'ssh-ed25519 x'")).rejects.toThrow(/terminals_key/);
  });
});
