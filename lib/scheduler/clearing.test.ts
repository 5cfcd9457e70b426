import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { greedyByArrival, madeUpMarket, optimum } from '#bench/clearing/market.ts';
import { clearMarket } from './clearing.ts';
import type { Ask, Bid } from './clearing-board.ts';

const long = process.env.SUBLET_LONG === '1';
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

  it('rewards nobody for bidding below the worth, taken over a whole market of bids for several GPUs', () => {
    const { asks, bids } = long ? madeUpMarket(3, 150, 300) : madeUpMarket(3, 100, 200);
    // What all of them would have together, each alone telling less than the worth.
    const together = (share: number) =>
      bids.reduce((sum, liar) => {
        const micros = BigInt(Math.round(Number(liar.microsPerGpuHour) * share));
        const told = bids.map((bid) => (bid === liar ? { ...bid, microsPerGpuHour: micros } : bid));
        return sum + gain(asks, told, liar.id, liar.microsPerGpuHour) * liar.gpus;
      }, 0);
    const honest = together(1);
    expect(together(0.9) / honest).toBeLessThan(1.02);
    expect(together(0.8) / honest).toBeLessThan(0.95);
  });

  it('takes a bid of just what the host asks, and puts nobody out for one who pays the same', () => {
    const ask: Ask = { id: 'a', model: 'x', gpus: 1, microsPerGpuHour: 50n };
    const bid = (id: string, micros: bigint): Bid => ({ id, models: ['x'], gpus: 1, microsPerGpuHour: micros });
    expect(clearMarket([ask], [bid('1', 50n)]).won).toEqual([{ bidId: '1', askId: 'a', microsPerGpuHour: 50n }]);
    expect(clearMarket([ask], [bid('1', 49n)]).won).toEqual([]);
    expect(clearMarket([ask], [bid('1', 70n), bid('2', 70n)]).won.map(({ bidId }) => bidId)).toEqual(['1']);
  });

  it('lets several small bids that are worth more together have the place of a large one, and those move who can', () => {
    const asks = [8, 2].map((gpus, at): Ask => ({ id: `a${at}`, model: `m${at}`, gpus, microsPerGpuHour: 10n }));
    const bid = (id: string, of: string[], gpus: number, micros: bigint): Bid => ({
      id,
      models: of,
      gpus,
      microsPerGpuHour: micros,
    });
    const large = bid('large', ['m0'], 8, 50n);
    const small = [51n, 52n, 53n].map((micros, at) => bid(`small${at}`, ['m0'], 2, micros));
    // It has the place on the other machine that the fourth small one wants, and can have one here as well.
    const mover = bid('mover', ['m0', 'm1'], 2, 60n);
    const fourth = bid('other', ['m1'], 2, 55n);
    const bids = [large, ...small, mover, fourth];
    const { won, welfareMicrosPerHour } = clearMarket(asks, bids);
    expect(won.map(({ bidId, askId }) => `${bidId} ${askId}`).sort()).toEqual([
      'mover a0',
      'other a1',
      'small0 a0',
      'small1 a0',
      'small2 a0',
    ]);
    expect(welfareMicrosPerHour).toBe(2n * (41n + 42n + 43n + 50n + 45n));
    // Worth less together than the large one, none of them has it.
    const poorer = small.map((each) => ({ ...each, microsPerGpuHour: 41n }));
    expect(clearMarket(asks, [large, ...poorer]).won.map(({ bidId }) => bidId)).toEqual(['large']);
  });

  it('never gives a bid a machine that it is not bound to', () => {
    fc.assert(
      fc.property(someMarket(4), fc.array(fc.nat(), { maxLength: 8 }), ({ asks, bids }, which) => {
        const bound = bids.map((bid, at) => {
          const to = which[at];
          return to === undefined ? bid : { ...bid, only: [asks[to % asks.length]?.id ?? ''] };
        });
        const { won } = clearMarket(asks, bound);
        const losers = bound.filter(({ id }) => !won.some(({ bidId }) => bidId === id));
        for (const { bidId, askId, microsPerGpuHour } of won) {
          const bid = bound.find(({ id }) => id === bidId);
          if (bid?.only !== undefined) expect(bid.only).toContain(askId);
          // Who is bound to this machine and was left out with a bid for one GPU is never cheaper than who has it.
          const best = losers.filter(({ only, gpus }) => only?.includes(askId) === true && gpus === 1);
          for (const { microsPerGpuHour: left } of best)
            if (bid !== undefined && left <= bid.microsPerGpuHour)
              expect(microsPerGpuHour).toBeGreaterThanOrEqual(left);
        }
      }),
    );
  });

  it('lets a bid that is bound to a machine set the price there, and nowhere else', () => {
    const asks = ['a', 'b'].map((id): Ask => ({ id, model: 'x', gpus: 1, microsPerGpuHour: 10n }));
    const bids: Bid[] = [
      { id: '1', models: ['x'], gpus: 1, microsPerGpuHour: 90n, only: ['a'] },
      { id: '2', models: ['x'], gpus: 1, microsPerGpuHour: 80n, only: ['a'] },
      { id: '3', models: ['x'], gpus: 1, microsPerGpuHour: 70n },
    ];
    expect(clearMarket(asks, bids).won).toEqual([
      { bidId: '1', askId: 'a', microsPerGpuHour: 80n },
      { bidId: '3', askId: 'b', microsPerGpuHour: 10n },
    ]);
  });

  it('says what one more bid would need to get in, where all bid for one GPU of one model', () => {
    fc.assert(
      fc.property(someMarket(1), ({ asks, bids }) => {
        const single = bids.map((bid) => ({ ...bid, models: bid.models.slice(0, 1) }));
        for (const [model, entries] of clearMarket(asks, single).entries) {
          const [least] = entries;
          const wins = (micros: bigint) =>
            clearMarket(asks, [...single, { id: 'z', models: [model], gpus: 1, microsPerGpuHour: micros }]).won.some(
              ({ bidId }) => bidId === 'z',
            );
          if (least == null) expect(asks.some((ask) => ask.model === model)).toBe(false);
          else expect([wins(least), wins(least - 1n)]).toEqual([true, false]);
        }
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
    // In this market of the bench large bids stood most in the way of several small ones.
    const { asks, bids } = madeUpMarket(90, 1_000, 2_000);
    const best = await optimum(asks, bids);
    expect(Number(clearMarket(asks, bids).welfareMicrosPerHour) / best).toBeGreaterThan(0.995);
    expect(greedyByArrival(asks, bids) / best).toBeLessThan(0.9);
  });
});
