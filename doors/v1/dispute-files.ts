import { createRoute } from '@hono/zod-openapi';
import type { Context } from 'hono';
import * as z from 'zod';
import { badInput } from '#doors/_edge/body.ts';
import { Refusal } from '#lib/base/refusal.ts';
import {
  dispositionHeader,
  FILES_KEPT_DAYS,
  MEDIA_WORDS,
  MOST_FILE_BYTES,
  MOST_FILES,
} from '#lib/trust/evidence-file.ts';
import { MOST_PICTURE_MEGAPIXELS } from '#lib/trust/picture.ts';
import { evidenceFileOf } from '#lib/trust/queries/dispute.ts';
import { bearer, type DoorEnv, idParam, newDoor, signedInActor } from './door.ts';

export const disputeFiles = newDoor();

const pieceId = idParam.extend({ evidenceId: idParam.shape.id });
const bytes = z.string();

disputeFiles.openAPIRegistry.registerPath(
  createRoute({
    method: 'get',
    path: '/disputes/{id}/evidence/{evidenceId}/file',
    tags: ['Disputes'],
    summary: 'An attached file to be saved, for the two sides of its dispute and staff',
    description: `Kept until ${FILES_KEPT_DAYS} days after the decision. Attach one with \`file\` of a move: ${MEDIA_WORDS}, at most ${MOST_FILE_BYTES / 1_000} kB, ${MOST_FILES} of each side.`,
    security: bearer,
    request: { params: pieceId },
    responses: { 200: { description: 'Its bytes', content: { 'application/octet-stream': { schema: bytes } } } },
  }),
);

disputeFiles.get('/disputes/:id/evidence/:evidenceId/file', async (c) => {
  const { name, mediaType, bytes } = await askedFile(c);
  const type = mediaType === 'text/plain' ? 'text/plain; charset=utf-8' : mediaType;
  return inert(c, bytes, type, dispositionHeader('attachment', name));
});

disputeFiles.openAPIRegistry.registerPath(
  createRoute({
    method: 'get',
    path: '/disputes/{id}/evidence/{evidenceId}/picture',
    tags: ['Disputes'],
    summary: 'An attached picture to be looked at, for the two sides of its dispute and staff',
    description: `PNG, JPEG or WebP by its bytes, of at most ${MOST_PICTURE_MEGAPIXELS} megapixels by its own header; every other file is not found here, and only saved.`,
    security: bearer,
    request: { params: pieceId },
    responses: {
      200: {
        description: 'Its bytes',
        content: { 'image/png': { schema: bytes }, 'image/jpeg': { schema: bytes }, 'image/webp': { schema: bytes } },
      },
    },
  }),
);

disputeFiles.get('/disputes/:id/evidence/:evidenceId/picture', async (c) => {
  const { name, mediaType, bytes, picture } = await askedFile(c);
  if (picture === null) throw new Refusal('notFound');
  return inert(c, bytes, mediaType, dispositionHeader('inline', name));
});

function askedFile(c: Context<DoorEnv>) {
  const actor = signedInActor(c);
  const given = pieceId.safeParse(c.req.param());
  if (!given.success) throw badInput(given.error);
  const { id: disputeId, evidenceId } = given.data;
  return evidenceFileOf(actor, { disputeId, evidenceId });
}

/** Whatever it is, nothing of it runs under this origin, nobody takes it for another type, and no other site shows it. */
function inert(c: Context<DoorEnv>, bytes: Uint8Array<ArrayBuffer>, type: string, disposition: string) {
  c.header('content-type', type);
  c.header('content-disposition', disposition);
  c.header('x-content-type-options', 'nosniff');
  c.header('content-security-policy', "sandbox; default-src 'none'");
  c.header('cross-origin-resource-policy', 'same-origin');
  c.header('cache-control', 'private, no-store');
  return c.body(bytes);
}
