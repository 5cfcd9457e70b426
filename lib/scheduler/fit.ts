import type { Demand, Machine, Room } from './snapshot.ts';

/**
 * Why a machine cannot take a request, in the order in which they are asked: wishes first, then sizes, then what is
 * free now.
 */
export const MISFITS = [
  'model',
  'vram',
  'region',
  'trust',
  'price',
  'hostBlocked',
  'tooShort',
  'rentedLonger',
  'fewerThanRentedTogether',
  'tooFewGpus',
  'tooLittleCpu',
  'tooLittleMemory',
  'tooLittleDisk',
  'gpusTaken',
  'cpuTaken',
  'memoryTaken',
  'diskTaken',
  'keptForOlder',
] as const;
export type Misfit = (typeof MISFITS)[number];

export const MISFIT_LABELS: Record<Misfit, string> = {
  model: 'another GPU model',
  vram: 'too little memory per GPU',
  region: 'another region',
  trust: 'not checked enough',
  price: 'costs more than the most you pay, cap included',
  hostBlocked: 'its host is you, does not rent to you, or lost this a short while ago',
  tooShort: 'not open or free for long enough',
  rentedLonger: 'rented only for longer',
  fewerThanRentedTogether: 'rented only with more GPUs together',
  tooFewGpus: 'has fewer GPUs',
  tooLittleCpu: 'has fewer CPU cores',
  tooLittleMemory: 'has less memory',
  tooLittleDisk: 'has less disk',
  gpusTaken: 'its GPUs are taken now',
  cpuTaken: 'its CPU cores are taken now',
  memoryTaken: 'its memory is taken now',
  diskTaken: 'its disk is taken now',
  keptForOlder: 'kept for a request that has waited for long',
};

type Check = readonly [Misfit, (machine: Machine, demand: Demand) => boolean];

/** What keeps renter and host apart, whatever else is free. */
const WISHES: readonly Check[] = [
  ['model', ({ model }, { models }) => models !== null && !models.includes(model)],
  ['vram', (machine, demand) => machine.vramBytesPerGpu < demand.vramBytesPerGpu],
  ['region', ({ region }, { regions }) => regions !== null && (region === null || !regions.includes(region))],
  ['trust', ({ trust }, { leastTrust }) => trust < leastTrust],
  ['price', ({ priceMicrosPerGpuHour: price }, { maxPriceMicrosPerGpuHour: most }) => most !== null && price > most],
  ['hostBlocked', ({ hostId }, { blockedHostIds }) => blockedHostIds.includes(hostId)],
  ['tooShort', ({ freeUntilMs }, { untilMs }) => untilMs > freeUntilMs],
  ['rentedLonger', ({ leastUntilMs = 0 }, { untilMs }) => untilMs !== 0 && untilMs < leastUntilMs],
  ['fewerThanRentedTogether', ({ minGpus }, { gpuCount }) => gpuCount < minGpus],
];

/** What even the empty machine lacks. */
const SIZES: readonly Check[] = [
  ['tooFewGpus', ({ capacity }, demand) => gpusWith(capacity.gpuMilli, demand.gpuMilli) < demand.gpuCount],
  ['tooLittleCpu', ({ capacity }, demand) => capacity.cpuMilli < demand.cpuMilli],
  ['tooLittleMemory', ({ capacity }, demand) => capacity.memoryBytes < demand.memoryBytes],
  ['tooLittleDisk', ({ capacity }, demand) => capacity.diskBytes < demand.diskBytes],
];

function firstOf(checks: readonly Check[], machine: Machine, demand: Demand): Misfit | null {
  for (const check of checks) if (check[1](machine, demand)) return check[0];
  return null;
}

/** Why the renter does not want this machine, or its host not this rental: nothing that other renters change. */
export function whyUnwanted(machine: Machine, demand: Demand): Misfit | null {
  return firstOf(WISHES, machine, demand);
}

/** Why a machine could not take a request for one machine even if all of it were free. */
export function whyNever(machine: Machine, demand: Demand): Misfit | null {
  return whyUnwanted(machine, demand) ?? firstOf(SIZES, machine, demand);
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
 * Why a machine cannot take a request for one machine, or null where it can. The scheduler asks it of a snapshot, the
 * placing command once more under lock; `free` is what is free at that moment.
 */
export function whyNotFit(machine: Machine, demand: Demand, free: Room = machine.free): Misfit | null {
  return whyNever(machine, demand) ?? whyTaken(free, demand);
}

export type FitReport = {
  /** Machines that can take it now. */
  readonly fitting: number;
  /** How many machines are out for each reason; a machine counts for the first that holds. */
  readonly misfits: ReadonlyMap<Misfit, number>;
};

/**
 * "Why is it waiting?": how many machines could take the request, and of the others how many are out for which reason.
 */
export function fitReport(
  machines: readonly Machine[],
  demand: Demand,
  why: (machine: Machine, at: number) => Misfit | null = (machine) => whyNotFit(machine, demand),
): FitReport {
  const misfits = new Map<Misfit, number>();
  let fitting = 0;
  machines.forEach((machine, at) => {
    const misfit = why(machine, at);
    if (misfit === null) fitting += 1;
    else misfits.set(misfit, (misfits.get(misfit) ?? 0) + 1);
  });
  return { fitting, misfits };
}

/** Machines that come nearest to a demand that none can meet: those that lack the fewest things, and what these are. */
export function nearestTo(
  machines: readonly Machine[],
  demand: Demand,
  most = 3,
): { readonly machine: Machine; readonly lacks: readonly Misfit[] }[] {
  return machines
    .map((machine) => ({
      machine,
      lacks: [...WISHES, ...SIZES].flatMap(([misfit, fails]) => (fails(machine, demand) ? [misfit] : [])),
    }))
    .sort((a, b) => a.lacks.length - b.lacks.length || (a.machine.id < b.machine.id ? -1 : 1))
    .slice(0, most);
}

function gpusWith(freeMilli: readonly number[], milli: number): number {
  let count = 0;
  for (let at = 0; at < freeMilli.length; at += 1) if ((freeMilli[at] as number) >= milli) count += 1;
  return count;
}
