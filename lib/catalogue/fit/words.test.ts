import { expect, it } from 'vitest';
import { costRange, gigabytes, roughly, speedRange, timeRange } from './words.ts';

it('says sizes, times and costs of an estimate in few digits and one unit', () => {
  expect([5.73e9, 811.7e9, 3.25e12].map(gigabytes)).toEqual(['5.7 GB', '812 GB', '3,250 GB']);
  expect([42, 720, 12_240, 432_000].map(roughly)).toEqual(['42 s', '12 min', '3.4 h', '5 days']);
  expect(timeRange({ fast: 12_240, slow: 18_360 })).toBe('3.4–5.1 h');
  expect(timeRange({ fast: 50, slow: 3_700 })).toBe('0.014–1 h');
  expect(costRange({ fast: 1_240_000, slow: 1_860_000 })).toBe('$1.24–1.86');
  expect(costRange({ fast: 4_000, slow: 1_234_567_890 })).toBe('$0.004–1,235');
  expect(costRange({ fast: 1_000_000, slow: 1_000_100 })).toBe('$1.00');
  expect(speedRange({ fast: 77, slow: 48 })).toBe('48–77 tokens/s');
  expect(speedRange({ fast: 5_102, slow: 2_268 })).toBe('2,300–5,100 tokens/s');
});
