import '#tests/support/database.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { createApiToken } from '#lib/auth/create-api-token.ts';
import { endBooking } from '#lib/bookings/end-booking.ts';
import { endBookingByHost } from '#lib/bookings/end-booking-by-host.ts';
import { lockEnd } from '#lib/bookings/lock-end.ts';
import { rentalOf } from '#lib/bookings/queries/rental.ts';
import { stopBooking } from '#lib/bookings/stop-booking.ts';
import { db } from '#lib/io/db.ts';
import { endExpiredLeases } from '#lib/leases/end-expired-leases.ts';
import { expireKeptDisks } from '#lib/leases/expire-kept-disks.ts';
import { refusal } from '#tests/support/ask.ts';
import { sql } from '#tests/support/database.ts';
import { person } from '#tests/support/people.ts';
import { type RentalHand, type RentalMarket, rentalMarket } from '#tests/support/rental.ts';

let market: RentalMarket;
let rental: RentalHand;
beforeEach(async () => {
  market = await rentalMarket();
  rental = await market.book({ durationSeconds: 7_200 });
  await rental.connect();
});

const lock = (locked = true) => lockEnd(market.renter, { bookingId: rental.id, locked }, market.clock.world);
const end = () => endBooking(market.renter, { bookingId: rental.id }, market.clock.world);
const seen = () => rentalOf(market.renter, rental.id, market.clock.now());

describe('a booking that its renter locked', () => {
  it('is not ended by their hand until they unlock it, and says so', async () => {
    await lock();
    const refused = await refusal(end());
    expect(refused.reason).toBe('endLocked');
    expect(refused.sentence).toContain('Unlock it first');
    expect(await seen()).toMatchObject({ desired: 'running', endLockedAt: market.clock.now() });
    expect((await seen()).actions).not.toContain('end');
    expect((await seen()).actions).toContain('unlockEnd');
    await lock(false);
    await end();
    expect(await rental.booking()).toMatchObject({ desired: 'ended', reason: 'renterEnded' });
  });

  it('can be stopped: its disk is kept', async () => {
    await lock();
    await stopBooking(market.renter, { bookingId: rental.id }, market.clock.world);
    expect(await rental.booking()).toMatchObject({ desired: 'stopped' });
    expect((await refusal(end())).reason).toBe('endLocked');
  });

  it('stops when its paid time is over, and ends when its disk is no longer kept', async () => {
    await lock();
    market.clock.pass(7_201);
    await endExpiredLeases(market.clock.world);
    expect(await rental.booking()).toMatchObject({ desired: 'stopped', reason: 'windowEnded' });
    await rental.say('stopped');
    market.clock.pass(2 * 86_400);
    await expireKeptDisks(market.clock.world);
    expect(await rental.booking()).toMatchObject({ desired: 'ended', reason: 'diskExpired' });
  });

  it('can still be broken off by its host', async () => {
    await lock();
    const ask = { bookingId: rental.id, reason: 'The power goes off in this street.' };
    await endBookingByHost(market.host, ask, market.clock.world);
    expect(await rental.booking()).toMatchObject({ reason: 'hostEnded' });
  });

  it('tells nobody else that it is locked', async () => {
    await lock();
    expect((await rentalOf(market.host, rental.id, market.clock.now())).endLockedAt).toBeNull();
  });
});

describe('the lock', () => {
  it('is the renter’s alone, is asked for twice without harm, and is written down', async () => {
    for (const other of [market.host, await person(), await person({ role: 'admin' })])
      expect((await refusal(lockEnd(other, { bookingId: rental.id, locked: true }))).reason).toBe('notFound');
    await lock();
    await lock();
    await lock(false);
    await lock(false);
    const kinds = await db.event.findMany({ where: { bookingId: rental.id, kind: { startsWith: 'booking.end' } } });
    expect(kinds.map(({ kind }) => kind)).toEqual(['booking.endLocked', 'booking.endUnlocked']);
  });

  it('is none of what has ended', async () => {
    await end();
    expect((await refusal(lock())).reason).toBe('notNow');
    expect((await refusal(lock(false))).reason).toBe('notNow');
  });

  it('cannot stand on what runs a job, whoever writes it', async () => {
    await sql("UPDATE bookings SET at_exit = 'end' WHERE id = $1", [rental.id]);
    expect((await refusal(lock())).sentence).toContain('It runs a job');
    await expect(sql('UPDATE bookings SET end_locked_at = now() WHERE id = $1', [rental.id])).rejects.toThrow(
      'bookings_end_lock_of_no_job',
    );
  });

  it('is set and seen by the API, and ending is refused there too', async () => {
    const { token } = await createApiToken(market.renter, { label: 'test', days: 1 });
    const ask = (path: string, method: string, body: object) =>
      v1.request(
        `/bookings/${rental.id}/${path}`,
        {
          method,
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        },
        { address: '::1', cookieActor: null },
      );
    const put = await ask('end-lock', 'PUT', { locked: true });
    expect([put.status, await put.json()]).toEqual([200, { lockedAt: expect.stringMatching(/Z$/) }]);
    const ended = await ask('end', 'POST', {});
    expect([ended.status, await ended.json()]).toEqual([409, expect.objectContaining({ reason: 'endLocked' })]);
    expect(await (await ask('end-lock', 'PUT', { locked: false })).json()).toEqual({ lockedAt: null });
    expect((await ask('end', 'POST', {})).status).toBe(200);
  });
});
