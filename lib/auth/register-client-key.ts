import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { breaksConstraint, inTransaction } from '#lib/io/db.ts';
import { clientKeyText } from '#protocol/countersignature.ts';
import { verifySigned } from '#protocol/keys.ts';
import { DOMAINS } from '#protocol/words.ts';
import { requireActive } from './permission.ts';
import type { RegisterClientKeyInput } from './schema.ts';
import { cleanLabel } from './session.ts';

const MOST_LIVE = 50;

/**
 * Registers the key of a client of the actor, who proves to hold it: what is booked from now on, and every permit that is
 * issued again, names it. Registering it again changes nothing. Refuses: `suspended`, `signatureInvalid`, `conflict` for a key
 * that was revoked or is somebody else's, `notNow` at 50 keys.
 */
export async function registerClientKey(
  actor: Actor,
  input: RegisterClientKeyInput,
  world: World = theWorld,
): Promise<{ id: string }> {
  requireActive(actor);
  const now = world.now();
  const { key, proof } = input;
  const payload = clientKeyText(actor.userId, key);
  if (!verifySigned(DOMAINS.clientKey, { payload, signature: proof }, key)) throw new Refusal('signatureInvalid');
  const name = cleanLabel(input.name ?? '') ?? 'a client';
  try {
    return await inTransaction('register-client-key', async (tx) => {
      const known = await tx.clientKey.findUnique({
        where: { key },
        select: { id: true, userId: true, revokedAt: true },
      });
      if (known !== null) {
        if (known.userId !== actor.userId || known.revokedAt !== null) throw taken();
        return { id: known.id };
      }
      if ((await tx.clientKey.count({ where: { userId: actor.userId, revokedAt: null } })) >= MOST_LIVE)
        throw new Refusal('notNow', {}, `You have ${MOST_LIVE} client keys. Revoke one that you do not use.`);
      const id = newId('clientKey', now);
      await tx.clientKey.create({ data: { id, userId: actor.userId, name, key, createdAt: now } });
      await recordEvent(
        tx,
        actor,
        { kind: 'clientKey.registered', userId: actor.userId, data: { key: id, name } },
        now,
      );
      return { id };
    });
  } catch (error) {
    if (breaksConstraint(error, 'client_keys_key_key')) throw taken();
    throw error;
  }
}

function taken(): Refusal {
  return new Refusal('conflict', {}, 'This client key was revoked, or is not yours. Make a new one.');
}
