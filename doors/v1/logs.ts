import { createRoute } from '@hono/zod-openapi';
import { stream } from 'hono/streaming';
import * as z from 'zod';
import { badInput } from '#doors/_edge/body.ts';
import { LOG_KEPT_WORDS } from '#lib/bookings/log-keeping.ts';
import { LOG_STREAMS, lineReader } from '#lib/bookings/log-lines.ts';
import { logsOf, searchLogs, wholeLogOf } from '#lib/bookings/queries/logs.ts';
import { answers, bearer, idParam, instant, newDoor, signedInActor, toWire } from './door.ts';
import { held } from './held.ts';

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
      `${LOG_KEPT_WORDS} ` +
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
    const read = () => logsOf(actor, id, { after });
    const rows = await (hold === 'true' ? held(`booking:${id}`, c.req.raw.signal, read) : read());
    return c.json({ rows: toWire(rows) }, 200);
  },
);

const line = z
  .object({ offset: z.int(), part: z.int(), at: instant, stream: z.string(), text: z.string() })
  .meta({ id: 'LogLine', description: 'A line, without colours; `offset` is that of the piece in which it begins' });

logs.openapi(
  createRoute({
    method: 'get',
    path: '/bookings/{id}/logs/search',
    tags: ['Bookings'],
    summary: 'Lines that hold a text, whatever its case: the newest 200 and how many there are; for its renter only',
    security: bearer,
    request: {
      params: idParam,
      query: z.object({
        text: z.string().min(1, 'Write what to look for.').max(200, 'Write at most 200 characters.'),
        stream: z.enum(LOG_STREAMS).optional(),
      }),
    },
    responses: answers(z.object({ rows: z.array(line), total: z.int() }), 'The lines'),
  }),
  async (c) => {
    const { text, stream: from } = c.req.valid('query');
    const found = await searchLogs(signedInActor(c), c.req.valid('param').id, { text, stream: from });
    return c.json(toWire(found), 200);
  },
);

logs.openAPIRegistry.registerPath(
  createRoute({
    method: 'get',
    path: '/bookings/{id}/logs.txt',
    tags: ['Bookings'],
    summary:
      'All that is kept of a log, as a file: a line with its time and its stream, or with `plain=true` as it was printed',
    security: bearer,
    request: { params: idParam, query: z.object({ plain: z.enum(['true', 'false']).default('false') }) },
    responses: { 200: { description: 'The file', content: { 'text/plain': { schema: z.string() } } } },
  }),
);

logs.get('/bookings/:id/logs.txt', async (c) => {
  const actor = signedInActor(c);
  const given = idParam.safeParse(c.req.param());
  if (!given.success) throw badInput(given.error);
  const { id } = given.data;
  const plain = c.req.query('plain') === 'true';
  const steps = wholeLogOf(actor, id);
  // What is refused is refused before the file begins.
  const first = await steps.next();
  c.header('content-type', 'text/plain; charset=utf-8');
  c.header('content-disposition', `attachment; filename="${id}.log"`);
  return stream(c, async (out) => {
    const reader = lineReader<Date>();
    const written = (lines: Iterable<{ at: Date; stream: string; text: string }>) =>
      [...lines].map(({ at, stream: from, text }) => `${at.toISOString()} ${from} ${text}\n`).join('');
    for (let step = first; step.done !== true && !out.aborted; step = await steps.next()) {
      const texts = step.value.map((each) => (plain ? each.text : written(reader.read(each))));
      await out.write(texts.join(''));
    }
    if (!plain) await out.write(written(reader.rest()));
  });
});
