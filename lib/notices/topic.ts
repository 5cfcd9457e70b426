import type { EventKind } from '#lib/events/event.ts';
import type { EventFacts } from './event-facts.ts';

/** A kind of notice that somebody may choose about: a row of the matrix. */
export type Topic = {
  readonly title: string;
  readonly hint: string;
  readonly side: 'renter' | 'host' | 'account' | 'staff';
  /** Whether most of it is mailed to whoever chose nothing. */
  readonly mail: boolean;
  /** Why it cannot be switched off. */
  readonly fixed?: string;
};

const MONEY = 'It is about your money.';
const SAFETY = 'It is about the safety of your account or your machine.';

export const TOPICS = {
  rentalReady: { side: 'renter', mail: true, title: 'A rental is ready', hint: 'From then on it is billed.' },
  rentalTrouble: {
    side: 'renter',
    mail: true,
    title: 'A rental ends early or could not go on',
    hint: 'Failures, maintenance, yielding to others, a machine that does not answer.',
  },
  rentalEnded: { side: 'renter', mail: true, title: 'A rental has ended', hint: 'With what it cost.' },
  rentalChanged: { side: 'renter', mail: false, title: 'A rental was changed', hint: 'Given back or extended.' },
  moneyLow: {
    side: 'renter',
    mail: true,
    title: 'The money for a rental runs out',
    hint: 'Warnings, the stop, and your wallet below what you set.',
    fixed: MONEY,
  },
  idle: { side: 'renter', mail: true, title: 'Your GPUs do nothing', hint: 'Below 5 % for 20 minutes.' },
  jobs: { side: 'renter', mail: true, title: 'A job has ended', hint: 'All of a submission.' },
  requests: {
    side: 'renter',
    mail: true,
    title: 'A standing request or search moved',
    hint: 'Matched, booked, answered.',
  },
  toppedUp: { side: 'renter', mail: true, title: 'Your wallet was topped up', hint: 'By you or by itself.' },
  payments: {
    side: 'renter',
    mail: true,
    title: 'A payment, refund or chargeback needs you',
    hint: 'Also money that goes back to your card.',
    fixed: MONEY,
  },
  disputes: { side: 'account', mail: true, title: 'Disputes and refunds', hint: 'With their deadlines.', fixed: MONEY },
  hostBooked: { side: 'host', mail: true, title: 'Your machine was booked', hint: 'Also what is given back.' },
  hostEnded: {
    side: 'host',
    mail: false,
    title: 'A rental on your machine ended or changed',
    hint: 'With what you earned.',
  },
  machineTrouble: {
    side: 'host',
    mail: true,
    title: 'A machine does not answer or fails its self-test',
    hint: 'It cannot be booked then.',
  },
  machineNews: { side: 'host', mail: false, title: 'News of a machine', hint: 'Enrolled, back, checked by staff.' },
  listing: {
    side: 'host',
    mail: true,
    title: 'Your listing was approved, suspended, or its pause is over',
    hint: 'With what to do where it is not offered.',
  },
  machineSafety: {
    side: 'host',
    mail: true,
    title: 'A machine’s identity or log is in doubt',
    hint: 'Copied identities, a log that shows two histories.',
    fixed: SAFETY,
  },
  payouts: { side: 'host', mail: true, title: 'Payouts on their way', hint: 'Sent, arrived, released.' },
  payoutTrouble: {
    side: 'host',
    mail: true,
    title: 'A payout failed or your payout account changed',
    hint: 'With what to do.',
    fixed: MONEY,
  },
  messages: { side: 'account', mail: true, title: 'Somebody wrote to you', hint: 'Between renter and host.' },
  reviews: { side: 'account', mail: true, title: 'Reviews', hint: 'One about you, or one to write.' },
  security: {
    side: 'account',
    mail: true,
    title: 'Sign-in, keys and tokens',
    hint: 'Whatever could give your account to somebody else.',
    fixed: SAFETY,
  },
  other: { side: 'account', mail: true, title: 'Everything else', hint: 'What is in no other line.' },
  desk: { side: 'staff', mail: true, title: 'Work of the desk', hint: 'Approvals, books that differ, cases.' },
} as const satisfies Record<string, Topic>;

export type TopicName = keyof typeof TOPICS;
export const TOPIC_NAMES = Object.keys(TOPICS) as readonly TopicName[];

export function isTopic(name: string): name is TopicName {
  return Object.hasOwn(TOPICS, name);
}

/** Why somebody hears of it whatever they choose; null when it is their choice. */
export function whyFixed(name: TopicName): string | null {
  const topic: Topic = TOPICS[name];
  return topic.fixed ?? null;
}

