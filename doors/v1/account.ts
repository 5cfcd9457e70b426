import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { profileOf, sessionsOf } from '#lib/auth/queries.ts';
import { renameAccount } from '#lib/auth/rename-account.ts';
import { revokeSession } from '#lib/auth/revoke-session.ts';
import { preferencesInput, renameAccountInput } from '#lib/auth/schema.ts';
import { setPreferences } from '#lib/auth/set-preferences.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld } from '#lib/base/time.ts';
import { leavingOf } from '#lib/trust/queries/leaving.ts';
import { answers, bearer, decimal, idParam, instant, newDoor, signedInActor, takes, toWire } from './door.ts';

const profile = z
  .object({
    name: z.string(),
    email: z.string(),
    emailConfirmedAt: instant.nullable(),
    role: z.string(),
    termsVersion: z.string(),
    termsAcceptedAt: instant,
    createdAt: instant,
    timeZone: z.string().nullable(),
    browserZone: z
      .string()
      .nullable()
      .meta({ description: 'Of the browser of your last sign-in: what mails say while `timeZone` is null' }),
    locale: z.string().nullable(),
    theme: z.string().nullable().meta({ description: '`light`, `dark` or `system`; null: never chosen' }),
    shortcutsOff: z.boolean(),
    lowBalanceMicros: decimal.nullable().meta({ description: 'Below how much in the wallet you are told' }),
  })
  .meta({ id: 'Profile' });

const session = z
  .object({
    id: z.string(),
    kind: z.string().meta({ description: '`browser`, or `api` for a token' }),
    label: z.string(),
    place: z.string().nullable().meta({ description: 'The network it was begun from, not the whole address' }),
    twoStep: z.boolean().meta({ description: 'It passed the second step of signing in' }),
    readOnly: z.boolean(),
    createdAt: instant,
    lastSeenAt: instant,
    expiresAt: instant,
    current: z.boolean(),
  })
  .meta({ id: 'Session' });

export const account = newDoor();

account.openapi(
  createRoute({
    method: 'get',
    path: '/account',
    tags: ['Account'],
    summary: 'Your profile',
    security: bearer,
    responses: answers(profile, 'Your profile'),
  }),
  async (c) => c.json(toWire(await profileOf(signedInActor(c))), 200),
);

account.openapi(
  createRoute({
    method: 'patch',
    path: '/account',
    tags: ['Account'],
    summary: 'Change your name, or how you are shown things',
    security: bearer,
    request: takes(
      preferencesInput
        .omit({ lowBalanceMicros: true })
        .extend({ ...renameAccountInput.partial().shape, lowBalanceMicros: decimal.nullable().optional() })
        // All of it may be left out, so a word that is misspelt would seem to be done.
        .strict(),
    ),
    responses: answers(profile, 'Your profile as it is now'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const { name, lowBalanceMicros: bound, ...preferences } = c.req.valid('json');
    const lowBalanceMicros = bound === undefined || bound === null ? bound : BigInt(bound);
    if (lowBalanceMicros === 0n)
      throw new Refusal('badInput', { lowBalanceMicros: 'Write an amount above zero, or null.' });
    if (name !== undefined) await renameAccount(actor, { name });
    await setPreferences(actor, { ...preferences, lowBalanceMicros });
    return c.json(toWire(await profileOf(actor)), 200);
  },
);

account.openapi(
  createRoute({
    method: 'get',
    path: '/account/deletion',
    tags: ['Account'],
    summary: 'Whether your account is about to be deleted, and what stands in the way of asking for it in a browser',
    security: bearer,
    responses: answers(
      z.object({
        askedAt: instant.nullable(),
        dueAt: instant.nullable(),
        walletMicros: z.string(),
        holds: z.array(z.object({ says: z.string(), link: z.string() })),
      }),
      'How it stands',
    ),
  }),
  async (c) => c.json(toWire(await leavingOf(signedInActor(c))), 200),
);

account.openapi(
  createRoute({
    method: 'get',
    path: '/sessions',
    tags: ['Sessions'],
    summary: 'Where you are signed in, and your tokens',
    security: bearer,
    responses: answers(z.object({ rows: z.array(session) }), 'Your sessions and tokens'),
  }),
  async (c) => c.json({ rows: toWire(await sessionsOf(signedInActor(c), theWorld.now())) }, 200),
);

account.openapi(
  createRoute({
    method: 'delete',
    path: '/sessions/{id}',
    tags: ['Sessions'],
    summary: 'End one of your sessions, or revoke one of your tokens',
    security: bearer,
    request: { params: idParam },
    responses: answers(z.object({ revoked: z.literal(true) }), 'Ended'),
  }),
  async (c) => {
    await revokeSession(signedInActor(c), c.req.valid('param'));
    return c.json({ revoked: true as const }, 200);
  },
);
