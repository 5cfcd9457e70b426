import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { answers, bearer, idParam, pageEnd } from './door.ts';

const shown = { method: 'get' as const, tags: ['Money'], security: bearer };

/** The route that lists rows of the asker's own, newest first, a page at a time. */
export function pageOfOwn<Path extends string, Row extends z.ZodType>(path: Path, summary: string, row: Row) {
  return createRoute({
    ...shown,
    path,
    summary,
    request: { query: z.object({ after: pageEnd }) },
    responses: answers(z.object({ rows: z.array(row), next: z.string().nullable() }), 'One page'),
  });
}

/** The route to one row of the asker's own, by its id. */
export function oneOfOwn<Path extends `${string}/{id}`, Row extends z.ZodType>(
  path: Path,
  summary: string,
  row: Row,
  answer: string,
) {
  return createRoute({
    ...shown,
    path,
    summary,
    request: { params: idParam },
    responses: answers(row, answer),
  });
}
