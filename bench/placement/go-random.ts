import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const LENGTH = 607;
const TAP = 273;
const BITS_63 = (1n << 63n) - 1n;

/** The random numbers of Go's `math/rand` (Go 1, seeded): the same seed gives the same numbers as there. */
export class GoRandom {
  readonly #state = new BigUint64Array(LENGTH);
  #tap = 0;
  #feed = LENGTH - TAP;

  constructor(seed: number) {
    const cooked = readFileSync(join(import.meta.dirname, '../data/go-math-rand/cooked.txt'), 'utf8')
      .trim()
      .split('\n');
    let next = seed;
    const draw = () => {
      next = (48_271 * next) % 2_147_483_647;
      return BigInt(next);
    };
    for (let at = 0; at < 20; at += 1) draw();
    cooked.forEach((mixed, at) => {
      this.#state[at] = (draw() << 40n) ^ (draw() << 20n) ^ draw() ^ BigInt(`0x${mixed}`);
    });
  }

  /** `Int63`. */
  bits(): bigint {
    this.#tap = (this.#tap + LENGTH - 1) % LENGTH;
    this.#feed = (this.#feed + LENGTH - 1) % LENGTH;
    this.#state[this.#feed] = (this.#state[this.#feed] as bigint) + (this.#state[this.#tap] as bigint);
    return (this.#state[this.#feed] as bigint) & BITS_63;
  }

  /** `Intn`, for numbers below 2^31. */
  below(count: number): number {
    const most = 2 ** 31 - 1 - (2 ** 31 % count);
    let drawn = Number(this.bits() >> 32n);
    while (drawn > most) drawn = Number(this.bits() >> 32n);
    return drawn % count;
  }

  /** `Shuffle`, in place. */
  shuffle(items: number[]): void {
    for (let last = items.length - 1; last > 0; last -= 1) {
      const at = this.#belowByProduct(BigInt(last + 1));
      [items[last], items[at]] = [items[at] as number, items[last] as number];
    }
  }

  /** `Perm`. */
  permutation(count: number): number[] {
    const items: number[] = [];
    for (let at = 0; at < count; at += 1) {
      const other = this.below(at + 1);
      items[at] = items[other] ?? at;
      items[other] = at;
    }
    return items;
  }

  #belowByProduct(count: bigint): number {
    const least = (2n ** 32n - count) % count;
    let product = (this.bits() >> 31n) * count;
    while ((product & 0xffffffffn) < least) product = (this.bits() >> 31n) * count;
    return Number(product >> 32n);
  }
}
