import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { requestQuote } from '#lib/bookings/request-quote.ts';
import { quoteInput } from '#lib/bookings/schema.ts';
import { answers, bearer, newDoor, signedInActor, takes, toWire } from './door.ts';

export const quotes = newDoor();

quotes.openapi(
  createRoute({
    method: 'post',
    path: '/quotes',
    tags: ['Bookings'],
    summary: 'Ask what a booking would cost; the terms are kept for five minutes',
    security: bearer,
    request: takes(quoteInput),
    responses: answers(z.looseObject({ id: z.string() }).meta({ id: 'Quote' }), 'A quote', 201),
  }),
  async (c) => c.json(toWire(await requestQuote(signedInActor(c), c.req.valid('json'))), 201),
);
