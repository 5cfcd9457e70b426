import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readStats } from '#agent/act/docker/usage.ts';
import { memoryRuntime } from '#agent/act/memory.ts';
import type { Usage } from '#agent/act/runtime.ts';
import { MarketAway, MarketRefused } from '#agent/io/market.ts';
import { silentLog } from '#agent/log.ts';
import type { GpuLoad } from '#agent/probes/gpu-line.ts';
import { pretendedLoad, pretendedUsage } from '#agent/simulate/load.ts';
import { type RunningRental, telemetryOf } from '#agent/telemetry.ts';
import { type MetricsRequest, metricsRequest, type Sample, type UnrentedSample } from '#protocol/metrics.ts';
import { enrolledMachine } from '#tests/support/agent.ts';
import { eventually } from '#tests/support/eventually.ts';
import { desiredWorkload } from '#tests/support/lease.ts';
import { startMarketDouble } from '#tests/support/market-double.ts';
import { scriptedRuntime } from '#tests/support/scripted-runtime.ts';

const NOW = Date.UTC(2026, 10, 27, 12, 0, 2);
const RENTAL: RunningRental = { leaseId: 'lse_1', run: 1, gpuUuids: ['GPU-b', 'GPU-a'] };
const ZERO: Usage = {
  cpuMicroseconds: 0,
  memoryBytes: 100,
  diskReadBytes: 0,
  diskWrittenBytes: 0,
  networkReceivedBytes: 0,
  networkSentBytes: 0,
};
const load = (uuid: string): GpuLoad => ({
  uuid,
  utilisationPercent: 50,
  memoryUsedBytes: 1,
  powerWatts: 10,
  temperatureCelsius: 40,
});

/** Telemetry whose clock, usage and market the test holds. */
function stand() {
  let passed = 0;
  const state = {
    running: [RENTAL] as RunningRental[],
    usage: ZERO as Usage | null | 'hangs',
    send: async (_: MetricsRequest) => undefined as unknown,
    wanted: [] as boolean[],
    sent: [] as Sample[],
    hasGpus: false,
    loads: ['GPU-a'],
    unrented: [] as UnrentedSample[],
  };
  const telemetry = telemetryOf({
    machineId: 'mch_1',
    running: () => state.running,
    usage: async () => (state.usage === 'hangs' ? new Promise<never>(() => undefined) : state.usage),
    gpus: {
      want: (wanted) => void state.wanted.push(wanted),
      latest: () => new Map(state.loads.map((uuid) => [uuid, load(uuid)])),
      close: () => undefined,
    },
    hasGpus: () => state.hasGpus,
    send: async (request) => {
      await state.send(request);
      const { samples, unrented = [] } = metricsRequest.parse(request);
      state.sent.push(...samples);
      state.unrented.push(...unrented);
    },
    now: () => NOW + passed,
    monotonic: () => passed,
    log: silentLog,
    usageWithinMs: 20,
  });
  return {
    state,
    telemetry,
    async look(seconds = 5) {
      passed += seconds * 1_000;
      await telemetry.look();
      await new Promise(setImmediate);
    },
  };
}

