import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import type { Actor } from '#lib/base/actor.ts';
import { addSeconds } from '#lib/base/time.ts';
import { forgetSamples } from '#lib/telemetry/forget-samples.ts';
import type { Measure, Range } from '#lib/telemetry/measure.ts';
import { metricsOf } from '#lib/telemetry/queries/metrics.ts';
import { seenPortsOf } from '#lib/telemetry/queries/ports.ts';
import { recordSamples } from '#lib/telemetry/record-samples.ts';
import { METRICS_KEPT_SECONDS } from '#lib/telemetry/sample.ts';
import type { Sample } from '#protocol/metrics.ts';
import { PROTOCOL_VERSION } from '#protocol/words.ts';
import { refusal } from '../support/ask.ts';
import { sql } from '../support/database.ts';
import { connectedAgent, doorWorld, type HandAgent, post } from '../support/hand-agent.ts';
import { type HandRental, rented } from '../support/hand-rental.ts';
import { person } from '../support/people.ts';
import { sampleAt, samplesBefore } from '../support/telemetry.ts';

const setting = doorWorld();
const now = () => setting.world.now();
const send = (agent: HandAgent, samples: readonly unknown[]) =>
  post(setting, 'metrics', { protocol: PROTOCOL_VERSION, samples }, { token: agent.token });
const keep = (rental: HandRental, samples: Sample[]) =>
  recordSamples(rental.agent.token, { protocol: PROTOCOL_VERSION, samples }, setting.world);
const rows = async (bookingId: string) =>
  (await sql<{ count: number }>('SELECT count(*)::int FROM metric_samples WHERE booking_id = $1', [bookingId]))[0]
    ?.count;

const uuidsOf = async (machineId: string) =>
  (await sql<{ uuid: string }>('SELECT uuid FROM gpus WHERE machine_id = $1 ORDER BY position', [machineId])).map(
    ({ uuid }) => uuid,
  );

async function series(rental: HandRental, measure: Measure, range: Range = '15m', gpu: number | null = null) {
  const metrics = await metricsOf(rental.renter, rental.bookingId, { range }, now());
  const found = metrics.series.find((each) => each.measure === measure && each.gpu === gpu);
  return { ...metrics, mean: found?.mean ?? [], least: found?.least ?? [], most: found?.most ?? [] };
}

