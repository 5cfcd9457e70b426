import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { greedyByArrival, madeUpMarket, optimum } from '#bench/clearing/market.ts';
import { type Ask, type Bid, clearMarket } from './clearing.ts';

const models = ['a', 'b', 'c'];
const someMarket = (most: number) =>
  fc.record({
    asks: fc
      .array(
        fc.record({
          model: fc.constantFrom(...models),
          gpus: fc.integer({ min: 1, max: most }),
          micros: fc.bigInt({ min: 1n, max: 60n }),
        }),
        { minLength: 1, maxLength: 10 },
      )
      .map((all) =>
        all.map(({ model, gpus, micros }, at): Ask => ({ id: `a${at}`, model, gpus, microsPerGpuHour: micros })),
      ),
    bids: fc
      .array(
        fc.record({
          models: fc.subarray(models, { minLength: 1 }),
          gpus: fc.integer({ min: 1, max: most }),
          micros: fc.bigInt({ min: 1n, max: 99n }),
        }),
        { minLength: 1, maxLength: 16 },
      )
      .map((all) =>
        all.map(
          (each, at): Bid => ({ id: `b${at}`, models: each.models, gpus: each.gpus, microsPerGpuHour: each.micros }),
        ),
      ),
  });

/** What a bidder who is really worth `worth` has of a clearing, a GPU-hour. */
function gain(asks: readonly Ask[], bids: readonly Bid[], id: string, worth: bigint): number {
  const won = clearMarket(asks, bids).won.find(({ bidId }) => bidId === id);
  return won === undefined ? 0 : Number(worth - won.microsPerGpuHour);
}

describe('clearing the interruptible market', () => {
  it('charges nobody more than the own bid, pays no host less than the own ask, and rents no GPU twice', () => {
    fc.assert(
      fc.property(someMarket(4), ({ asks, bids }) => {
        const free = new Map(asks.map(({ id, gpus }) => [id, gpus]));
        let welfare = 0n;
        const { won, welfareMicrosPerHour } = clearMarket(asks, bids);
        for (const { bidId, askId, microsPerGpuHour } of won) {
          const bid = bids.find(({ id }) => id === bidId) as Bid;
          const ask = asks.find(({ id }) => id === askId) as Ask;
          expect(bid.models).toContain(ask.model);
          expect(microsPerGpuHour <= bid.microsPerGpuHour && microsPerGpuHour >= ask.microsPerGpuHour).toBe(true);
          free.set(askId, (free.get(askId) ?? 0) - bid.gpus);
          welfare += (bid.microsPerGpuHour - ask.microsPerGpuHour) * BigInt(bid.gpus);
        }
        expect(Math.min(...free.values())).toBeGreaterThanOrEqual(0);
        expect(new Set(won.map(({ bidId }) => bidId)).size).toBe(won.length);
        expect(welfareMicrosPerHour).toBe(welfare);
      }),
    );
  });

  it('comes to the same whoever is heard first', () => {
    fc.assert(
      fc.property(someMarket(4), ({ asks, bids }) => {
        expect(clearMarket([...asks].reverse(), [...bids].reverse())).toEqual(clearMarket(asks, bids));
      }),
    );
  });

  it('finds the optimum where all bid for one GPU', async () => {
    await fc.assert(
      fc.asyncProperty(someMarket(1), async ({ asks, bids }) => {
        const best = await optimum(asks, bids);
        expect(Number(clearMarket(asks, bids).welfareMicrosPerHour)).toBeCloseTo(best, 3);
      }),
      { numRuns: 40 },
    );
  });

  it('leaves nothing to be gained by another bid than the true worth, where all bid for one GPU', () => {
    fc.assert(
      fc.property(someMarket(1), fc.nat(), fc.bigInt({ min: 1n, max: 120n }), ({ asks, bids }, which, other) => {
        const liar = bids[which % bids.length] as Bid;
        const honest = gain(asks, bids, liar.id, liar.microsPerGpuHour);
        const lied = bids.map((bid) => (bid === liar ? { ...bid, microsPerGpuHour: other } : bid));
        expect(gain(asks, lied, liar.id, liar.microsPerGpuHour)).toBeLessThanOrEqual(honest);
      }),
      { numRuns: 300 },
    );
  });

  it('comes near the optimum in a large market, and far above first come, first served', async () => {
    const { asks, bids } = madeUpMarket(1, 300, 600);
    const best = await optimum(asks, bids);
    expect(Number(clearMarket(asks, bids).welfareMicrosPerHour) / best).toBeGreaterThan(0.98);
    expect(greedyByArrival(asks, bids) / best).toBeLessThan(0.9);
  });
});
