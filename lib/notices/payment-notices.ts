import { formatDollars } from '#lib/base/money.ts';
import type { EventFacts, NewNotice } from './event-facts.ts';

type Said = Omit<NewNotice, 'userId'>;

/** What a renter hears about their money at the payment provider. */
export function paymentNotices(facts: EventFacts): NewNotice[] {
  const said = sayOf(facts);
  return said === null || facts.userId === null ? [] : [{ userId: facts.userId, ...said }];
}

function sayOf({ kind, data, reason }: EventFacts): Said | null {
  const amount = amountOf(data.amountMicros);
  const link = typeof data.topUpId === 'string' ? `/wallet/top-ups/${data.topUpId}` : '/wallet';
  switch (kind) {
    case 'wallet.toppedUp':
      return data.automatic === true
        ? {
            title: 'Your wallet was topped up by itself',
            body: `${amount} were taken from your saved card, because little was left. The wallet page says how it is set.`,
            link,
            mail: true,
          }
        : { title: 'Your wallet was topped up', body: `${amount} arrived.`, link, mail: true };
    case 'wallet.low':
      return {
        title: `Your wallet is below ${amountOf(data.belowMicros)}`,
        body: `${amount} are free. Top up, so that nothing of yours stops. You set this under Settings, Notices.`,
        link: '/wallet',
        mail: true,
      };
    case 'wallet.topUpFailed':
      // Whoever left the provider's page knows it: no mail.
      return {
        title: 'A payment did not come through',
        body: `${amount} did not arrive, and nothing was charged.`,
        link,
        mail: data.failure !== 'expired',
      };
    case 'wallet.topUpHeld':
      return {
        title: 'A payment is being looked at',
        body: 'Another amount or currency arrived than was asked. Staff look at it and write to you.',
        link,
        mail: true,
      };
    case 'wallet.heldCredited':
      return {
        title: 'A payment was looked at, and your wallet was topped up',
        body: `${amount} arrived: another amount than you had asked for.`,
        link,
        mail: true,
      };
    case 'wallet.heldGivenBack':
      return {
        title: 'A payment was looked at, and goes back to your card',
        body: 'Another amount or currency had arrived than was asked. Banks take five to ten days.',
        link,
        mail: true,
      };
    case 'wallet.refundSent':
      return {
        title: 'Money is on its way to your card',
        body: `${amount} go back to the card they came from. Banks take five to ten days.`,
        link,
        mail: true,
      };
    case 'wallet.refundFailed':
      return {
        title: 'Your card did not take a refund',
        body: `${amount} are back in your wallet. Contact the operators of this market if the card is closed.`,
        link,
        mail: true,
      };
    case 'wallet.chargebackOpened':
      return {
        title: 'The bank of your card took a payment back',
        body: `${amount} are set aside until the bank decides.${missing(data.missingMicros)} If this was a mistake, tell your bank.`,
        link,
        mail: true,
      };
    case 'wallet.chargebackClosed':
      return data.outcome === 'won'
        ? {
            title: 'A payment that your bank took back is yours again',
            body: `The bank decided: the ${amount} are back.`,
            link,
            mail: true,
          }
        : {
            title: 'A payment that your bank took back is gone',
            body: `The bank decided: the ${amount} went back to the card.${missing(data.missingMicros)}`,
            link,
            mail: true,
          };
    case 'wallet.automaticPaused':
      return {
        title: 'Automatic payments are paused',
        body: reason ?? 'Look at the wallet page.',
        link: '/wallet',
        mail: true,
      };
    default:
      return null;
  }
}

function amountOf(value: unknown): string {
  return typeof value === 'string' && /^\d{1,19}$/.test(value) ? formatDollars(BigInt(value)) : 'The money';
}

/** What was spent of it already, and what that means. */
function missing(value: unknown): string {
  if (typeof value !== 'string' || value === '0') return '';
  return ` ${amountOf(value)} of it were spent already: top that up before you book or start anything; what runs goes on.`;
}
