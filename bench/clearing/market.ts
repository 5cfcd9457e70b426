import loadHighs from 'highs';
import type { Ask, Bid } from '#lib/scheduler/clearing-board.ts';
import { lottery } from '#lib/scheduler/rehearse.ts';

let highs: Awaited<ReturnType<typeof loadHighs>> | undefined;

/** Twelve models with a usual price in cents of a dollar per GPU-hour; stronger ones can do what weaker ones do. */
const MODELS = [9, 12, 16, 22, 30, 38, 45, 60, 85, 120, 180, 240].map((cents, at) => ({ model: `model-${at}`, cents }));
const SIZES = [1, 1, 1, 1, 2, 2, 4, 8];

/** A made-up market: hosts ask around the usual price, renters bid around that of the weakest model they take. */
export function madeUpMarket(seed: number, asks: number, bids: number): { asks: Ask[]; bids: Bid[] } {
  const random = lottery(seed);
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  const micros = (cents: number, spread: number) =>
    BigInt(Math.round(cents * 10_000 * (1 - spread + 2 * spread * random())));
  return {
    asks: Array.from({ length: asks }, (_, at): Ask => {
      const { model, cents } = pick(MODELS);
      return { id: `a${at}`, model, gpus: pick(SIZES), microsPerGpuHour: micros(cents * 0.7, 0.4) };
    }),
    bids: Array.from({ length: bids }, (_, at): Bid => {
      const weakest = Math.floor(random() * MODELS.length);
      const taken = MODELS.slice(weakest, weakest + 1 + Math.floor(random() * 4));
      const cents = (taken[0] as (typeof MODELS)[number]).cents;
      return {
        id: `b${at}`,
        models: taken.map(({ model }) => model),
        gpus: pick(SIZES),
        microsPerGpuHour: micros(cents, 0.6),
      };
    }),
  };
}

/**
 * Whoever comes first takes the cheapest machine that fits: what a market without clearing does. Welfare in micros per
 * hour.
 */
export function greedyByArrival(asks: readonly Ask[], bids: readonly Bid[]): number {
  const free = asks.map(({ gpus }) => gpus);
  let welfare = 0;
  for (const bid of bids) {
    let best = -1;
    asks.forEach((ask, at) => {
      const fits = bid.models.includes(ask.model) && (free[at] as number) >= bid.gpus;
      if (!fits || ask.microsPerGpuHour > bid.microsPerGpuHour) return;
      if (best < 0 || ask.microsPerGpuHour < (asks[best] as Ask).microsPerGpuHour) best = at;
    });
    if (best < 0) continue;
    free[best] = (free[best] as number) - bid.gpus;
    welfare += Number(bid.microsPerGpuHour - (asks[best] as Ask).microsPerGpuHour) * bid.gpus;
  }
  return welfare;
}

/**
 * The linear program's optimum in micros per hour: bids may be cut and spread over machines that have as many GPUs, so
 * no clearing that places whole bids on one machine can do better.
 */
export async function optimum(asks: readonly Ask[], bids: readonly Bid[]): Promise<number> {
  highs ??= await loadHighs();
  const solver = highs;
  /** Machines of one model with as many GPUs each. */
  const classes = new Map<string, { model: string; gpus: number; terms: string[] }>();
  const goal: string[] = [];
  const rows: string[] = [];
  const bounds: string[] = [];
  asks.forEach(({ model, gpus, microsPerGpuHour }, at) => {
    const key = `${model}/${gpus}`;
    const own = classes.get(key) ?? { model, gpus, terms: [] };
    classes.set(key, own);
    own.terms.push(`- y${at}`);
    goal.push(`- ${Number(microsPerGpuHour) / 1e6} y${at}`);
    bounds.push(` 0 <= y${at} <= ${gpus}`);
  });
  bids.forEach(({ models, gpus, microsPerGpuHour }, at) => {
    const served: string[] = [];
    [...classes.values()].forEach((own, index) => {
      if (!models.includes(own.model) || own.gpus < gpus) return;
      served.push(`+ x${at}_${index}`);
      goal.push(`+ ${(Number(microsPerGpuHour) * gpus) / 1e6} x${at}_${index}`);
      own.terms.push(`+ ${gpus} x${at}_${index}`);
    });
    if (served.length > 0) rows.push(`${served.join(' ')} <= 1`);
  });
  for (const { terms } of classes.values()) rows.push(`${terms.join(' ')} <= 0`);
  const text = `Maximize\n obj: ${goal.join('\n ')}\nSubject To\n${rows.map((row, at) => ` r${at}: ${row}`).join('\n')}\nBounds\n${bounds.join('\n')}\nEnd\n`;
  const { Status, ObjectiveValue } = solver.solve(text);
  if (Status !== 'Optimal') throw new Error(`HiGHS says ${Status} of the market.`);
  return ObjectiveValue * 1e6;
}
