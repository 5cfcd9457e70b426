import { randomBytes } from 'node:crypto';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';
import { encryptSecret, keepsSecrets } from '#lib/io/secrets.ts';
import { requireProven } from './permission.ts';
import { TOTP_SECRET_BYTES } from './totp.ts';
import { twoStepContext } from './two-step.ts';

/**
 * Makes the secret of an authenticator app, sealed; nothing is asked for until {@link confirmTwoStep}. Asked again before
 * that, it makes another. Refuses: `proofNeeded`, `notNow` when two steps are on, `unavailable` without a key to seal with.
 */
export async function beginTwoStep(actor: Actor, world: World = theWorld): Promise<void> {
  const now = world.now();
  requireProven(actor, now);
  if (!keepsSecrets())
    throw new Refusal(
      'unavailable',
      {},
      'This market has no key to keep your secret with (SUBLET_SECRETS_KEY). Tell its operators.',
    );
  const { userId } = actor;
  const secret = encryptSecret(randomBytes(TOTP_SECRET_BYTES).toString('base64url'), twoStepContext(userId));
  await inTransaction('begin-two-step', async (tx) => {
    const on = await tx.twoStep.count({ where: { userId, confirmedAt: { not: null } } });
    if (on > 0) throw new Refusal('notNow', {}, 'Two-step sign-in is on already. Switch it off to set up another app.');
    await tx.twoStep.upsert({
      where: { userId },
      create: { userId, secret, createdAt: now },
      update: { secret, createdAt: now },
    });
  });
}
