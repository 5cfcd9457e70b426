import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { demand, machine, someDemand, someMachines } from '#tests/support/market.ts';
import { fitReport, MISFIT_LABELS, MISFITS, nearestTo, whyNever, whyNotFit } from './fit.ts';

describe('fit', () => {
  it('says yes exactly where every wish is met and everything needed is free', () => {
    fc.assert(
      fc.property(someMachines, someDemand, (machines, wanted) => {
        for (const each of machines) {
          const gpus = each.free.gpuMilli.filter((milli) => milli >= wanted.gpuMilli).length;
          const meets =
            (wanted.models?.includes(each.model) ?? true) &&
            each.trust >= wanted.leastTrust &&
            each.priceMicrosPerGpuHour <= (wanted.maxPriceMicrosPerGpuHour ?? each.priceMicrosPerGpuHour) &&
            wanted.gpuCount >= each.minGpus &&
            gpus >= wanted.gpuCount &&
            each.free.cpuMilli >= wanted.cpuMilli &&
            each.free.memoryBytes >= wanted.memoryBytes;
          expect(whyNotFit(each, wanted) === null).toBe(meets);
        }
      }),
    );
  });

  it.each([
    ['model', { model: 'H100' }],
    ['vram', { vramBytesPerGpu: 1 }],
    ['region', { region: null }],
    ['trust', { trust: 0 }],
    ['price', { priceMicrosPerGpuHour: 300_001n }],
    ['hostBlocked', { hostId: 'blocked' }],
    ['tooShort', { freeUntilMs: 4_999 }],
    ['fewerThanRentedTogether', { minGpus: 2 }],
    ['tooFewGpus', { gpus: 0 }],
    ['tooLittleCpu', { cores: 1 }],
  ] as const)('names what is wrong: %s', (misfit, over) => {
    const wanted = demand({
      models: ['RTX 4090'],
      vramBytesPerGpu: 2,
      regions: ['EU'],
      leastTrust: 1,
      maxPriceMicrosPerGpuHour: 300_000n,
      untilMs: 5_000,
      blockedHostIds: ['blocked'],
    });
    expect(whyNotFit(machine('a'), wanted)).toBeNull();
    expect(whyNotFit(machine('a', over), wanted)).toBe(misfit);
    expect(whyNever(machine('a', over), wanted)).toBe(misfit);
  });

  it('tells what is taken now from what never is enough', () => {
    const whole = machine('a');
    const busy = { ...whole, free: { ...whole.free, gpuMilli: [0, 999] } };
    expect(whyNotFit(busy, demand())).toBe('gpusTaken');
    expect(whyNever(busy, demand())).toBeNull();
    expect(whyNotFit(busy, demand({ gpuMilli: 500 }))).toBeNull();
    expect(whyNotFit(whole, demand(), { ...whole.free, diskBytes: 0 })).toBe('diskTaken');
  });

  it('counts each machine once in "why is it waiting"', () => {
    fc.assert(
      fc.property(someMachines, someDemand, (machines, wanted) => {
        const { fitting, misfits } = fitReport(machines, wanted);
        const out = [...misfits.values()].reduce((sum, count) => sum + count, 0);
        expect(fitting + out).toBe(machines.length);
      }),
    );
  });

  it('finds what comes nearest to a wish that nothing meets', () => {
    const machines = [machine('far', { model: 'T4', region: 'US' }), machine('near', { model: 'T4' })];
    const [first] = nearestTo(machines, demand({ models: ['H100'], regions: ['EU'] }), 1);
    expect(first).toMatchObject({ machine: { id: 'near' }, lacks: ['model'] });
  });

  it('has words for every reason', () => {
    expect(Object.keys(MISFIT_LABELS).sort()).toEqual([...MISFITS].sort());
  });
});
