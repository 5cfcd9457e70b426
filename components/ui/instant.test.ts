import { describe, expect, it } from 'vitest';
import { duration, exactly, relativeTo } from './instant.ts';

const NOW = new Date('2026-11-23T12:00:00Z');
const after = (seconds: number) => new Date(NOW.getTime() + seconds * 1_000);

describe('how far an instant is from now', () => {
  it.each([
    [0, 'just now'],
    [-4, 'just now'],
    [-5, '5 s ago'],
    [-59, '59 s ago'],
    [-60, '1 min ago'],
    [-3_599, '59 min ago'],
    [-3_600, '1 h ago'],
    [-172_799, '47 h ago'],
    [-172_800, '2 d ago'],
    [-5_184_000, '2 months ago'],
    [-63_072_000, '2 years ago'],
    [30, 'in 30 s'],
    [7_199, 'in 1 h 59 min'],
    [7_200, 'in 2 h'],
    [36_060, 'in 10 h'],
    [158_580, 'in 44 h'],
  ])('%i seconds from now is "%s"', (seconds, words) => {
    expect(relativeTo(NOW, after(seconds))).toBe(words);
  });
});

describe('how long something lasts', () => {
  it.each([
    [-3, '0 s'],
    [54.9, '54 s'],
    [60, '1 min'],
    [3_599, '59 min'],
    [11_100, '3 h 05 min'],
    [86_400, '24 h'],
    [172_799, '47 h 59 min'],
    [187_200, '2 d 4 h'],
    [2_592_000, '30 d'],
  ])('%d seconds are "%s"', (seconds, words) => {
    expect(duration(seconds)).toBe(words);
  });
});

it('says an instant exactly, to the second and with its zone', () => {
  expect(exactly(NOW, 'UTC')).toBe('23 Nov 2026, 12:00 UTC');
  expect(exactly(new Date(NOW.getTime() + 5_004), 'UTC')).toBe('23 Nov 2026, 12:00:05 UTC');
});
