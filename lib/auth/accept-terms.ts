import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import type { AcceptTermsInput } from './schema.ts';
import { TERMS_VERSION } from './user.ts';

/** Accepts the terms in the version that was shown. Refuses: `conflict` when a newer version appeared meanwhile. */
export async function acceptTerms(actor: Actor, input: AcceptTermsInput, world: World = theWorld): Promise<void> {
  if (input.version !== TERMS_VERSION) throw new Refusal('conflict');
  const now = world.now();
  await inTransaction('accept-terms', async (tx) => {
    const { count } = await tx.user.updateMany({
      where: { id: actor.userId, termsVersion: { not: TERMS_VERSION } },
      data: { termsVersion: TERMS_VERSION, termsAcceptedAt: now },
    });
    if (count === 0) return;
    const data = { version: TERMS_VERSION };
    await recordEvent(tx, actor, { kind: 'account.termsAccepted', userId: actor.userId, data }, now);
  });
}
