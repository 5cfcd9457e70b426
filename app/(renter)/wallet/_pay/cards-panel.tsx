import { randomUUID } from 'node:crypto';
import { ActionForm } from '#components/ui/action-form.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { theWorld } from '#lib/base/time.ts';
import { cardLabelOf } from '#lib/payments/payment.ts';
import { expiryText, isExpired, type SavedCard } from '#lib/payments/saved-card.ts';
import { chooseDefault, dropCard, saveCard } from './actions.ts';

/** Cards that the payment provider keeps, for automatic payments. */
export function CardsPanel({ cards }: { cards: readonly SavedCard[] }) {
  const now = theWorld.now();
  return (
    <Panel title="Saved cards">
      {cards.length === 0 ? (
        <p className="mb-4 text-muted text-sm">None. A saved card can top your wallet up by itself.</p>
      ) : (
        <ul className="-mx-4 sm:-mx-5 mb-4 border-line border-b">
          {cards.map((card) => (
            <li
              key={card.id}
              className="space-y-2 border-line border-t px-4 py-3 text-sm sm:px-5 first:border-t-0 first:pt-0"
            >
              <p className="flex flex-wrap items-center gap-2">
                <span className="font-medium">{cardLabelOf(card)}</span>
                {card.isDefault && <Badge>default</Badge>}
                {isExpired(card, now) && <Badge tone="warn">expired</Badge>}
                <span className="text-muted text-xs">until {expiryText(card)}</span>
              </p>
              <div className="flex flex-wrap gap-2">
                {!card.isDefault && (
                  <ActionForm action={chooseDefault}>
                    <input type="hidden" name="cardId" value={card.id} />
                    <SubmitButton size="sm" variant="secondary" pendingLabel="Choosing…">
                      Make default
                    </SubmitButton>
                  </ActionForm>
                )}
                <ActionForm action={dropCard}>
                  <input type="hidden" name="cardId" value={card.id} />
                  <SubmitButton size="sm" variant="secondary" pendingLabel="Removing…">
                    Remove
                    <span className="sr-only"> {cardLabelOf(card)}</span>
                  </SubmitButton>
                </ActionForm>
              </div>
            </li>
          ))}
        </ul>
      )}
      <ActionForm action={saveCard}>
        <input type="hidden" name="key" value={randomUUID()} />
        <SubmitButton variant="secondary" pendingLabel="Opening…">
          Save a card
        </SubmitButton>
      </ActionForm>
      <p className="mt-3 text-muted text-xs">You type it on a page of Stripe. We see its last four digits.</p>
    </Panel>
  );
}
