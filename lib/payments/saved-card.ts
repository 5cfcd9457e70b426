/** A card as we may know it. */
export type SavedCard = {
  readonly id: string;
  readonly brand: string;
  readonly last4: string;
  readonly expiresMonth: number;
  readonly expiresYear: number;
  readonly isDefault: boolean;
  readonly createdAt: Date;
};

/** A card that the provider saved, and for which wish of ours. */
export type SavedCardFacts = {
  readonly setupId: string;
  readonly paymentMethodId: string;
  readonly brand: string;
  readonly last4: string;
  readonly expiresMonth: number;
  readonly expiresYear: number;
};

/** How many cards one person may keep. */
export const MOST_CARDS = 10;

/** "08/30". */
export function expiryText(card: Pick<SavedCard, 'expiresMonth' | 'expiresYear'>): string {
  return `${String(card.expiresMonth).padStart(2, '0')}/${String(card.expiresYear % 100).padStart(2, '0')}`;
}

/** Whether a card is good at an instant: it is until its month is over everywhere. */
export function isExpired(card: Pick<SavedCard, 'expiresMonth' | 'expiresYear'>, now: Date): boolean {
  return now.getTime() >= Date.UTC(card.expiresYear, card.expiresMonth, 2);
}
