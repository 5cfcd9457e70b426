import { type CardNumber, GOOD_CARD, isCardNumber } from './cards.ts';
import { payCheckout } from './checkout.ts';
import { links, onboard, settlePayout } from './connect.ts';
import { chargeBack, closeDispute } from './disputes.ts';
import type { Thing } from './document.ts';
import { checkoutPage, onboardingPage, receiptPage } from './pages.ts';
import type { Provider } from './provider.ts';
import { failRefund } from './refunds.ts';

type Seen = { readonly status: number; readonly headers: Record<string, string>; readonly body: string };

const html = (body: string, status = 200): Seen => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body,
});
const go = (location: string): Seen => ({ status: 303, headers: { location }, body: '' });

/** The hosted pages, for browsers, and under `/double/` the buttons of a test that runs in another process. */
export function visit(provider: Provider, method: string, url: URL, text: string): Seen {
  const [, place = '', id = ''] = url.pathname.split('/');
  const form = new URLSearchParams(method === 'POST' ? text : '');
  switch (place) {
    case 'pay':
      return checkout(provider, id, form);
    case 'onboarding':
      return onboarding(provider, id, form.get('do'));
    case 'receipts': {
      const charge = provider.any(id);
      return charge === undefined ? html('<p>No such receipt.</p>', 404) : html(receiptPage(charge));
    }
    case 'double':
      return {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(press(provider, id, form)),
      };
    default:
      return html('<p>Nothing here.</p>', 404);
  }
}

function checkout(provider: Provider, id: string, form: URLSearchParams): Seen {
  const session = provider.any(id);
  if (session === undefined) return html('<p>No such session.</p>', 404);
  const pressed = form.get('do');
  if (pressed === null || session.status !== 'open') return html(checkoutPage(session));
  const chosen = form.get('card') ?? GOOD_CARD;
  const card: CardNumber = pressed === 'decline' ? '4000000000000002' : isCardNumber(chosen) ? chosen : GOOD_CARD;
  const outcome = payCheckout(provider, id, card);
  return outcome.ok ? go(outcome.next) : html(checkoutPage(session, outcome.message));
}

function onboarding(provider: Provider, id: string, pressed: string | null): Seen {
  const link = links.get(id);
  if (link === undefined || link.used || pressed === null) return html(onboardingPage(link));
  link.used = true;
  onboard(provider, link.account, { open: pressed === 'finish' });
  return go(link.returnUrl);
}

function press(provider: Provider, button: string, form: URLSearchParams): Thing {
  const id = form.get('id') ?? '';
  switch (button) {
    case 'charge-back':
      return chargeBack(provider, id);
    case 'close-dispute':
      return closeDispute(provider, id, form.get('outcome') === 'won' ? 'won' : 'lost');
    case 'fail-refund':
      return failRefund(provider, id);
    case 'settle-payout':
      return settlePayout(provider, id, form.get('outcome') === 'failed' ? 'failed' : 'paid');
    default:
      return { error: 'No such button.' };
  }
}
