import type { ComparedOffer } from '#lib/catalogue/compare.ts';
import { finishOf } from '#lib/catalogue/fit/finish.ts';
import type { Workload } from '#lib/catalogue/fit/workload.ts';
import { type PriceBands, priceLabel } from '#lib/catalogue/price-band.ts';
import type { ListingPage } from '#lib/catalogue/queries/listing.ts';

/** What is compared of a listing's page. */
export function comparedOf(
  listing: ListingPage,
  bands: PriceBands,
  { job, gpus }: { readonly job: Workload | null; readonly gpus: number | null },
): ComparedOffer {
  const { terms, specification: it, driver, reliability, trust, gpuModel, simulated } = listing;
  const { priceMicrosPerGpuHour, diskPriceMicrosPerGibMonth, minGpus } = terms;
  const vramBytes = Math.min(...listing.gpus.map((gpu) => Number(gpu.vramBytes)));
  const numbers = {
    gpuModel,
    vramBytes,
    minGpus,
    priceMicrosPerGpuHour: Number(priceMicrosPerGpuHour),
    diskPriceMicrosPerGibMonth: Number(diskPriceMicrosPerGibMonth),
    networkDownBitsPerSecond: it.networkDownBitsPerSecond,
  };
  const finish = job === null ? undefined : finishOf(job)(numbers, gpus ?? 1);
  return {
    ...{ gpuModel, vramBytes, minGpus, priceMicrosPerGpuHour, diskPriceMicrosPerGibMonth, trust, simulated },
    gpuCount: listing.gpus.length,
    freeGpus: listing.freeGpus,
    priceWord: priceLabel({ gpuModel, trust, simulated, priceMicrosPerGpuHour }, bands)?.word ?? null,
    freeUntil: listing.freeUntil,
    region: listing.region,
    country: listing.country,
    reliabilityBasisPoints: reliability.state === 'new' ? null : reliability.basisPoints,
    cpuModel: it.cpuModel,
    cpuThreads: it.cpuThreads,
    memoryBytes: it.memoryBytes,
    diskFreeBytes: it.diskFreeBytes,
    diskWriteBytesPerSecond: it.diskWriteBytesPerSecond,
    networkDownBitsPerSecond: it.networkDownBitsPerSecond,
    networkUpBitsPerSecond: it.networkUpBitsPerSecond,
    pcie: driver.pcie,
    cudaVersion: driver.cudaVersion,
    startMs: listing.startMs,
    // A job that takes more GPUs than there are does not fit here.
    finish: finish != null && finish.gpus > listing.gpus.length ? null : finish,
  };
}
