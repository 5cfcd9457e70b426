import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { machine, someDemand, someMachines } from '#tests/support/market.ts';
import { Engine } from './engine.ts';
import { whyNotFit } from './fit.ts';
import type { Policy } from './score.ts';
import { ANY_GPU } from './snapshot.ts';

describe('the engine', () => {
  it('remembers, and shares between demands, only what is still so: it chooses as one that sees the machines for the first time', () => {
    fc.assert(
      fc.property(
        someMachines,
        fc.array(someDemand, { minLength: 1, maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 30 }),
        (machines, demands, picks) => {
          const expected = demands.map((each, at) => ({ demand: each, count: at + 1 }));
          const kept = new Engine(machines, expected, 'fragmentsOnly');
          for (const pick of picks) {
            const demand = demands[pick % demands.length];
            if (demand === undefined) continue;
            const now = machines.map((each, rank) => ({ ...each, free: { ...each.free, ...kept.seats[rank] } }));
            const fresh = new Engine(now, expected, 'fragmentsOnly');
            const known = kept.know(demand);
            const chosen = kept.choose(known);
            expect(chosen).toBe(fresh.choose(fresh.know(demand)));
            expect(chosen >= 0).toBe(now.some((each) => whyNotFit(each, demand) === null));
            kept.put(known);
          }
        },
      ),
    );
  });

  it('uses up first the GPUs that a demand would fit which cannot all be met', () => {
    const machines = Array.from({ length: 20 }, (_, at) => machine(`m${at}`, { gpus: 1 }));
    const half = { ...ANY_GPU, gpuMilli: 500 };
    const most = { ...ANY_GPU, gpuMilli: 810 };
    const expected = [half, most].map((demand) => ({ demand, count: 1 }));
    const opened = (policy: Policy) => {
      const engine = new Engine(machines, expected, policy);
      const known = engine.know(half);
      return new Set([0, 1, 2, 3].map(() => engine.place(known)?.rank)).size;
    };
    expect(opened('fragmentsOnly')).toBe(2);
    expect(opened('amplyCpu')).toBe(4);
  });
});
