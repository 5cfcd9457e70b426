import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld } from '#lib/base/time.ts';
import { EARNING_SPANS, type Earnings, earningSpan, earningsCsv } from '#lib/receipts/earnings.ts';
import { earningsIn, firstEarningMonth } from '#lib/receipts/queries/earnings.ts';
import { hostMoneyOf } from '#lib/receipts/queries/host-money.ts';
import { answers, bearer, decimal, newDoor, signedInActor, toWire } from './door.ts';

const query = z.object({
  span: z
    .enum(EARNING_SPANS)
    .optional()
    .meta({ description: 'The present month unless given; with `from` and `to` it is `custom`' }),
  from: z.string().max(20).optional().meta({ description: 'First month, in UTC', example: '2026-09' }),
  to: z.string().max(20).optional().meta({ description: 'Last month, in UTC', example: '2026-11' }),
});

const signed = z.string();
const sums = {
  grossMicros: decimal.meta({ description: 'What renters were charged' }),
  feeMicros: decimal.meta({ description: "The platform's share of that" }),
  refundedMicros: decimal.meta({ description: 'Your part of what was given back' }),
  contestedMicros: signed.meta({ description: 'Your part of charges that are contested, or were decided against you' }),
  netMicros: signed.meta({ description: 'gross − fee − refunded − contested: what the ledger moved for you' }),
  rentals: z.int().meta({ description: 'Bookings that were charged something' }),
  rentedGpuSeconds: z.number(),
  offeredGpuSeconds: z.number(),
  occupancyBasisPoints: z.int().nullable().meta({ description: 'Rented ÷ offered; null when nothing was offered' }),
};
const machine = z.object({ id: z.string(), name: z.string(), simulated: z.boolean(), retired: z.boolean() });

const document = z
  .object({
    span: z.object({ name: z.enum(EARNING_SPANS), from: z.string(), to: z.string() }),
    running: z.boolean().meta({ description: 'The present month is a part of it and is not over' }),
    total: z.object(sums),
    months: z.array(z.object({ month: z.string(), ...sums })),
    machines: z.array(z.object({ machine, ...sums })),
    money: z.object({
      payableMicros: signed.meta({
        description: 'What you are owed now; negative when a refund came after the payout',
      }),
      reserveMicros: decimal,
      contestedMicros: signed,
      contestedBookings: z.int(),
      openMicros: decimal.meta({ description: 'Of what you are owed: from bills that are still open' }),
      openBookings: z.int(),
    }),
  })
  .meta({ id: 'Earnings' });

export const earnings = newDoor();

earnings.openapi(
  createRoute({
    method: 'get',
    path: '/earnings',
    tags: ['Money'],
    summary: 'What your machines earned in a span of months, by month and by machine, and where the money is',
    security: bearer,
    request: { query },
    responses: answers(document, 'Your earnings'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const [{ cells: _, ...asked }, money] = await Promise.all([
      askedFor(actor, c.req.valid('query')),
      hostMoneyOf(actor),
    ]);
    return c.json(toWire({ ...asked, money }), 200);
  },
);

earnings.openapi(
  createRoute({
    method: 'get',
    path: '/earnings.csv',
    tags: ['Money'],
    summary: 'The same as a table: a line for each machine and month',
    security: bearer,
    request: { query },
    responses: { 200: { description: 'The table', content: { 'text/csv': { schema: z.string() } } } },
  }),
  async (c) => {
    const found = await askedFor(signedInActor(c), c.req.valid('query'));
    c.header('content-type', 'text/csv; charset=utf-8');
    c.header('content-disposition', `attachment; filename="sublet-earnings-${found.span.from}-${found.span.to}.csv"`);
    return c.body(earningsCsv(found), 200);
  },
);

async function askedFor(actor: Actor, ask: z.output<typeof query>): Promise<Earnings> {
  const now = theWorld.now();
  const span = earningSpan(ask, await firstEarningMonth(actor, now), now);
  if ('problems' in span) throw new Refusal('badInput', span.problems);
  return earningsIn(actor, span, now);
}