describe('samples of a rental', () => {
  it('are kept once, whatever is sent again, and are seen within the same five seconds', async () => {
    const rental = await rented(setting);
    const sample = sampleAt(rental.leaseId, now());
    expect((await send(rental.agent, [sample])).status).toBe(200);
    expect((await send(rental.agent, [sample, { ...sample, cpuMillis: 9 }])).status).toBe(200);
    expect(await rows(rental.bookingId)).toBe(1);
    const { mean } = await series(rental, 'cpuMillis');
    expect(mean.at(-1)).toBe(1_500);
    expect((await series(rental, 'gpuPowerWatts', '15m', 1)).mean.at(-1)).toBe(300.5);
    expect((await series(rental, 'gpuMemoryUsedBytes', '15m', 1)).mean.at(-1)).toBe(20 * 2 ** 30);
  });

  it('say to its renter alone where programs listen, for a minute; and nothing where the machine says nothing', async () => {
    const rental = await rented(setting);
    expect(await seenPortsOf(rental.renter, rental.bookingId, now())).toBeNull();
    await keep(rental, [sampleAt(rental.leaseId, now(), { listeningPorts: [6_006, 8_888] })]);
    const seen = await seenPortsOf(rental.renter, rental.bookingId, now());
    expect(seen?.ports).toEqual([6_006, 8_888]);
    expect((await refusal(seenPortsOf(await person(), rental.bookingId, now()))).reason).toBe('notFound');
    expect(await seenPortsOf(rental.renter, rental.bookingId, addSeconds(now(), 90))).toBeNull();
    const odd = sampleAt(rental.leaseId, addSeconds(now(), 5), { listeningPorts: [70_000] });
    expect((await send(rental.agent, [odd])).status).toBe(422);
    await keep(rental, [sampleAt(rental.leaseId, addSeconds(now(), 5), { listeningPorts: [] })]);
    expect((await seenPortsOf(rental.renter, rental.bookingId, addSeconds(now(), 5)))?.ports).toEqual([]);
  });

  it('stand for five seconds: more of them in that time are one', async () => {
    const rental = await rented(setting);
    const samples = [0, 1, 2, 4.9].map((seconds) => sampleAt(rental.leaseId, addSeconds(now(), seconds - 300)));
    await keep(rental, samples);
    expect(await rows(rental.bookingId)).toBe(1);
  });

  it('say nothing where the machine says nothing', async () => {
    const rental = await rented(setting);
    const silent = { utilisationPercent: null, memoryUsedBytes: null, powerWatts: null, temperatureCelsius: null };
    const gpus = [
      { uuid: 'GPU-1', ...silent },
      { uuid: 'GPU-2', ...silent, temperatureCelsius: 44.6 },
    ];
    await keep(rental, [sampleAt(rental.leaseId, now(), { gpus, cpuMillis: null, memoryBytes: null })]);
    expect((await series(rental, 'cpuMillis')).mean.every((figure) => figure === null)).toBe(true);
    expect((await series(rental, 'gpuTemperatureCelsius', '15m', 1)).mean.at(-1)).toBeNull();
    expect((await series(rental, 'gpuTemperatureCelsius', '15m', 2)).mean.at(-1)).toBe(45);
  });

  it('of another machine’s lease are refused, and nothing of the message is kept', async () => {
    const [rental, other] = [await rented(setting), await rented(setting)];
    const both = [sampleAt(rental.leaseId, now()), sampleAt(other.leaseId, now())];
    expect((await send(rental.agent, both)).status).toBe(404);
    expect((await send(rental.agent, [sampleAt('lse_none', now())])).status).toBe(404);
    expect(await rows(rental.bookingId)).toBe(0);
    expect(await rows(other.bookingId)).toBe(0);
  });

  it('of the future are refused, and those older than a day are not kept', async () => {
    const rental = await rented(setting);
    const ahead = await send(rental.agent, [sampleAt(rental.leaseId, addSeconds(now(), 120))]);
    expect([ahead.status, ahead.body.reason]).toEqual([422, 'badInput']);
    expect((await send(rental.agent, [sampleAt(rental.leaseId, addSeconds(now(), 30))])).status).toBe(200);
    expect(
      (await send(rental.agent, [sampleAt(rental.leaseId, addSeconds(now(), -METRICS_KEPT_SECONDS - 10))])).status,
    ).toBe(200);
    expect(await rows(rental.bookingId)).toBe(1);
  });

  it.each([
    { cpuMillis: -1 },
    { cpuMillis: 10 ** 9 },
    { memoryBytes: 2 ** 51 },
    { networkUpBitsPerSecond: 0.5 },
    { gpus: [{ uuid: 'GPU-1', utilisationPercent: 101, memoryUsedBytes: 0, powerWatts: 0, temperatureCelsius: 0 }] },
    { gpus: [{ uuid: 'GPU-1', utilisationPercent: 1, memoryUsedBytes: 0, powerWatts: 1e9, temperatureCelsius: 0 }] },
    { gpus: Array.from({ length: 65 }, () => sampleAt('x', new Date(0)).gpus[0]) },
    { at: 'yesterday' },
  ])('that no machine can mean are refused: %j', async (change) => {
    const rental = await rented(setting);
    const answer = await send(rental.agent, [{ ...sampleAt(rental.leaseId, now()), ...change }]);
    expect([answer.status, answer.body.reason]).toEqual([422, 'badInput']);
    expect(await rows(rental.bookingId)).toBe(0);
  });

  it('are taken from a connection that proved its key only', async () => {
    const rental = await rented(setting);
    const samples = [sampleAt(rental.leaseId, now())];
    const stranger = await connectedAgent(setting, await person());
    expect((await send(stranger, samples)).status).toBe(404);
    stranger.token = 'nobody';
    expect((await send(stranger, samples)).status).toBe(401);
    const before = rental.agent.token;
    rental.agent.restart();
    await rental.agent.connect();
    expect((await post(setting, 'metrics', { protocol: PROTOCOL_VERSION, samples }, { token: before })).status).toBe(
      401,
    );
  });

  it('are forgotten after a day, and others not', async () => {
    const rental = await rented(setting);
    await keep(rental, samplesBefore(rental.leaseId, now(), 500));
    setting.pass(METRICS_KEPT_SECONDS - 5 * 100);
    await forgetSamples(setting.world);
    expect(await rows(rental.bookingId)).toBe(100);
    expect(await forgetSamples(setting.world)).toBe(0);
  });
});

