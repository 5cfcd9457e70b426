import { parseArgs } from 'node:util';
import { clearMarket } from '#lib/scheduler/clearing.ts';
import type { Bid } from '#lib/scheduler/clearing-board.ts';
import { greedyByArrival, madeUpMarket, optimum } from './clearing/market.ts';
import { atLeast, atMost, median, round, say, sayGoals } from './report.ts';

/**
 * Welfare of the cleared interruptible market beside the linear program's optimum, and what a bidder gains by bidding
 * less than the worth.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    first: { type: 'string', default: '1' },
    asks: { type: 'string', default: '1000' },
    bids: { type: 'string', default: '2000' },
  },
});
const SHADES = [0.95, 0.9, 0.8, 0.7];
const LIARS = 40;
const LIARS_SEEDS = 3;

const ratios: number[] = [];
const greedy: number[] = [];
const spent: number[] = [];
let honestGain = 0;
let bestGain = 0;
const shadedGain = SHADES.map(() => 0);
const first = Number(values.first);
for (let seed = first; seed < first + Number(values.seeds); seed += 1) {
  const { asks, bids } = madeUpMarket(seed, Number(values.asks), Number(values.bids));
  const before = process.cpuUsage();
  const { welfareMicrosPerHour } = clearMarket(asks, bids);
  const { user, system } = process.cpuUsage(before);
  const best = await optimum(asks, bids);
  spent.push((user + system) / 1000);
  ratios.push(Number(welfareMicrosPerHour) / best);
  greedy.push(greedyByArrival(asks, bids) / best);
  if (seed >= first + LIARS_SEEDS) continue;
  const gainOf = (liar: Bid, share: number) => {
    const micros = BigInt(Math.round(Number(liar.microsPerGpuHour) * share));
    const { won } = clearMarket(
      asks,
      bids.map((bid) => (bid === liar ? { ...bid, microsPerGpuHour: micros } : bid)),
    );
    const mine = won.find(({ bidId }) => bidId === liar.id);
    return mine === undefined ? 0 : Number(liar.microsPerGpuHour - mine.microsPerGpuHour) * liar.gpus;
  };
  for (const liar of bids.slice(0, LIARS)) {
    const honest = gainOf(liar, 1);
    const shaded = SHADES.map((share) => gainOf(liar, share));
    honestGain += honest;
    bestGain += Math.max(honest, ...shaded);
    shaded.forEach((each, at) => {
      shadedGain[at] = (shadedGain[at] as number) + each;
    });
  }
}
say({
  markets: ratios.length,
  welfareOfOptimum: { least: round(Math.min(...ratios)), median: round(median(ratios)) },
  greedyByArrival: {
    least: round(Math.min(...greedy)),
    median: round(median(greedy)),
    most: round(Math.max(...greedy)),
  },
  cpuMilliseconds: { median: round(median(spent)), most: round(Math.max(...spent)) },
});
say({
  honest: 1,
  ...Object.fromEntries(
    SHADES.map((share, at) => [`bids ${share} of the worth`, round((shadedGain[at] as number) / honestGain)]),
  ),
  bestOfTheseInHindsight: round(bestGain / honestGain),
});
sayGoals('clearing', [
  atLeast('welfare ÷ optimum, least of all markets', Math.min(...ratios), 0.99, 'of the optimum'),
  atMost('CPU time of one clearing, median', median(spent), 250, 'ms'),
  atMost('CPU time of one clearing, most', Math.max(...spent), 250, 'ms'),
]);
