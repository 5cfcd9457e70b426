import type { EventFacts, NewNotice } from './event-facts.ts';
import { quoted } from './phrase.ts';

/** What people hear of messages: never their words, which stay on the page that knows who looks. */
export function messageNotices(facts: EventFacts): NewNotice[] {
  const { booking, data, userId } = facts;
  if (booking === null) return [];
  const link = `/bookings/${booking.id}/messages`;
  const name = quoted(booking.name);
  switch (facts.kind) {
    case 'message.sent':
      if (userId === null) return [];
      return [
        {
          userId,
          link,
          title:
            data.side === 'host'
              ? `The host of ${name} wrote to you`
              : `The renter of ${name} on ${quoted(facts.machine?.name ?? 'your machine')} wrote to you`,
          body: 'Read and answer it on the page of the thread. While it is unread, further messages ring once in half an hour at most.',
          mail: data.mail === true,
          quiet: data.mail !== true,
        },
      ];
    case 'message.reported':
      return facts.adminIds
        .filter((adminId) => adminId !== facts.actorId)
        .map((adminId) => ({
          userId: adminId,
          link: `/admin/queues/reports?case=${String(data.reportId)}`,
          title: `A message in the thread of ${name} was reported`,
          body: 'You see that message and the reason, and no other.',
          mail: true,
        }));
    case 'message.reportClosed':
      if (userId === null) return [];
      return [
        {
          userId,
          link,
          title: `Staff looked at the message that you reported in ${name}`,
          body: facts.reason ?? '',
          mail: false,
        },
        // Never who reported; of two people in a thread that is no secret.
        ...(data.warned === true && typeof data.authorId === 'string'
          ? [
              {
                userId: data.authorId,
                link,
                title: `The operators warn you about a message in ${name}`,
                body: `Nothing was taken away from you. ${facts.reason ?? ''}`.trim(),
                mail: true,
              },
            ]
          : []),
      ];
    default:
      return [];
  }
}
