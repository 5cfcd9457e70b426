import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { demand, machine, request, snapshot, someSnapshot } from '#tests/support/market.ts';
import { whyNotFit } from './fit.ts';
import { PATIENCE_MS, type Plan, planPlacements } from './plan.ts';
import { recordPlan, replayRecord } from './record.ts';
import { type Policy, WEIGHTS } from './score.ts';
import { demandMilli, type Machine, type Request, type Room, type Snapshot } from './snapshot.ts';

const policies = fc.constantFrom(...(Object.keys(WEIGHTS) as Policy[]));
const runs = { numRuns: 60 };

/** Carries a plan out, placement by placement, asking `fit` each time as the placing command does. */
function carryOut({ machines, requests }: Snapshot, plan: Plan): void {
  const free = new Map<string, { -readonly [key in keyof Room]: Room[key] extends number ? number : number[] }>(
    machines.map(({ id, free: room }) => [id, { ...room, gpuMilli: [...room.gpuMilli] }]),
  );
  for (const { requestId, places } of plan.assignments) {
    const { demand: wanted, machines: count } = requests.find(({ id }) => id === requestId) as Request;
    expect(places).toHaveLength(count);
    expect(new Set(places.map(({ machineId }) => machineId)).size).toBe(count);
    for (const { machineId, gpus } of places) {
      const room = free.get(machineId);
      const at = machines.find(({ id }) => id === machineId);
      if (room === undefined || at === undefined) throw new Error(`no machine ${machineId}`);
      expect(whyNotFit(at, wanted, room)).toBeNull();
      expect(new Set(gpus).size).toBe(wanted.gpuCount);
      room.cpuMilli -= wanted.cpuMilli;
      room.memoryBytes -= wanted.memoryBytes;
      room.diskBytes -= wanted.diskBytes;
      for (const gpu of gpus) {
        room.gpuMilli[gpu] = (room.gpuMilli[gpu] ?? -1) - wanted.gpuMilli;
        expect(room.gpuMilli[gpu]).toBeGreaterThanOrEqual(0);
      }
    }
  }
}

const placedIds = (plan: Plan) => plan.assignments.map(({ requestId }) => requestId);

describe('a plan', () => {
  it('puts nothing on a machine that fails fit, takes no GPU twice, and places all machines of a request or none', () => {
    fc.assert(
      fc.property(someSnapshot, policies, (seen, policy) => {
        const plan = planPlacements(seen, policy);
        carryOut(seen, plan);
        const heard = [...placedIds(plan), ...plan.waiting.map(({ requestId }) => requestId)].sort();
        expect(heard).toEqual(seen.requests.map(({ id }) => id).sort());
      }),
      runs,
    );
  });

  it('is the same for the same snapshot, in whatever order it is read', () => {
    fc.assert(
      fc.property(someSnapshot, policies, (seen, policy) => {
        const other = {
          ...seen,
          machines: [...seen.machines].reverse(),
          requests: [...seen.requests].reverse(),
        };
        expect(planPlacements(other, policy).assignments).toEqual(planPlacements(seen, policy).assignments);
      }),
      runs,
    );
  });

  it('comes out of its record again, bit for bit', () => {
    fc.assert(
      fc.property(someSnapshot, policies, (seen, policy) => {
        const line = recordPlan(seen, policy, planPlacements(seen, policy));
        const { plan, same } = replayRecord(line);
        expect(same).toBe(true);
        expect(recordPlan(seen, policy, plan)).toBe(line);
      }),
      runs,
    );
  });

  it('notices a record that does not follow from its snapshot', () => {
    const seen = snapshot({ machines: [machine('a')], requests: [request('r')] });
    const line = recordPlan(seen, 'amplyCpu', { assignments: [], waiting: [] });
    expect(replayRecord(line).same).toBe(false);
  });

  it('never makes a request wait that fits alone and is next in the queue, however many machines are added', () => {
    fc.assert(
      fc.property(someSnapshot, someSnapshot, policies, (seen, more, policy) => {
        // Nobody has waited for long, so the queue is in the order of what renters hold.
        const young = { ...seen, nowMs: 0 };
        const supply = more.machines.map((each): Machine => ({ ...each, id: `x-${each.id}` }));
        for (const next of young.requests) {
          const before = planPlacements({ ...young, requests: [next] }, policy);
          if (before.assignments.length === 0) continue;
          const first = { ...next, askedAtMs: -1 };
          const after = planPlacements(
            {
              ...young,
              machines: [...young.machines, ...supply],
              requests: young.requests.map((each) => (each === next ? first : each)),
              heldGpuMilli: new Map(
                [...young.heldGpuMilli].map(([id, milli]) => [id, id === next.renterId ? -1 : milli]),
              ),
            },
            policy,
          );
          expect(placedIds(after)).toContain(next.id);
          break;
        }
      }),
      runs,
    );
  });

  it('leaves no request waiting that still fits, unless its machines are kept for an older one', () => {
    fc.assert(
      fc.property(someSnapshot, policies, (seen, policy) => {
        const { waiting } = planPlacements({ ...seen, nowMs: 0 }, policy);
        for (const { requestId, report } of waiting) {
          const { machines } = seen.requests.find(({ id }) => id === requestId) as Request;
          expect(report.fitting).toBeLessThan(machines);
        }
      }),
      runs,
    );
  });

  it('lets no renter who wants the same get ahead of another by more than one request', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 2, maxLength: 5 }),
        fc.integer({ min: 1, max: 20 }),
        (wants, gpus) => {
          const requests = wants.flatMap((count, renter) =>
            Array.from({ length: count }, (_, at) => request(`r${renter}-${at}`, { renterId: `renter-${renter}` })),
          );
          const machines = Array.from({ length: gpus }, (_, at) => machine(`m${at}`, { gpus: 1 }));
          const plan = planPlacements(snapshot({ machines, requests }), 'amplyCpu');
          const got = wants.map((_, renter) => placedIds(plan).filter((id) => id.startsWith(`r${renter}-`)).length);
          wants.forEach((want, renter) => {
            if ((got[renter] ?? 0) < want) expect(got[renter]).toBeGreaterThanOrEqual(Math.max(...got) - 1);
          });
        },
      ),
      runs,
    );
  });
});

