import { Engine, type Place } from './engine.ts';
import { type FitReport, fitReport, type Misfit, nearestTo, whyNotFit } from './fit.ts';
import { type Turn, turns } from './queue.ts';
import type { Policy } from './score.ts';
import { demandKey, demandMilli, type Machine, type Request, type Snapshot } from './snapshot.ts';

/** A large request that has waited for so long comes first, and machines are kept for it until it fits: see {@link oldestPatient}. */
export const PATIENCE_MS = 30 * 60_000;

export type Assignment = {
  readonly requestId: string;
  readonly places: readonly { readonly machineId: string; readonly gpus: readonly number[] }[];
};
export type Waiting = {
  readonly requestId: string;
  /** Machines that could take a part of it now, and why the others cannot. */
  readonly report: FitReport;
  /** Set where no waiting helps: what comes nearest, and what that lacks. */
  readonly never: ReturnType<typeof nearestTo> | null;
};
export type Plan = { readonly assignments: readonly Assignment[]; readonly waiting: readonly Waiting[] };

/**
 * What to place where. Renters who hold least come first; all machines of a request are placed, each on another one, or
 * none; a request that fits when its turn comes is placed. Nothing is decided by chance: the same snapshot gives the
 * same plan, ties go to the smaller id.
 */
export function planPlacements(snapshot: Snapshot, policy: Policy): Plan {
  const machines = [...snapshot.machines].sort((a, b) => (a.id < b.id ? -1 : 1));
  const engine = new Engine(machines, snapshot.expected, policy);
  const assignments: Assignment[] = [];
  const unplaced: Request[] = [];
  /** By demand: the fewest machines that could not be had in this plan. Nothing becomes free while it is made. */
  const tooMany = new Map<string, number>();
  const attempt = (request: Request): boolean => {
    const key = demandKey(request.demand);
    if (request.machines >= (tooMany.get(key) ?? Number.POSITIVE_INFINITY)) return false;
    const places = placeAll(engine, request);
    if (places === null) {
      tooMany.set(key, request.machines);
      return false;
    }
    assignments.push({
      requestId: request.id,
      places: places.map(({ rank, gpus }) => ({ machineId: (machines[rank] as Machine).id, gpus })),
    });
    return true;
  };
  let isKept = false;
  const first = oldestPatient(snapshot, engine);
  if (first !== undefined && !attempt(first)) {
    unplaced.push(first);
    keepFor(engine, first);
    isKept = true;
  }
  const queue = turns(snapshot.requests, snapshot.heldGpuMilli, first);
  for (let turn: Turn | undefined = queue.next(); turn !== undefined; turn = queue.next()) {
    const { request } = turn;
    if (attempt(request)) {
      turn.placed(totalMilli(request));
      continue;
    }
    unplaced.push(request);
    // Whose turn it is and who has waited for long is not passed by whoever holds more, were it by smaller requests of the same renter.
    if (isKept || snapshot.nowMs - request.askedAtMs < PATIENCE_MS || !isPossible(engine, request)) continue;
    keepFor(engine, request);
    isKept = true;
  }
  return { assignments, waiting: explain(engine, machines, unplaced) };
}

/** Places for all machines of a request, each on another one, or null and nothing taken. */
function placeAll(engine: Engine, request: Request): Place[] | null {
  const known = engine.know(request.demand);
  const places: Place[] = [];
  while (places.length < request.machines) {
    const place = engine.place(known);
    if (place === null) break;
    places.push(place);
    if (request.machines > 1) engine.bar(place.rank, true);
  }
  if (request.machines > 1) for (const { rank } of places) engine.bar(rank, false);
  if (places.length === request.machines) return places;
  for (const place of places.reverse()) engine.release(known, place);
  return null;
}

/** Ranks of the machines that a request fits when they are empty. */
function possibleRanks(engine: Engine, { demand }: Request): number[] {
  const known = engine.know(demand);
  return engine.seats.flatMap(({ rank }) => (engine.isPossible(known, rank) ? [rank] : []));
}

function isPossible(engine: Engine, request: Request): boolean {
  return possibleRanks(engine, request).length >= request.machines;
}

function totalMilli({ demand, machines }: Request): number {
  return demandMilli(demand) * machines;
}

/**
 * The request that comes before everybody's turn: of those that machines could hold, the one whose renter has waited longest, half an
 * hour at least, since it was asked or since anything of that renter was placed. It is for large requests, which smaller ones
 * would pass for ever: while somebody who holds less waits for as much, whose turn it is decides. So a long line of one renter's
 * never comes before others because it is old.
 */
function oldestPatient({ requests, nowMs, heldGpuMilli, servedAtMs }: Snapshot, engine: Engine): Request | undefined {
  const since = ({ renterId, askedAtMs }: Request) => Math.max(askedAtMs, servedAtMs.get(renterId) ?? askedAtMs);
  const patient = requests.filter((request) => nowMs - since(request) >= PATIENCE_MS);
  if (patient.length === 0) return undefined;
  const known = new Map<string, boolean>();
  const may = (request: Request) => {
    const key = `${request.machines} ${engine.know(request.demand)}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const possible = isPossible(engine, request);
    known.set(key, possible);
    return possible;
  };
  const held = (renterId: string) => heldGpuMilli.get(renterId) ?? 0;
  const largest = new Map<string, number>();
  for (const request of requests) {
    const before = largest.get(request.renterId) ?? 0;
    if (totalMilli(request) > before && may(request)) largest.set(request.renterId, totalMilli(request));
  }
  const isPassedBySmallerOnly = (request: Request) =>
    [...largest].every(([renterId, milli]) => held(renterId) >= held(request.renterId) || milli < totalMilli(request));
  return patient
    .sort((a, b) => since(a) - since(b) || a.askedAtMs - b.askedAtMs || (a.id < b.id ? -1 : 1))
    .find((request) => may(request) && isPassedBySmallerOnly(request));
}

/**
 * Keeps the machines on which the request will fit soonest, by what is free of them now, from everybody who comes
 * later.
 */
function keepFor(engine: Engine, request: Request): void {
  const free = (rank: number) => engine.seats[rank]?.shape.totalMilli ?? 0;
  const ranks = possibleRanks(engine, request).sort((a, b) => free(b) - free(a) || a - b);
  for (const rank of ranks.slice(0, request.machines)) engine.bar(rank, true);
}

/** Reports of what is left after the plan; requests that ask for the same share one. */
function explain(engine: Engine, machines: readonly Machine[], unplaced: readonly Request[]): Waiting[] {
  const reports = new Map<string, FitReport>();
  return unplaced.map((request): Waiting => {
    const { demand } = request;
    const key = demandKey(demand);
    let report = reports.get(key);
    if (report === undefined) {
      report = fitReport(machines, demand, (machine, rank): Misfit | null => {
        const misfit = whyNotFit(machine, demand, engine.seats[rank]);
        return misfit === null && engine.isBarred(rank) ? 'keptForOlder' : misfit;
      });
      reports.set(key, report);
    }
    const possible = possibleRanks(engine, request).length;
    const never = possible < request.machines ? nearestTo(machines, demand) : null;
    return { requestId: request.id, report, never };
  });
}
