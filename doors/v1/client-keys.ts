import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { clientKeysOf } from '#lib/auth/queries/client-keys.ts';
import { registerClientKey } from '#lib/auth/register-client-key.ts';
import { revokeClientKey } from '#lib/auth/revoke-client-key.ts';
import { registerClientKeyInput } from '#lib/auth/schema.ts';
import { countersignStatement } from '#lib/receipts/countersign-statement.ts';
import { countersigningOf } from '#lib/receipts/queries/countersigning.ts';
import { countersignInput } from '#lib/receipts/schema.ts';
import { answers, bearer, idParam, instant, newDoor, signedInActor, takes, toWire } from './door.ts';

const key = z
  .object({ id: z.string(), name: z.string(), key: z.string(), createdAt: instant })
  .meta({ id: 'ClientKey' });

export const clientKeys = newDoor();

clientKeys.openapi(
  createRoute({
    method: 'get',
    path: '/client-keys',
    tags: ['Client keys'],
    summary: 'The keys by which your clients countersign statements, and the account that they are registered for',
    security: bearer,
    responses: answers(z.object({ account: z.string(), rows: z.array(key) }), 'Your client keys'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    return c.json({ account: actor.userId, rows: toWire(await clientKeysOf(actor)) }, 200);
  },
);

clientKeys.openapi(
  createRoute({
    method: 'post',
    path: '/client-keys',
    tags: ['Client keys'],
    summary: 'Register a client key: what is booked, or issued again, from now on names it',
    description:
      'An Ed25519 key that your client made and keeps. `proof` is its signature over the line "sublet/client-key/v1", a line break, and the JSON of [account, key].',
    security: bearer,
    request: takes(registerClientKeyInput),
    responses: answers(z.object({ id: z.string() }), 'Registered', 201),
  }),
  async (c) => c.json(await registerClientKey(signedInActor(c), c.req.valid('json')), 201),
);

clientKeys.openapi(
  createRoute({
    method: 'delete',
    path: '/client-keys/{id}',
    tags: ['Client keys'],
    summary: 'Revoke a client key, for ever',
    security: bearer,
    request: { params: idParam },
    responses: answers(z.object({ revoked: z.literal(true) }), 'Revoked; what it countersigned stays'),
  }),
  async (c) => {
    await revokeClientKey(signedInActor(c), c.req.valid('param'));
    return c.json({ revoked: true as const }, 200);
  },
);

const countersigning = z
  .object({
    account: z.string(),
    leaseId: z.string(),
    machineId: z.string(),
    machineKey: z.string(),
    clientKeys: z.array(z.string()),
    latest: z.int(),
    countersigned: z.object({ sequence: z.int(), key: z.string(), receivedAt: instant }).nullable(),
    statements: z.array(z.object({ payload: z.string(), signature: z.string() })),
  })
  .meta({ id: 'Countersigning', description: 'The statements to check before the newest of them is countersigned' });

clientKeys.openapi(
  createRoute({
    method: 'get',
    path: '/bookings/{id}/countersignature',
    tags: ['Bookings'],
    summary: 'The statements of your booking that come after one, to check and countersign',
    security: bearer,
    request: {
      params: idParam,
      query: z.object({
        after: z
          .string()
          .regex(/^(-1|\d{1,9})$/, 'The number of a statement, or -1.')
          .default('-1'),
      }),
    },
    responses: answers(countersigning, 'At most 500 statements, oldest first'),
  }),
  async (c) => {
    const { id } = c.req.valid('param');
    return c.json(toWire(await countersigningOf(signedInActor(c), id, Number(c.req.valid('query').after))), 200);
  },
);

clientKeys.openapi(
  createRoute({
    method: 'post',
    path: '/bookings/{id}/countersignature',
    tags: ['Bookings'],
    summary: 'Countersign a statement of your booking, and by the chain all before it',
    security: bearer,
    request: { params: idParam, ...takes(countersignInput.omit({ bookingId: true })) },
    responses: answers(z.object({ sequence: z.int() }), 'Up to which statement is countersigned now'),
  }),
  async (c) => {
    const { id } = c.req.valid('param');
    return c.json(await countersignStatement(signedInActor(c), { ...c.req.valid('json'), bookingId: id }), 200);
  },
);
