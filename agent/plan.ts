import type { Failure, Phase } from '../protocol/agent.ts';
import type { ExistingWorkload } from './act/runtime.ts';
import type { Lease } from './lease.ts';

/** One rental as the agent sees it: what should be, and what is known beyond the runtime's own list. */
export type Rental = {
  lease: Pick<Lease, 'desired' | 'run'> & {
    permit: Pick<Lease['permit'], 'leaseId' | 'gpuUuids' | 'startsAt' | 'endsAt'>;
  };
  /** What is being done for it right now; nothing else is begun meanwhile. */
  busy: 'pull' | 'start' | 'stop' | 'remove' | null;
  /** The image of this run is here. */
  pulled: boolean;
  /** Container and ways in of this run are looked after: exits are noticed, ports are offered. */
  attached: boolean;
  /** Why this run will not be tried again; another run may be. */
  failure: Failure | null;
  /** One more second fits under the ceiling. */
  affordsMore: boolean;
  /** The machine is told to rest: what runs is stopped as a shutdown would, and started again by the next agent. */
  resting: boolean;
  /** Since when the market, though it answers, has not named this lease; null while it does. */
  unnamedSince: number | null;
};

export type Action = {
  leaseId: string;
  kind: 'pull' | 'start' | 'attach' | 'stop' | 'remove' | 'abort';
  reason: string;
  /** What becomes of the run by this action. */
  failure: Failure | null;
};

/** A rental that the market forgot, and whose window ended, is cleared away after this long. */
export const FORGOTTEN_AFTER_MS = 72 * 3_600_000;

/** So long before its window the image of a rental is pulled. */
const PULLED_BEFORE_MS = 10 * 60_000;

/** So long before its window nothing else runs on the machine of a rental. */
const ROOM_BEFORE_MS = 15_000;

type Refusal = { reason: string; failure: Failure | null };

/**
 * The difference between what should be and what is, as actions in the order in which to begin them. Pure: the same
 * arguments give the same plan. Containers of leases that it was not told about are not its business.
 */
export function plan(rentals: readonly Rental[], existing: readonly ExistingWorkload[], now: number): Action[] {
  const containers = new Map(existing.map((container) => [container.leaseId, container]));
  const actions: Action[] = [];
  const waiting: Rental[] = [];
  const takenGpus = new Map<string, string>();
  for (const rental of rentals) {
    const { leaseId, gpuUuids } = rental.lease.permit;
    const container = containers.get(leaseId);
    if (container?.running || rental.busy === 'start') for (const uuid of gpuUuids) takenGpus.set(uuid, leaseId);
    const action = nextStep(rental, container, now);
    if (action !== null) actions.push({ leaseId, ...action });
    else if (mayStart(rental, container, now)) waiting.push(rental);
  }
  for (const { lease } of waiting.sort(byWindow)) {
    const { leaseId, gpuUuids } = lease.permit;
    if (gpuUuids.some((uuid) => (takenGpus.get(uuid) ?? leaseId) !== leaseId)) continue;
    for (const uuid of gpuUuids) takenGpus.set(uuid, leaseId);
    actions.push({ leaseId, kind: 'start', reason: 'the image is here and the GPUs are free', failure: null });
  }
  return actions;
}

/** Why a rental must not run now; null when it may. */
export function whyNotRun(rental: Rental, now: number): Refusal | null {
  const { desired, permit } = rental.lease;
  if (isEnded(rental, now)) return { reason: 'the rental ended', failure: null };
  if (desired === 'stopped') return { reason: 'a stop was asked for', failure: null };
  if (rental.failure !== null) return { reason: `this run failed (${rental.failure})`, failure: rental.failure };
  if (now >= Date.parse(permit.endsAt)) return { reason: 'its window ended', failure: 'windowEnded' };
  if (!rental.affordsMore) return { reason: 'it reached its ceiling', failure: 'ceilingReached' };
  if (now < Date.parse(permit.startsAt)) return { reason: 'its window has not begun', failure: null };
  if (rental.resting) return { reason: 'the machine is told to rest', failure: null };
  return null;
}

