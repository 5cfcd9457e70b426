import type { EventFacts, NewNotice } from './event-facts.ts';
import { givenReason, shown } from './phrase.ts';

/** What people hear of the desk of staff. */
export function deskNotices(facts: EventFacts): NewNotice[] {
  if (facts.userId === null) return [];
  const to = (said: Omit<NewNotice, 'userId'>): NewNotice[] => [{ userId: facts.userId ?? '', ...said }];
  switch (facts.kind) {
    case 'case.takenOver':
      return to({
        title: `${typeof facts.data.by === 'string' ? shown(facts.data.by) : 'Another admin'} took a case over from you`,
        body: `It is theirs to decide now.${givenReason(facts)}`,
        link: '/admin',
        mail: false,
      });
    default:
      return [];
  }
}
