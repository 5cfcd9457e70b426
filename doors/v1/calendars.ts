import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { Refusal } from '#lib/base/refusal.ts';
import { addSeconds, DAY, theWorld } from '#lib/base/time.ts';
import { freeWindows, MOST_WINDOW_DAYS } from '#lib/bookings/queries/free-windows.ts';
import { renterCalendar } from '#lib/bookings/queries/renter-calendar.ts';
import { setBlock } from '#lib/bookings/set-block.ts';
import { TAKEN_KINDS } from '#lib/catalogue/calendar.ts';
import { machineCalendar } from '#lib/catalogue/queries/calendar.ts';
import { removeBlock } from '#lib/catalogue/remove-block.ts';
import { saveCalendar } from '#lib/catalogue/save-calendar.ts';
import { blockInput, calendarRulesInput } from '#lib/catalogue/schema.ts';
import { answers, bearer, idParam, instant, newDoor, signedInActor, takes, toWire } from './door.ts';

const span = { startsAt: instant, endsAt: instant };
const hours = z.object({ days: z.array(z.int()), fromMinute: z.int(), toMinute: z.int() }).meta({
  description: 'Days begin at 1, Monday; minutes after midnight; an end not after its beginning is on the next day',
});
const rules = z.object({
  zone: z.string().meta({ example: 'Europe/Berlin' }),
  hours: z.array(hours).meta({ description: 'None: open always' }),
  leastSeconds: z.int(),
  mostSeconds: z.int().nullable(),
  leadSeconds: z.int(),
  cancellation: z.enum(['flexible', 'moderate', 'strict']),
  maintenanceNoticeSeconds: z.int(),
});
const calendar = z
  .looseObject({
    machineId: z.string(),
    calendar: z.looseObject({ ...rules.shape }),
    isSet: z.boolean(),
    isOpen: z.boolean(),
    closesAt: instant.nullable(),
    nextOpening: instant.nullable(),
    blocks: z.array(z.looseObject({ id: z.string(), kind: z.enum(TAKEN_KINDS), note: z.string(), ...span })),
    bookings: z.array(z.looseObject({ bookingId: z.string(), kind: z.string(), gpuCount: z.int(), ...span })),
    open: z.array(z.object(span)),
  })
  .meta({ id: 'MachineCalendar' });

const at = z.iso.datetime({ offset: true, error: 'Write an instant like 2027-01-31T22:00:00Z.' }).optional();
const between = z.object({ from: at, until: at });

/** What is asked for, or four weeks from now; in order, and not longer than a page can carry. */
function spanOf(ask: z.output<typeof between>): { from: Date; until: Date } {
  const from = ask.from === undefined ? theWorld.now() : new Date(ask.from);
  const until = ask.until === undefined ? addSeconds(from, 28 * 86_400) : new Date(ask.until);
  if (until <= from) throw new Refusal('badInput', { until: 'The end lies after the beginning.' });
  if (until.getTime() - from.getTime() > MOST_WINDOW_DAYS * DAY)
    throw new Refusal('badInput', { until: `Ask for at most ${MOST_WINDOW_DAYS} days.` });
  return { from, until };
}

export const calendars = newDoor();

calendars.openapi(
  createRoute({
    method: 'get',
    path: '/machines/{id}/calendar',
    tags: ['Machines'],
    summary: 'The calendar of a machine of yours: its rules, what is booked and blocked, when it is open',
    security: bearer,
    request: { params: idParam, query: between },
    responses: answers(calendar, 'The calendar'),
  }),
  async (c) => {
    const { id } = c.req.valid('param');
    return c.json(
      toWire(await machineCalendar(signedInActor(c), id, spanOf(c.req.valid('query')), theWorld.now())),
      200,
    );
  },
);

calendars.openapi(
  createRoute({
    method: 'put',
    path: '/machines/{id}/calendar',
    tags: ['Machines'],
    summary: 'Set when a machine is rented and how windows of it are reserved; what is booked keeps its time',
    security: bearer,
    request: { params: idParam, ...takes(calendarRulesInput) },
    responses: answers(calendar, 'The calendar as it is now'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const { id } = c.req.valid('param');
    await saveCalendar(actor, { ...c.req.valid('json'), machineId: id });
    return c.json(toWire(await machineCalendar(actor, id, spanOf({}), theWorld.now())), 200);
  },
);

calendars.openapi(
  createRoute({
    method: 'post',
    path: '/machines/{id}/blocks',
    tags: ['Machines'],
    summary: 'Take time out of the calendar; maintenance announced in time ends what is rented on demand',
    security: bearer,
    request: { params: idParam, ...takes(blockInput) },
    responses: answers(z.object({ blockId: z.string(), shortened: z.int() }), 'The block', 201),
  }),
  async (c) => {
    const { id } = c.req.valid('param');
    return c.json(await setBlock(signedInActor(c), { ...c.req.valid('json'), machineId: id }), 201);
  },
);

calendars.openapi(
  createRoute({
    method: 'delete',
    path: '/machines/{id}/blocks/{blockId}',
    tags: ['Machines'],
    summary: 'Give blocked time back to the market',
    security: bearer,
    request: { params: idParam.extend({ blockId: idParam.shape.id }) },
    responses: answers(calendar, 'The calendar as it is now'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const { id, blockId } = c.req.valid('param');
    await removeBlock(actor, { machineId: id, blockId });
    return c.json(toWire(await machineCalendar(actor, id, spanOf({}), theWorld.now())), 200);
  },
);

calendars.openapi(
  createRoute({
    method: 'get',
    path: '/listings/{id}/windows',
    tags: ['Listings'],
    summary: 'When so many GPUs of a listing can be reserved; quote a window with `startsAt` and `durationSeconds`',
    request: { params: idParam, query: between.extend({ gpus: z.coerce.number().int().min(1).max(1_000).optional() }) },
    responses: answers(
      z
        .looseObject({
          listingId: z.string(),
          zone: z.string(),
          gpuCount: z.int(),
          cancellation: z.looseObject({ freeSeconds: z.int(), shareBasisPoints: z.int(), sentence: z.string() }),
          windows: z.array(z.object({ ...span, freeGpus: z.int() })),
        })
        .meta({ id: 'FreeWindows' }),
      'Windows, the earliest first',
    ),
  }),
  async (c) => {
    const { gpus, ...ask } = c.req.valid('query');
    const { id } = c.req.valid('param');
    return c.json(toWire(await freeWindows(id, { gpuCount: gpus ?? null, ...spanOf(ask) }, theWorld.now())), 200);
  },
);

calendars.openapi(
  createRoute({
    method: 'get',
    path: '/calendar',
    tags: ['Bookings'],
    summary: 'When you have GPUs: your bookings and reserved windows between two instants',
    security: bearer,
    request: { query: between },
    responses: answers(
      z.object({
        from: instant,
        until: instant,
        rows: z.array(z.looseObject({ bookingId: z.string(), kind: z.string(), gpuCount: z.int(), ...span })),
      }),
      'Your bookings in that time, the earliest first',
    ),
  }),
  async (c) => {
    const span = spanOf(c.req.valid('query'));
    return c.json(toWire({ ...span, rows: await renterCalendar(signedInActor(c), span) }), 200);
  },
);
