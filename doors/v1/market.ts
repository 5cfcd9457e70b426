import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld } from '#lib/base/time.ts';
import { cardEarnings } from '#lib/catalogue/market-now.ts';
import { readWhatIf, suggestedPrice, whatIf } from '#lib/catalogue/price-advice.ts';
import { marketNow } from '#lib/catalogue/queries/market-now.ts';
import { priceAdvice } from '#lib/catalogue/queries/price-advice.ts';
import { answers, bearer, decimal, idParam, instant, newDoor, signedInActor, toWire } from './door.ts';
import { band } from './prices.ts';

const signed = z.string().regex(/^-?\d{1,19}$/);

const earnings = z
  .object({
    bookedBasisPoints: z.int(),
    bookedMicrosPerGpuHour: decimal.meta({ description: 'On average of what was booked' }),
    netMicrosPerMonth: decimal.meta({ description: 'After the fee, before power; 720 hours' }),
  })
  .meta({ id: 'CardEarnings', description: 'What one GPU of a model earned its host, counted over 30 days' });

const model = z
  .object({
    model: z.string(),
    simulated: z.boolean(),
    leastVramBytes: decimal.meta({ description: 'Of the card of this model with the least memory' }),
    vramBytes: decimal.meta({ description: 'Of the card with the most' }),
    offers: z.int(),
    fromMicros: decimal.nullable().meta({ description: 'The cheapest that can be booked now; null: all are taken' }),
    cheapestListingId: z.string().nullable(),
    machinesOnline: z.int(),
    gpus: z.int(),
    freeGpus: z.int(),
    past: z
      .object({
        n: z.int(),
        p25Micros: decimal,
        medianMicros: decimal,
        p75Micros: decimal,
        offeredGpuSeconds: decimal,
        bookedGpuSeconds: decimal,
        bookedMicrosPerGpuHour: decimal.nullable(),
      })
      .nullable()
      .meta({ description: 'The 30 days before today (UTC), all tiers but new ones together' }),
    earnings: earnings
      .nullable()
      .meta({ description: 'Null: less than 30 GPU-days were offered, or less than one booked' }),
  })
  .meta({ id: 'ModelNow' });

export const market = newDoor();

market.openapi(
  createRoute({
    method: 'get',
    path: '/prices',
    tags: ['Prices'],
    summary: 'What each model costs now, and what a card earned',
    responses: answers(
      z.object({
        at: instant,
        machinesOnline: z.int(),
        simulatedOnline: z.int(),
        feeBasisPoints: z.int(),
        models: z.array(model),
      }),
      'The market of this moment, five seconds old at most',
    ),
  }),
  async (c) => {
    const { models, ...now } = await marketNow(theWorld.now());
    const rows = models.map(({ line: _, past, ...one }) => ({
      ...one,
      past,
      earnings: cardEarnings(past, now.feeBasisPoints),
    }));
    return c.json(toWire({ ...now, models: rows }), 200);
  },
);

const month = z.object({
  priceMicrosPerGpuHour: decimal,
  basisPoints: z.int().nullable().meta({ description: 'Share that can expect to be booked; null: not known' }),
  grossMicros: decimal.nullable(),
  feeMicros: decimal.nullable(),
  powerMicros: decimal.nullable(),
  netMicros: signed.nullable(),
  netMicrosPerGpuHour: signed.meta({ description: 'What one booked GPU-hour leaves' }),
});

market.openapi(
  createRoute({
    method: 'get',
    path: '/machines/{id}/price-advice',
    tags: ['Prices'],
    summary: 'What the market says about a price for your machine',
    description:
      'The booked share of a price is that of offers at such prices in the last 30 days: cut by price into up to four parts of equal offered time; a dearer part never promises more than a cheaper one.',
    security: bearer,
    request: {
      params: idParam,
      query: z.object({
        price: z.string().max(40).optional().meta({ description: 'Dollars per GPU-hour to try, like 0.35' }),
        watts: z.string().max(40).optional().meta({ description: 'Power of one GPU' }),
        kwh: z.string().max(40).optional().meta({ description: 'Dollars that a kilowatt-hour costs you' }),
      }),
    },
    responses: answers(
      z.object({
        machineId: z.string(),
        gpuCount: z.int(),
        currentMicros: decimal.nullable(),
        band: band.nullable(),
        occupancy: z
          .object({
            of: z.enum(['tier', 'model']).meta({ description: 'The tier alone, or all tiers where it has too little' }),
            steps: z.array(
              z.object({
                fromMicros: decimal,
                toMicros: decimal,
                offeredGpuSeconds: decimal,
                bookedGpuSeconds: decimal,
                basisPoints: z.int(),
              }),
            ),
          })
          .nullable(),
        knownGpuDays: z.int(),
        feeBasisPoints: z.int(),
        wattsPerGpu: z.int().nullable(),
        suggestedMicros: decimal.nullable(),
        month: month
          .nullable()
          .meta({ description: 'At the price asked about, else the current, else the suggested one' }),
      }),
      'The advice',
    ),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const advice = await priceAdvice(actor, c.req.valid('param').id, theWorld.now());
    if (advice === null) throw new Refusal('notNow', {}, 'The agent found no GPU in this machine.');
    const usual = { priceMicrosPerGpuHour: 0n, wattsPerGpu: advice.wattsPerGpu ?? 300, microsPerKwh: 0n };
    const { ask, problems } = readWhatIf(c.req.valid('query'), usual);
    if (Object.keys(problems).length > 0) throw new Refusal('badInput', problems);
    const suggestedMicros = suggestedPrice(advice, ask);
    const price = ask.priceMicrosPerGpuHour || advice.currentMicros || suggestedMicros;
    const tried = price === null ? null : { ...ask, priceMicrosPerGpuHour: price };
    const answer = {
      ...advice,
      suggestedMicros,
      month: tried && { priceMicrosPerGpuHour: tried.priceMicrosPerGpuHour, ...whatIf(advice, tried) },
    };
    return c.json(toWire(answer), 200);
  },
);
