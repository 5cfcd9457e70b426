import type { Demand, Machine, Room } from './snapshot.ts';

/** Why a machine cannot take a request, in the order in which they are asked: wishes first, then sizes, then what is free now. */
export const MISFITS = [
  'model',
  'vram',
  'region',
  'trust',
  'price',
  'hostBlocked',
  'tooShort',
  'fewerThanRentedTogether',
  'tooFewGpus',
  'tooLittleCpu',
  'tooLittleMemory',
  'tooLittleDisk',
  'gpusTaken',
  'cpuTaken',
  'memoryTaken',
  'diskTaken',
] as const;
export type Misfit = (typeof MISFITS)[number];

export const MISFIT_LABELS: Record<Misfit, string> = {
  model: 'another GPU model',
  vram: 'too little memory per GPU',
  region: 'another region',
  trust: 'not checked enough',
  price: 'costs more than the most you pay',
  hostBlocked: 'you and its host do not rent to each other',
  tooShort: 'not free for long enough',
  fewerThanRentedTogether: 'rented only with more GPUs together',
  tooFewGpus: 'has fewer GPUs',
  tooLittleCpu: 'has fewer CPU cores',
  tooLittleMemory: 'has less memory',
  tooLittleDisk: 'has less disk',
  gpusTaken: 'its GPUs are taken now',
  cpuTaken: 'its CPU cores are taken now',
  memoryTaken: 'its memory is taken now',
  diskTaken: 'its disk is taken now',
};

/** Why the renter does not want this machine, or its host not this rental: nothing that time or other renters change. */
export function whyUnwanted(machine: Machine, demand: Demand): Misfit | null {
  if (demand.models !== null && !demand.models.includes(machine.model)) return 'model';
  if (machine.vramBytesPerGpu < demand.vramBytesPerGpu) return 'vram';
  if (demand.regions !== null && (machine.region === null || !demand.regions.includes(machine.region))) return 'region';
  if (machine.trust < demand.leastTrust) return 'trust';
  if (demand.maxPriceMicrosPerGpuHour !== null && machine.priceMicrosPerGpuHour > demand.maxPriceMicrosPerGpuHour)
    return 'price';
  if (demand.blockedHostIds.includes(machine.hostId)) return 'hostBlocked';
  if (demand.untilMs > machine.freeUntilMs) return 'tooShort';
  if (demand.gpuCount < machine.minGpus) return 'fewerThanRentedTogether';
  return null;
}

/** What even the empty machine lacks. */
export function whyTooSmall(capacity: Room, demand: Demand): Misfit | null {
  if (gpusWith(capacity.gpuMilli, demand.gpuMilli) < demand.gpuCount) return 'tooFewGpus';
  if (capacity.cpuMilli < demand.cpuMilli) return 'tooLittleCpu';
  if (capacity.memoryBytes < demand.memoryBytes) return 'tooLittleMemory';
  if (capacity.diskBytes < demand.diskBytes) return 'tooLittleDisk';
  return null;
}

/** What is taken now of what the request needs. */
export function whyTaken(free: Room, demand: Demand): Misfit | null {
  if (gpusWith(free.gpuMilli, demand.gpuMilli) < demand.gpuCount) return 'gpusTaken';
  if (free.cpuMilli < demand.cpuMilli) return 'cpuTaken';
  if (free.memoryBytes < demand.memoryBytes) return 'memoryTaken';
  if (free.diskBytes < demand.diskBytes) return 'diskTaken';
  return null;
}

/**
 * Why a machine cannot take a request for one machine, or null where it can. The scheduler asks it of a snapshot, the placing command
 * once more under lock; `free` is what is free at that moment.
 */
export function whyNotFit(machine: Machine, demand: Demand, free: Room = machine.free): Misfit | null {
  return whyUnwanted(machine, demand) ?? whyTooSmall(machine.capacity, demand) ?? whyTaken(free, demand);
}

export type FitReport = {
  /** Machines that can take it now. */
  readonly fitting: number;
  /** How many machines are out for each reason; a machine counts for the first that holds. */
  readonly misfits: ReadonlyMap<Misfit, number>;
};

/** "Why is it waiting?": how many machines could take the request, and of the others how many are out for which reason. */
export function fitReport(machines: readonly Machine[], demand: Demand): FitReport {
  const misfits = new Map<Misfit, number>();
  let fitting = 0;
  for (const machine of machines) {
    const misfit = whyNotFit(machine, demand);
    if (misfit === null) fitting += 1;
    else misfits.set(misfit, (misfits.get(misfit) ?? 0) + 1);
  }
  return { fitting, misfits };
}

function gpusWith(freeMilli: readonly number[], milli: number): number {
  let count = 0;
  for (let at = 0; at < freeMilli.length; at += 1) if ((freeMilli[at] as number) >= milli) count += 1;
  return count;
}
