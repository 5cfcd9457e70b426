import { type Finish, finishOf } from '#lib/catalogue/fit/finish.ts';
import type { Workload } from '#lib/catalogue/fit/workload.ts';
import type { OfferRow } from '#lib/catalogue/offer.ts';
import { EVERYTHING, type SearchAsk } from '#lib/catalogue/search.ts';
import { searchListings } from './search.ts';

/** An offer, and how a workload goes on it. */
export type OfferForJob = { readonly offer: OfferRow; readonly finish: Finish };

export type FitOnMarket = {
  /** Offers of the market, and those of them that hold it, free now or not. */
  readonly offered: number;
  readonly fitting: number;
  /** For each model of GPU that holds it, how many offers, and the one on which finishing costs least; the cheapest first. */
  readonly models: readonly { readonly offers: number; readonly best: OfferForJob }[];
  /** The search that finds them all. */
  readonly ask: SearchAsk;
};

const MOST_MODELS = 24;

/** How a job goes on an offer; null where it does not fit. */
export function finishOn(offer: OfferRow, workload: Workload, gpus: number | null): Finish | null {
  const numbers = {
    ...offer,
    vramBytes: Number(offer.vramBytes),
    priceMicrosPerGpuHour: Number(offer.priceMicrosPerGpuHour),
    diskPriceMicrosPerGibMonth: Number(offer.diskPriceMicrosPerGibMonth),
  };
  return finishOf(workload)(numbers, gpus ?? 1);
}

/** Which offers hold a workload, by model of GPU, as the search finds them. */
export async function fitOnMarket(
  viewer: { readonly userId: string } | null,
  job: Workload,
  now: Date,
): Promise<FitOnMarket> {
  const ask: SearchAsk = { ...EVERYTHING, job, sort: 'cost' };
  const found = await searchListings(viewer, ask, now);
  const fitting = found.models.filter(({ offers }) => offers > 0).sort((a, b) => b.offers - a.offers);
  const models = await Promise.all(
    fitting.slice(0, MOST_MODELS).map(async ({ model, offers }) => {
      const [offer] = (await searchListings(viewer, { ...ask, models: [model] }, now)).rows;
      const finish = offer === undefined ? null : finishOn(offer, job, null);
      return offer === undefined || finish === null ? [] : [{ offers, best: { offer, finish } }];
    }),
  );
  const cost = ({ best: { offer, finish } }: FitOnMarket['models'][number]) =>
    offer.freeGpus >= finish.gpus && finish.costMicros !== null
      ? finish.costMicros.fast + finish.costMicros.slow
      : Number.MAX_VALUE;
  return {
    offered: found.offered,
    fitting: found.total,
    models: models.flat().sort((a, b) => cost(a) - cost(b)),
    ask,
  };
}
