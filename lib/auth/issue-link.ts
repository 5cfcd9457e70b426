import { newId, newSecret } from '#lib/base/id.ts';
import { addSeconds } from '#lib/base/time.ts';
import type { Tx } from '#lib/io/db.ts';
import { LINK_HOURS, type LinkPurpose } from './letter.ts';
import { hashOfSecret } from './secret.ts';

/** Step: makes the secret of a link that a letter carries; only its hash is stored. */
export async function issueLink(tx: Tx, userId: string, purpose: LinkPurpose, now: Date): Promise<string> {
  const secret = newSecret();
  await tx.emailToken.create({
    data: {
      id: newId('emailToken', now),
      userId,
      purpose,
      tokenHash: hashOfSecret(secret),
      createdAt: now,
      expiresAt: addSeconds(now, LINK_HOURS[purpose] * 3_600),
    },
  });
  return secret;
}