describe('what a rental uses', () => {
  it('is told with the ports on which its programs listen, where the machine sees them', async () => {
    const { state, look } = stand();
    await look();
    expect(state.sent[0]).not.toHaveProperty('listeningPorts');
    state.usage = { ...ZERO, listeningPorts: [6_006, 8_888] };
    await look();
    expect(state.sent[1]).toMatchObject({ listeningPorts: [6_006, 8_888] });
  });

  it('is told as rates between two looks, its GPUs in the order of the permit', async () => {
    const { state, look } = stand();
    await look();
    state.usage = {
      cpuMicroseconds: 7_500_000,
      memoryBytes: 2_000,
      diskReadBytes: 50,
      diskWrittenBytes: 500,
      networkReceivedBytes: 5_000,
      networkSentBytes: 50_000,
    };
    await look();
    expect(state.sent).toHaveLength(2);
    expect(state.sent[0]).toMatchObject({ at: '2026-11-27T12:00:05.000Z', cpuMillis: null, memoryBytes: 100 });
    expect(state.sent[1]).toEqual({
      leaseId: 'lse_1',
      at: '2026-11-27T12:00:10.000Z',
      gpus: [
        { uuid: 'GPU-b', utilisationPercent: null, memoryUsedBytes: null, powerWatts: null, temperatureCelsius: null },
        load('GPU-a'),
      ],
      cpuMillis: 1_500,
      memoryBytes: 2_000,
      diskReadBytesPerSecond: 10,
      diskWriteBytesPerSecond: 100,
      networkDownBitsPerSecond: 8_000,
      networkUpBitsPerSecond: 80_000,
    });
  });

  it('has no rate over a restart: another run, or counts that began anew', async () => {
    const { state, look } = stand();
    state.usage = { ...ZERO, cpuMicroseconds: 9_000_000 };
    await look();
    state.usage = { ...ZERO, cpuMicroseconds: 1_000 };
    await look();
    state.running = [{ ...RENTAL, run: 2 }];
    state.usage = { ...ZERO, cpuMicroseconds: 2_000 };
    await look();
    expect(state.sent.map(({ cpuMillis }) => cpuMillis)).toEqual([null, null, null]);
  });

  it('is looked at only while something is rented; a machine without GPUs is not asked for any', async () => {
    const { state, look } = stand();
    state.running = [];
    await look();
    expect(state.sent).toEqual([]);
    state.running = [RENTAL];
    await look();
    state.running = [];
    await look();
    expect(state.wanted).toEqual([false, true, false]);
    expect(state.sent).toHaveLength(1);
  });

  it('has the GPUs that nobody rents told beside it, once in thirty seconds, by one sampler that goes on', async () => {
    const { state, look } = stand();
    state.running = [];
    state.hasGpus = true;
    state.loads = ['GPU-a', 'GPU-b', 'GPU-c'];
    for (let index = 0; index < 12; index += 1) await look();
    expect(state.wanted).toEqual(Array.from({ length: 12 }, () => true));
    expect(state.unrented.map(({ at }) => at)).toEqual([
      '2026-11-27T12:00:00.000Z',
      '2026-11-27T12:00:30.000Z',
      '2026-11-27T12:01:00.000Z',
    ]);
    expect(state.unrented[0]?.gpus).toEqual(state.loads.map(load));
    expect(state.sent).toEqual([]);
    state.running = [RENTAL];
    await look(30);
    expect(state.unrented.at(-1)?.gpus.map(({ uuid }) => uuid)).toEqual(['GPU-c']);
    expect(state.sent.at(-1)?.gpus.map(({ uuid }) => uuid)).toEqual(['GPU-b', 'GPU-a']);
    state.send = async () => {
      throw new MarketAway('away');
    };
    const before = state.unrented.length;
    for (let index = 0; index < 200; index += 1) await look(30);
    state.send = async () => undefined;
    await look();
    expect(state.unrented.length - before).toBe(120);
  });

  it('says what it can when the container engine hangs, and the next look is not late', async () => {
    const { state, look } = stand();
    state.usage = 'hangs';
    await look();
    expect(state.sent[0]).toMatchObject({ memoryBytes: null, cpuMillis: null });
    expect(state.sent[0]?.gpus[1]).toEqual(load('GPU-a'));
  });

  it('waits while the market is away, in bounds, and is sent in order afterwards', async () => {
    const { state, look } = stand();
    state.send = async () => {
      throw new MarketAway('away');
    };
    for (let index = 0; index < 2_100; index += 1) await look();
    expect(state.sent).toEqual([]);
    state.send = async () => undefined;
    await look();
    expect(state.sent).toHaveLength(2_000);
    const times = state.sent.map(({ at }) => Date.parse(at));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(new Set(times).size).toBe(2_000);
  });

  it('is let go when the market will not have it, and kept when the connection is over', async () => {
    const { state, look } = stand();
    state.send = async () => {
      throw new MarketRefused(404, 'notFound', 'no such lease');
    };
    await look();
    state.send = async () => {
      throw new MarketRefused(401, 'sessionOver', 'connect again');
    };
    await look();
    state.send = async () => undefined;
    await look();
    expect(state.sent.map(({ at }) => at)).toEqual(['2026-11-27T12:00:10.000Z', '2026-11-27T12:00:15.000Z']);
  });

  it('is looked at once in five seconds of the market’s clock, whenever the timer rings', () => {
    const { telemetry } = stand();
    expect(telemetry.pauseMs()).toBeGreaterThan(250);
    expect(telemetry.pauseMs()).toBeLessThanOrEqual(5_250);
  });
});

