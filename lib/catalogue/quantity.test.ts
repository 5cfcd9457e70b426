import { describe, expect, it } from 'vitest';
import { formatBasisPoints, formatBitsPerSecond, formatBytes, formatBytesPerSecond } from './quantity.ts';

describe('an amount', () => {
  it('of bytes is written in binary units', () => {
    expect(formatBytes(0)).toBe('0 B');
    expect(formatBytes(1023)).toBe('1023 B');
    expect(formatBytes(1024)).toBe('1 KiB');
    expect(formatBytes(24_564n * 1_048_576n)).toBe('24 GiB');
    expect(formatBytes(1024 ** 4)).toBe('1 TiB');
    expect(formatBytes(1024 ** 3 - 1)).toBe('1 GiB');
  });

  it('per second is written in decimal units', () => {
    expect(formatBitsPerSecond(940_000_000)).toBe('940 Mbit/s');
    expect(formatBitsPerSecond(10_000_000_000)).toBe('10 Gbit/s');
    expect(formatBytesPerSecond(3_200_000_000)).toBe('3.2 GB/s');
    expect(formatBitsPerSecond(999_999)).toBe('1 Mbit/s');
  });

  it('as a share is never rounded up to what it is not', () => {
    expect(formatBasisPoints(10_000)).toBe('100 %');
    expect(formatBasisPoints(9_999)).toBe('99.99 %');
    expect(formatBasisPoints(9_950)).toBe('99.5 %');
    expect(formatBasisPoints(0)).toBe('0 %');
  });
});
