import type { NewMail } from '#lib/auth/letter.ts';
import type { NewNotice } from './event-facts.ts';
import { TOPICS, type TopicName, whyFixed } from './topic.ts';
import { unsubscribeToken } from './unsubscribe-token.ts';

/** Where a link leads, as the words of its button. */
const PLACES: readonly (readonly [string, string])[] = [
  ['/bookings/', 'Open the rental'],
  ['/host/machines/', 'Open the machine'],
  ['/host/payouts', 'Open payouts'],
  ['/host', 'Open your machines'],
  ['/wallet', 'Open the wallet'],
  ['/account', 'Open the settings'],
  ['/jobs', 'Open the job'],
  ['/requests', 'Open the request'],
  ['/disputes', 'Open the dispute'],
  ['/gpus', 'Look at the offers'],
  ['/admin', 'Open the desk'],
];

/** A notice as a letter: its sentences, the way to the page it is about, and the way to get no more of its kind. Without `secret` the latter leads to the settings only. */
export function letterOfNotice(
  notice: NewNotice,
  topic: TopicName,
  to: { readonly email: string; readonly name: string },
  market: { readonly publicUrl: string; readonly secret: string | undefined },
): NewMail {
  const { publicUrl, secret } = market;
  const { link, title, body } = notice;
  const why = whyFixed(topic);
  const token =
    why === null && secret !== undefined ? unsubscribeToken({ userId: notice.userId, topic }, secret) : null;
  return {
    to: to.email,
    subject: title,
    letter: {
      name: to.name,
      heading: title,
      paragraphs: body === '' ? [] : body.split('\n\n'),
      action:
        link === null
          ? null
          : {
              label: PLACES.find(([beginning]) => link.startsWith(beginning))?.[1] ?? 'Open the page',
              url: `${publicUrl}${link}`,
            },
      after: null,
      footer: {
        text:
          why === null
            ? `You get this because you hear by mail of: ${TOPICS[topic].title}.`
            : `You get this whatever you chose. ${why}`,
        url: `${publicUrl}/account/notices`,
        unsubscribeUrl: token === null ? null : `${publicUrl}/api/unsubscribe/${token}`,
      },
    },
  };
}
