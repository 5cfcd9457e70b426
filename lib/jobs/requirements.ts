import * as z from 'zod';
import type { Micros } from '#lib/base/money.ts';
import { countriesOf } from '#lib/catalogue/continent.ts';
import { vramFloorBytes } from '#lib/catalogue/gpu.ts';
import { TRUST_TIERS, type TrustTier } from '#lib/catalogue/machine.ts';
import { ANY_GPU, type Demand } from '#lib/scheduler/snapshot.ts';

/** What a job needs of each of its machines. Empty lists and nulls mean "no matter". */
export type Requirements = {
  readonly gpuCount: number;
  readonly models: readonly string[];
  readonly vramGib: number | null;
  /** Continents and countries. */
  readonly regions: readonly string[];
  readonly leastTrust: TrustTier;
  readonly maxPriceMicrosPerGpuHour: Micros | null;
  readonly diskBytes: bigint;
};

const stored = z.object({
  v: z.literal(1),
  gpuCount: z.int(),
  models: z.array(z.string()),
  vramGib: z.number().nullable(),
  regions: z.array(z.string()),
  leastTrust: z.enum(TRUST_TIERS),
  maxPriceMicrosPerGpuHour: z.string().nullable(),
  diskBytes: z.string(),
});

/** Requirements as they are stored; the same ones are the same text. Reads back with {@link readRequirements}. */
export function storeRequirements(needs: Requirements): z.infer<typeof stored> {
  return {
    v: 1,
    gpuCount: needs.gpuCount,
    models: [...new Set(needs.models)].sort(),
    vramGib: needs.vramGib,
    regions: [...new Set(needs.regions)].sort(),
    leastTrust: needs.leastTrust,
    maxPriceMicrosPerGpuHour: needs.maxPriceMicrosPerGpuHour?.toString() ?? null,
    diskBytes: needs.diskBytes.toString(),
  };
}

/** Requirements from what {@link storeRequirements} made; anything else is a bug and throws. */
export function readRequirements(json: unknown): Requirements {
  const { v: _, ...read } = stored.parse(json);
  const price = read.maxPriceMicrosPerGpuHour;
  return {
    ...read,
    maxPriceMicrosPerGpuHour: price === null ? null : BigInt(price),
    diskBytes: BigInt(read.diskBytes),
  };
}

/** Windows are asked for in steps of ten minutes, so that jobs which want the same share what is computed for them. */
const STEP_MS = 600_000;

/** Requirements in the scheduler's words. `untilMs` is when a job that begins now is over at the latest; 0 leaves it open. */
export function demandOf(
  needs: Requirements,
  about: { readonly untilMs: number; readonly blockedHostIds: readonly string[] },
): Demand {
  const countries = countriesOf(needs.regions);
  return {
    ...ANY_GPU,
    gpuCount: needs.gpuCount,
    diskBytes: Number(needs.diskBytes),
    models: needs.models.length === 0 ? null : needs.models,
    vramBytesPerGpu: needs.vramGib === null ? 0 : Number(vramFloorBytes(needs.vramGib)),
    regions: countries,
    leastTrust: TRUST_TIERS.indexOf(needs.leastTrust),
    maxPriceMicrosPerGpuHour: needs.maxPriceMicrosPerGpuHour,
    untilMs: Math.ceil(about.untilMs / STEP_MS) * STEP_MS,
    blockedHostIds: [...about.blockedHostIds].sort(),
  };
}
