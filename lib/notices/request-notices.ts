import { formatDollars } from '#lib/base/money.ts';
import type { EventFacts, NewNotice } from './event-facts.ts';
import { instantText, quoted } from './phrase.ts';

type Said = Omit<NewNotice, 'userId' | 'link'>;

/** What a renter hears of a request that stands, and a host of an answer that was taken. */
export function requestNotices(facts: EventFacts): NewNotice[] {
  const { data, userId, kind } = facts;
  if (kind === 'request.forHosts' && userId !== null)
    return [{ userId, link: '/host/requests', ...toHost(data.count) }];
  if (!kind.startsWith('request.') || typeof data.requestId !== 'string' || userId === null) return [];
  const name = quoted(typeof data.name === 'string' ? data.name : 'it');
  const link = `/requests/${data.requestId}`;
  const renter = toRenter(facts, name);
  if (renter === null) return [];
  const booked = kind === 'request.booked' && facts.booking !== null;
  return [{ userId, link: booked ? `/bookings/${facts.booking?.id}` : link, ...renter }];
}

/** At most once a day, however many came. */
function toHost(count: unknown): Said {
  const one = count === 1;
  return {
    title: one
      ? 'A renter waits for what you have'
      : `${typeof count === 'number' ? count : 'Some'} renters wait for what you have`,
    body: `${one ? 'It asks' : 'They ask'} hosts for a price, and your machines could serve ${one ? 'it' : 'them'}. Answer on the page of requests; you hear of more in a day at the soonest.`,
    mail: true,
  };
}

function toRenter(facts: EventFacts, name: string): Said | null {
  const { data, reason } = facts;
  switch (facts.kind) {
    case 'request.booked':
      // Whoever accepted an answer sees the booking at once.
      if (facts.actorId !== null) return null;
      return {
        title: `Your request ${name} is booked`,
        body: `At ${text(data.price)} per GPU-hour, until ${at(data.endsAt, facts)}. It is billed from when you can connect.`,
        mail: true,
      };
    case 'request.matched':
      return {
        title: `There is a match for your request ${name}`,
        body: `${text(data.gpuModel)} for ${amount(data.priceMicros)} per GPU-hour${more(data.offers)}. It is not kept for you: book it while it is free.`,
        mail: true,
      };
    case 'request.notBooked':
      // Each further try says the same: the next thing to hear is that it pauses.
      if (data.tries !== 1) return null;
      return {
        title: `Your request ${name} has a match and could not be booked`,
        body: `${reason ?? ''} It is tried again from ${at(data.nextTryAt, facts)} on.`.trim(),
        mail: true,
      };
    case 'request.paused':
      return {
        title: `Your request ${name} pauses`,
        body: `${reason ?? ''} It was tried ${String(data.tries)} times. Take it up again on its page.`.trim(),
        mail: true,
      };
    case 'request.expired':
      return {
        title: `Your request ${name} has expired`,
        body:
          typeof data.trouble === 'string'
            ? `There was a match, and it could not be booked: ${data.trouble}`
            : 'Nothing came up in time. Nothing was booked, and nothing was charged.',
        mail: true,
      };
    case 'request.answered':
      return {
        title: `A host answered your request ${name}`,
        body: `${text(data.gpuModel)} for ${amount(data.priceMicros)} per GPU-hour. The price holds until ${at(data.expiresAt, facts)}.`,
        mail: true,
      };
    case 'request.answerWithdrawn':
      return { title: `A host took an answer to your request ${name} back`, body: '', mail: false };
    default:
      return null;
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function at(value: unknown, { times }: EventFacts): string {
  return typeof value === 'string' ? instantText(new Date(value), times) : 'its time';
}

function amount(value: unknown): string {
  return typeof value === 'string' && /^\d{1,19}$/.test(value) ? formatDollars(BigInt(value)) : 'a price';
}

function more(offers: unknown): string {
  return typeof offers === 'number' && offers > 1 ? `, and ${offers - 1} more` : '';
}
