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
  const side = data.side === 'host' ? 'host' : 'renter';
  const other = side === 'host' ? booking.renterId : booking.hostId;
  switch (facts.kind) {
    case 'dispute.opened':
      return [
        ...to(booking.hostId, {
          title: `${amount(data.amountMicros)} of a rental on ${quoted(facts.machine?.name ?? 'your machine')} is contested`,
          body: `It is kept aside until you agree, or an admin decides. Accept, offer a part or answer within seven days; without a word of yours an admin decides.${givenReason(facts)}`,
        }),
        ...toAdmins({
          title: `A renter contests ${amount(data.amountMicros)} of ${name}`,
          body: 'The host has seven days to answer.',
        }),
      ];
    case 'dispute.answered':
      return to(other, {
        title: `The ${side} answered in the dispute over ${name}`,
        body:
          data.move === 'said'
            ? 'Something was added. Nobody’s turn changed.'
            : 'Ask for less, take it back, or hand it to an admin within three days; without a word of yours it ends with what was offered.',
      });
    case 'dispute.offered':
      return to(other, {
        title:
          data.side === 'host'
            ? `${amount(data.amountMicros)} is offered in the dispute over ${name}`
            : `The renter would take ${amount(data.amountMicros)} in the dispute over ${name}`,
        body:
          data.side === 'host'
            ? 'Accept it, ask for another amount, or hand it to an admin within three days; without a word of yours you get what was offered.'
            : 'Accept it, offer another amount, or hand it to an admin within three days; without a word of yours an admin decides.',
      });
    case 'dispute.escalated':
      return [
        ...to(other, {
          title: `The dispute over ${name} was handed to an admin`,
          body: 'An admin decides. You can add what shows your side until then.',
        }),
        ...toAdmins({ title: `The dispute over ${name} waits for a decision`, body: `The ${side} handed it over.` }),
      ];
    case 'dispute.due':
      return [
        ...to(booking.renterId, {
          title: `The host did not answer in the dispute over ${name}`,
          body: 'Their time is over: an admin decides.',
        }),
        ...to(booking.hostId, {
          title: `Your time to answer in the dispute over ${name} is over`,
          body: 'An admin decides. You can add what shows your side until then.',
        }),
        ...toAdmins({
          title: `The dispute over ${name} can be decided`,
          body: 'The host let the time to answer pass.',
        }),
      ];
    case 'dispute.decided':
    case 'dispute.settled':
      return [
        ...to(booking.renterId, {
          title: `The dispute over ${name} is ${facts.kind === 'dispute.settled' ? 'over' : 'decided'}`,
          body: `${forRenter(data)}${givenReason(facts)}`,
        }),
        ...to(booking.hostId, {
          title: `The dispute over ${name} is ${facts.kind === 'dispute.settled' ? 'over' : 'decided'}`,
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
