import { newId } from '#lib/base/id.ts';
import { addSeconds } from '#lib/base/time.ts';
import type { Tx } from '#lib/io/db.ts';
import { hashOfSecret } from './secret.ts';
import { type StoredKind, sessionEnd } from './session.ts';
import { HALFWAY_MINUTES } from './two-step.ts';
import type { Visitor } from './visitor.ts';

/**
 * Step: writes the session of somebody who just gave their password, and their code too where `twoStep` says so. A browser's
 * counts as proven from now; a token, which others may hold later, never does; what is halfway is nobody's yet.
 */
export async function openSession(
  tx: Tx,
  userId: string,
  kind: StoredKind,
  visitor: Visitor,
  now: Date,
  token: string | null,
  twoStep = false,
): Promise<string> {
  const id = newId('session', now);
  await tx.session.create({
    data: {
      id,
      userId,
      kind,
      tokenHash: token === null ? null : hashOfSecret(token),
      label: visitor.label,
      ip: visitor.address,
      createdAt: now,
      lastSeenAt: now,
      expiresAt: kind === 'halfway' ? addSeconds(now, HALFWAY_MINUTES * 60) : sessionEnd(now),
      twoStepAt: twoStep ? now : null,
      provenAt: kind === 'browser' ? now : null,
    },
  });
  return id;
}
