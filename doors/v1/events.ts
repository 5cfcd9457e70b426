import { createRoute } from '@hono/zod-openapi';
import { streamSSE } from 'hono/streaming';
import * as z from 'zod';
import { Refusal } from '#lib/base/refusal.ts';
import { newestEvent } from '#lib/events/queries.ts';
import { live, type Wake } from '#lib/io/live.ts';
import { answers, bearer, newDoor, signedInActor } from './door.ts';
import { catchUp, concernOf } from './feed.ts';

/** A comment this often keeps proxies from closing a quiet stream. */
const PING_MS = 15_000;
/** A reader that does not keep up is let go; it resumes by its last id. */
const MOST_WAITING = 1_000;
/** Then the reader comes back by itself, and its session is checked again. */
const MOST_OPEN_MS = 5 * 60_000;

export const events = newDoor();

events.openAPIRegistry.registerPath(
  createRoute({
    method: 'get',
    path: '/events',
    tags: ['Events'],
    summary: 'What happens to your bookings and machines, as server-sent events',
    description:
      'Each event named `change` carries ids only; ask again for what you show. Resume with the header `Last-Event-ID` or `?after=`. News without an id (progress of a pull) is not kept. Admins hear `desk` when a case of a kind comes, is claimed, given back or decided.',
    security: bearer,
    request: { query: z.object({ after: z.string().optional() }) },
    responses: answers(z.string(), 'text/event-stream'),
  }),
);

function startOf(given: string | undefined): bigint | undefined {
  if (given === undefined || given === '') return undefined;
  if (!/^\d{1,18}$/.test(given)) throw new Refusal('badInput', { after: 'Write the id of an event.' });
  return BigInt(given);
}

events.get('/events', async (c) => {
  const actor = signedInActor(c);
  const after = startOf(c.req.header('last-event-id') ?? c.req.query('after'));
  c.header('cache-control', 'no-cache, no-transform');
  c.header('x-accel-buffering', 'no');
  return streamSSE(c, async (stream) => {
    const waiting: Wake[] = [];
    let awake: (() => void) | undefined;
    const stop = live.subscribe((wake) => {
      waiting.push(wake);
      awake?.();
    });
    const ping = setInterval(() => {
      stream.write(': still here\n\n').catch(() => stream.abort());
    }, PING_MS);
    let over = false;
    const end = () => {
      over = true;
      awake?.();
    };
    const limit = setTimeout(end, MOST_OPEN_MS);
    stream.onAbort(end);
    try {
      let last = after ?? (await newestEvent());
      const concerns = concernOf(actor);
      const told = new Set<bigint>();
      const tellMissed = async () => {
        for await (const { id, ...row } of catchUp(actor, last)) {
          await stream.writeSSE({ event: 'change', id: id.toString(), data: JSON.stringify(row) });
          last = id;
          told.add(id);
        }
      };
      await stream.writeSSE({ event: 'ready', id: last.toString(), data: '{}', retry: 2_000 });
      await tellMissed();
      while (!over) {
        const wake = waiting.shift();
        if (wake === undefined) {
          await new Promise<void>((resolve) => {
            awake = resolve;
            if (waiting.length > 0 || over) resolve();
          });
        } else if (waiting.length > MOST_WAITING) {
          return;
        } else if (wake === 'rebuild') {
          await tellMissed();
        } else if (await concerns(wake)) {
          if (wake.desk !== undefined) {
            await stream.writeSSE({ event: 'desk', data: JSON.stringify({ caseKind: wake.desk }) });
            continue;
          }
          const id = wake.event === undefined ? undefined : BigInt(wake.event);
          if (id !== undefined && id > last) await tellMissed();
          // A lower id that commits late, and news that is no event, are told without one: nobody resumes from there.
          if (id === undefined || (id <= last && !told.has(id))) {
            await stream.writeSSE({
              event: 'change',
              data: JSON.stringify({ bookingId: wake.booking, machineId: wake.machine }),
            });
          }
          if (told.size > MOST_WAITING) told.clear();
        }
      }
    } finally {
      clearInterval(ping);
      clearTimeout(limit);
      stop();
    }
  });
});
