import type { Actor } from '#lib/base/actor.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import type { Preferences } from './preferences.ts';
import type { PreferencesInput } from './schema.ts';

/** Sets how the actor wants to be shown things; what is left out stays as it is. */
export async function setPreferences(actor: Actor, input: PreferencesInput, world: World = theWorld): Promise<void> {
  const now = world.now();
  const { userId } = actor;
  const given: Partial<Preferences> = {
    ...(input.timeZone === undefined ? {} : { timeZone: input.timeZone }),
    ...(input.locale === undefined ? {} : { locale: input.locale }),
    ...(input.shortcutsOff === undefined ? {} : { shortcutsOff: input.shortcutsOff }),
  };
  if (Object.keys(given).length === 0) return;
  await inTransaction('set-preferences', async (tx) => {
    await tx.user.update({ where: { id: userId }, data: given });
    await recordEvent(tx, actor, { kind: 'account.preferencesSet', userId, data: { ...given } }, now);
  });
}
