import { CARDS } from './cards.ts';
import type { Thing } from './document.ts';

const escaped = (text: unknown) => String(text).replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title>
<style>body{font:16px/1.5 system-ui;max-width:26rem;margin:3rem auto;padding:0 1rem}button,select{font:inherit;padding:.4rem .8rem;margin:.3rem 0}</style>
<main><p><small>Not Stripe: the double of the tests. No real money moves.</small></p><h1>${escaped(title)}</h1>${body}</main></html>`;
}

const cards = Object.entries(CARDS)
  .map(([number, { does }]) => `<option value="${number}">${number} (${does})</option>`)
  .join('');

/** The hosted page of a Checkout session. */
export function checkoutPage(session: Thing, said?: string): string {
  const saves = session.mode === 'setup';
  if (session.status !== 'open') return page('Checkout', `<p>This session is ${escaped(session.status)}.</p>`);
  const amount = saves ? 'Save a card' : `Pay $${(Number(session.amount_total) / 100).toFixed(2)}`;
  return page(
    amount,
    `${said === undefined ? '' : `<p role="alert">${escaped(said)}</p>`}
<form method="post"><label>Card <select name="card">${cards}</select></label><p><button name="do" value="pay">${saves ? 'Save' : 'Pay'}</button>
<button name="do" value="decline">Pay with a card that declines</button></p></form>
<p><a href="${escaped(session.cancel_url)}">Back</a></p>`,
  );
}

/** The hosted page on which a host says who they are. */
export function onboardingPage(link: { readonly used: boolean } | undefined): string {
  if (link === undefined || link.used) return page('Onboarding', '<p>This link was used.</p>');
  return page(
    'Tell us about yourself',
    `<form method="post"><p><button name="do" value="finish">Finish</button>
<button name="do" value="incomplete">Finish, but with something missing</button></p></form>`,
  );
}

/** The receipt of a charge. */
export function receiptPage(charge: Thing): string {
  return page('Receipt', `<p>$${(Number(charge.amount) / 100).toFixed(2)} paid.</p>`);
}
