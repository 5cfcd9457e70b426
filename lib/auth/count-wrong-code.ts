import { addSeconds } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import type { Tx } from '#lib/io/db.ts';
import { RULES } from './attempt.ts';
import { TELL_AFTER_WRONG_CODES } from './two-step.ts';

/**
 * Step: records that a right password came with a wrong code. `tell` is true once in a window, when it is often enough that
 * the owner should hear that somebody knows the password.
 */
export async function countWrongCode(tx: Tx, userId: string, now: Date): Promise<void> {
  const since = addSeconds(now, -RULES.codeByAccount.seconds);
  const before = await tx.event.count({ where: { userId, kind: 'twoStep.codeWrong', createdAt: { gt: since } } });
  const tell = before + 1 === TELL_AFTER_WRONG_CODES;
  await recordEvent(tx, { userId: null }, { kind: 'twoStep.codeWrong', userId, data: { tell } }, now);
}