function nextStep(
  rental: Rental,
  container: ExistingWorkload | undefined,
  now: number,
): Omit<Action, 'leaseId'> | null {
  const refusal = whyNotRun(rental, now);
  const early = refusal !== null && beginsSoon(rental, now);
  if (rental.busy !== null) {
    return refusal !== null && rental.busy === 'pull' && !early ? { kind: 'abort', ...refusal } : null;
  }
  if (isEnded(rental, now)) {
    return container === undefined ? null : { kind: 'remove', reason: 'the rental ended', failure: null };
  }
  if (refusal !== null && container?.running) return { kind: 'stop', ...refusal };
  if (early && !rental.pulled) return { kind: 'pull', reason: 'it begins soon', failure: null };
  if (refusal !== null) return null;
  if (container?.running) {
    if (container.run !== rental.lease.run) {
      return { kind: 'stop', reason: `run ${rental.lease.run} replaces run ${container.run}`, failure: null };
    }
    return rental.attached ? null : { kind: 'attach', reason: 'it runs already', failure: null };
  }
  return rental.pulled ? null : { kind: 'pull', reason: 'it should run', failure: null };
}

/** The GPUs that rentals have, or want now or within moments: what else runs on them has to go. */
export function gpusWanted(
  rentals: readonly Rental[],
  existing: readonly ExistingWorkload[],
  now: number,
): ReadonlySet<string> {
  const running = new Set(existing.filter((container) => container.running).map(({ leaseId }) => leaseId));
  const wanting = rentals.filter(
    (rental) =>
      running.has(rental.lease.permit.leaseId) ||
      rental.busy === 'start' ||
      whyNotRun(rental, now) === null ||
      whyNotRun(rental, now + ROOM_BEFORE_MS) === null,
  );
  return new Set(wanting.flatMap(({ lease }) => lease.permit.gpuUuids));
}

/** Whether nothing but its window keeps a rental from running, and that begins soon: its image is pulled meanwhile. */
function beginsSoon(rental: Rental, now: number): boolean {
  const startsAt = Date.parse(rental.lease.permit.startsAt);
  return now < startsAt && startsAt - now <= PULLED_BEFORE_MS && whyNotRun(rental, startsAt) === null;
}

function mayStart(rental: Rental, container: ExistingWorkload | undefined, now: number): boolean {
  return rental.busy === null && rental.pulled && !container?.running && whyNotRun(rental, now) === null;
}

/** Whether nothing of a rental is to be kept: the market said so, or forgot it long ago. */
export function isEnded({ lease, unnamedSince }: Rental, now: number): boolean {
  const forgotten =
    unnamedSince !== null &&
    now - unnamedSince >= FORGOTTEN_AFTER_MS &&
    now - Date.parse(lease.permit.endsAt) >= FORGOTTEN_AFTER_MS;
  return lease.desired === 'ended' || forgotten;
}

/** How far a rental is, for the report to the market. `connectable` needs a shell and at least one open way in. */
export function phaseOf(
  rental: Rental,
  container: Pick<ExistingWorkload, 'running' | 'run'> | undefined,
  connectable: boolean,
  now: number,
): Phase {
  if (rental.busy === 'stop' || rental.busy === 'remove') return 'stopping';
  if (isEnded(rental, now)) return container === undefined && rental.busy === null ? 'ended' : 'stopping';
  const runs = container?.running === true && container.run === rental.lease.run && whyNotRun(rental, now) === null;
  if (runs && (connectable || rental.attached)) return connectable ? 'connectable' : 'starting';
  if (rental.busy === 'start') return 'starting';
  if (rental.busy === 'pull') return 'pulling';
  const refusal = whyNotRun(rental, now);
  if (container?.running) return refusal === null ? 'starting' : 'stopping';
  const resting = rental.resting && rental.lease.desired === 'running' && refusal?.failure === null;
  if (refusal === null || resting || now < Date.parse(rental.lease.permit.startsAt)) return 'accepted';
  const kept = container !== undefined && (refusal.failure === null || ENDED_A_SHELL.has(refusal.failure));
  return refusal.failure === null || kept ? 'stopped' : 'failed';
}

/** Failures of a run that was up: its files are kept and it may be started again. */
const ENDED_A_SHELL: ReadonlySet<Failure> = new Set(['exited', 'ceilingReached', 'windowEnded']);

function byWindow(a: Rental, b: Rental): number {
  const [first, second] = [a.lease.permit, b.lease.permit];
  return first.startsAt < second.startsAt
    ? -1
    : first.startsAt > second.startsAt
      ? 1
      : first.leaseId < second.leaseId
        ? -1
        : 1;
}
