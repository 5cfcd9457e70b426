import { requireAdmin } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { settleCase } from '#lib/desk/settle-case.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { PROCESSING_COSTS, PROVIDER_CLEARING } from '#lib/ledger/account.ts';
import { lockWallet } from '#lib/ledger/hold-money.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import { creditDraft, type TransferDraft } from '#lib/ledger/transfer.ts';
import { coverChargebacks } from './cover-chargebacks.ts';
import { type DecideHeldPaymentInput, whyNotDecide } from './held-payment.ts';
import type { PaymentFacts } from './payment.ts';

/**
 * An admin decides about a payment that waits for a person, as it stands at the provider: what came is the wallet's, or it was
 * given back and the market bears what the provider kept. Audited with the reason; the renter is told. Refuses with
 * `forbidden`, `notFound`, `caseClaimed`, `conflict` (changed since `seen`), and `notNow` when it was decided or cannot be decided so.
 */
export async function decideHeldPayment(
  actor: Actor,
  input: DecideHeldPaymentInput,
  facts: PaymentFacts,
  world: World = theWorld,
): Promise<void> {
  requireAdmin(actor);
  const now = world.now();
  const { topUpId: id, decision, reason } = input;
  await inTransaction('decide held payment', async (tx) => {
    const known = await tx.topUp.findUnique({ where: { id }, select: { userId: true } });
    if (known === null) throw new Refusal('notFound');
    const { userId } = known;
    await lockWallet(tx, userId, now);
    await tx.$queryRaw`SELECT 1 FROM top_ups WHERE id = ${id} FOR NO KEY UPDATE`;
    await settleCase(tx, actor, { kind: 'payment', id }, input.seen, now);
    const row = await tx.topUp.findUniqueOrThrow({ where: { id } });
    if (row.state !== 'review' || row.paymentIntentId !== facts.intentId)
      throw new Refusal('notNow', {}, 'This payment was decided about already. Load the page again.');
    refuseIf(whyNotDecide(actor, row, decision, facts));
    const { receivedMicros } = facts;
    const feeMicros = facts.charge?.feeMicros ?? null;
    const drafts: TransferDraft[] = [];
    if (decision === 'credit')
      drafts.push(
        creditDraft({ userId, amountMicros: receivedMicros, source: 'provider', causeId: id, key: `topUp:${id}` }),
      );
    if (feeMicros !== null && feeMicros > 0n)
      drafts.push({
        from: PROCESSING_COSTS,
        to: PROVIDER_CLEARING,
        amountMicros: feeMicros,
        kind: 'processingFee',
        causeId: id,
        key: `topUp:${id}:processing`,
      });
    await tx.topUp.update({
      where: { id },
      data:
        decision === 'credit'
          ? { state: 'settled', failure: null, settledAt: now, amountMicros: receivedMicros, taxMicros: 0n, feeMicros }
          : { state: 'failed', failure: 'givenBack', feeMicros },
    });
    await postTransfers(tx, drafts, now);
    await coverChargebacks(tx, userId, now);
    const amounts = { askedMicros: row.amountMicros.toString(), amountMicros: receivedMicros.toString() };
    const kind = decision === 'credit' ? 'wallet.heldCredited' : 'wallet.heldGivenBack';
    await recordEvent(tx, actor, { kind, userId, reason, data: { topUpId: id, ...amounts } }, now);
  });
}