describe('figures of GPUs that nobody rents', () => {
  const at = (seconds: number) => addSeconds(now(), seconds).toISOString();
  const figures = { utilisationPercent: 0, memoryUsedBytes: 5, powerWatts: 21.5, temperatureCelsius: 31 };
  const tell = (agent: HandAgent, unrented: readonly unknown[]) =>
    post(setting, 'metrics', { protocol: PROTOCOL_VERSION, samples: [], unrented }, { token: agent.token });
  const kept = (machineId: string) =>
    sql<{ at: Date; power_watts: number }>(
      'SELECT s.at, power_watts FROM gpu_samples s JOIN gpus g ON g.id = gpu_id WHERE machine_id = $1 ORDER BY at',
      [machineId],
    );

  it('are kept once in thirty seconds, of the machine’s own GPUs, for a day', async () => {
    const agent = await connectedAgent(setting, await person());
    const [uuid = ''] = await uuidsOf(agent.machineId);
    const strange = { uuid: 'GPU-elsewhere', ...figures };
    const told = { at: at(-60), gpus: [{ uuid, ...figures }, strange] };
    expect((await tell(agent, [told, told, { ...told, at: at(-50) }, { ...told, at: at(-30) }])).status).toBe(200);
    const rows = await kept(agent.machineId);
    expect(rows.map(({ power_watts }) => power_watts)).toEqual([21.5, 21.5]);
    expect(rows.every((row) => row.at.getTime() % 30_000 === 0)).toBe(true);
    expect((await tell(agent, [{ ...told, at: at(200) }])).status).toBe(422);
    setting.pass(METRICS_KEPT_SECONDS + 60);
    await forgetSamples(setting.world);
    expect(await kept(agent.machineId)).toEqual([]);
  });

  it('are not kept of a time in which somebody had the GPU, whatever the machine says', async () => {
    const { agent, bookingId } = await rented(setting);
    await sql(
      `INSERT INTO allocations (id, booking_id, gpu_id, starts_at, ends_at)
       SELECT 'alc_' || id, $1, id, $3::timestamptz, $3::timestamptz + interval '2 minutes' FROM gpus WHERE machine_id = $2`,
      [bookingId, agent.machineId, now()],
    );
    const gpus = (await uuidsOf(agent.machineId)).map((uuid) => ({ uuid, ...figures }));
    const told = [-60, 0, 30].map((seconds) => ({ at: at(seconds), gpus }));
    expect((await tell(agent, told)).status).toBe(200);
    expect(await kept(agent.machineId)).toHaveLength(1);
    setting.pass(150);
    expect((await tell(agent, [{ at: at(0), gpus }])).status).toBe(200);
    expect(await kept(agent.machineId)).toHaveLength(2);
  });

  it('are held by the table: a grid, and nothing that no GPU has', async () => {
    const agent = await connectedAgent(setting, await person());
    const [gpu] = await sql<{ id: string }>('SELECT id FROM gpus WHERE machine_id = $1', [agent.machineId]);
    const insert = (when: string, percent: number) =>
      sql('INSERT INTO gpu_samples (gpu_id, at, utilisation_percent) VALUES ($1, $2, $3)', [gpu?.id, when, percent]);
    await expect(insert('2026-11-27T12:00:05Z', 1)).rejects.toThrow('gpu_samples_grid');
    await expect(insert('2026-11-27T12:00:30Z', 101)).rejects.toThrow('gpu_samples_possible');
  });
});

