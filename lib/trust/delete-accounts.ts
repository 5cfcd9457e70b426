import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { eachRow } from '#lib/io/each-row.ts';
import { forgetPerson } from './forget-person.ts';
import { holdsOf } from './leaving.ts';
import { dueToLeave, openThings } from './queries/leaving.ts';

const MOST_AT_ONCE = 50;

/**
 * Sweep: deletes the accounts whose days of grace are over. What came up meanwhile (a refund into the wallet, a chargeback)
 * takes the wish back, and its owner is told why. Answers how many were looked at.
 */
export async function deleteAccounts(world: World = theWorld): Promise<number> {
  const due = await dueToLeave(world.now(), MOST_AT_ONCE);
  return eachRow('delete-accounts', due, ({ id }) =>
    inTransaction('delete-account', (tx) => deleteOne(tx, id, world.now())),
  );
}

async function deleteOne(tx: Tx, userId: string, now: Date): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ email: string; gives_up: bigint }[]>`
    SELECT email, deletion_gives_up_micros AS gives_up FROM users
    WHERE id = ${userId} AND deletion_due_at <= ${now} FOR UPDATE`;
  // Undone, or done by another worker.
  if (row === undefined) return false;
  const [hold] = holdsOf(await openThings(userId, tx), row.gives_up);
  if (hold !== undefined) {
    await tx.user.update({
      where: { id: userId },
      data: { deletionAskedAt: null, deletionDueAt: null, deletionGivesUpMicros: 0n },
    });
    await recordEvent(tx, { userId: null }, { kind: 'account.deletionHeld', userId, reason: hold.says }, now);
    return true;
  }
  await recordEvent(tx, { userId: null }, { kind: 'account.deleted', userId }, now);
  await forgetPerson(tx, { userId, email: row.email }, now);
  return true;
}