const OF_RENTER: Partial<Record<EventKind, TopicName>> = {
  'booking.connectable': 'rentalReady',
  'booking.ended': 'rentalEnded',
  'booking.windowLate': 'rentalChanged',
  'booking.cancelled': 'rentalChanged',
  'booking.extended': 'rentalChanged',
  'booking.moneyLow': 'moneyLow',
  'booking.moneyRanOut': 'moneyLow',
  'booking.idle': 'idle',
  'booking.idleStopped': 'idle',
  'booking.stopAsked': 'rentalChanged',
  'booking.refunded': 'disputes',
  'booking.cancellationReturned': 'rentalChanged',
};

const OF_HOST: Partial<Record<EventKind, TopicName>> = {
  'booking.made': 'hostBooked',
  'booking.cancelled': 'hostBooked',
  'booking.endAsked': 'hostBooked',
  'booking.stopAsked': 'hostBooked',
  'booking.stopped': 'hostBooked',
  'booking.idleStopped': 'hostBooked',
  'booking.refunded': 'disputes',
  'booking.cancellationReturned': 'hostBooked',
  'booking.windowLate': 'machineTrouble',
  'machine.silent': 'machineTrouble',
  'machine.selfTested': 'machineTrouble',
  'machine.agentRemoved': 'machineTrouble',
  'machine.retired': 'machineTrouble',
  'machine.identityCopied': 'machineSafety',
  'log.refused': 'machineSafety',
};

const OF_ANYBODY: Partial<Record<EventKind, TopicName>> = {
  'wallet.toppedUp': 'toppedUp',
  'wallet.low': 'moneyLow',
  'payout.failed': 'payoutTrouble',
  'payout.returning': 'payoutTrouble',
  'payoutAccount.changed': 'payoutTrouble',
  'account.confirmed': 'other',
};

/** Where a kind that is named nowhere above belongs, by how it begins: new kinds of a part of the market are heard of without a line here. */
const BEGINNINGS: readonly (readonly [string, TopicName])[] = [
  ['wallet.', 'payments'],
  ['payout.', 'payouts'],
  ['reserve.', 'payouts'],
  ['dispute.', 'disputes'],
  ['jobs.', 'jobs'],
  ['job.', 'jobs'],
  ['request.', 'requests'],
  ['search.', 'requests'],
  ['savedSearch.', 'requests'],
  ['listing.', 'listing'],
  ['machine.', 'machineNews'],
  ['review.', 'reviews'],
  ['message.', 'messages'],
  ['thread.', 'messages'],
  ['account.', 'security'],
  ['twoStep.', 'security'],
  ['session.', 'security'],
  ['sshKey.', 'security'],
  ['terminal.', 'security'],
];

/** Which topic a notice belongs to, by what happened and by who reads it. Everything belongs to one. */
export function topicOf(
  facts: Pick<EventFacts, 'kind' | 'booking' | 'machine' | 'adminIds'>,
  userId: string,
): TopicName {
  const { kind, booking, machine, adminIds } = facts;
  const hosts = userId === booking?.hostId || (booking === null && userId === machine?.hostId);
  const rents = userId === booking?.renterId || (machine?.rentals.some((one) => one.renterId === userId) ?? false);
  const dispute = kind.startsWith('dispute.');
  if (!hosts && !rents && adminIds.includes(userId) && !dispute) return 'desk';
  if (/^(books|reconciliation|case)\./.test(kind)) return 'desk';
  const named = (hosts ? OF_HOST[kind] : rents ? OF_RENTER[kind] : undefined) ?? OF_ANYBODY[kind];
  if (named !== undefined) return named;
  if (kind.startsWith('booking.')) return hosts ? 'hostEnded' : 'rentalTrouble';
  if (kind.startsWith('machine.') && rents && !hosts)
    return kind === 'machine.back' ? 'rentalChanged' : 'rentalTrouble';
  return BEGINNINGS.find(([beginning]) => kind.startsWith(beginning))?.[1] ?? 'other';
}

export type Choice = { readonly inApp: boolean; readonly mail: boolean };

/** How a notice reaches somebody: what they chose, else what the event itself asks for; what is fixed heeds no choice. */
export function waysOf(
  topic: TopicName,
  chosen: Choice | undefined,
  notice: { readonly mail: boolean; readonly quiet?: boolean },
): Choice {
  if (chosen === undefined || whyFixed(topic) !== null) return { inApp: true, mail: notice.mail };
  return { ...chosen, mail: chosen.mail && notice.quiet !== true };
}
