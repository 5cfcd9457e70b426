import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { requestQuote } from '#lib/bookings/request-quote.ts';
import { quoteInput } from '#lib/bookings/schema.ts';
import { answers, bearer, newDoor, signedInActor, takes, toWire } from './door.ts';

const quote = z
  .looseObject({
    id: z.string(),
    puttingOut: z.object({ sentence: z.string(), whyNot: z.string().nullable() }).nullable().meta({
      description:
        'Where interruptible rentals are put out for it: what that means, and why nobody is for this account now. Null where nobody has to leave',
    }),
  })
  .meta({ id: 'Quote' });

export const quotes = newDoor();

quotes.openapi(
  createRoute({
    method: 'post',
    path: '/quotes',
    tags: ['Bookings'],
    summary: 'Ask what a booking would cost; the terms are kept for five minutes',
    security: bearer,
    request: takes(quoteInput),
    responses: answers(quote, 'A quote', 201),
  }),
  async (c) => c.json(toWire(await requestQuote(signedInActor(c), c.req.valid('json'))), 201),
);
