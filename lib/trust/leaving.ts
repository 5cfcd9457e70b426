import { formatDollars, type Micros } from '#lib/base/money.ts';
import { DAY } from '#lib/base/time.ts';

/** So long somebody may change their mind. */
export const GRACE_DAYS = 7;

export function deletionDue(now: Date): Date {
  return new Date(now.getTime() + GRACE_DAYS * DAY);
}

/** What is still open of an account, as its rows say. */
export type OpenThings = {
  readonly rentals: number;
  readonly hostedRentals: number;
  readonly machines: number;
  readonly jobs: number;
  readonly bids: number;
  readonly requests: number;
  readonly disputes: number;
  readonly openBills: number;
  readonly payments: number;
  readonly cards: number;
  readonly admin: boolean;
  readonly walletMicros: Micros;
  readonly heldMicros: Micros;
  readonly payableMicros: Micros;
  readonly reserveMicros: Micros;
};

/** One thing that stands in the way, with what to do about it and where. */
export type Hold = { readonly says: string; readonly link: string };

/** Less than a cent cannot be moved by any provider: it stands in nobody's way. */
const CENT: Micros = 10_000n;

/**
 * What stands in the way of deleting an account; none: it can go. `givesUpMicros` is what its owner gives up of the wallet:
 * money that cannot go back to a card (a gift, a demo's) would hold them for ever.
 */
export function holdsOf(open: OpenThings, givesUpMicros: Micros): readonly Hold[] {
  const holds: Hold[] = [];
  const hold = (count: number, says: (words: string) => string, one: string, many: string, link: string) => {
    if (count > 0) holds.push({ says: says(count === 1 ? `One ${one}` : `${count} ${many}`), link });
  };
  hold(open.rentals, (n) => `${n} not ended. End what you rent.`, 'rental is', 'rentals are', '/bookings');
  hold(open.jobs, (n) => `${n} not ended. Cancel it or let it end.`, 'job is', 'jobs are', '/jobs');
  hold(open.bids, (n) => `${n} open. Close it.`, 'bid is', 'bids are', '/bids');
  hold(open.requests, (n) => `${n} open. Cancel it.`, 'standing request is', 'standing requests are', '/requests');
  hold(
    open.hostedRentals,
    (n) => `${n} on your machines. Let them end, or announce their end.`,
    'rental runs',
    'rentals run',
    '/host',
  );
  hold(open.machines, (n) => `${n} enrolled. Retire it.`, 'machine is', 'machines are', '/host');
  hold(open.disputes, (n) => `${n} open. Wait until it is decided.`, 'dispute is', 'disputes are', '/disputes');
  hold(
    open.openBills,
    (n) => `${n} not closed. That takes up to an hour after a rental.`,
    'bill is',
    'bills are',
    '/wallet/invoices',
  );
  hold(
    open.payments,
    (n) => `${n} under way. Wait until it has arrived.`,
    'payment, refund or payout is',
    'payments, refunds or payouts are',
    '/wallet/movements',
  );
  hold(open.cards, (n) => `${n} saved. Remove it.`, 'card is', 'cards are', '/wallet');
  if (open.admin) holds.push({ says: 'You are an admin. Have another one dismiss you first.', link: '/account' });
  if (open.heldMicros > 0n)
    holds.push({ says: `${formatDollars(open.heldMicros)} are set aside for rentals.`, link: '/wallet' });
  if (open.walletMicros >= CENT && open.walletMicros > givesUpMicros)
    holds.push({
      says: `${formatDollars(open.walletMicros)} are in your wallet. Have them sent back to your card, spend them, or give them up below.`,
      link: '/wallet',
    });
  if (open.walletMicros < 0n)
    holds.push({
      says: `Your wallet lacks ${formatDollars(-open.walletMicros)}. Pay what is missing.`,
      link: '/wallet',
    });
  const owed = open.payableMicros + open.reserveMicros;
  if (owed >= CENT)
    holds.push({ says: `${formatDollars(owed)} are owed to you. Have them paid out.`, link: '/host/payouts' });
  if (open.payableMicros < 0n)
    holds.push({
      says: `Refunds took ${formatDollars(-open.payableMicros)} more than you had earned. Write to the operators.`,
      link: '/host/payouts',
    });
  return holds;
}
