import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { addressGroup, RULES } from './attempt.ts';
import { countAttempts } from './count-attempts.ts';
import type { ConfirmEmailInput } from './schema.ts';
import { hashOfSecret } from './secret.ts';
import type { Visitor } from './visitor.ts';

/**
 * Confirms the address that a link was mailed to; a link opened twice is confirmed still. Refuses: `linkInvalid`, `tooManyAttempts`.
 */
export async function confirmEmail(
  visitor: Visitor,
  input: ConfirmEmailInput,
  world: World = theWorld,
): Promise<{ userId: string }> {
  const now = world.now();
  await inTransaction('confirm-email: count', (tx) =>
    countAttempts(tx, [{ rule: RULES.linkByAddress, subject: addressGroup(visitor.address) }], now),
  );
  return inTransaction('confirm-email', async (tx) => {
    const link = await tx.emailToken.findFirst({
      where: { tokenHash: hashOfSecret(input.token), purpose: 'confirm', expiresAt: { gt: now } },
      select: { id: true, userId: true },
    });
    if (link === null) throw new Refusal('linkInvalid');
    const { count } = await tx.user.updateMany({
      where: { id: link.userId, emailConfirmedAt: null },
      data: { emailConfirmedAt: now },
    });
    if (count === 1) {
      await tx.emailToken.update({ where: { id: link.id }, data: { usedAt: now } });
      await recordEvent(tx, { userId: link.userId }, { kind: 'account.confirmed', userId: link.userId }, now);
    }
    return { userId: link.userId };
  });
}
