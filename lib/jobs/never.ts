import { MISFIT_LABELS, nearestTo, whyNever } from '#lib/scheduler/fit.ts';
import { machineFrom, type Offered } from './offer.ts';
import { demandOf, type Requirements } from './requirements.ts';

export type Never = {
  readonly sentence: string;
  /** What comes nearest: a model each, and what it lacks. */
  readonly nearest: readonly string[];
};

/**
 * Why no waiting helps: fewer machines than a job needs at once could ever take it, even empty. Null where enough could.
 */
export function whyNeverPlaced(
  offers: readonly Offered[],
  needs: Requirements,
  about: { readonly machines: number; readonly blockedHostIds: readonly string[]; readonly now: Date },
): Never | null {
  const demand = demandOf(needs, { untilMs: 0, blockedHostIds: about.blockedHostIds });
  const machines = offers.map((offer) => machineFrom(offer, { now: about.now, untilMs: 0, yielding: true }));
  const possible = machines.filter((machine) => whyNever(machine, demand) === null).length;
  if (possible >= about.machines) return null;
  const nearest = nearestTo(machines, demand)
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
