import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import type { Actor } from '#lib/base/actor.ts';
import { type LogPiece, logsOf } from '#lib/bookings/queries/logs.ts';
import { live } from '#lib/io/live.ts';
import { answers, bearer, idParam, instant, newDoor, signedInActor, toWire } from './door.ts';

/** A held request is answered after this long with nothing, before proxies give up on it. */
const HELD_MS = 25_000;
/**
 * What is printed is not announced: a NOTIFY for every line of every rental would be paid by all, a look each second only
 * while somebody follows.
 */
const LOOK_EVERY_MS = 1_000;

const piece = z
  .object({ offset: z.int(), at: instant, stream: z.string(), text: z.string() })
  .meta({ id: 'LogPiece', description: 'A piece of what a rental printed; `offset` counts bytes since it began' });

export const logs = newDoor();

logs.openapi(
  createRoute({
    method: 'get',
    path: '/bookings/{id}/logs',
    tags: ['Bookings'],
    summary: 'What a booking printed, oldest first; for its renter only',
    description:
      'Without `after` the newest pieces; with it the next ones after that offset (`-1`: from the beginning). With `hold=true` the answer waits up to 25 s for something new.',
    security: bearer,
    request: {
      params: idParam,
      query: z.object({
        after: z
          .string()
          .regex(/^(-1|\d{1,15})$/, 'Write the offset of the last piece you have, or -1.')
          .transform(Number)
          .optional(),
        hold: z.enum(['true', 'false']).default('false'),
      }),
    },
    responses: answers(z.object({ rows: z.array(piece) }), 'Pieces of the log'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const { id } = c.req.valid('param');
    const { after, hold } = c.req.valid('query');
    const rows =
      hold === 'true' ? await followed(actor, id, after, c.req.raw.signal) : await logsOf(actor, id, { after });
    return c.json({ rows: toWire(rows) }, 200);
  },
);

async function followed(
  actor: Actor,
  bookingId: string,
  after: number | undefined,
  signal: AbortSignal,
): Promise<readonly LogPiece[]> {
  const until = performance.now() + HELD_MS;
  for (;;) {
    const news = live.wait(`booking:${bookingId}`, { timeoutMs: LOOK_EVERY_MS, signal });
    const rows = await logsOf(actor, bookingId, { after });
    if (rows.length > 0 || performance.now() > until || signal.aborted) return rows;
    await news;
  }
}
