import type { EventFacts, NewNotice } from './event-facts.ts';

/** What admins hear of the books: that they stopped adding up, and that they do again. */
export function booksNotices(facts: EventFacts): NewNotice[] {
  const { problems } = facts.data;
  if (typeof problems !== 'number') return [];
  const toAdmins = (title: string, body: string): NewNotice[] =>
    facts.adminIds.map((userId) => ({ userId, title, body, link: '/admin/books', mail: true }));
  if (facts.kind === 'books.wrong')
    return toAdmins(
      'The books do not add up',
      'The page of the books says what differs. Pay nothing out before it is found.',
    );
  return facts.kind === 'books.right' ? toAdmins('The books add up again', 'Nothing differs any more.') : [];
}
