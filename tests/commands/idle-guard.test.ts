import '#tests/support/database.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { addSeconds } from '#lib/base/time.ts';
import { db } from '#lib/io/db.ts';
import { deliverNotices } from '#lib/notices/deliver-notices.ts';
import { noticesOfViewer } from '#lib/notices/queries.ts';
import { guardIdle } from '#lib/telemetry/guard-idle.ts';
import { idleGuardOf } from '#lib/telemetry/queries/idle.ts';
import { setIdleGuard } from '#lib/telemetry/set-idle-guard.ts';
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

const MINUTES = 60;
/** Time passes, sampled every five seconds; `load` is the utilisation of each GPU, null for one that says nothing. */
async function passes(seconds: number, load: (number | null)[], skip: (index: number) => boolean = () => false) {
  const from = market.clock.now();
  const rows = Array.from({ length: Math.floor(seconds / 5) }, (_, index) => addSeconds(from, index * 5)).filter(
    (_, index) => !skip(index),
  );
  const list = (figures: (number | null)[]) => `{${figures.map((figure) => figure ?? 'NULL').join(',')}}`;
  await sql(
    `INSERT INTO metric_samples (booking_id, at, gpu_utilisation_percent, gpu_memory_used_bytes, gpu_power_watts, gpu_temperature_celsius)
     SELECT $1, to_timestamp(floor(extract(epoch FROM at) / 5) * 5), $3::smallint[], $4::bigint[], $4::real[], $4::smallint[]
     FROM unnest($2::timestamptz[]) AS at ON CONFLICT DO NOTHING`,
    [rental.id, rows, list(load), list(load.map(() => null))],
  );
  market.clock.pass(seconds);
  await guardIdle(market.clock.world);
}
const kinds = async () =>
  (await db.event.findMany({ where: { bookingId: rental.id }, orderBy: { id: 'asc' } }))
    .map(({ kind }) => kind)
    .filter((kind) => kind.startsWith('booking.idle'));

describe('a rental whose GPUs do nothing', () => {
  it('is told of once after 20 minutes, and again when it worked in between', async () => {
    await passes(19 * MINUTES, [0]);
    expect(await kinds()).toEqual([]);
    await passes(2 * MINUTES, [4]);
    expect(await kinds()).toEqual(['booking.idle']);
    await passes(60 * MINUTES, [0]);
    expect(await kinds()).toEqual(['booking.idle']);
    expect((await idleGuardOf(market.renter, rental.id)).noticedAt).not.toBeNull();
    await passes(5, [50]);
    expect((await idleGuardOf(market.renter, rental.id)).noticedAt).toBeNull();
    await passes(21 * MINUTES, [0]);
    expect(await kinds()).toEqual(['booking.idle', 'booking.idle']);
    expect(await rental.booking()).toMatchObject({ desired: 'running' });
    await deliverNotices(market.clock.world);
    const { rows } = await noticesOfViewer(market.renter);
    const idle = rows.filter(({ title }) => title.includes('do nothing'));
    expect(idle).toHaveLength(2);
    expect(idle[0]?.body).toContain('It costs $3.60');
    expect((await noticesOfViewer(market.host)).rows.some(({ title }) => title.includes('do nothing'))).toBe(false);
  });

  it.each([
    ['one GPU works', [0, 5], () => false],
    ['one GPU does not say what it does', [0, null], () => false],
    ['half of the samples are missing', [0], (index: number) => index % 2 === 0],
    ['it uses 5 %', [5], () => false],
  ] as const)('is not idle while %s', async (_, load, skip) => {
    await passes(40 * MINUTES, [...load], skip);
    expect(await kinds()).toEqual([]);
  });

  it('is told of although an agent that restarted missed a few samples', async () => {
    await passes(21 * MINUTES, [0], (index) => index >= 100 && index < 108);
    expect(await kinds()).toEqual(['booking.idle']);
  });

  it('is stopped when its renter wants that: as by hand, its disk kept, and said so', async () => {
    await setIdleGuard(market.renter, { bookingId: rental.id, stops: true }, market.clock.world);
    await passes(19 * MINUTES, [0]);
    expect(await rental.booking()).toMatchObject({ desired: 'running' });
    await passes(2 * MINUTES, [0]);
    const stopped = await rental.booking();
    expect(stopped).toMatchObject({ desired: 'stopped', billable: 'disk', reason: 'idleStopped' });
    expect(stopped.diskUntil?.getTime()).toBeGreaterThan(market.clock.now().getTime());
    await rental.say('stopped');
    await passes(21 * MINUTES, [0]);
    expect(await kinds()).toEqual(['booking.idleGuardSet', 'booking.idleStopped']);
    await deliverNotices(market.clock.world);
    const { rows } = await noticesOfViewer(market.renter);
    const titles = rows.map(({ title }) => title);
    expect(titles.filter((title) => title.includes('was stopped'))).toHaveLength(1);
    expect(titles.some((title) => title.includes('was stopped: its GPUs did nothing'))).toBe(true);
  });

  it('is stopped at the next look when that is wanted after the notice', async () => {
    await passes(21 * MINUTES, [0]);
    await setIdleGuard(market.renter, { bookingId: rental.id, stops: true }, market.clock.world);
    await passes(60, [0]);
    expect(await rental.booking()).toMatchObject({ desired: 'stopped', reason: 'idleStopped' });
  });

  it('runs on when it runs a command to its end: that end is waited for', async () => {
    await sql("UPDATE bookings SET at_exit = 'end' WHERE id = $1", [rental.id]);
    await setIdleGuard(market.renter, { bookingId: rental.id, stops: true }, market.clock.world);
    await passes(21 * MINUTES, [0]);
    expect(await rental.booking()).toMatchObject({ desired: 'running' });
    expect(await kinds()).toEqual(['booking.idleGuardSet', 'booking.idle']);
  });

  it('is stopped once, however many workers look', async () => {
    await setIdleGuard(market.renter, { bookingId: rental.id, stops: true }, market.clock.world);
    await passes(19.5 * MINUTES, [0]);
    expect(await kinds()).toEqual(['booking.idleGuardSet']);
    const { clock } = market;
    clock.pass(30);
    await Promise.all([1, 2, 3].map(() => guardIdle(clock.world)));
    expect((await kinds()).filter((kind) => kind === 'booking.idleStopped').length).toBe(1);
  });
});

