import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { restoreUser } from '#lib/auth/restore-user.ts';
import { suspendUserInput } from '#lib/auth/schema.ts';
import { suspendUser } from '#lib/auth/suspend-user.ts';
import type { Actor } from '#lib/base/actor.ts';
import { theWorld } from '#lib/base/time.ts';
import { findPeople } from '#lib/trust/queries/people.ts';
import { personFile } from '#lib/trust/queries/person-file.ts';
import { suspensionFacts } from '#lib/trust/queries/suspension.ts';
import { suspensionEffects } from '#lib/trust/suspension.ts';
import { answers, bearer, idParam, instant, newDoor, pageEnd, signedInActor, takes, toWire } from './door.ts';

const row = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role: z.string(),
  confirmed: z.boolean(),
  suspendedAt: instant.nullable(),
  machines: z.int(),
  rentals: z.int(),
  createdAt: instant,
});
const rows = z.array(z.record(z.string(), z.unknown()));
const file = row
  .extend({
    suspendedReason: z.string().nullable(),
    demo: z.boolean(),
    termsVersion: z.string(),
    twoStep: z.boolean(),
    sshKeys: z.int(),
    savedCards: z.int(),
    accounts: z.array(z.object({ id: z.string(), kind: z.string(), balanceMicros: z.string() })),
    sessions: rows,
    signIns: rows,
    movements: rows,
    topUps: rows,
    hosting: rows,
    payouts: rows,
    disputes: rows,
    reports: rows,
    flags: rows,
    notices: rows,
    suspensionEffects: z.array(z.string()).meta({ description: 'What suspending it would do now, a sentence each' }),
  })
  .meta({
    id: 'PersonFile',
    description: 'One person with everything that staff may see; the newest twenty of each list',
  });

async function wholeFile(actor: Actor, id: string) {
  const person = await personFile(actor, id);
  const effects = suspensionEffects(await suspensionFacts(actor, id, theWorld.now()));
  return toWire({ ...person, suspensionEffects: effects });
}

const common = { tags: ['Admin'], security: bearer };
const why = suspendUserInput.pick({ reason: true });

export const people = newDoor();

people.openapi(
  createRoute({
    ...common,
    method: 'get',
    path: '/admin/people',
    summary: 'People whose name, e-mail or id contains a text, newest first',
    request: { query: z.object({ text: z.string().max(200).default(''), before: pageEnd }) },
    responses: answers(z.object({ rows: z.array(row), next: z.string().nullable() }), 'One page'),
  }),
  async (c) => c.json(toWire(await findPeople(signedInActor(c), c.req.valid('query'))), 200),
);

people.openapi(
  createRoute({
    ...common,
    method: 'get',
    path: '/admin/people/{id}',
    summary: 'One person with everything, and what a suspension would do now',
    request: { params: idParam },
    responses: answers(file, 'The person'),
  }),
  async (c) => c.json(await wholeFile(signedInActor(c), c.req.valid('param').id), 200),
);

people.openapi(
  createRoute({
    ...common,
    method: 'post',
    path: '/admin/people/{id}/suspension',
    summary: 'Suspend an account, with a reason that its owner reads',
    request: { params: idParam, ...takes(why) },
    responses: answers(file, 'The person as it is now'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const { id } = c.req.valid('param');
    await suspendUser(actor, { userId: id, ...c.req.valid('json') });
    return c.json(await wholeFile(actor, id), 200);
  },
);

people.openapi(
  createRoute({
    ...common,
    method: 'post',
    path: '/admin/people/{id}/restoration',
    summary: 'Lift a suspension, with a reason that the owner reads',
    request: { params: idParam, ...takes(why) },
    responses: answers(file, 'The person as it is now'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const { id } = c.req.valid('param');
    await restoreUser(actor, { userId: id, ...c.req.valid('json') });
    return c.json(await wholeFile(actor, id), 200);
  },
);
