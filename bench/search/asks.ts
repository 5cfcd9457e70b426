import { TRUST_TIERS } from '#lib/catalogue/machine.ts';
import { EVERYTHING, type SearchAsk, SORTS } from '#lib/catalogue/search.ts';

/** Chance that everybody who gives the same seed repeats. */
export function chanceFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Searches as people make them: most with a few filters, most by price. */
export function randomAsks(count: number, seed: number): SearchAsk[] {
  const chance = chanceFrom(seed);
  const below = (n: number) => Math.floor(chance() * n);
  const some = <T>(most: number, one: () => T): T[] => [...new Set(Array.from({ length: 1 + below(most) }, one))];
  return Array.from({ length: count }, () => ({
    ...EVERYTHING,
    models: chance() < 0.6 ? some(4, () => `Model ${Math.floor(40 * chance() ** 2)}`) : [],
    gpus: chance() < 0.4 ? ([1, 1, 2, 4, 8][below(5)] ?? 1) : null,
    vramGib: chance() < 0.4 ? ([12, 16, 24, 48, 80][below(5)] ?? 24) : null,
    maxPriceMicrosPerGpuHour: chance() < 0.5 ? BigInt(Math.floor((50 + 2_500 * chance() ** 2) * 1_000)) : null,
    countries:
      chance() < 0.3
        ? some(
            5,
            () => `${String.fromCharCode(65 + Math.floor(5 * chance() ** 2))}${String.fromCharCode(65 + below(6))}`,
          )
        : [],
    trust: chance() < 0.7 ? 'selfTested' : (TRUST_TIERS[below(3)] ?? 'new'),
    leastReliabilityBasisPoints: chance() < 0.3 ? ([9_000, 9_900, 9_990][below(3)] ?? 9_900) : null,
    taken: chance() < 0.2,
    hideSimulated: chance() < 0.3,
    sort: chance() < 0.7 ? 'price' : (SORTS[below(4)] ?? 'price'),
  }));
}
