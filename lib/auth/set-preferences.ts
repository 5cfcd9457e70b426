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
    ...(input.theme === undefined ? {} : { theme: input.theme }),
    ...(input.lowBalanceMicros === undefined ? {} : { lowBalanceMicros: input.lowBalanceMicros }),
    ...(input.shortcutsOff === undefined ? {} : { shortcutsOff: input.shortcutsOff }),
  };
  if (Object.keys(given).length === 0) return;
  const { lowBalanceMicros: bound, ...rest } = given;
  const facts = { ...rest, ...(bound === undefined ? {} : { lowBalanceMicros: bound?.toString() ?? null }) };
  await inTransaction('set-preferences', async (tx) => {
    // Another bound is told of anew.
    const told = given.lowBalanceMicros === undefined ? {} : { lowBalanceToldAt: null };
    await tx.user.update({ where: { id: userId }, data: { ...given, ...told } });
    await recordEvent(tx, actor, { kind: 'account.preferencesSet', userId, data: facts }, now);
  });
}
