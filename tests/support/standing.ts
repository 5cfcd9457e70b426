import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import type { Actor } from '#lib/base/actor.ts';
import { addSeconds } from '#lib/base/time.ts';
import { makeStandingRequest } from '#lib/bookings/make-standing-request.ts';
import type { ServingOffer } from '#lib/bookings/standing-fit.ts';
import type { StandingMode, StandingWish } from '#lib/bookings/standing-request.ts';
import type { MakeStandingInput } from '#lib/bookings/standing-schema.ts';
import type { MovableClock } from './rental.ts';
import { GIB, NOW } from './stalls.ts';

export const HOUR_SECONDS = 3_600;

/** One RTX 4090 in Europe, at most $4 an hour, for two hours, within a day. */
export const WISH: StandingWish = {
  models: ['RTX 4090'],
  vramGib: null,
  gpuCount: 1,
  diskBytes: BigInt(GIB),
  regions: [],
  trust: 'selfTested',
  leastReliabilityBasisPoints: null,
  realOnly: false,
  maxPriceMicrosPerGpuHour: 4_000_000n,
  durationSeconds: 2 * HOUR_SECONDS,
  capMicros: 20_000_000n,
};

export function asked(clock: MovableClock, change: Partial<MakeStandingInput> = {}): MakeStandingInput {
  return {
    ...WISH,
    models: [...WISH.models],
    regions: [],
    capMicros: null,
    mode: 'book',
    image: 'sublet/busybox:latest',
    name: 'night run',
    command: null,
    finishBy: addSeconds(clock.now(), 24 * HOUR_SECONDS),
    idempotencyKey: `ask-${randomBytes(8).toString('hex')}`,
    ...change,
  };
}

/** A request that stands, made now. */
export async function standing(
  renter: Actor,
  clock: MovableClock,
  change: Partial<MakeStandingInput> & { readonly mode?: StandingMode } = {},
): Promise<string> {
  return (await makeStandingRequest(renter, asked(clock, change), clock.world)).requestId;
}

export function offer(id: string, change: Partial<ServingOffer> = {}): ServingOffer {
  return {
    listingId: `lst_${id}`,
    machineId: `mch_${id}`,
    machineName: id,
    hostId: `usr_${id}`,
    simulated: false,
    gpuModel: 'RTX 4090',
    gpuCount: 2,
    freeGpus: 2,
    vramBytes: 24 * GIB,
    country: 'DE',
    region: null,
    trust: 'selfTested',
    reliabilityBasisPoints: 9_900,
    priceMicrosPerGpuHour: 3_600_000n,
    diskPriceMicrosPerGibMonth: 100_000n,
    minGpus: 1,
    endsAt: null,
    cpuThreads: 16,
    memoryBytes: 64 * GIB,
    diskFreeBytes: 800 * GIB,
    ...change,
  };
}

/** Small markets in which some offers serve some wishes. */
export const someOffers: fc.Arbitrary<ServingOffer[]> = fc
  .array(
    fc.record({
      gpuModel: fc.constantFrom('RTX 4090', 'H100 SXM'),
      gpuCount: fc.constantFrom(1, 2, 8),
      taken: fc.integer({ min: 0, max: 8 }),
      country: fc.constantFrom('DE', 'FR', 'US', null),
      trust: fc.constantFrom('new', 'selfTested', 'checkedByStaff'),
      reliabilityBasisPoints: fc.option(fc.integer({ min: 9_000, max: 10_000 })),
      simulated: fc.boolean(),
      priceMicrosPerGpuHour: fc.bigInt({ min: 1n, max: 8_000_000n }),
      diskPriceMicrosPerGibMonth: fc.bigInt({ min: 0n, max: 10_000_000n }),
      minGpus: fc.constantFrom(1, 2),
      endsInSeconds: fc.option(fc.integer({ min: 0, max: 200_000 })),
    }),
    { maxLength: 12 },
  )
  .map((all) =>
    all.map(({ taken, endsInSeconds, ...rest }, at) =>
      offer(String(at).padStart(2, '0'), {
        ...rest,
        freeGpus: Math.max(0, rest.gpuCount - taken),
        endsAt: endsInSeconds === null ? null : addSeconds(NOW, endsInSeconds),
      }),
    ),
  );

export const someWish: fc.Arbitrary<StandingWish> = fc.record({
  models: fc.constantFrom([], ['RTX 4090'], ['H100 SXM']),
  vramGib: fc.constantFrom(null, 24, 80),
  gpuCount: fc.constantFrom(1, 2, 4),
  diskBytes: fc.constantFrom(BigInt(GIB), 900n * BigInt(GIB)),
  regions: fc.constantFrom([], ['europe'], ['US']),
  trust: fc.constantFrom('new', 'selfTested', 'checkedByStaff'),
  leastReliabilityBasisPoints: fc.constantFrom(null, 9_500),
  realOnly: fc.boolean(),
  maxPriceMicrosPerGpuHour: fc.bigInt({ min: 1n, max: 8_000_000n }),
  durationSeconds: fc.integer({ min: 300, max: 100_000 }),
  capMicros: fc.bigInt({ min: 1n, max: 200_000_000n }),
});
