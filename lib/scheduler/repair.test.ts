import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { demand, machine, someDemand, someMachines } from '#tests/support/market.ts';
import { Engine } from './engine.ts';
import { whyNever, whyTaken } from './fit.ts';
import { isWorthMoving, makeRoom, type Placed } from './repair.ts';

describe('moving others to make room', () => {
  it('takes and gives exactly, moves only to where it fits, and only what makes the demand fit', () => {
    fc.assert(
      fc.property(
        someMachines,
        fc.array(someDemand, { minLength: 1, maxLength: 40 }),
        someDemand,
        fc.integer({ min: 0, max: 3 }),
        (machines, arrivals, last, most) => {
          const engine = new Engine(machines, [], 'fragmentsOnly');
          const held: Placed[][] = machines.map(() => []);
          for (const each of arrivals) {
            const known = engine.know(each);
            const place = engine.place(known);
            if (place !== null) held[place.rank]?.push({ known, place });
          }
          const known = engine.know(last);
          if (engine.choose(known) >= 0) return;
          const before = held.flat().map((placed) => ({ placed, rank: placed.place.rank }));
          const moved = makeRoom(engine, held, known, most);
          expect(moved).toBeLessThanOrEqual(most);
          expect(held.flat()).toHaveLength(before.length);
          expect(before.filter(({ placed, rank }) => placed.place.rank !== rank)).toHaveLength(moved);
          expect(engine.choose(known) >= 0).toBe(moved > 0);
          engine.seats.forEach((seat, rank) => {
            const left = machines[rank]?.free.gpuMilli.slice() ?? [];
            let cpuMilli = machines[rank]?.free.cpuMilli ?? 0;
            let memoryBytes = machines[rank]?.free.memoryBytes ?? 0;
            for (const { known: other, place } of held[rank] ?? []) {
              const theirs = engine.demandOf(other);
              expect(place.rank).toBe(rank);
              expect(whyNever(seat.machine, theirs)).toBeNull();
              cpuMilli -= theirs.cpuMilli;
              memoryBytes -= theirs.memoryBytes;
              for (const gpu of place.gpus) left[gpu] = (left[gpu] ?? 0) - theirs.gpuMilli;
            }
            expect(seat.gpuMilli).toEqual(left);
            expect(seat.cpuMilli).toBe(cpuMilli);
            expect(seat.memoryBytes).toBe(memoryBytes);
            expect(Math.min(...left, cpuMilli, memoryBytes)).toBeGreaterThanOrEqual(0);
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
    const both = engine.know(demand({ gpuCount: 2 }));
    expect(engine.choose(both)).toBe(-1);
    expect(makeRoom(engine, [[placed], []], both, 1)).toBe(1);
    expect(placed.place.rank).toBe(1);
    const seat = engine.seats[0];
    expect(seat === undefined ? 'none' : whyTaken(seat, demand({ gpuCount: 2 }))).toBeNull();
  });

  it('moves nothing where the plan loses more by it than the demand takes, and leaves all as it was', () => {
    const part = (gpuMilli: number) => demand({ gpuMilli, cpuMilli: 0 });
    /** What is moved for 0.81 of a GPU where 0.8 and 0.2 and useless rests are free: 0.2 stands in its way. */
    const movedWhere = (expected: readonly number[]) => {
      const machines = [machine('a', { gpus: 1 }), machine('b', { gpus: 1 }), machine('c', { gpus: 8 })];
      const engine = new Engine(
        machines,
        expected.map((milli) => ({ demand: part(milli), count: 100 })),
        'amplyCpu',
      );
      const held: Placed[][] = [200, 800, ...new Array<number>(8).fill(950)].reduce<Placed[][]>(
        (all, milli, at) => {
          const known = engine.know(part(milli));
          const rank = Math.min(at, 2);
          all[rank]?.push({ known, place: engine.take(known, rank, 1000) });
          return all;
        },
        [[], [], []],
      );
      const wanted = engine.know(part(810));
      expect(engine.place(wanted)).toBeNull();
      const moved = makeRoom(engine, held, wanted, 1);
      return { moved, free: engine.seats.slice(0, 2).map(({ gpuMilli }) => [...gpuMilli]), held: held[0]?.length };
    };
    expect(movedWhere([810])).toEqual({ moved: 1, free: [[1000], [0]], held: 0 });
    expect(movedWhere([200, 800])).toEqual({ moved: 0, free: [[800], [200]], held: 1 });
  });

  describe('a free GPU whose machine has no CPU left for it', () => {
    /** Two machines of two GPUs: on the first one GPU is free and CPU is short, on the second CPU is free and no GPU. */
    function shortOfCpu() {
      const engine = new Engine(
        [machine('a', { gpus: 2, cores: 16 }), machine('b', { gpus: 2, cores: 32 })],
        [],
        'fragmentsOnly',
      );
      const cores = (count: number) => engine.know(demand({ cpuMilli: count * 1000 }));
      const placed = (known: number, rank: number): Placed => ({ known, place: engine.take(known, rank, 1000) });
      const held = [[placed(cores(14), 0)], [placed(cores(4), 1), placed(cores(4), 1)]];
      return { engine, cores, held };
    }

    it('is had by two that change places: whoever needs much CPU goes to where it is', () => {
      const { engine, cores, held } = shortOfCpu();
      const wanted = cores(8);
      expect(engine.choose(wanted)).toBe(-1);
      expect(makeRoom(engine, held, wanted, 1)).toBe(0);
      expect(makeRoom(engine, held, wanted, 2)).toBe(2);
      expect(held.map((all) => all.map(({ known }) => engine.demandOf(known).cpuMilli).sort())).toEqual([
        [4_000],
        [14_000, 4_000],
      ]);
      expect(engine.choose(wanted)).toBe(0);
    });

    it('is not made for what needs more CPU than there is for each free GPU, nor for what needs no GPU', () => {
      const { engine, cores } = shortOfCpu();
      expect(isWorthMoving(engine, cores(26))).toBe(true);
      expect(isWorthMoving(engine, cores(27))).toBe(false);
      expect(isWorthMoving(engine, engine.know(demand({ gpuCount: 0, gpuMilli: 0 })))).toBe(false);
    });
  });
});
