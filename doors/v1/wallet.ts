import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { theWorld } from '#lib/base/time.ts';
import { burnOf } from '#lib/bookings/queries/burn.ts';
import { earningsOf } from '#lib/ledger/queries.ts';
import { answers, bearer, decimal, instant, newDoor, signedInActor, toWire } from './door.ts';

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
