import { describe, expect, it } from 'vitest';
import { leftOf, runwaysOf, walletLasts } from './runway.ts';
import type { Terms } from './terms.ts';

/** $3.60 an hour running; stopped, $0.36 an hour. */
const terms: Terms = {
  priceMicrosPerGpuHour: 3_240_000n,
  diskPriceMicrosPerGibMonth: 259_200_000n,
  feeBasisPoints: 1_000,
  gpuCount: 1,
  gpuModel: 'RTX 4090',
  diskBytes: 2n ** 30n,
  limits: { cpuMillis: 1_000, memoryBytes: 1n, pids: 1 },
};
const HOUR_MICROS = 3_600_000n;

describe('a wallet', () => {
  it('lasts until the first rental without a cap runs out, kept disks included', () => {
    const rentals = [
      { id: 'running', terms, capped: false, leftMicros: HOUR_MICROS },
      { id: 'stopped', terms, doing: 'stopped' as const, capped: false, leftMicros: 720_000n },
      { id: 'capped', terms, capped: true, leftMicros: 60_000n },
    ];
    // Both without a cap share $7.92 at $3.96 an hour: two hours for each beyond its own.
    expect(Object.fromEntries(runwaysOf(rentals, 7_920_000n))).toEqual({
      running: 3 * 3_600,
      stopped: 4 * 3_600,
      capped: 60,
    });
    expect(walletLasts(rentals, 7_920_000n)).toBe(3 * 3_600);
  });

  it('is shared by a rental with a cap too, as far as there is room below the cap', () => {
    const rentals = [
      { id: 'open', terms, capped: false, leftMicros: HOUR_MICROS },
      { id: 'roomy', terms, capped: true, underCapMicros: 10n * HOUR_MICROS, leftMicros: HOUR_MICROS },
      { id: 'near', terms, capped: true, underCapMicros: HOUR_MICROS, leftMicros: 0n },
      { id: 'full', terms, capped: true, underCapMicros: 0n, leftMicros: 2n * HOUR_MICROS },
    ];
    // Three of them draw on $21.60 at $10.80 an hour: two hours each, and one hour where the cap comes first.
    expect(Object.fromEntries(runwaysOf(rentals, 6n * HOUR_MICROS))).toEqual({
      open: 3 * 3_600,
      roomy: 3 * 3_600,
      near: 3_600,
      full: 2 * 3_600,
    });
  });

  it('lasts for as long as anybody likes when nothing uses it: caps are held already', () => {
    expect(walletLasts([], 5n)).toBeNull();
    expect(walletLasts([{ id: 'a', terms, capped: true, leftMicros: 1n }], 5n)).toBeNull();
    const free = { ...terms, diskPriceMicrosPerGibMonth: 0n };
    expect(walletLasts([{ id: 'a', terms: free, doing: 'stopped', capped: false, leftMicros: 0n }], 5n)).toBeNull();
  });

  it('is bounded by the ceiling while something runs, and by all that is held while a disk is kept', () => {
    const lease = { ceilingMicros: 100n, chargedMicros: 40n, heldMicros: 80n };
    expect(leftOf(lease, 'running', 50n)).toBe(50n);
    expect(leftOf(lease, 'stopped', 50n)).toBe(70n);
    expect(leftOf({ ...lease, heldMicros: 20n }, 'running', 50n)).toBe(10n);
  });
});
