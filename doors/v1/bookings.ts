import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { theWorld } from '#lib/base/time.ts';
import { bookListing } from '#lib/bookings/book-listing.ts';
import { changeSeveral } from '#lib/bookings/change-several.errand.ts';
import { endBooking } from '#lib/bookings/end-booking.ts';
import { extendBooking } from '#lib/bookings/extend-booking.ts';
import { rentalOf } from '#lib/bookings/queries/rental.ts';
import { RENTALS_SHOWN, rentalsOf } from '#lib/bookings/queries/rentals.ts';
import { renameBooking } from '#lib/bookings/rename-booking.ts';
import {
  bookListingInput,
  endBookingInput,
  renameBookingInput,
  severalInput,
  startBookingInput,
} from '#lib/bookings/schema.ts';
import { startBooking } from '#lib/bookings/start-booking.ts';
import { stopBooking } from '#lib/bookings/stop-booking.ts';
import { eventsOfBooking } from '#lib/events/queries.ts';
import { billOf } from '#lib/receipts/queries.ts';
import { lastSamplesOf } from '#lib/telemetry/queries/last-samples.ts';
import {
  answers,
  bearer,
  idempotencyHeader,
  idParam,
  instant,
  newDoor,
  pageEnd,
  signedInActor,
  takes,
  toWire,
} from './door.ts';

const booking = z
  .looseObject({
    id: z.string(),
    name: z.string(),
    image: z.string(),
    desired: z.enum(['running', 'stopped', 'ended']),
    observed: z.string(),
    billable: z.enum(['nothing', 'gpuAndDisk', 'disk']),
    reason: z.string().nullable(),
    reasonDetail: z.string().nullable(),
    endsAt: instant,
    createdAt: instant,
    endLockedAt: instant.nullable(),
    cancellation: z
      .looseObject({
        freeUntil: instant,
        dueMicros: z.string(),
        shareMicros: z.string(),
        fault: z.object({ kind: z.enum(['silent', 'notReady']), since: instant }).nullable(),
        sentence: z.string(),
      })
      .nullable()
      .meta({
        description:
          'Of a reserved window that is not over: what giving it back costs now and at most, and why its machine does not do its part, for as long as it costs nothing because of that',
      }),
    puttingOut: z.string().nullable().meta({
      description:
        'For its renter, while it was not used for the notice yet: what ending it now means, where interruptible rentals were put out for it',
    }),
    start: z
      .looseObject({
        whyNot: z.object({ reason: z.string(), sentence: z.string() }).nullable(),
        freeAt: instant.nullable(),
        endsAt: instant.nullable(),
        near: z.array(z.looseObject({ listingId: z.string() })),
      })
      .nullable()
      .meta({
        description:
          'For its renter, of a stopped booking: why it cannot be started now, when it can at the latest, and the nearest offers',
      }),
  })
  .meta({
    id: 'Booking',
    description: 'What is wanted, what is seen, what is billed and why; `actions` says what may be done now',
  });

const usage = z
  .looseObject({ at: instant, gpuUtilisationPercent: z.number().nullable(), gpuMemoryUsedBytes: z.number().nullable() })
  .nullable()
  .meta({ description: 'What it used in the last minute; null when nobody said' });
const row = z.looseObject({ id: z.string(), usage }).meta({ id: 'BookingRow' });

export const bookings = newDoor();

