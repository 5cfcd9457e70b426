import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { badInput } from '#doors/_edge/body.ts';
import {
  attachmentHeader,
  FILES_KEPT_DAYS,
  MEDIA_WORDS,
  MOST_FILE_BYTES,
  MOST_FILES,
} from '#lib/trust/evidence-file.ts';
import { evidenceFileOf } from '#lib/trust/queries/dispute.ts';
import { bearer, idParam, newDoor, signedInActor } from './door.ts';

export const disputeFiles = newDoor();

const pieceId = idParam.extend({ evidenceId: idParam.shape.id });

disputeFiles.openAPIRegistry.registerPath(
  createRoute({
    method: 'get',
    path: '/disputes/{id}/evidence/{evidenceId}/file',
    tags: ['Disputes'],
    summary: 'An attached file, for the two sides of its dispute and staff',
    description: `Kept until ${FILES_KEPT_DAYS} days after the decision. Attach one with \`file\` of a move: ${MEDIA_WORDS}, at most ${MOST_FILE_BYTES / 1_000} kB, ${MOST_FILES} of each side.`,
    security: bearer,
    request: { params: pieceId },
    responses: { 200: { description: 'Its bytes', content: { 'application/octet-stream': { schema: z.string() } } } },
  }),
);

disputeFiles.get('/disputes/:id/evidence/:evidenceId/file', async (c) => {
  const actor = signedInActor(c);
  const given = pieceId.safeParse(c.req.param());
  if (!given.success) throw badInput(given.error);
  const { id: disputeId, evidenceId } = given.data;
  const { name, mediaType, bytes } = await evidenceFileOf(actor, { disputeId, evidenceId });
  // Whatever it is, it is saved and not shown: nothing of it runs under this origin.
  c.header('content-type', mediaType === 'text/plain' ? 'text/plain; charset=utf-8' : mediaType);
  c.header('content-disposition', attachmentHeader(name));
  c.header('x-content-type-options', 'nosniff');
  c.header('content-security-policy', "default-src 'none'; sandbox");
  c.header('cache-control', 'private, no-store');
  return c.body(bytes);
});
