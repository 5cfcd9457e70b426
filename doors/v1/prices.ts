import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { theWorld } from '#lib/base/time.ts';
import { TRUST_TIERS } from '#lib/catalogue/machine.ts';
import { isEnough, PRICE_WORDS } from '#lib/catalogue/price-band.ts';
import { listingPrices } from '#lib/catalogue/queries/listing-prices.ts';
import { priceBands } from '#lib/catalogue/queries/price-bands.ts';
import { priceLines } from '#lib/catalogue/queries/price-lines.ts';
import { answers, decimal, idParam, instant, newDoor, toWire } from './door.ts';

const day = z.string().meta({ format: 'date', description: 'A day in UTC' });
const tier = z.enum(TRUST_TIERS);

export const band = z
  .object({
    model: z.string(),
    tier,
    simulated: z.boolean(),
    n: z.int().meta({ description: 'Prices that it is made of: one for each listing and day' }),
    listings: z.int().meta({ description: 'Listings on the fullest of those days' }),
    p25Micros: decimal,
    medianMicros: decimal,
    p75Micros: decimal,
    lowestMicros: decimal,
    highestMicros: decimal,
    from: day,
    to: day,
  })
  .meta({
    id: 'PriceBand',
    description: 'What a GPU-hour of a model was asked for within one trust tier in the 30 days before today',
  });

const line = z
  .object({
    model: z.string(),
    tier: tier.nullable().meta({ description: 'Null: all tiers together' }),
    simulated: z.boolean(),
    from: day,
    to: day,
    points: z.array(
      z.object({
        day,
        listings: z.int(),
        lowestMicros: decimal,
        p25Micros: decimal,
        medianMicros: decimal,
        p75Micros: decimal,
        highestMicros: decimal,
      }),
    ),
  })
  .meta({ id: 'PriceLine', description: 'Days on which nothing was offered are left out' });

const word = z.enum(PRICE_WORDS);

/** A control character is in no name, and a database stores no NUL. */
const model = z
  .string()
  .max(200)
  .regex(/^\P{Cc}*$/u, 'This is not a model.')
  .optional();
const flag = z.enum(['true', 'false']).optional();

export const prices = newDoor();

prices.openapi(
  createRoute({
    method: 'get',
    path: '/price-bands',
    tags: ['Prices'],
    summary: 'P25 to P75 of every model and trust tier over 30 days',
    request: { query: z.object({ model }) },
    responses: answers(
      z.object({
        rows: z.array(band.extend({ enough: z.boolean().meta({ description: 'Whether offers are labelled by it' }) })),
      }),
      'The bands',
    ),
  }),
  async (c) => {
    const { model } = c.req.valid('query');
    const bands = [...(await priceBands(theWorld.now())).values()];
    const rows = bands.filter((one) => model === undefined || one.model === model);
    return c.json({ rows: toWire(rows.map((one) => ({ ...one, enough: isEnough(one) }))) }, 200);
  },
);

prices.openapi(
  createRoute({
    method: 'get',
    path: '/price-history',
    tags: ['Prices'],
    summary: 'What was asked day by day',
    request: {
      query: z.object({
        model,
        byTier: flag.meta({ description: 'A line for each trust tier' }),
        simulated: flag.meta({ description: 'Only recordings, or only real machines' }),
        days: z.coerce.number().int().min(1).max(365).default(30),
      }),
    },
    responses: answers(z.object({ rows: z.array(line) }), 'The lines'),
  }),
  async (c) => {
    const { model, byTier, simulated, days } = c.req.valid('query');
    const ask = {
      ...{ model, days, byTier: byTier === 'true' },
      simulated: simulated === undefined ? undefined : simulated === 'true',
    };
    return c.json({ rows: toWire(await priceLines(ask, theWorld.now())) }, 200);
  },
);

prices.openapi(
  createRoute({
    method: 'get',
    path: '/listings/{id}/prices',
    tags: ['Prices'],
    summary: 'Every price a listing asked, and how it stands today',
    request: { params: idParam },
    responses: answers(
      z.object({
        listingId: z.string(),
        priceMicrosPerGpuHour: decimal,
        from: instant,
        changes: z.array(z.object({ since: instant, priceMicrosPerGpuHour: decimal })),
        market: line,
        band: band.nullable(),
        label: word.nullable().meta({
          description:
            'Below P25, from P25 to P75, or above P75 of its band; null: fewer than 20 prices of three listings',
        }),
      }),
      'The prices',
    ),
  }),
  async (c) => {
    const found = await listingPrices(c.var.actor, c.req.valid('param').id, theWorld.now());
    return c.json({ ...toWire({ ...found, label: null }), label: found.label?.word ?? null }, 200);
  },
);
