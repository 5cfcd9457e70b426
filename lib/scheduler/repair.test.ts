import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { demand, machine, someDemand, someMachines } from '#tests/support/market.ts';
import { Engine } from './engine.ts';
import { whyTaken } from './fit.ts';
import { makeRoom, type Placed } from './repair.ts';

describe('moving one thing to make room', () => {
  it('takes and gives exactly, and moves only what makes the demand fit', () => {
    fc.assert(
      fc.property(
        someMachines,
        fc.array(someDemand, { minLength: 1, maxLength: 40 }),
        someDemand,
        (machines, arrivals, last) => {
          const engine = new Engine(machines, [], 'fragmentsOnly');
          const held: Placed[][] = machines.map(() => []);
          for (const each of arrivals) {
            const known = engine.know(each);
            const place = engine.place(known);
            if (place !== null) held[place.rank]?.push({ known, place });
          }
          const known = engine.know(last);
          if (engine.choose(known) >= 0) return;
          const count = held.flat().length;
          const moved = makeRoom(engine, held, known);
          expect(held.flat()).toHaveLength(count);
          expect(engine.choose(known) >= 0).toBe(moved);
          engine.seats.forEach((seat, rank) => {
            const left = machines[rank]?.free.gpuMilli.slice() ?? [];
            let cpuMilli = machines[rank]?.free.cpuMilli ?? 0;
            for (const { known: other, place } of held[rank] ?? []) {
              expect(place.rank).toBe(rank);
              cpuMilli -= engine.demandOf(other).cpuMilli;
              for (const gpu of place.gpus) left[gpu] = (left[gpu] ?? 0) - engine.demandOf(other).gpuMilli;
            }
            expect(seat.gpuMilli).toEqual(left);
            expect(seat.cpuMilli).toBe(cpuMilli);
            expect(Math.min(...left, cpuMilli)).toBeGreaterThanOrEqual(0);
          });
        },
      ),
    );
  });

  it('moves a small thing away from where the whole machine is wanted', () => {
    const machines = [machine('a', { gpus: 2 }), machine('b', { gpus: 1 })];
    const engine = new Engine(machines, [], 'fragmentsOnly');
    const small = engine.know(demand());
    const placed: Placed = { known: small, place: engine.take(small, 0, 1000) };
    const held = [[placed], []];
    const both = engine.know(demand({ gpuCount: 2 }));
    expect(engine.choose(both)).toBe(-1);
    expect(makeRoom(engine, held, both)).toBe(true);
    expect(placed.place.rank).toBe(1);
    const seat = engine.seats[0];
    expect(seat === undefined ? 'none' : whyTaken(seat, demand({ gpuCount: 2 }))).toBeNull();
  });
});