describe('a whole agent', () => {
  let market: Awaited<ReturnType<typeof startMarketDouble>>;
  beforeEach(async () => {
    market = await startMarketDouble();
  });
  afterEach(() => market.down());

  it('tells its market every five seconds what a running rental uses', async () => {
    const machine = await enrolledMachine(market, scriptedRuntime());
    const { machineId, keys } = machine;
    await machine.start();
    const permit = {
      leaseId: 'lse_1',
      machineId,
      machineKey: keys.signingKey,
      gateways: [],
      ceilingMicros: '1000000000',
    };
    market.want(machineId, [desiredWorkload(market.leaseKeys, permit)]);
    const heard = market.machines.get(machineId)?.samples ?? [];
    await eventually(() => heard.length >= 2);
    const [first, second] = heard;
    expect(first).toMatchObject({ leaseId: 'lse_1', memoryBytes: 0, cpuMillis: null });
    expect(second).toMatchObject({
      leaseId: 'lse_1',
      cpuMillis: 0,
      gpus: [{ uuid: 'GPU-1', utilisationPercent: null }],
    });
    expect(Date.parse(second?.at ?? '') - Date.parse(first?.at ?? '')).toBe(5_000);
    await machine.remove();
  });
});

describe('figures of a simulated host', () => {
  const gpu = { uuid: 'GPU-1', vramBytes: 24 * 2 ** 30, powerLimitWatts: 350 };

  it('are what a GPU could show, at any time, and the same for the same GPU and time', () => {
    fc.assert(
      fc.property(fc.integer({ min: NOW, max: NOW + 10 ** 9 }), fc.uuid(), (now, uuid) => {
        const shown = pretendedLoad({ ...gpu, uuid }, now);
        expect(pretendedLoad({ ...gpu, uuid }, now)).toEqual(shown);
        expect(shown.utilisationPercent).toBeGreaterThanOrEqual(0);
        expect(shown.utilisationPercent).toBeLessThanOrEqual(100);
        expect(shown.memoryUsedBytes).toBeLessThan(gpu.vramBytes);
        expect(shown.powerWatts).toBeLessThanOrEqual(gpu.powerLimitWatts);
        expect(shown.temperatureCelsius).toBeGreaterThan(25);
        expect(shown.temperatureCelsius).toBeLessThan(90);
      }),
    );
  });

  it('count upwards only', () => {
    fc.assert(
      fc.property(fc.nat(10 ** 6), fc.nat(10_000), fc.string(), (seconds, later, seed) => {
        const [a, b] = [pretendedUsage(seed, seconds), pretendedUsage(seed, seconds + later)];
        for (const field of ['cpuMicroseconds', 'diskReadBytes', 'diskWrittenBytes', 'networkSentBytes'] as const)
          expect(b[field]).toBeGreaterThanOrEqual(a[field] ?? 0);
      }),
    );
  });

  it('come from the runtime in memory while a rental runs there', async () => {
    const runtime = memoryRuntime({ pace: async () => undefined });
    const signal = new AbortController().signal;
    expect(await runtime.usage('lse_1', signal)).toBeNull();
  });
});

describe('the engine’s answer', () => {
  it('is read in both versions of control groups, without what is only cached', () => {
    const v2 = {
      cpu_stats: { cpu_usage: { total_usage: 5_000_000 } },
      memory_stats: { usage: 1_000, stats: { inactive_file: 300 } },
      blkio_stats: {
        io_service_bytes_recursive: [
          { op: 'read', value: 1 },
          { op: 'write', value: 2 },
          { op: 'read', value: 4 },
        ],
      },
      networks: { eth0: { rx_bytes: 10, tx_bytes: 20 }, eth1: { rx_bytes: 1, tx_bytes: 2 } },
    };
    expect(readStats(v2)).toEqual({
      cpuMicroseconds: 5_000,
      memoryBytes: 700,
      diskReadBytes: 5,
      diskWrittenBytes: 2,
      networkReceivedBytes: 11,
      networkSentBytes: 22,
    });
    const v1 = {
      ...v2,
      memory_stats: { usage: 1_000, stats: { total_inactive_file: 400, inactive_file: 1 } },
      blkio_stats: { io_service_bytes_recursive: [] },
    };
    expect(readStats(v1)).toMatchObject({ memoryBytes: 600, diskReadBytes: null, diskWrittenBytes: null });
  });

  it('says nothing of a container that rests', () => {
    expect(readStats({ cpu_stats: { cpu_usage: { total_usage: 0 } }, memory_stats: {} })).toBeNull();
  });
});