describe('what is shown of them', () => {
  it('is for the renter and the host, and for nobody else', async () => {
    const rental = await rented(setting);
    await keep(rental, [sampleAt(rental.leaseId, now())]);
    for (const actor of [rental.renter, rental.host])
      expect((await metricsOf(actor, rental.bookingId, { range: '15m' }, now())).series).toHaveLength(10);
    for (const actor of [await person(), await person({ role: 'admin' })])
      expect((await refusal(metricsOf(actor, rental.bookingId, { range: '15m' }, now()))).reason).toBe('notFound');
  });

  it('has a point for every step of its range, empty where nothing was sampled', async () => {
    const rental = await rented(setting);
    const kept = samplesBefore(rental.leaseId, now(), 12).filter((_, index) => index < 4 || index > 7);
    await keep(rental, kept);
    const { mean, points, startsAt } = await series(rental, 'cpuMillis');
    expect([points, mean.length]).toEqual([180, 180]);
    expect(addSeconds(startsAt, 180 * 5).getTime()).toBeGreaterThan(now().getTime());
    expect(mean.slice(-13).map((figure) => figure !== null)).toEqual([
      ...Array(4).fill(true),
      ...Array(4).fill(false),
      ...Array(4).fill(true),
      false,
    ]);
  });

  it('loses no peak and no dip over a day', async () => {
    const rental = await rented(setting);
    setting.pass(86_400);
    // Without the room of rows that other tests forgot.
    await sql('TRUNCATE metric_samples');
    const loads = Array.from({ length: 17_280 }, (_, index) => (index === 9_000 ? 100 : index === 9_001 ? 0 : 50));
    const samples = samplesBefore(rental.leaseId, now(), loads.length, (index) => loads[index] ?? null);
    for (let from = 0; from < samples.length; from += 500) await keep(rental, samples.slice(from, from + 500));
    const day = await series(rental, 'gpuUtilisationPercent', '24h', 1);
    expect(day.points).toBe(288);
    const peak = day.most.indexOf(100);
    expect(day.least[peak]).toBe(0);
    expect(day.most.filter((figure) => figure === 100)).toHaveLength(1);
    expect(day.mean[peak]).toBe(50);
    const [size] = await sql<{ bytes: string }>(
      `SELECT (pg_total_relation_size('metric_samples') / (SELECT count(*) FROM metric_samples) * 17280)::text AS bytes`,
    );
    // docs/operating.md says 5.2 MB a day for a rental of one GPU.
    expect(Number(size?.bytes)).toBeLessThan(5_500_000);
  });

  it('keeps the least, the mean and the most of each step, whatever was sampled', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(fc.integer({ min: 0, max: 100 })), { minLength: 3, maxLength: 9 }),
        async (loads) => {
          const rental = await rented(setting);
          // A whole number of quarter minutes: the steps of an hour.
          const end = new Date(Math.floor(now().getTime() / 15_000) * 15_000);
          await keep(
            rental,
            samplesBefore(rental.leaseId, end, loads.length, (index) => loads[index] ?? null),
          );
          const { mean, least, most } = await series(rental, 'gpuUtilisationPercent', '1h', 1);
          const padded = [...Array((3 - (loads.length % 3)) % 3).fill(null), ...loads];
          for (let step = 0; step < padded.length / 3; step += 1) {
            const three = padded
              .slice(padded.length - 3 * (step + 1), padded.length - 3 * step)
              .filter((load) => load !== null);
            const at = mean.length - 2 - step;
            expect(least[at] ?? null).toBe(three.length === 0 ? null : Math.min(...three));
            expect(most[at] ?? null).toBe(three.length === 0 ? null : Math.max(...three));
            if (three.length > 0)
              expect(mean[at]).toBeCloseTo(three.reduce((sum, load) => sum + load, 0) / three.length, 0);
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  it('is asked for by the API, whole or from the last point on', async () => {
    const rental = await rented(setting);
    const ask = async (query: string, actor: Actor | null = rental.renter) => {
      const path = `/bookings/${rental.bookingId}/metrics${query}`;
      const answer = await v1.request(path, {}, { address: '::1', cookieActor: actor });
      return {
        status: answer.status,
        body: (await answer.json()) as { points: number; stepSeconds: number; startsAt: string },
      };
    };
    expect((await ask('')).body).toMatchObject({ range: '15m', points: 180, stepSeconds: 5, simulated: false });
    expect((await ask('?range=24h')).body).toMatchObject({ points: 288, stepSeconds: 300 });
    const since = Date.now() - 12_000;
    const { points } = (await ask(`?since=${new Date(since).toISOString()}`)).body;
    expect(points).toBeGreaterThanOrEqual(3);
    // Each step that has begun by the time of the answer, and the one in which the span begins.
    expect(points).toBeLessThanOrEqual(Math.floor((Date.now() - since) / 5_000) + 2);
    expect((await ask(`?since=${new Date(Date.now() + 60_000).toISOString()}`)).body.points).toBe(0);
    expect((await ask('?since=1970-01-01T00:00:00Z')).body.points).toBe(180);
    expect((await ask('?range=week')).status).toBe(422);
    expect((await ask('?since=now')).status).toBe(422);
    expect((await ask('', rental.host)).status).toBe(200);
    expect((await ask('', await person())).status).toBe(404);
    expect((await ask('', null)).status).toBe(401);
  });
});

describe('the table itself', () => {
  const insert = (bookingId: string, at: string, change = '') =>
    sql(
      `INSERT INTO metric_samples (booking_id, at, gpu_utilisation_percent, gpu_memory_used_bytes, gpu_power_watts, gpu_temperature_celsius, cpu_millis)
       VALUES ($1, $2, ${change === '' ? "'{1,NULL}', '{2,3}', '{4,5}', '{6,7}', 8" : change})`,
      [bookingId, at],
    );

  it('takes nothing between the five seconds, nothing twice, no lists of different lengths, nothing below zero', async () => {
    const { bookingId } = await rented(setting);
    await insert(bookingId, '2026-01-01T00:00:05Z');
    await expect(insert(bookingId, '2026-01-01T00:00:05Z')).rejects.toThrow(/metric_samples_pkey/);
    await expect(insert(bookingId, '2026-01-01T00:00:06Z')).rejects.toThrow(/metric_samples_grid/);
    const at = '2026-01-01T00:00:10Z';
    await expect(insert(bookingId, at, "'{1,2}', '{2}', '{4,5}', '{6,7}', 8")).rejects.toThrow(/metric_samples_gpus/);
    await expect(insert(bookingId, at, "'{1}', '{2}', NULL, '{6}', 8")).rejects.toThrow(/metric_samples_gpus/);
    await expect(insert(bookingId, at, "'{101}', '{2}', '{4}', '{6}', 8")).rejects.toThrow(
      /metric_samples_not_negative/,
    );
    await expect(insert(bookingId, at, "'{1}', '{-2}', '{4}', '{6}', 8")).rejects.toThrow(
      /metric_samples_not_negative/,
    );
    await expect(insert(bookingId, at, "'{1}', '{2}', '{4}', '{6}', -8")).rejects.toThrow(
      /metric_samples_not_negative/,
    );
    await expect(insert('bkg_none', at)).rejects.toThrow(/metric_samples_booking_id_fkey/);
  });
});