describe('a queue over time', () => {
  it('brings everybody who waits for one GPU to as many as anybody else gets meanwhile, within one, however old the others’ lines are', () => {
    const lines = fc.array(
      fc.record({ jobs: fc.integer({ min: 1, max: 30 }), asked: fc.integer({ min: 0, max: 90 }) }),
      {
        minLength: 2,
        maxLength: 4,
      },
    );
    fc.assert(
      fc.property(lines, fc.integer({ min: 1, max: 40 }), (asked, minutesAGpu) => {
        const left = asked.map(({ jobs }) => jobs);
        const got = asked.map(() => 0);
        const servedAtMs = new Map<string, number>();
        // Everybody has asked by then; one GPU comes free each time, for good.
        for (let turn = 0; turn < 25; turn += 1) {
          const nowMs = (90 + turn * minutesAGpu) * 60_000;
          const requests = asked.flatMap((line, renter) =>
            Array.from({ length: left[renter] ?? 0 }, (_, at) =>
              request(`r${renter}-${got[renter]}-${at}`, {
                renterId: `renter-${renter}`,
                askedAtMs: line.asked * 60_000,
              }),
            ),
          );
          const heldGpuMilli = new Map(got.map((gpus, renter) => [`renter-${renter}`, gpus * 1000]));
          const seen = snapshot({ machines: [machine('m', { gpus: 1 })], requests, heldGpuMilli, servedAtMs, nowMs });
          const [placed] = placedIds(planPlacements(seen, 'amplyCpu'));
          if (placed === undefined) break;
          const renter = Number(placed.slice(1, 2));
          got[renter] = (got[renter] ?? 0) + 1;
          left[renter] = (left[renter] ?? 0) - 1;
          servedAtMs.set(`renter-${renter}`, nowMs);
          got.forEach((mine, at) => {
            if ((left[at] ?? 0) > 0) expect(mine).toBeGreaterThanOrEqual(Math.max(...got) - 1);
          });
        }
      }),
      runs,
    );
  });
});

