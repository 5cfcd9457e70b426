import fc from 'fast-check';
import { ANY_GPU, type Demand, type Machine, type Request, type Room, type Snapshot } from '#lib/scheduler/snapshot.ts';

/** Small made-up markets for the scheduler's tests. */
const GIB = 2 ** 30;

export function machine(id: string, over: Partial<Machine> & { gpus?: number; cores?: number } = {}): Machine {
  const { gpus = 2, cores = 16, ...rest } = over;
  const capacity: Room = rest.capacity ?? {
    cpuMilli: cores * 1000,
    memoryBytes: 64 * GIB,
    diskBytes: 500 * GIB,
    gpuMilli: new Array<number>(gpus).fill(1000),
  };
  return {
    id,
    hostId: `host-${id}`,
    model: 'RTX 4090',
    vramBytesPerGpu: 24 * GIB,
    region: 'EU',
    trust: 1,
    priceMicrosPerGpuHour: 300_000n,
    minGpus: 1,
    freeUntilMs: Number.POSITIVE_INFINITY,
    free: capacity,
    ...rest,
    capacity,
  };
}

export function demand(over: Partial<Demand> = {}): Demand {
  return { ...ANY_GPU, cpuMilli: 2_000, memoryBytes: 4 * GIB, diskBytes: 10 * GIB, ...over };
}

export function request(id: string, over: Partial<Request> = {}): Request {
  return { id, renterId: 'renter', demand: demand(), machines: 1, askedAtMs: 0, ...over };
}

export function snapshot(over: Partial<Snapshot>): Snapshot {
  return {
    nowMs: 0,
    machines: [],
    requests: [],
    heldGpuMilli: new Map(),
    servedAtMs: new Map(),
    expected: [],
    ...over,
  };
}

const models = ['RTX 4090', 'H100', 'T4'];

export const someDemand: fc.Arbitrary<Demand> = fc
  .record({
    gpuCount: fc.constantFrom(0, 1, 1, 1, 2, 4),
    part: fc.constantFrom(1000, 1000, 810, 500, 330, 50),
    cores: fc.integer({ min: 0, max: 12 }),
    memory: fc.integer({ min: 0, max: 40 }),
    models: fc.option(fc.subarray(models, { minLength: 1 }), { freq: 3 }),
    trust: fc.integer({ min: 0, max: 2 }),
    price: fc.option(fc.bigInt({ min: 100_000n, max: 500_000n })),
  })
  .map(({ gpuCount, part, cores, memory, models: wanted, trust, price }) =>
    demand({
      gpuCount,
      gpuMilli: gpuCount === 0 ? 0 : gpuCount === 1 ? part : 1000,
      cpuMilli: cores * 1000,
      memoryBytes: memory * GIB,
      diskBytes: 0,
      models: wanted,
      leastTrust: trust,
      maxPriceMicrosPerGpuHour: price,
    }),
  );

export const someMachines: fc.Arbitrary<Machine[]> = fc
  .array(
    fc.record({
      gpus: fc.constantFrom(1, 2, 4, 8),
      cores: fc.integer({ min: 4, max: 48 }),
      model: fc.constantFrom(...models),
      trust: fc.integer({ min: 0, max: 2 }),
      price: fc.bigInt({ min: 100_000n, max: 500_000n }),
      taken: fc.array(fc.constantFrom(0, 0, 190, 500, 1000), { minLength: 8, maxLength: 8 }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((all) =>
    all.map(({ gpus, cores, model, trust, price, taken }, at) => {
      const whole = machine(`m${String(at).padStart(2, '0')}`, {
        gpus,
        cores,
        model,
        trust,
        priceMicrosPerGpuHour: price,
      });
      const gpuMilli = whole.capacity.gpuMilli.map((milli, gpu) => milli - (taken[gpu] ?? 0));
      return { ...whole, free: { ...whole.capacity, gpuMilli } };
    }),
  );

export const someSnapshot: fc.Arbitrary<Snapshot> = fc
  .record({
    machines: someMachines,
    wishes: fc.array(
      fc.record({
        demand: someDemand,
        renter: fc.integer({ min: 0, max: 3 }),
        machines: fc.constantFrom(1, 1, 1, 2, 3),
        asked: fc.integer({ min: 0, max: 3_600_000 }),
      }),
      { maxLength: 25 },
    ),
    expected: fc.array(fc.record({ demand: someDemand, count: fc.integer({ min: 1, max: 50 }) }), { maxLength: 6 }),
    held: fc.array(fc.integer({ min: 0, max: 4000 }), { minLength: 4, maxLength: 4 }),
    served: fc.array(fc.integer({ min: 0, max: 3_600_000 }), { maxLength: 3 }),
  })
  .map(({ machines, wishes, expected, held, served }) => ({
    nowMs: 3_600_000,
    machines,
    requests: wishes.map(({ demand: wanted, renter, machines: count, asked }, at) =>
      request(`r${String(at).padStart(2, '0')}`, {
        demand: wanted,
        renterId: `renter-${renter}`,
        machines: count,
        askedAtMs: asked,
      }),
    ),
    heldGpuMilli: new Map(held.map((milli, renter) => [`renter-${renter}`, milli])),
    servedAtMs: new Map(served.map((ms, renter) => [`renter-${renter}`, ms])),
    expected,
  }));
