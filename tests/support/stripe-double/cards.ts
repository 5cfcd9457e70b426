/** Cards by Stripe's own test numbers (https://docs.stripe.com/testing), and how each behaves. */
export const CARDS = {
  '4242424242424242': { brand: 'visa', does: 'pays' },
  '5555555555554444': { brand: 'mastercard', does: 'pays' },
  '4000000000000002': { brand: 'visa', does: 'declines' },
  '4000000000009995': { brand: 'visa', does: 'hasNoMoney' },
  /** Can be saved; declines every later payment. */
  '4000000000000341': { brand: 'visa', does: 'declinesLater' },
  /** Needs its owner for every payment, and so fails when they are away. */
  '4000002760003184': { brand: 'visa', does: 'wantsOwner' },
  /** Pays, and is charged back at once as fraudulent. */
  '4000000000000259': { brand: 'visa', does: 'chargesBack' },
  /** Pays; a refund to it succeeds first and fails later. */
  '4000000000005126': { brand: 'visa', does: 'losesRefunds' },
  /** Pays; a refund to it is pending first. */
  '4000000000007726': { brand: 'visa', does: 'refundsSlowly' },
} as const;

export type CardNumber = keyof typeof CARDS;
export type CardBehaviour = (typeof CARDS)[CardNumber]['does'];

export const GOOD_CARD: CardNumber = '4242424242424242';

export function isCardNumber(text: string): text is CardNumber {
  return Object.hasOwn(CARDS, text);
}

/** The numbers that stand behind payment methods: the double keeps them aside, as Stripe does. */
const numbers = new Map<string, CardNumber>();

export function rememberCard(paymentMethodId: string, number: CardNumber): void {
  numbers.set(paymentMethodId, number);
}

export function behaviourOf(paymentMethodId: unknown): CardBehaviour {
  return CARDS[numbers.get(String(paymentMethodId)) ?? GOOD_CARD].does;
}

/** What `declines` answers: Stripe's code, its decline code and its sentence; null for a card that pays. */
export function declineOf(
  does: CardBehaviour,
  offSession: boolean,
): { code: string; decline_code: string; message: string } | null {
  switch (does) {
    case 'declines':
    case 'declinesLater':
      return { code: 'card_declined', decline_code: 'generic_decline', message: 'Your card was declined.' };
    case 'hasNoMoney':
      return {
        code: 'card_declined',
        decline_code: 'insufficient_funds',
        message: 'Your card has insufficient funds.',
      };
    case 'wantsOwner':
      return offSession
        ? {
            code: 'authentication_required',
            decline_code: 'authentication_required',
            message: 'Your card was declined. This transaction requires authentication.',
          }
        : null;
    default:
      return null;
  }
}
