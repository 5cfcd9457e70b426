import { formatDollars } from '#lib/base/money.ts';
import type { EventFacts, NewNotice } from './event-facts.ts';

type Said = Omit<NewNotice, 'userId' | 'link'>;

/** What a host hears about being paid, and admins about books that differ from the provider's. */
export function payoutNotices(facts: EventFacts): NewNotice[] {
  if (facts.kind === 'reconciliation.differs') return toAdmins(facts);
  const said = sayOf(facts);
  return said === null || facts.userId === null ? [] : [{ userId: facts.userId, link: '/host/payouts', ...said }];
}

function sayOf({ kind, data }: EventFacts): Said | null {
  const amount = amountOf(data.amountMicros);
  const sandbox = data.provider === 'sandbox' ? ' This market is a sandbox: no real money moves.' : '';
  const why = typeof data.failure === 'string' && data.failure !== '' ? ` They said: ${bounded(data.failure)}` : '';
  switch (kind) {
    case 'payout.sent':
      return {
        title: 'A payout is on its way',
        body: `${amount} go to your bank, usually within three days.${sandbox}`,
        mail: true,
      };
    case 'payout.arrived':
      return { title: 'A payout has arrived', body: `Your bank has ${amount}.${sandbox}`, mail: true };
    case 'payout.failed':
      return {
        title: 'A payout could not be sent',
        body: `Nothing left: ${amount} are owed to you as before.${why} Look at your payout account.`,
        mail: true,
      };
    case 'payout.returning':
      return {
        title: 'Your bank did not take a payout',
        body: `We fetch ${amount} back, so that it can be sent again.${why} Check the bank account you gave.`,
        mail: true,
      };
    case 'payout.returned':
      return { title: 'A payout came back', body: `${amount} are owed to you again.`, mail: false };
    case 'payoutAccount.changed':
      return accountSaid(data);
    case 'reserve.released':
      return { title: 'A reserve is yours', body: `${amount} are no longer kept back.`, mail: false };
    default:
      return null;
  }
}

function accountSaid(data: EventFacts['data']): Said | null {
  const missing = Array.isArray(data.missing) ? data.missing.filter((one) => typeof one === 'string').slice(0, 8) : [];
  const asked = missing.length === 0 ? '' : ` Still asked for: ${missing.join(', ')}.`;
  switch (data.state) {
    case 'ready':
      return { title: 'You can be paid out', body: 'Your payout account is complete.', mail: true };
    case 'incomplete':
      return {
        title: 'Your payout account needs something',
        body: `Nothing can be paid out until it is complete.${asked}`,
        mail: true,
      };
    case 'closed':
      return {
        title: 'Your payout account was closed',
        body: 'The payment provider pays nothing to it any more. Contact the operators of this market; what you are owed stays yours.',
        mail: true,
      };
    default:
      return null;
  }
}

function toAdmins(facts: EventFacts): NewNotice[] {
  if (typeof facts.data.differences !== 'number') return [];
  return facts.adminIds.map((userId) => ({
    userId,
    title: 'The books differ from the payment provider’s',
    body: 'The nightly comparison found something new. Its page says what it is and what to do.',
    link: '/admin/reconciliation',
    mail: true,
  }));
}

function bounded(text: string): string {
  const said = [...text].slice(0, 200).join('').trim();
  return /[.!?]$/.test(said) ? said : `${said}.`;
}

function amountOf(value: unknown): string {
  return typeof value === 'string' && /^\d{1,19}$/.test(value) ? formatDollars(BigInt(value)) : 'The money';
}
