import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { revokeSession } from '#lib/auth/revoke-session.ts';
import { signInInput } from '#lib/auth/schema.ts';
import { signIn } from '#lib/auth/sign-in.ts';
import { answers, bearer, newDoor, signedInActor, takes } from './door.ts';

const label = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .optional()
  .meta({ description: 'What the token is for, as the list of sessions shows it' });

export const sessions = newDoor();

sessions.openapi(
  createRoute({
    method: 'post',
    path: '/sessions',
    tags: ['Sessions'],
    summary: 'Sign in for a bearer token',
    description:
      'Where the account signs in by two steps, send a code of the authenticator app or a recovery code as `code`; without one the answer is `codeNeeded`.',
    request: takes(signInInput.extend({ label })),
    responses: answers(z.object({ token: z.string(), sessionId: z.string(), userId: z.string() }), 'Signed in', 201),
  }),
  async (c) => {
    const { label: name, ...input } = c.req.valid('json');
    const signed = await signIn({ address: c.env.address, label: name ?? 'API' }, { ...input, kind: 'api' });
    return c.json({ token: signed.token ?? '', sessionId: signed.sessionId, userId: signed.userId }, 201);
  },
);

sessions.openapi(
  createRoute({
    method: 'delete',
    path: '/sessions/current',
    tags: ['Sessions'],
    summary: 'Revoke the token of this request',
    security: bearer,
    responses: answers(z.object({ revoked: z.literal(true) }), 'Revoked'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    await revokeSession(actor, { id: actor.sessionId });
    return c.json({ revoked: true as const }, 200);
  },
);
