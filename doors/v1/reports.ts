import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { reportsOf } from '#lib/trust/queries/reports.ts';
import { REPORT_CAUSES, REPORT_STATES } from '#lib/trust/report.ts';
import { reportListing } from '#lib/trust/report-listing.ts';
import { reportListingInput } from '#lib/trust/schema.ts';
import { answers, bearer, idParam, instant, newDoor, pageEnd, signedInActor, takes, toWire } from './door.ts';

const report = z
  .object({
    id: z.string(),
    subjectKind: z.string().meta({ description: 'listing or message' }),
    subjectId: z.string(),
    cause: z.enum(REPORT_CAUSES),
    text: z.string(),
    state: z.enum(REPORT_STATES),
    openedAt: instant,
    decision: z.string().nullable(),
    decidedAt: instant.nullable(),
  })
  .meta({ id: 'Report', description: 'What you reported, and how it ended' });

export const reports = newDoor();

reports.openapi(
  createRoute({
    method: 'post',
    path: '/listings/{id}/reports',
    tags: ['Reports'],
    summary: 'Tell staff that something is wrong with a listing',
    security: bearer,
    request: { params: idParam, ...takes(reportListingInput.omit({ listingId: true })) },
    responses: answers(z.object({ reportId: z.string() }), 'It is in the queue of staff', 201),
  }),
  async (c) => {
    const actor = signedInActor(c);
    return c.json(await reportListing(actor, { ...c.req.valid('json'), listingId: c.req.valid('param').id }), 201);
  },
);

reports.openapi(
  createRoute({
    method: 'get',
    path: '/reports',
    tags: ['Reports'],
    summary: 'What you reported, newest first, and how it ended',
    security: bearer,
    request: { query: z.object({ before: pageEnd }) },
    responses: answers(z.object({ rows: z.array(report), next: z.string().nullable() }), 'One page'),
  }),
  async (c) => c.json(toWire(await reportsOf(signedInActor(c), c.req.valid('query').before)), 200),
);
