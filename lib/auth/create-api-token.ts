import type { Actor } from '#lib/base/actor.ts';
import { newId, newSecret } from '#lib/base/id.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { requireActive, requireProven } from './permission.ts';
import type { CreateApiTokenInput } from './schema.ts';
import { hashOfSecret } from './secret.ts';
import { cleanLabel, sessionEnd, TOKEN_PREFIX } from './session.ts';

const MOST_TOKENS = 50;

/** Makes a token with which a program acts as this account until it ends or is revoked. The token is answered once and stored as a hash. It counts as two-step when the session that makes it does. Refuses: `suspended`, `proofNeeded`, `badInput`, `notNow` at 50 living tokens. */
export async function createApiToken(
  actor: Actor,
  input: CreateApiTokenInput,
  world: World = theWorld,
): Promise<{ id: string; token: string; expiresAt: Date }> {
  requireActive(actor);
  const label = cleanLabel(input.label);
  if (label === undefined) throw new Refusal('badInput', { field: 'label' }, 'Say what it is for.');
  const now = world.now();
  requireProven(actor, now);
  const id = newId('session', now);
  const token = `${TOKEN_PREFIX}${newSecret()}`;
  const expiresAt = sessionEnd(now, input.days);
  await inTransaction('create-api-token', async (tx) => {
    const living = await tx.session.count({
      where: { userId: actor.userId, kind: 'api', revokedAt: null, expiresAt: { gt: now } },
    });
    if (living >= MOST_TOKENS)
      throw new Refusal(
        'notNow',
        {},
        `You have ${living} tokens. Revoke one that you do not use, then make a new one.`,
      );
    await tx.session.create({
      data: {
        id,
        userId: actor.userId,
        kind: 'api',
        tokenHash: hashOfSecret(token),
        label,
        createdAt: now,
        lastSeenAt: now,
        expiresAt,
        readOnly: input.scope === 'read',
        twoStepAt: actor.twoStep === true ? now : null,
      },
    });
    await recordEvent(
      tx,
      actor,
      { kind: 'session.tokenMade', userId: actor.userId, data: { session: id, label } },
      now,
    );
  });
  return { id, token, expiresAt };
}
