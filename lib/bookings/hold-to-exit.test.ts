import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minMicros } from '#lib/base/money.ts';
import { LEAST_RUN_SECONDS, planHoldToExit } from './hold.ts';
import { chargeFor, diskReserve, runningCost, stoppedCost, type Terms } from './terms.ts';

const someTerms: fc.Arbitrary<Terms> = fc.record({
  priceMicrosPerGpuHour: fc.bigInt({ min: 1n, max: 50_000_000n }),
  diskPriceMicrosPerGibMonth: fc.bigInt({ min: 0n, max: 10_000_000n }),
  feeBasisPoints: fc.integer({ min: 0, max: 10_000 }),
  gpuCount: fc.integer({ min: 1, max: 16 }),
  gpuModel: fc.constant('RTX 4090'),
  diskBytes: fc.bigInt({ min: 2n ** 30n, max: 2n ** 40n }),
  limits: fc.constant({ cpuMillis: 1_000, memoryBytes: 2n ** 30n, pids: 100 }),
});
const someSeconds = fc.integer({ min: LEAST_RUN_SECONDS, max: 30 * 86_400 });
const PLENTY = 10n ** 30n;

describe('what is held for a command that runs to its end', () => {
  it('is exactly what can be charged: its whole time, and a day of its disk where that is kept', () => {
    fc.assert(
      fc.property(someTerms, someSeconds, fc.boolean(), (terms, runSeconds, keepsDisk) => {
        const plan = planHoldToExit(terms, { runSeconds, keepsDisk }, { capMicros: null, freeMicros: PLENTY });
        if ('problem' in plan) throw new Error(plan.problem);
        const usage = {
          gpuSeconds: BigInt(terms.gpuCount * runSeconds),
          diskByteSeconds: terms.diskBytes * BigInt(runSeconds),
        };
        expect(plan.ceilingMicros).toBe(chargeFor(terms, usage));
        expect(plan.heldMicros - plan.ceilingMicros).toBe(keepsDisk ? diskReserve(terms) : 0n);
        // A second more would not be paid, where a second costs anything.
        const more = runningCost(terms, runSeconds + 3_600);
        if (more > plan.ceilingMicros) expect(plan.ceilingMicros).toBeLessThan(more);
        if (keepsDisk) {
          const kept = { ...usage, diskByteSeconds: usage.diskByteSeconds + terms.diskBytes * 86_400n };
          expect(chargeFor(terms, kept)).toBeLessThanOrEqual(plan.heldMicros);
          expect(plan.heldMicros - chargeFor(terms, kept)).toBeLessThanOrEqual(2n);
          expect(stoppedCost(terms, 86_400)).toBeLessThanOrEqual(plan.heldMicros);
        }
      }),
    );
  });

  it('is never more than the cap, and refused where cap or wallet are too small to begin', () => {
    fc.assert(
      fc.property(
        someTerms,
        someSeconds,
        fc.bigInt({ min: 1n, max: 1_000_000_000n }),
        fc.bigInt({ min: 0n, max: 1_000_000_000n }),
        (terms, runSeconds, capMicros, freeMicros) => {
          const plan = planHoldToExit(terms, { runSeconds, keepsDisk: false }, { capMicros, freeMicros });
          const whole = runningCost(terms, runSeconds);
          const wanted = minMicros(capMicros, whole);
          if ('problem' in plan && plan.problem === 'capTooSmall')
            expect(capMicros).toBeLessThan(runningCost(terms, LEAST_RUN_SECONDS));
          else if ('problem' in plan) expect(freeMicros).toBeLessThan(wanted);
          else expect(plan).toEqual({ heldMicros: wanted, ceilingMicros: wanted });
        },
      ),
    );
  });
});
