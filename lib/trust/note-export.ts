import { RULES } from '#lib/auth/attempt.ts';
import { countAttempts } from '#lib/auth/count-attempts.ts';
import { requireProven } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';

/** Notes that the actor takes an export of everything about them, which they hear of by mail; comes before the export itself. Refuses: `proofNeeded`, `tooManyAttempts`. */
export async function noteExport(actor: Actor, world: World = theWorld): Promise<void> {
  const now = world.now();
  requireProven(actor, now);
  const { userId } = actor;
  await inTransaction('note-export: count', (tx) =>
    countAttempts(tx, [{ rule: RULES.exportByAccount, subject: userId }], now),
  );
  await inTransaction('note-export', (tx) => recordEvent(tx, actor, { kind: 'account.exported', userId }, now));
}
