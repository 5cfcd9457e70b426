import { MISFIT_LABELS, type Misfit, nearestTo, whyNever } from '#lib/scheduler/fit.ts';
import { machineFrom, type Offered } from './offer.ts';
import { windowEnd } from './queued.ts';
import { demandOf, type Requirements } from './requirements.ts';

export type Never = {
  readonly sentence: string;
  /** What comes nearest: a model each, and what it lacks. */
  readonly nearest: readonly string[];
};

export type NeverAbout = {
  readonly machines: number;
  readonly blockedHostIds: readonly string[];
  readonly runSeconds: number;
  readonly deadline: Date | null;
  readonly now: Date;
};

/** So many that come nearest are named. */
const NEAREST = 3;

/**
 * Whether a host rents for shorter than a job may take, or only for longer. With a deadline its window becomes shorter while it
 * waits: then it is never too long for good.
 */
function whyNotLength({ leastSeconds, mostSeconds }: Offered, about: NeverAbout): Misfit | null {
  const seconds = (windowEnd(about, about.now).getTime() - about.now.getTime()) / 1_000;
  if (mostSeconds !== null && seconds > mostSeconds && about.deadline === null) return 'tooShort';
  return seconds < leastSeconds ? 'rentedLonger' : null;
}

/**
 * Why no waiting helps: fewer machines than a job needs at once could ever take it, even empty. Null where enough could.
 */
export function whyNeverPlaced(offers: readonly Offered[], needs: Requirements, about: NeverAbout): Never | null {
  const demand = demandOf(needs, { untilMs: 0, blockedHostIds: about.blockedHostIds });
  const all = offers.map((offer) => ({
    machine: machineFrom(offer, { now: about.now, untilMs: 0, yielding: true }),
    length: whyNotLength(offer, about),
  }));
  const possible = all.filter(({ machine, length }) => length === null && whyNever(machine, demand) === null).length;
  if (possible >= about.machines) return null;
  const lengths = new Map(all.map(({ machine, length }) => [machine.id, length]));
  const nearest = nearestTo(
    all.map(({ machine }) => machine),
    demand,
    all.length,
  )
    .map(({ machine, lacks }) => {
      const length = lengths.get(machine.id) ?? null;
      return { machine, lacks: length === null ? lacks : [...lacks, length] };
    })
    .sort((a, b) => a.lacks.length - b.lacks.length)
    .slice(0, NEAREST)
    .filter(({ lacks }) => lacks.length > 0)
    .map(({ machine, lacks }) => {
      const size = `${machine.capacity.gpuMilli.length} × ${machine.model}`;
      return `${size}: ${lacks.map((lack) => MISFIT_LABELS[lack]).join(', ')}`;
    });
  const found = possible === 0 ? 'No machine' : `Only ${possible} machine${possible === 1 ? '' : 's'}`;
  const wanted = about.machines === 1 ? '' : `; it needs ${about.machines} at once`;
  const near = nearest.length === 0 ? '' : ` Nearest: ${nearest.join('; ')}.`;
  return { sentence: `${found} of this market could ever run it${wanted}.${near}`, nearest };
}
