import * as z from 'zod';
import { requireAdmin } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import {
  type AccountRef,
  CHARGEBACK_LOSSES,
  PROCESSING_COSTS,
  PROVIDER_CLEARING,
  renterWallet,
} from '#lib/ledger/account.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';

/** Whose money a difference is: the market's, or of the renter whose payment, refund or chargeback it is about. */
export const DIFFERENCE_ACCOUNTS = ['market', 'renter'] as const;

export const bookDifferenceInput = z.object({
  differenceId: z.string().min(1).max(64),
  account: z.enum(DIFFERENCE_ACCOUNTS, 'Choose whose money it is.'),
  reason: z.string().trim().min(1, 'Write what happened there.').max(500, 'Write at most 500 characters.'),
});
export type BookDifferenceInput = z.infer<typeof bookDifferenceInput>;

/**
 * An admin books what the provider moved and our books lack, by one transfer with a reason: money back after a lost
 * chargeback, a refund made by hand, a fee of theirs. Afterwards both agree about it. Refuses with `forbidden`, `notFound`,
 * `badInput` (`account`: it names no renter) `notNow` when it is gone, and
 * `insufficientFunds` when the renter's wallet holds less.
 */
export async function bookDifference(actor: Actor, input: BookDifferenceInput, world: World = theWorld): Promise<void> {
  requireAdmin(actor);
  const now = world.now();
  const { differenceId: id, reason } = input;
  await inTransaction('book difference', async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM book_differences WHERE id = ${id} FOR UPDATE`;
    const row = await tx.bookDifference.findUnique({ where: { id } });
    if (row === null) throw new Refusal('notFound');
    if (row.goneAt !== null) throw new Refusal('notNow', {}, 'This difference is gone. Load the page again.');
    const account = await accountOf(tx, row.subject, input.account);
    const micros = row.providerMicros - row.booksMicros;
    const [from, to] = micros > 0n ? [PROVIDER_CLEARING, account] : [account, PROVIDER_CLEARING];
    const amountMicros = micros < 0n ? -micros : micros;
    const draft = { from, to, amountMicros, kind: 'correction', key: `correction:${id}`, causeId: id, reason } as const;
    await postTransfers(tx, [draft], now);
    await tx.bookDifference.update({
      where: { id },
      data: { goneAt: now, explainedAt: now, explainedBy: actor.userId, explanation: reason },
    });
    const data = { differenceId: id, subject: row.subject, amountMicros: micros.toString(), account: input.account };
    await recordEvent(tx, actor, { kind: 'reconciliation.booked', reason, data }, now);
  });
}

async function accountOf(tx: Tx, subject: string, whose: BookDifferenceInput['account']): Promise<AccountRef> {
  if (whose === 'market') return subject.startsWith('chb_') ? CHARGEBACK_LOSSES : PROCESSING_COSTS;
  const found = await tx.$queryRaw<{ user_id: string }[]>`
    SELECT user_id FROM top_ups WHERE id = ${subject} UNION ALL SELECT user_id FROM card_refunds WHERE id = ${subject}
    UNION ALL SELECT user_id FROM chargebacks WHERE id = ${subject}`;
  const [owner] = found;
  if (owner === undefined)
    throw new Refusal('badInput', { account: 'It belongs to no renter’s payment: book it on the market.' });
  return renterWallet(owner.user_id);
}
