import { createHash } from 'node:crypto';

/** A number in [0, 1) that is the same in every demo market: what a machine is made up of hangs on its place in the list and a word. */
export function chance(index: number, about: string): number {
  const digest = createHash('sha256').update(`sublet demo|${index}|${about}`).digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}

export function between(index: number, about: string, least: number, most: number): number {
  return Math.floor(least + chance(index, about) * (most - least + 1));
}

export function pick<T>(index: number, about: string, choices: readonly [T, ...T[]]): T {
  return choices[Math.floor(chance(index, about) * choices.length)] ?? choices[0];
}
