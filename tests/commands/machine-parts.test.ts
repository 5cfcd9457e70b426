import '#tests/support/database.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '#lib/base/actor.ts';
import { addSeconds, HOUR } from '#lib/base/time.ts';
import { blockOutlookOf } from '#lib/bookings/queries/block-outlook.ts';
import { gpusOfMachine } from '#lib/bookings/queries/machine-gpus.ts';
import { setBlock } from '#lib/bookings/set-block.ts';
import { ALWAYS } from '#lib/catalogue/calendar.ts';
import { pauseListing } from '#lib/catalogue/pause-listing.ts';
import { saveCalendar } from '#lib/catalogue/save-calendar.ts';
import { db } from '#lib/io/db.ts';
import type { Metrics } from '#lib/telemetry/measure.ts';
import { machineHealthForStaff, machineMetrics, newestLooks } from '#lib/telemetry/queries/machine-metrics.ts';
import { refusal } from '#tests/support/ask.ts';
import { sql } from '#tests/support/database.ts';
import { person } from '#tests/support/people.ts';
import { type RentalMarket, rentalMarket } from '#tests/support/rental.ts';
import { NOW } from '#tests/support/stalls.ts';

let market: RentalMarket;
beforeEach(async () => {
  market = await rentalMarket();
});
const inHours = (hours: number) => new Date(NOW.getTime() + hours * HOUR);
const maintenance = (from: number, to: number) => ({
  kind: 'maintenance' as const,
  startsAt: inHours(from),
  endsAt: inHours(to),
});
const outlook = (from: number, to: number) =>
  blockOutlookOf(market.host, market.machineId, maintenance(from, to), market.clock.now());

describe('the GPUs of a machine', () => {
  it('say who has each of them now and next, and until when', async () => {
    const rental = await market.book({ durationSeconds: 4 * 3_600 });
    const { bookingId } = await market.bookAs(market.renter, {
      gpuCount: 2,
      startsAt: inHours(6),
      durationSeconds: 3_600,
    });
    const gpus = await gpusOfMachine(market.host, market.machineId, market.clock.now());
    const { allocations } = await rental.booking();
    const taken = gpus.find(({ id }) => id === allocations[0]?.gpuId);
    expect(taken).toMatchObject({
      now: { bookingId: rental.id, kind: 'onDemand', endsAt: inHours(4) },
      next: { bookingId, kind: 'reserved', startsAt: inHours(6), endsAt: inHours(7) },
    });
    const free = gpus.find(({ id }) => id !== taken?.id);
    expect(free).toMatchObject({ now: null, next: { bookingId } });
    expect((await refusal(gpusOfMachine(market.renter, market.machineId, NOW))).reason).toBe('notFound');
  });

  it('have figures by their place in the machine, whichever rental had them', async () => {
    const first = await market.book();
    const second = await market.book();
    for (const rental of [first, second]) await rental.connect();
    const at = addSeconds(NOW, -60);
    const order = await db.gpu.findMany({ where: { machineId: market.machineId }, orderBy: { position: 'asc' } });
    for (const [rental, watts] of [
      [first, 100],
      [second, 200],
    ] as const) {
      await sql(
        `INSERT INTO metric_samples (booking_id, at, gpu_utilisation_percent, gpu_memory_used_bytes, gpu_power_watts, gpu_temperature_celsius)
         VALUES ($1, $2, '{50}', '{1024}', $3, '{60}')`,
        [rental.id, at, `{${watts}}`],
      );
    }
    const metrics = await machineMetrics(market.host, market.machineId, { range: '15m' }, NOW);
    const power = (gpu: number) =>
      metrics.series
        .find((each) => each.measure === 'gpuPowerWatts' && each.gpu === gpu)
        ?.mean.filter((w) => w !== null);
    for (const [rental, watts] of [
      [first, 100],
      [second, 200],
    ] as const) {
      const [uuid] = (await rental.permit()).gpuUuids;
      expect(power(order.findIndex((gpu) => gpu.uuid === uuid) + 1)).toEqual([watts]);
    }
    expect(new Set(metrics.series.map(({ measure }) => measure))).toEqual(
      new Set(['gpuUtilisationPercent', 'gpuMemoryUsedBytes', 'gpuPowerWatts', 'gpuTemperatureCelsius']),
    );
    expect((await machineMetrics(market.host, market.machineId, { range: '15m', since: NOW }, NOW)).series).toEqual([]);
    for (const other of [market.renter, await person(), await person({ role: 'admin' })])
      expect((await refusal(machineMetrics(other, market.machineId, { range: '1h' }, NOW))).reason).toBe('notFound');
  });
});

