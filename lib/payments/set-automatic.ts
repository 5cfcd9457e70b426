import { requireActive } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { lockWallet } from '#lib/ledger/hold-money.ts';
import { type AutomaticSettings, settingsProblems } from './automatic-top-up.ts';

/** Switches automatic payments on, changes them, or switches them on again after a pause. Refuses with `badInput` (by field), `cardNeeded` or `suspended`. */
export async function setAutomatic(actor: Actor, settings: AutomaticSettings, world: World = theWorld): Promise<void> {
  requireActive(actor);
  const problems = settingsProblems(settings);
  if (Object.keys(problems).length > 0) throw new Refusal('badInput', problems);
  const now = world.now();
  const { userId } = actor;
  const { thresholdMicros, amountMicros, monthlyLimitMicros } = settings;
  const data = {
    thresholdMicros,
    amountMicros,
    monthlyLimitMicros,
    pausedAt: null,
    pausedReason: null,
    updatedAt: now,
  };
  await inTransaction('set-automatic', async (tx) => {
    await lockWallet(tx, userId, now);
    const card = await tx.savedCard.findFirst({ where: { userId, removedAt: null, isDefault: true } });
    if (card === null) throw new Refusal('cardNeeded');
    await tx.automaticTopUp.upsert({ where: { userId }, create: { userId, ...data }, update: data });
    const told = Object.fromEntries(Object.entries(settings).map(([name, micros]) => [name, String(micros)]));
    await recordEvent(tx, actor, { kind: 'wallet.automaticChanged', userId, data: told }, now);
  });
}

/** Switches automatic payments off. Off already is fine. */
export async function stopAutomatic(actor: Actor, world: World = theWorld): Promise<void> {
  const { userId } = actor;
  await inTransaction('stop-automatic', async (tx) => {
    const { count } = await tx.automaticTopUp.deleteMany({ where: { userId } });
    if (count === 0) return;
    await recordEvent(tx, actor, { kind: 'wallet.automaticChanged', userId, data: { off: true } }, world.now());
  });
}
