import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { dollarsInput } from '#lib/base/money.ts';
import { theWorld } from '#lib/base/time.ts';
import { savedSearch, savedSearches } from '#lib/catalogue/queries/saved-searches.ts';
import { changeSearch, deleteSearch, saveSearch } from '#lib/catalogue/save-search.ts';
import { ALERT_SECONDS } from '#lib/catalogue/saved-search.ts';
import { changeSearchInput, saveSearchInput } from '#lib/catalogue/saved-search-schema.ts';
import { answers, bearer, decimal, idParam, instant, newDoor, signedInActor, takes, toWire } from './door.ts';

const tags = ['Saved searches'];

const search = z
  .object({
    id: z.string(),
    name: z.string(),
    query: z.string().meta({ description: 'Of the address of the search: `/gpus?` and this' }),
    tellsNew: z.boolean(),
    belowMicrosPerGpuHour: decimal.nullable(),
    everySeconds: z.int().meta({ description: 'At most one notice in so long' }),
    byMail: z.boolean(),
    toldAt: instant.nullable(),
    createdAt: instant,
    offers: z.int().meta({ description: 'What it finds now' }),
  })
  .meta({ id: 'SavedSearch' });

const alerts = {
  name: z
    .string()
    .max(80)
    .regex(/^\P{Cc}*[^\s\p{Cc}]\P{Cc}*$/u, 'Give it a name without control characters.'),
  tellsNew: z.boolean().default(false),
  belowMicrosPerGpuHour: decimal
    .refine((text) => BigInt(text) > 0n, 'Send an amount above zero, or null.')
    .nullable()
    .default(null),
  everySeconds: z.union(ALERT_SECONDS.map((seconds) => z.literal(seconds))).default(86_400),
  byMail: z.boolean().default(false),
};
const newSearch = z.object({ ...alerts, query: z.string().max(4_000) });
const changes = z.object(alerts);

/** Commands take a limit as people type it. */
function typed<Given extends z.output<typeof changes>>({ belowMicrosPerGpuHour: below, ...given }: Given) {
  return { ...given, below: below === null ? null : dollarsInput(BigInt(below)) };
}

export const savedSearchDoor = newDoor();

savedSearchDoor.openapi(
  createRoute({
    method: 'get',
    path: '/saved-searches',
    tags,
    summary: 'Your saved searches, by name',
    security: bearer,
    responses: answers(z.object({ rows: z.array(search) }), 'All of them: there are few'),
  }),
  async (c) => c.json({ rows: toWire(await savedSearches(signedInActor(c), theWorld.now())) }, 200),
);

savedSearchDoor.openapi(
  createRoute({
    method: 'post',
    path: '/saved-searches',
    tags,
    summary: 'Keep a search under a name, and be told what appears or falls below a price',
    description: 'A name is yours once: to send the same again is a conflict, and makes nothing twice.',
    security: bearer,
    request: takes(newSearch),
    responses: answers(search, 'It is kept', 201),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const id = await saveSearch(actor, saveSearchInput.parse(typed(c.req.valid('json'))));
    return c.json(toWire(await savedSearch(actor, id, theWorld.now())), 201);
  },
);

savedSearchDoor.openapi(
  createRoute({
    method: 'get',
    path: '/saved-searches/{id}',
    tags,
    summary: 'One saved search',
    security: bearer,
    request: { params: idParam },
    responses: answers(search, 'The search'),
  }),
  async (c) => c.json(toWire(await savedSearch(signedInActor(c), c.req.valid('param').id, theWorld.now())), 200),
);

savedSearchDoor.openapi(
  createRoute({
    method: 'put',
    path: '/saved-searches/{id}',
    tags,
    summary: 'Change its name and what it tells',
    security: bearer,
    request: { params: idParam, ...takes(changes) },
    responses: answers(search, 'The search as it is now'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const { id: searchId } = c.req.valid('param');
    await changeSearch(actor, changeSearchInput.parse({ ...typed(c.req.valid('json')), searchId }));
    return c.json(toWire(await savedSearch(actor, searchId, theWorld.now())), 200);
  },
);

savedSearchDoor.openapi(
  createRoute({
    method: 'delete',
    path: '/saved-searches/{id}',
    tags,
    summary: 'Forget a saved search',
    security: bearer,
    request: { params: idParam },
    responses: answers(z.object({ deleted: z.literal(true) }), 'It is gone'),
  }),
  async (c) => {
    await deleteSearch(signedInActor(c), { searchId: c.req.valid('param').id });
    return c.json({ deleted: true as const }, 200);
  },
);
