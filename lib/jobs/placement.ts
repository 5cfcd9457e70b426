import { cheapestToHave } from '#lib/bookings/free-gpus.ts';
import { MISFIT_LABELS, type Misfit, whyNotFit } from '#lib/scheduler/fit.ts';
import type { Demand } from '#lib/scheduler/snapshot.ts';
import { isFree, type Look, machineFrom, type Offered, type OfferedGpu } from './offer.ts';
import type { QueuedJob } from './queued.ts';

/** What the containers of an array are made of. */
export type ArrayWork = {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly artifactsPath: string | null;
  readonly checkpointPath: string | null;
};

/** One machine that a plan gave to a job, with what was sealed for it beforehand. */
export type PlannedPlace = {
  readonly machineId: string;
  /** Positions of its GPUs. */
  readonly gpus: readonly number[];
  readonly bookingId: string;
  readonly leaseId: string;
  /** For which key of the machine the variables were sealed. */
  readonly sealingKey: string;
  readonly sealedEnvironment: string;
};

/** A job and all the machines that a plan gave it. */
export type Placement = {
  readonly job: QueuedJob;
  readonly work: ArrayWork;
  readonly attemptId: string;
  readonly places: readonly PlannedPlace[];
};

export type Choice = { readonly offer: Offered; readonly gpus: readonly OfferedGpu[] };

/** Machines as they are under lock, while one placement after another takes of them. */
export class Stock {
  readonly #offers: ReadonlyMap<string, Offered>;
  readonly #takenGpus = new Set<string>();
  readonly #takenDisk = new Map<string, number>();

  constructor(offers: readonly Offered[]) {
    this.#offers = new Map(offers.map((offer) => [offer.machineId, offer]));
  }

  /** GPUs for every machine of a placement, or why one of them does not fit any more; nothing is taken yet. */
  choose(placement: Placement, demand: Demand, look: Look): readonly Choice[] | { readonly misfit: Misfit | 'gone' } {
    const choices: Choice[] = [];
    for (const place of placement.places) {
      const offer = this.#offers.get(place.machineId);
      // Enrolled anew meanwhile, it could not open what was sealed.
      if (offer === undefined || offer.sealingKey !== place.sealingKey) return { misfit: 'gone' };
      const left = this.#left(offer);
      const misfit = whyNotFit(machineFrom(left, look), demand);
      if (misfit !== null) return { misfit };
      const free = left.gpus.filter((gpu) => isFree(gpu, look));
      const planned = free.filter((gpu) => place.gpus.some((at) => offer.gpus[at]?.id === gpu.id));
      const others = free.filter((gpu) => !planned.includes(gpu));
      choices.push({ offer, gpus: cheapestToHave([...planned, ...others], demand.gpuCount) });
    }
    return choices;
  }

  take(choices: readonly Choice[], demand: Demand): void {
    for (const { offer, gpus } of choices) {
      for (const gpu of gpus) this.#takenGpus.add(gpu.id);
      const before = this.#takenDisk.get(offer.machineId) ?? 0;
      this.#takenDisk.set(offer.machineId, before + demand.diskBytes);
    }
  }

  #left(offer: Offered): Offered {
    return {
      ...offer,
      diskFreeBytes: offer.diskFreeBytes - (this.#takenDisk.get(offer.machineId) ?? 0),
      gpus: offer.gpus.map((gpu) => (this.#takenGpus.has(gpu.id) ? { ...gpu, taken: true } : gpu)),
    };
  }
}

export function misfitWords(misfit: Misfit | 'gone'): string {
  return misfit === 'gone' ? 'is not offered any more' : MISFIT_LABELS[misfit];
}
