import type { Actor } from '#lib/base/actor.ts';
import { cardRefundsOf, refundableOf } from '#lib/payments/queries/card-refunds.ts';
import { automaticOf, cardsOf } from '#lib/payments/queries/cards.ts';
import { chargebacksOf } from '#lib/payments/queries/chargebacks.ts';
import { theProvider, topUpsOf } from '#lib/payments/queries/top-ups.ts';
import { AddMoney } from './add-money.tsx';
import { AutomaticPanel } from './automatic-panel.tsx';
import { CardsPanel } from './cards-panel.tsx';
import { ChargebacksPanel } from './chargebacks-panel.tsx';
import { PaymentsPanel } from './payments-panel.tsx';
import { RefundPanel } from './refund-panel.tsx';

/** How money comes in and goes back: cards, payments, refunds, and what a bank took. */
export async function PayColumn({ actor, amount }: { actor: Actor; amount: string | undefined }) {
  const provider = theProvider();
  const [cards, automatic, chargebacks, payments, refundableMicros, refunds] = await Promise.all([
    cardsOf(actor),
    automaticOf(actor),
    chargebacksOf(actor, { take: 5 }),
    topUpsOf(actor, { take: 6 }),
    refundableOf(actor),
    cardRefundsOf(actor, { take: 5 }),
  ]);
  return (
    <div className="min-w-0 space-y-6">
      <AddMoney provider={provider} amount={amount} />
      {provider?.name === 'stripe' && <CardsPanel cards={cards} />}
      {provider?.name === 'stripe' && <AutomaticPanel automatic={automatic} hasCard={cards.length > 0} />}
      <ChargebacksPanel rows={chargebacks.rows} missingMicros={chargebacks.missingMicros} />
      <PaymentsPanel payments={payments.rows} />
      <RefundPanel mostMicros={refundableMicros} refunds={refunds.rows} />
    </div>
  );
}
