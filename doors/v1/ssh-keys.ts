import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { addSshKey } from '#lib/auth/add-ssh-key.ts';
import { sshKeysOf } from '#lib/auth/queries.ts';
import { removeSshKey } from '#lib/auth/remove-ssh-key.ts';
import { addSshKeyInput } from '#lib/auth/schema.ts';
import { answers, bearer, idParam, instant, newDoor, signedInActor, takes, toWire } from './door.ts';

const key = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.string(),
    publicKey: z.string(),
    fingerprint: z.string(),
    createdAt: instant,
  })
  .meta({ id: 'SshKey' });

export const sshKeys = newDoor();

sshKeys.openapi(
  createRoute({
    method: 'get',
    path: '/ssh-keys',
    tags: ['SSH keys'],
    summary: 'Your SSH public keys',
    security: bearer,
    responses: answers(z.object({ rows: z.array(key) }), 'Your keys'),
  }),
  async (c) => c.json({ rows: toWire(await sshKeysOf(signedInActor(c))) }, 200),
);

sshKeys.openapi(
  createRoute({
    method: 'post',
    path: '/ssh-keys',
    tags: ['SSH keys'],
    summary: 'Add an SSH public key',
    security: bearer,
    request: takes(addSshKeyInput),
    responses: answers(z.object({ id: z.string(), fingerprint: z.string() }), 'Added', 201),
  }),
  async (c) => {
    const { id, fingerprint } = await addSshKey(signedInActor(c), c.req.valid('json'));
    return c.json({ id, fingerprint }, 201);
  },
);

sshKeys.openapi(
  createRoute({
    method: 'delete',
    path: '/ssh-keys/{id}',
    tags: ['SSH keys'],
    summary: 'Remove an SSH public key',
    security: bearer,
    request: { params: idParam },
    responses: answers(
      z.object({ removed: z.literal(true) }),
      'Removed; rentals that run keep it until they are started again',
    ),
  }),
  async (c) => {
    await removeSshKey(signedInActor(c), c.req.valid('param'));
    return c.json({ removed: true as const }, 200);
  },
);
