import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld } from '#lib/base/time.ts';
import { burnOf } from '#lib/bookings/queries/burn.ts';
import { earningsOf } from '#lib/ledger/queries.ts';
import { topUpWallet } from '#lib/payments/top-up-wallet.ts';
import { answers, bearer, decimal, idempotencyHeader, instant, newDoor, signedInActor, takes, toWire } from './door.ts';

const rental = z
  .object({
    bookingId: z.string(),
    name: z.string(),
    billable: z.enum(['nothing', 'gpuAndDisk', 'disk']),
    microsPerHour: decimal,
    chargedMicros: decimal,
    heldMicros: decimal,
    capMicros: decimal.nullable(),
    runwaySeconds: z.number().nullable(),
  })
  .meta({ id: 'BurningRental', description: 'A rental that is not over, and its money' });

export const wallet = newDoor();

wallet.openapi(
  createRoute({
    method: 'get',
    path: '/wallet',
    tags: ['Money'],
    summary:
      'Your free and held money as a renter, what it goes to and how long it lasts, and what you are owed as a host',
    security: bearer,
    responses: answers(
      z
        .object({
          freeMicros: decimal,
          heldMicros: decimal,
          payableMicros: z.string().meta({ description: 'Negative when a refund came after the payout' }),
          microsPerHour: decimal.meta({ description: 'What running and stopped rentals cost an hour, together' }),
          runwaySeconds: z.number().nullable().meta({
            description: 'Until the first rental without a cap runs out of money; null when none uses any',
          }),
          lastsUntil: instant.nullable(),
          rentals: z.array(rental),
        })
        .meta({ id: 'Wallet' }),
      'Your money',
    ),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const [{ rentals, ...burn }, earned] = await Promise.all([burnOf(actor, theWorld.now()), earningsOf(actor)]);
    const rows = rentals.map(({ id, name, billable, capMicros, cost }) => {
      const { microsPerHour, chargedMicros, heldMicros, runwaySeconds } = cost;
      return { bookingId: id, name, billable, microsPerHour, chargedMicros, heldMicros, capMicros, runwaySeconds };
    });
    return c.json(toWire({ ...burn, ...earned, rentals: rows }), 200);
  },
);

wallet.openapi(
  createRoute({
    method: 'post',
    path: '/top-ups',
    tags: ['Money'],
    summary: 'Add money through the payment provider of this market (a sandbox says so)',
    security: bearer,
    request: { ...takes(z.object({ amountMicros: decimal })), headers: idempotencyHeader },
    responses: answers(z.object({ topUpId: z.string() }), 'Added', 201),
  }),
  async (c) => {
    const amountMicros = BigInt(c.req.valid('json').amountMicros);
    const idempotencyKey = c.req.valid('header')['idempotency-key'];
    if (amountMicros === 0n) throw new Refusal('badInput', { amountMicros: 'Write an amount above zero.' });
    const { topUpId } = await topUpWallet(signedInActor(c), { amountMicros, idempotencyKey });
    return c.json({ topUpId }, 201);
  },
);
