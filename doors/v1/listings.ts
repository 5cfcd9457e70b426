import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld } from '#lib/base/time.ts';
import { isCountry } from '#lib/catalogue/country.ts';
import { readWorkloadWord } from '#lib/catalogue/fit/workload-url.ts';
import { TRUST_TIERS } from '#lib/catalogue/machine.ts';
import { listingPage } from '#lib/catalogue/queries/listing.ts';
import { searchListings } from '#lib/catalogue/queries/search.ts';
import { EVERYTHING, type SearchAsk, SORTS } from '#lib/catalogue/search.ts';
import { answers, decimal, idParam, instant, newDoor, toWire } from './door.ts';

export const offerSchema = z
  .object({
    listingId: z.string(),
    machineId: z.string(),
    machineName: z.string(),
    hostName: z.string(),
    own: z.boolean(),
    simulated: z
      .boolean()
      .meta({ description: 'GPUs of a simulated machine come from a recording; nothing is computed on them' }),
    gpuModel: z.string(),
    gpuCount: z.int(),
    freeGpus: z.int(),
    vramBytes: decimal,
    priceMicrosPerGpuHour: decimal,
    diskPriceMicrosPerGibMonth: decimal,
    minGpus: z.int(),
    endsAt: instant.nullable(),
    nextFreeAt: instant.nullable(),
    freeUntil: instant.nullable().meta({ description: 'Until when so many GPUs as were asked for stay free' }),
    region: z.string().nullable(),
    country: z.string().nullable(),
    health: z.string(),
    trust: z.string(),
    reliabilityBasisPoints: z.int().nullable(),
    cpuModel: z.string(),
    cpuThreads: z.int(),
    memoryBytes: z.number(),
    diskFreeBytes: z.number(),
    networkDownBitsPerSecond: z.number().nullable(),
    startMs: z.int().nullable().meta({ description: 'From a pulled image to a shell, as measured of late' }),
    publishedAt: instant,
  })
  .meta({ id: 'Offer' });

const facets = z
  .object({
    models: z.array(z.object({ model: z.string(), offers: z.int() })),
    countries: z.array(z.object({ country: z.string(), offers: z.int() })),
    gpuCounts: z
      .array(z.object({ count: z.int(), offers: z.int() }))
      .meta({ description: 'Offers that give so many GPUs' }),
    trust: z
      .record(z.enum(TRUST_TIERS), z.int())
      .meta({ description: 'By tier, each by itself; a search for a least tier finds those above it too' }),
  })
  .meta({
    id: 'Facets',
    description: 'For each choice of a filter, the offers that this search finds with it in place of its own',
  });

const list = z
  .union([z.string(), z.array(z.string())])
  .transform((value) =>
    [value]
      .flat()
      .filter((item) => item !== '')
      .slice(0, 50),
  )
  .optional();

const query = z.object({
  model: list.meta({ description: 'GPU model; repeat it for several' }),
  country: list.meta({ description: 'Two-letter country code; repeat it for several' }),
  gpus: z.coerce.number().int().min(1).max(64).optional(),
  vramGib: z.coerce.number().int().min(1).max(4_096).optional(),
  maxPriceMicrosPerGpuHour: decimal.optional(),
  trust: z.enum(['new', 'selfTested', 'checkedByStaff']).optional(),
  leastReliabilityBasisPoints: z.coerce.number().int().min(0).max(10_000).optional(),
  taken: z.enum(['true', 'false']).optional().meta({ description: 'Also offers whose GPUs are all taken now' }),
  hideSimulated: z.enum(['true', 'false']).optional(),
  job: z.string().max(200).optional().meta({
    description: 'Only what holds this workload: the word that `GET /fit` answers as `job`. Needed to sort by cost.',
  }),
  sort: z.enum(SORTS).optional(),
  page: z.coerce.number().int().min(1).max(10_000).optional(),
});

function askOf(asked: z.output<typeof query>): SearchAsk {
  const countries = asked.country ?? [];
  if (!countries.every(isCountry))
    throw new Refusal('badInput', { country: 'Write two-letter country codes like DE.' });
  const job = asked.job === undefined ? null : readWorkloadWord(asked.job);
  if (asked.job !== undefined && job === null)
    throw new Refusal('badInput', { job: 'Send the word that GET /fit answers as job.' });
  if (asked.sort === 'cost' && job === null)
    throw new Refusal('badInput', { sort: 'The cost to finish depends on a job: send one.' });
  return {
    models: asked.model ?? [],
    gpus: asked.gpus ?? null,
    vramGib: asked.vramGib ?? null,
    maxPriceMicrosPerGpuHour:
      asked.maxPriceMicrosPerGpuHour === undefined ? null : BigInt(asked.maxPriceMicrosPerGpuHour),
    countries,
    trust: asked.trust ?? EVERYTHING.trust,
    leastReliabilityBasisPoints: asked.leastReliabilityBasisPoints ?? null,
    taken: asked.taken === 'true',
    hideSimulated: asked.hideSimulated === 'true',
    job,
    sort: asked.sort ?? EVERYTHING.sort,
    page: asked.page ?? 1,
  };
}

export const listings = newDoor();

listings.openapi(
  createRoute({
    method: 'get',
    path: '/listings',
    tags: ['Listings'],
    summary: 'What can be booked now',
    request: { query },
    responses: answers(
      z.object({ total: z.int(), offered: z.int(), pages: z.int(), facets, rows: z.array(offerSchema) }),
      'One page of offers',
    ),
  }),
  async (c) => {
    const found = await searchListings(c.var.actor, askOf(c.req.valid('query')), theWorld.now());
    const { total, offered, pages, models, countries, gpuCounts, tiers } = found;
    const facets = { models: [...models], countries: [...countries], gpuCounts: [...gpuCounts], trust: tiers };
    return c.json({ total, offered, pages, facets, rows: toWire(found.rows) }, 200);
  },
);

const whyNot = z.object({ reason: z.string(), sentence: z.string() }).nullable();
const whole = z
  .looseObject({
    listingId: z.string(),
    machineId: z.string(),
    machineName: z.string(),
    simulated: z.boolean(),
    host: z.looseObject({ name: z.string(), since: instant, machines: z.int() }),
    terms: z.object({
      priceMicrosPerGpuHour: decimal,
      diskPriceMicrosPerGibMonth: decimal,
      minGpus: z.int(),
      endsAt: instant.nullable(),
    }),
    gpuModel: z.string(),
    gpus: z.array(z.looseObject({ model: z.string(), vramBytes: decimal, takenUntil: instant.nullable() })),
    freeGpus: z.int(),
    freeUntil: instant.nullable(),
    whyNotBookable: whyNot,
    health: z.string(),
    trust: z.string(),
    reliability: z.looseObject({ state: z.string() }),
    reliabilityDays: z
      .array(z.object({ startsAt: instant, basisPoints: z.int().nullable() }))
      .meta({ description: 'Day by day, oldest first; null of a day in which it was not offered' }),
    specification: z.looseObject({}),
  })
  .meta({ id: 'Listing', description: 'All that a renter sees of an offer' });

listings.openapi(
  createRoute({
    method: 'get',
    path: '/listings/{id}',
    tags: ['Listings'],
    summary: 'One offer: its machine as it was measured, its terms, and how reliable it was day by day',
    request: { params: idParam },
    responses: answers(whole, 'The offer'),
  }),
  async (c) => c.json(toWire(await listingPage(c.var.actor, c.req.valid('param').id, theWorld.now())), 200),
);