bookings.openapi(
  createRoute({
    method: 'post',
    path: '/bookings',
    tags: ['Bookings'],
    summary: 'Book what was quoted',
    security: bearer,
    request: { ...takes(bookListingInput), headers: idempotencyHeader },
    responses: answers(booking, 'Booked (or the booking that this key made before)', 201),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const idempotencyKey = c.req.valid('header')['idempotency-key'];
    const { bookingId } = await bookListing(actor, { ...c.req.valid('json'), idempotencyKey });
    return c.json(toWire(await rentalOf(actor, bookingId, theWorld.now())), 201);
  },
);

bookings.openapi(
  createRoute({
    method: 'get',
    path: '/bookings',
    tags: ['Bookings'],
    summary: 'Your bookings, newest first',
    security: bearer,
    request: {
      query: z.object({
        state: z.enum(['live', 'past', 'all']).default('all'),
        show: z.enum(RENTALS_SHOWN).optional(),
        find: z.string().max(100).optional().meta({ description: 'In the name, the image, or the machine’s name' }),
        model: z.string().max(100).optional(),
        after: pageEnd,
      }),
    },
    responses: answers(z.object({ rows: z.array(row), next: z.string().nullable() }), 'One page'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const now = theWorld.now();
    const { rows, next } = await rentalsOf(actor, c.req.valid('query'), now);
    const ids = rows.flatMap(({ id, endedAt }) => (endedAt === null ? [id] : []));
    const samples = await lastSamplesOf(actor, ids, now);
    return c.json(toWire({ rows: rows.map((one) => ({ ...one, usage: samples.get(one.id) ?? null })), next }), 200);
  },
);

bookings.openapi(
  createRoute({
    method: 'post',
    path: '/bookings/several',
    tags: ['Bookings'],
    summary: 'Stop or end several bookings, each by itself; answers what became of each',
    description:
      'What is refused of one leaves the others as they were asked. Reserved time whose giving back costs something is refused here: end that booking by itself.',
    security: bearer,
    request: takes(severalInput),
    responses: answers(
      z.object({ rows: z.array(z.object({ id: z.string(), done: z.boolean(), sentence: z.string() })) }),
      'What became of each, in order',
    ),
  }),
  async (c) => c.json({ rows: await changeSeveral(signedInActor(c), c.req.valid('json')) }, 200),
);

bookings.openapi(
  createRoute({
    method: 'get',
    path: '/bookings/{id}',
    tags: ['Bookings'],
    summary: 'One booking',
    security: bearer,
    request: { params: idParam },
    responses: answers(booking, 'The booking'),
  }),
  async (c) => c.json(toWire(await rentalOf(signedInActor(c), c.req.valid('param').id, theWorld.now())), 200),
);

bookings.openapi(
  createRoute({
    method: 'patch',
    path: '/bookings/{id}',
    tags: ['Bookings'],
    summary: 'Give a booking another name',
    security: bearer,
    request: { params: idParam, ...takes(renameBookingInput.omit({ bookingId: true })) },
    responses: answers(booking, 'The booking as it is now'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const { id } = c.req.valid('param');
    await renameBooking(actor, { ...c.req.valid('json'), bookingId: id });
    return c.json(toWire(await rentalOf(actor, id, theWorld.now())), 200);
  },
);

bookings.openapi(
  createRoute({
    method: 'get',
    path: '/bookings/{id}/events',
    tags: ['Bookings'],
    summary: 'What happened to a booking, oldest first',
    security: bearer,
    request: { params: idParam },
    responses: answers(
      z.object({
        rows: z.array(
          z.object({
            id: z.string(),
            kind: z.string(),
            data: z.unknown(),
            reason: z.string().nullable(),
            createdAt: instant,
          }),
        ),
      }),
      'Its events',
    ),
  }),
  async (c) => c.json({ rows: toWire(await eventsOfBooking(signedInActor(c), c.req.valid('param').id)) }, 200),
);

bookings.openapi(
  createRoute({
    method: 'get',
    path: '/bookings/{id}/bill',
    tags: ['Bookings'],
    summary: 'What a booking costs, line by line; each line is a statement that the machine signed',
    security: bearer,
    request: { params: idParam },
    responses: answers(
      z
        .looseObject({
          final: z.boolean(),
          billedSeconds: z.number(),
          chargedMicros: z.string(),
          hostCreditedMicros: z.string(),
          feeMicros: z.string(),
        })
        .meta({ id: 'Bill' }),
      'The bill',
    ),
  }),
  async (c) => c.json(toWire(await billOf(signedInActor(c), c.req.valid('param').id)), 200),
);

/** What giving reserved time back was seen to cost; left out, whatever it costs by its terms. */
const seen = endBookingInput.omit({ bookingId: true }).optional();

for (const [verb, command, summary] of [
  ['stop', stopBooking, 'Give the GPUs back and keep the disk'],
  ['end', endBooking, 'End the booking and delete its disk'],
  ['cancel', endBooking, 'Give a reserved window back, by its cancellation terms: the same as `end`'],
] as const) {
  bookings.openapi(
    createRoute({
      method: 'post',
      path: `/bookings/{id}/${verb}` as const,
      tags: ['Bookings'],
      summary,
      security: bearer,
      request: { params: idParam, body: { required: false, content: { 'application/json': { schema: seen } } } },
      responses: answers(booking, 'The booking as it is now'),
    }),
    async (c) => {
      const actor = signedInActor(c);
      const { id } = c.req.valid('param');
      await command(actor, { ...c.req.valid('json'), bookingId: id });
      return c.json(toWire(await rentalOf(actor, id, theWorld.now())), 200);
    },
  );
}

bookings.openapi(
  createRoute({
    method: 'post',
    path: '/bookings/{id}/start',
    tags: ['Bookings'],
    summary: 'Take GPUs of the same machine again',
    security: bearer,
    request: { params: idParam, ...takes(startBookingInput) },
    responses: answers(booking, 'The booking as it is now'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const { id } = c.req.valid('param');
    await startBooking(actor, { ...c.req.valid('json'), bookingId: id });
    return c.json(toWire(await rentalOf(actor, id, theWorld.now())), 200);
  },
);

bookings.openapi(
  createRoute({
    method: 'post',
    path: '/bookings/{id}/extend',
    tags: ['Bookings'],
    summary: 'Move the end of a booking',
    security: bearer,
    request: { params: idParam, ...takes(z.object({ endsAt: z.iso.datetime() })) },
    responses: answers(booking, 'The booking as it is now'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const { id } = c.req.valid('param');
    await extendBooking(actor, { bookingId: id, endsAt: new Date(c.req.valid('json').endsAt) });
    return c.json(toWire(await rentalOf(actor, id, theWorld.now())), 200);
  },
);
