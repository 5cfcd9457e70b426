import { formatDollars } from '#lib/base/money.ts';
import type { EventFacts, NewNotice } from './event-facts.ts';
import { givenReason, quoted } from './phrase.ts';

type Said = Omit<NewNotice, 'userId' | 'link' | 'mail'>;

/** What renter, host and admins hear of a charge that is contested. All of it by mail: it is about money and has a deadline. */
export function disputeNotices(facts: EventFacts): NewNotice[] {
  const { booking, data } = facts;
  if (booking === null || typeof data.disputeId !== 'string') return [];
  const to = (userId: string, said: Said | null): NewNotice[] =>
    said === null ? [] : [{ userId, link: `/disputes/${data.disputeId}`, mail: true, ...said }];
  const name = quoted(booking.name);
  const toAdmins = (said: Said) =>
    facts.adminIds.flatMap((userId) => (userId === facts.actorId ? [] : to(userId, said)));
  switch (facts.kind) {
    case 'dispute.opened':
      return [
        ...to(booking.hostId, {
          title: `${amount(data.amountMicros)} of a rental on ${quoted(facts.machine?.name ?? 'your machine')} is contested`,
          body: `It is kept aside until an admin decides. Say your side within seven days.${givenReason(facts)}`,
        }),
        ...toAdmins({
          title: `A renter contests ${amount(data.amountMicros)} of ${name}`,
          body: 'The host has seven days to answer.',
        }),
      ];
    case 'dispute.answered':
      return [
        ...to(data.side === 'host' ? booking.renterId : booking.hostId, {
          title: `The ${data.side === 'host' ? 'host' : 'renter'} answered in the dispute over ${name}`,
          body: 'An admin decides when the host has answered, or has had seven days to.',
        }),
        ...toAdmins({
          title: `There is an answer in the dispute over ${name}`,
          body: 'Its page says what each side says.',
        }),
      ];
    case 'dispute.due':
      return toAdmins({
        title: `The dispute over ${name} can be decided`,
        body: 'The host let the time to answer pass.',
      });
    case 'dispute.decided':
      return [
        ...to(booking.renterId, {
          title: `The dispute over ${name} is decided`,
          body: `${forRenter(data)}${givenReason(facts)}`,
        }),
        ...to(booking.hostId, {
          title: `The dispute over ${name} is decided`,
          body: `${forHost(data)}${givenReason(facts)}`,
        }),
      ];
    default:
      return [];
  }
}

function forRenter(data: EventFacts['data']): string {
  if (data.outcome === 'none') return 'Nothing of what you contested came back.';
  return `${amount(data.givenMicros)} of the ${amount(data.amountMicros)} that you contested came back to your wallet.`;
}

function forHost(data: EventFacts['data']): string {
  if (data.outcome === 'none') return 'Your share of what was contested came back to you.';
  return data.outcome === 'full'
    ? 'The renter got back all that was contested.'
    : `The renter got back ${amount(data.givenMicros)}; your share of the rest came back to you.`;
}

function amount(value: unknown): string {
  return typeof value === 'string' && /^\d{1,19}$/.test(value) ? formatDollars(BigInt(value)) : 'Money';
}