describe('GPUs that nobody rents', () => {
  const watts = (metrics: Metrics, gpu: number) =>
    metrics.series.find((each) => each.measure === 'gpuPowerWatts' && each.gpu === gpu)?.mean ?? [];
  const said = async (gpu: { id: string }, at: Date, power: number) =>
    sql('INSERT INTO gpu_samples (gpu_id, at, utilisation_percent, power_watts) VALUES ($1, $2, 0, $3)', [
      gpu.id,
      at,
      power,
    ]);

  it('have figures beside those of rentals for the host; staff see what is nobody’s and nothing else', async () => {
    const rental = await market.book();
    await rental.connect();
    const gpus = await db.gpu.findMany({ where: { machineId: market.machineId }, orderBy: { position: 'asc' } });
    const { allocations } = await rental.booking();
    const place = gpus.findIndex(({ id }) => id === allocations[0]?.gpuId);
    const free = gpus.findIndex((_, index) => index !== place);
    await sql(
      `INSERT INTO metric_samples (booking_id, at, gpu_utilisation_percent, gpu_memory_used_bytes, gpu_power_watts, gpu_temperature_celsius)
       VALUES ($1, $2, '{50}', '{1024}', '{300}', '{60}')`,
      [rental.id, addSeconds(NOW, -60)],
    );
    await said(gpus[free] ?? { id: '' }, addSeconds(NOW, -60), 20);
    const own = await machineMetrics(market.host, market.machineId, { range: '15m' }, NOW);
    expect(watts(own, place + 1).filter((figure) => figure !== null)).toEqual([300]);
    // It stands for thirty seconds: six points of five.
    expect(watts(own, free + 1).filter((figure) => figure !== null)).toEqual([20, 20, 20, 20, 20, 20]);
    const newest = await newestLooks(market.host, market.machineId, NOW);
    expect([place, free].map((one) => newest.get(one + 1)?.figures.gpuPowerWatts)).toEqual([300, 20]);
    expect((await newestLooks(market.host, market.machineId, addSeconds(NOW, 120))).size).toBe(0);
    expect((await refusal(newestLooks(market.renter, market.machineId, NOW))).reason).toBe('notFound');
    const day = await machineMetrics(market.host, market.machineId, { range: '24h' }, NOW);
    expect(watts(day, free + 1).filter((figure) => figure !== null)).toEqual([20]);
    const admin = await person({ role: 'admin' });
    const seen = await machineHealthForStaff(admin, market.machineId, { range: '15m' }, NOW);
    expect(watts(seen, free + 1).filter((figure) => figure !== null)).toHaveLength(6);
    expect(watts(seen, place + 1)).toEqual([]);
    const ask = (who: Actor, id = market.machineId) => machineHealthForStaff(who, id, { range: '15m' }, NOW);
    expect((await refusal(ask(market.host))).reason).toBe('forbidden');
    expect((await refusal(ask(admin, 'mch_none'))).reason).toBe('notFound');
  });
});

describe('maintenance before it is announced', () => {
  it('names whom it ends and what it costs, and announcing it does just that', async () => {
    const rules = { ...ALWAYS, machineId: market.machineId, maintenanceNoticeSeconds: 2 * 3_600 };
    await saveCalendar(market.host, rules, market.clock.world);
    const rental = await market.book({ durationSeconds: 10 * 3_600 });
    const tooSoon = await outlook(1, 5);
    expect(tooSoon).toMatchObject({ ends: [], possibleFrom: inHours(2), lostMicros: 0n });
    expect(tooSoon.keeps).toMatchObject([{ id: rental.id, why: 'Its terms ask for 2 hours of notice.' }]);
    const found = await outlook(3, 5);
    expect(found.keeps).toEqual([]);
    expect(found.ends).toMatchObject([{ id: rental.id, endsAt: inHours(10) }]);
    // Two hours at $3.60 and a little disk, less the fee of the market.
    const { feeBasisPoints } = found.ends[0]?.terms ?? { feeBasisPoints: 0 };
    expect(Number(found.lostMicros)).toBeCloseTo(7_200_000 * (1 - feeBasisPoints / 10_000), -4);
    const block = { machineId: market.machineId, ...maintenance(3, 5), note: 'a new fan' };
    expect((await setBlock(market.host, block, market.clock.world)).shortened).toBe(1);
    expect((await rental.booking()).endsAt).toEqual(inHours(3));
    expect((await refusal(outlook(4, 6))).detail).toHaveProperty('startsAt');
  });

  it('is refused where reserved time stands in the way, as the outlook said', async () => {
    await market.bookAs(market.renter, { startsAt: inHours(6), durationSeconds: 3_600 });
    const found = await outlook(5, 8);
    expect(found).toMatchObject({ ends: [], possibleFrom: null });
    expect(found.keeps).toMatchObject([{ kind: 'reserved', why: 'It is reserved, and reserved time is kept.' }]);
    const block = { machineId: market.machineId, ...maintenance(5, 8), note: '' };
    expect((await refusal(setBlock(market.host, block, market.clock.world))).reason).toBe('windowBooked');
  });

  it('may lie over a pause, which takes nothing from anybody: the outlook and the block say the same', async () => {
    const { host, machineId, clock } = market;
    await pauseListing(host, { machineId, until: inHours(20) }, clock.world);
    expect(await outlook(4, 6)).toMatchObject({ ends: [], keeps: [] });
    await setBlock(host, { machineId, ...maintenance(4, 6), note: '' }, clock.world);
    expect((await refusal(outlook(5, 8))).detail).toHaveProperty('startsAt');
  });

  it('is nobody else’s to look at, and wants a time that can be', async () => {
    const ask = (who: typeof market.host) =>
      refusal(blockOutlookOf(who, market.machineId, maintenance(1, 2), market.clock.now()));
    expect((await ask(market.renter as typeof market.host)).reason).toBe('notFound');
    expect((await refusal(outlook(2, 1))).detail).toHaveProperty('endsAt');
    expect((await refusal(outlook(-3, -1))).detail).toHaveProperty('endsAt');
  });
});
