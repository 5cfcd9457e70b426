import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { breaksConstraint, inTransaction } from '#lib/io/db.ts';
import { requireActive } from './permission.ts';
import type { AddSshKeyInput } from './schema.ts';
import { cleanLabel } from './session.ts';
import { readSshKey } from './ssh-key.ts';

const MOST_KEYS = 50;

/** Adds a public key to the account; bookings made from now on let it in. Refuses: `suspended`, `keyInvalid`, `keyTaken`, `notNow` at 50 keys. */
export async function addSshKey(
  actor: Actor,
  input: AddSshKeyInput,
  world: World = theWorld,
): Promise<{ id: string; fingerprint: string }> {
  requireActive(actor);
  const key = readSshKey(input.publicKey);
  if ('problem' in key) throw new Refusal('keyInvalid', { field: 'publicKey' }, key.problem);
  const now = world.now();
  const id = newId('sshKey', now);
  const { kind, publicKey, fingerprint } = key;
  const name = cleanLabel(input.name ?? '') ?? cleanLabel(key.comment) ?? kind;
  try {
    await inTransaction('add-ssh-key', async (tx) => {
      if ((await tx.sshKey.count({ where: { userId: actor.userId } })) >= MOST_KEYS)
        throw new Refusal(
          'notNow',
          {},
          `You have ${MOST_KEYS} keys. Remove one that you do not use, then add this one.`,
        );
      await tx.sshKey.create({
        data: { id, userId: actor.userId, name, kind, publicKey, fingerprint, createdAt: now },
      });
      await recordEvent(
        tx,
        actor,
        { kind: 'sshKey.added', userId: actor.userId, data: { key: id, name, fingerprint } },
        now,
      );
    });
  } catch (error) {
    if (breaksConstraint(error, 'ssh_keys_user_id_fingerprint_key'))
      throw new Refusal('keyTaken', { field: 'publicKey' });
    throw error;
  }
  return { id, fingerprint };
}
