import { formatDollars, type Micros } from '#lib/base/money.ts';

/** What of an account a suspension touches, counted now. */
export type SuspensionFacts = {
  readonly rentals: number;
  /** Windows that it reserved and that have not begun. */
  readonly reservations: number;
  /** Other people's rentals and reservations on its machines. */
  readonly hosted: number;
  readonly listings: number;
  readonly bids: number;
  readonly jobs: number;
  readonly requests: number;
  /** Asked for and not yet at the provider. */
  readonly payouts: number;
  readonly freeMicros: Micros;
  readonly owedMicros: Micros;
  readonly admin: boolean;
};

const some = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;

/**
 * What suspending an account does to what it has now, a line each: the rules of the market, with its counts. What runs goes
 * on, because others depend on it and because what was paid for is owed; what would begin does not; no money and no record goes away.
 */
export function suspensionEffects(facts: SuspensionFacts): string[] {
  const lines = [
    'It can look, and stop or end what runs, but begin nothing: no booking, bid, job, listing or payment.',
  ];
  if (facts.rentals > 0)
    lines.push(
      `${some(facts.rentals, 'running rental goes', 'running rentals go')} on and are paid from what it has; end them on their own pages if they must not.`,
    );
  if (facts.reservations > 0)
    lines.push(`${some(facts.reservations, 'reserved window stays', 'reserved windows stay')} booked.`);
  if (facts.bids + facts.jobs + facts.requests > 0)
    lines.push(
      `${some(facts.bids, 'bid', 'bids')}, ${some(facts.jobs, 'waiting job', 'waiting jobs')} and ${some(facts.requests, 'standing request', 'standing requests')} rest: nothing is placed for them until it is restored.`,
    );
  if (facts.listings > 0)
    lines.push(`${some(facts.listings, 'listing disappears', 'listings disappear')} from search and takes no booking.`);
  if (facts.hosted > 0)
    lines.push(
      `${some(facts.hosted, 'rental', 'rentals')} of other people on its machines go on, and it earns from them.`,
    );
  if (facts.payouts > 0)
    lines.push(`${some(facts.payouts, 'payout waits', 'payouts wait')} in the queue of payouts on hold.`);
  lines.push(
    facts.owedMicros > 0n
      ? `Nothing is paid out: the ${formatDollars(facts.owedMicros)} that it is owed stays owed.`
      : 'Nothing is paid out.',
  );
  if (facts.freeMicros > 0n) lines.push(`The ${formatDollars(facts.freeMicros)} in its wallet stays its own.`);
  if (facts.admin) lines.push('It is an admin: the desk closes to it at once.');
  lines.push(
    'It keeps its data and the history of its money, and may contest charges and answer disputes.',
    'It is told by notice and mail, with your reason.',
  );
  return lines;
}
