import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { trustTier } from '#lib/catalogue/machine.ts';
import { occupancySteps, type PriceAdvice } from '#lib/catalogue/price-advice.ts';
import { groupKey } from '#lib/catalogue/price-band.ts';
import { mergeCells, type PriceCell } from '#lib/catalogue/price-day.ts';
import { db } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import type { Specification } from '#protocol/specification.ts';
import { priceBands } from './price-bands.ts';
import { priceCells } from './price-facts.ts';

/**
 * What the market says about a price for a machine of the viewer: the band of its model and trust tier, and how much was booked
 * at which price; of all tiers of the model where the tier alone says too little. Null when its agent found no GPU.
 */
export async function priceAdvice(actor: Actor, machineId: string, now: Date): Promise<PriceAdvice | null> {
  const machine = await db.machine.findFirst({
    where: { id: machineId, hostId: actor.userId },
    select: {
      simulated: true,
      selfTestPassed: true,
      staffCheckedAt: true,
      specification: true,
      listing: { select: { priceMicrosPerGpuHour: true } },
      gpus: { where: { removedAt: null }, orderBy: { position: 'asc' }, select: { model: true } },
    },
  });
  if (machine === null) throw new Refusal('notFound');
  const model = machine.gpus[0]?.model;
  if (model === undefined) return null;
  const group = { model, tier: trustTier(machine), simulated: machine.simulated };
  const [bands, cells] = await Promise.all([priceBands(now), priceCells(group, now)]);
  const ofTier = occupancySteps(cells.filter(({ tier }) => tier === group.tier));
  const ofModel = ofTier === null ? occupancySteps(mergeCells([cells])) : null;
  return {
    machineId,
    gpuCount: machine.gpus.length,
    currentMicros: machine.listing?.priceMicrosPerGpuHour ?? null,
    band: bands.get(groupKey(group)) ?? null,
    occupancy:
      ofTier !== null ? { steps: ofTier, of: 'tier' } : ofModel !== null ? { steps: ofModel, of: 'model' } : null,
    knownGpuDays: gpuDays(cells),
    feeBasisPoints: env().feeBasisPoints,
    wattsPerGpu: wattsPerGpu(machine.specification as Specification),
  };
}

function gpuDays(cells: readonly PriceCell[]): number {
  return Number(cells.reduce((sum, cell) => sum + cell.offeredGpuSeconds, 0n) / 86_400n);
}

function wattsPerGpu(specification: Specification): number | null {
  const watts = specification.gpus.flatMap(({ powerLimitWatts }) => powerLimitWatts ?? []);
  return watts.length === 0 ? null : Math.round(watts.reduce((sum, one) => sum + one, 0) / watts.length);
}