describe('who comes first', () => {
  const one = [machine('a', { gpus: 1 })];
  it('is the renter who holds less', () => {
    const requests = [
      request('early', { renterId: 'ada', askedAtMs: 1 }),
      request('late', { renterId: 'ben', askedAtMs: 2 }),
    ];
    const heldGpuMilli = new Map([['ada', 1000]]);
    expect(placedIds(planPlacements(snapshot({ machines: one, requests, heldGpuMilli }), 'amplyCpu'))).toEqual([
      'late',
    ]);
  });

  it('is, after half an hour, whoever has waited longest, and machines are kept until all of them are free', () => {
    const taken = machine('b', { gpus: 1 });
    const machines = [...one, { ...taken, free: { ...taken.free, gpuMilli: [0] } }];
    const requests = [
      request('gang', { renterId: 'ada', machines: 2, askedAtMs: 0 }),
      request('small', { renterId: 'ben', askedAtMs: 1 }),
    ];
    const young = planPlacements(snapshot({ machines, requests, nowMs: PATIENCE_MS - 1 }), 'amplyCpu');
    expect(placedIds(young)).toEqual(['small']);
    const old = planPlacements(snapshot({ machines, requests, nowMs: PATIENCE_MS }), 'amplyCpu');
    expect(placedIds(old)).toEqual([]);
    const reasons = old.waiting.find(({ requestId }) => requestId === 'small')?.report.misfits;
    expect(Object.fromEntries(reasons ?? [])).toEqual({ keptForOlder: 1, gpusTaken: 1 });
    const later = planPlacements(snapshot({ machines: [...one, taken], requests, nowMs: PATIENCE_MS }), 'amplyCpu');
    expect(placedIds(later)).toEqual(['gang']);
  });

  it('is whoever holds less also when somebody else’s long line is old: it is older than everybody for ever', () => {
    const line = Array.from({ length: 20 }, (_, at) => request(`line-${at}`, { renterId: 'ada', askedAtMs: 0 }));
    const late = request('late', { renterId: 'ben', askedAtMs: PATIENCE_MS });
    const seen = snapshot({
      machines: one,
      requests: [...line, late],
      heldGpuMilli: new Map([['ada', 50_000]]),
      nowMs: 2 * PATIENCE_MS,
    });
    expect(placedIds(planPlacements(seen, 'amplyCpu'))).toEqual(['late']);
  });

  it('is not a line of large requests each time: what was placed of it begins the half hour anew', () => {
    const line = Array.from({ length: 20 }, (_, at) =>
      request(`line-${at}`, { renterId: 'ada', machines: 2, askedAtMs: 0 }),
    );
    const small = request('small', { renterId: 'ben', askedAtMs: 1 });
    const machines = [machine('a', { gpus: 1 }), machine('b', { gpus: 1 })];
    const heldGpuMilli = new Map([['ada', 2000]]);
    const seen = { machines, requests: [...line, small], heldGpuMilli, nowMs: 10 * PATIENCE_MS };
    expect(placedIds(planPlacements(snapshot(seen), 'amplyCpu'))).toEqual(['line-0']);
    const servedAtMs = new Map([['ada', 10 * PATIENCE_MS - 60_000]]);
    expect(placedIds(planPlacements(snapshot({ ...seen, servedAtMs }), 'amplyCpu'))).toEqual(['small']);
  });

  it('is a large request of somebody who holds something, before those who hold nothing and want little', () => {
    const taken = machine('b', { gpus: 1 });
    const machines = [...one, { ...taken, free: { ...taken.free, gpuMilli: [0] } }];
    const requests = [
      request('gang', { renterId: 'ada', machines: 2, askedAtMs: 0 }),
      ...Array.from({ length: 5 }, (_, at) => request(`small-${at}`, { renterId: `ben-${at}`, askedAtMs: 1 })),
    ];
    const seen = snapshot({ machines, requests, heldGpuMilli: new Map([['ada', 1000]]), nowMs: PATIENCE_MS });
    expect(placedIds(planPlacements(seen, 'amplyCpu'))).toEqual([]);
  });

  it('is not passed by smaller requests of the same renter for ever, though these are placed all the time', () => {
    const taken = machine('b', { gpus: 1 });
    const machines = [...one, { ...taken, free: { ...taken.free, gpuMilli: [0] } }];
    const requests = [
      request('gang', { renterId: 'ada', machines: 2, askedAtMs: 0 }),
      request('small', { renterId: 'ada', askedAtMs: 1 }),
    ];
    const servedAtMs = new Map([['ada', PATIENCE_MS]]);
    const seen = snapshot({ machines, requests, servedAtMs, nowMs: PATIENCE_MS });
    expect(placedIds(planPlacements(seen, 'amplyCpu'))).toEqual([]);
  });

  it('is not held up by a request that nothing can meet, which is told what comes nearest', () => {
    const requests = [
      request('dream', { demand: demand({ models: ['H100'] }), askedAtMs: 0 }),
      request('plain', { askedAtMs: 1 }),
    ];
    const plan = planPlacements(snapshot({ machines: one, requests, nowMs: 10 * PATIENCE_MS }), 'amplyCpu');
    expect(placedIds(plan)).toEqual(['plain']);
    expect(plan.waiting[0]?.never).toMatchObject([{ machine: { id: 'a' }, lacks: ['model'] }]);
  });

  it('is found as well when more kinds of demand wait than are remembered', () => {
    const requests = Array.from({ length: 1_100 }, (_, at) =>
      request(`r${at}`, { demand: demand({ untilMs: at % 550 }), askedAtMs: at }),
    );
    const machines = Array.from({ length: 20 }, (_, at) => machine(`m${at}`, { gpus: 8, cores: 64 }));
    const plan = planPlacements(snapshot({ machines, requests }), 'amplyCpu');
    expect(placedIds(plan)).toEqual(Array.from({ length: 160 }, (_, at) => `r${at}`));
    expect(plan.waiting).toHaveLength(940);
  });

  it('matters not at all when ten thousand ask for the same: all are answered at once', () => {
    const requests = Array.from({ length: 10_000 }, (_, at) => request(`r${at}`));
    const machines = Array.from({ length: 50 }, (_, at) => machine(`m${at}`, { gpus: 8, cores: 64 }));
    const plan = planPlacements(snapshot({ machines, requests }), 'amplyCpu');
    const placed = plan.assignments.length;
    expect(placed).toBe(400);
    expect(plan.waiting).toHaveLength(10_000 - placed);
    expect(demandMilli(demand())).toBe(1000);
  });
});