describe('the choice', () => {
  it('is the renter’s alone, and none once the booking has ended', async () => {
    const ask = { bookingId: rental.id, stops: true };
    for (const other of [market.host, await person(), await person({ role: 'admin' })]) {
      expect((await refusal(setIdleGuard(other, ask, market.clock.world))).reason).toBe('notFound');
      expect((await refusal(idleGuardOf(other, rental.id))).reason).toBe('notFound');
    }
    expect(await idleGuardOf(market.renter, rental.id)).toEqual({ stops: false, noticedAt: null });
    await sql("UPDATE bookings SET desired = 'ended' WHERE id = $1", [rental.id]);
    expect((await refusal(setIdleGuard(market.renter, ask, market.clock.world))).reason).toBe('notNow');
  });

  it('is made and read by the API', async () => {
    const bindings = { address: '::1', cookieActor: market.renter };
    const path = `/bookings/${rental.id}/idle-guard`;
    expect(await (await v1.request(path, {}, bindings)).json()).toEqual({ stops: false, noticedAt: null });
    const put = { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{"stops":true}' };
    expect((await v1.request(path, put, bindings)).status, 'a cookie alone changes nothing').toBe(401);
  });
});

describe('a reserved window that its renter wants stopped when it idles', () => {
  it('is given back by that, as by their own hand: it costs what its terms say', async () => {
    const { clock, renter } = market;
    rental = await market.book({ startsAt: addSeconds(clock.now(), 86_400), durationSeconds: 8 * 3_600 });
    clock.pass(86_400);
    await market.beat();
    await rental.connect();
    await setIdleGuard(renter, { bookingId: rental.id, stops: true }, clock.world);
    await passes(21 * MINUTES, [0]);
    expect(await rental.booking()).toMatchObject({ desired: 'stopped', reason: 'idleStopped' });
    // A quarter of 8 h at $3.60, less the 21 minutes that its machine is about to state.
    expect((await rental.lease()).cancellationMicros).toBe(7_200_000n - 1_260_000n);
    await deliverNotices(clock.world);
    const { rows } = await noticesOfViewer(renter);
    expect(rows.find(({ title }) => title.includes('did nothing'))?.body).toContain('$5.94 was paid for that');
  });
});
