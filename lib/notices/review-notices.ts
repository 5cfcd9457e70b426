import type { EventFacts, NewNotice } from './event-facts.ts';
import { givenReason, quoted } from './phrase.ts';

/** What renter and host hear of each other's reviews. Nothing of what is in them before it is shown. */
export function reviewNotices(facts: EventFacts): NewNotice[] {
  const { booking, data, userId } = facts;
  if (booking === null || userId === null) return [];
  const name = quoted(booking.name);
  const to = (title: string, body: string, mail = false): NewNotice[] => [
    { userId, link: `/bookings/${booking.id}/review`, mail, title, body },
  ];
  switch (facts.kind) {
    case 'review.written':
      return data.revealed === true
        ? to(`You can read what was said of ${name}`, 'Both wrote: the two reviews are shown.')
        : to(
            `You were reviewed after ${name}`,
            'You read it when you have written yours, or fourteen days after the end.',
            true,
          );
    case 'review.revealed':
      return to(`The review after ${name} is shown`, 'You can reply to it once, within thirty days.', true);
    case 'review.replied':
      return to(`There is a reply to your review of ${name}`, 'It stands below your review.');
    case 'review.hidden':
      return to(`Your review of ${name} was taken out of sight`, `Staff did it.${givenReason(facts)}`, true);
    default:
      return [];
  }
}
