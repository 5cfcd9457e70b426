import '#tests/support/database.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { createApiToken } from '#lib/auth/create-api-token.ts';
import { addSeconds } from '#lib/base/time.ts';
import { changeSeveral } from '#lib/bookings/change-several.errand.ts';
import { lockEnd } from '#lib/bookings/lock-end.ts';
import { modelsRented, rentalsOf } from '#lib/bookings/queries/rentals.ts';
import { consequenceOf } from '#lib/bookings/several.ts';
import { lastSamplesOf } from '#lib/telemetry/queries/last-samples.ts';
import { sql } from '#tests/support/database.ts';
import { person } from '#tests/support/people.ts';
import { type RentalHand, type RentalMarket, rentalMarket } from '#tests/support/rental.ts';

let market: RentalMarket;
let running: RentalHand;
beforeEach(async () => {
  market = await rentalMarket({ machine: { gpuCount: 4 } });
  running = await market.book({ name: 'training run' });
  await running.connect();
});

const change = (verb: 'stop' | 'end', bookingIds: string[], actor = market.renter) =>
  changeSeveral(actor, { verb, bookingIds }, market.clock.world);
const list = (ask = {}) => rentalsOf(market.renter, { state: 'live', ...ask }, market.clock.now());

describe('several bookings at once', () => {
  it('are stopped each by itself, and what is refused of one leaves the others stopped', async () => {
    const fresh = await market.book({ name: 'not started' });
    const results = await change('stop', [fresh.id, running.id, running.id]);
    expect(results).toEqual([
      { id: fresh.id, done: false, sentence: expect.stringContaining('It has not started yet') },
      { id: running.id, done: true, sentence: expect.stringContaining('Its disk is kept') },
    ]);
    expect(await running.booking()).toMatchObject({ desired: 'stopped' });
    expect(await fresh.booking()).toMatchObject({ desired: 'running' });
  });

  it('are ended but for what is locked, and for what is somebody else’s', async () => {
    const locked = await market.book({ name: 'locked' });
    await lockEnd(market.renter, { bookingId: locked.id, locked: true }, market.clock.world);
    const stranger = await person();
    expect(await change('end', [running.id], stranger)).toMatchObject([{ done: false }]);
    const results = await change('end', [locked.id, running.id, 'bkg_nothing']);
    expect(results.map(({ done }) => done)).toEqual([false, true, false]);
    expect(results[0]?.sentence).toContain('Unlock it first');
    expect(await locked.booking()).toMatchObject({ desired: 'running' });
  });

  it('never pay for giving reserved time back: that is looked at one by one', async () => {
    const startsAt = addSeconds(market.clock.now(), 7_200);
    const reserved = await market.book({ durationSeconds: 7_200, startsAt });
    market.clock.pass(3_600);
    const [row] = (await list({ ids: [reserved.id] })).rows;
    if (row === undefined) throw new Error('the reserved booking is not in the list');
    expect(consequenceOf('end', row, market.clock.now()).whyNot).toContain('on its own page');
    const [result] = await change('end', [reserved.id]);
    expect(result).toMatchObject({ done: false });
    expect(await reserved.booking()).toMatchObject({ desired: 'running' });
  });

  it('are told before what it means: what is lost, what it costs, what is saved', async () => {
    await running.run(600);
    const [row] = (await list()).rows;
    if (row === undefined) throw new Error('nothing is listed');
    const stop = consequenceOf('stop', row, market.clock.now());
    expect(stop.whyNot).toBeNull();
    expect(stop.words).toMatch(/The disk is kept for \$0\.\d+ a day/);
    expect(stop.savesMicrosPerHour).toBeLessThan(row.cost.microsPerHour);
    const end = consequenceOf('end', row, market.clock.now());
    expect(end.words).toMatch(/Its disk is deleted. It has cost \$0\.6/);
    expect(end.savesMicrosPerHour).toBe(row.cost.microsPerHour);
  });

  it('are changed by the API, which answers what became of each', async () => {
    const { token } = await createApiToken(market.renter, { label: 'test', days: 1 });
    const post = (body: object) =>
      v1.request(
        '/bookings/several',
        {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        },
        { address: '::1', cookieActor: null },
      );
    const answer = await post({ verb: 'stop', bookingIds: [running.id] });
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { rows: [{ id: running.id, done: true, sentence: expect.any(String) }] },
    ]);
    expect((await post({ verb: 'stop', bookingIds: [] })).status).toBe(422);
    expect((await post({ verb: 'delete', bookingIds: [running.id] })).status).toBe(422);
  });
});

describe('the list of bookings', () => {
  it('is narrowed by state, by words, and by model', async () => {
    const fresh = await market.book({ name: 'notebook' });
    const reserved = await market.book({
      durationSeconds: 3_600,
      startsAt: addSeconds(market.clock.now(), 86_400),
      name: 'tomorrow',
    });
    const ids = async (ask: object) => (await list(ask)).rows.map(({ id }) => id);
    expect(await ids({ show: 'running' })).toEqual([running.id]);
    expect(await ids({ show: 'starting' })).toEqual([fresh.id]);
    expect(await ids({ show: 'reserved' })).toEqual([reserved.id]);
    expect(await ids({ show: 'stopped' })).toEqual([]);
    expect(await ids({ find: 'TRAINING' })).toEqual([running.id]);
    expect(await ids({ find: '100%_' })).toEqual([]);
    expect(await modelsRented(market.renter)).toEqual(['RTX 4090']);
    expect((await ids({ model: 'RTX 4090' })).length).toBe(3);
    expect(await ids({ model: 'H100' })).toEqual([]);
    expect(await modelsRented(await person())).toEqual([]);
  });

  it('says what each used in the last minute: its own renter and host only, and nothing that is older', async () => {
    const at = market.clock.now();
    await sql(
      `INSERT INTO metric_samples (booking_id, at, gpu_utilisation_percent, gpu_memory_used_bytes, gpu_power_watts, gpu_temperature_celsius)
       VALUES ($1, $2::timestamptz - interval '10 seconds', '{10}', '{1000}', '{1}', '{1}'), ($1, $2, '{90}', '{8589934592}', '{1}', '{1}')`,
      [running.id, at],
    );
    const seen = (actor = market.renter, now = addSeconds(at, 1)) => lastSamplesOf(actor, [running.id], now);
    expect((await seen()).get(running.id)).toMatchObject({ gpuUtilisationPercent: 90, gpuMemoryUsedBytes: 2 ** 33 });
    expect((await seen()).get(running.id)?.gpuMemoryBytes).toBeGreaterThan(2 ** 33);
    expect((await seen(market.host)).size).toBe(1);
    expect((await seen(await person())).size).toBe(0);
    expect((await seen(market.renter, addSeconds(at, 120))).size).toBe(0);
  });
});
