import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { TOPICS } from './topic.ts';
import { readUnsubscribe } from './unsubscribe-token.ts';

/**
 * Ends the mails of one kind by the token of a mail, whoever sends it (RFC 8058); the bell goes on. Again is no error.
 * Answers what the kind is called. Refuses: `linkInvalid`.
 */
export async function stopMails(token: string, world: World = theWorld): Promise<{ readonly title: string }> {
  const secret = env().sessionSecret;
  const about = secret === undefined ? null : readUnsubscribe(token, secret);
  if (about === null)
    throw new Refusal('linkInvalid', {}, 'This link is not whole. Choose what you hear under Settings, Notices.');
  const now = world.now();
  const { userId, topic } = about;
  await inTransaction('stop-mails', async (tx) => {
    if ((await tx.user.count({ where: { id: userId } })) === 0) throw new Refusal('linkInvalid');
    const before = await tx.noticeChoice.findUnique({
      where: { userId_topic: { userId, topic } },
      select: { mail: true },
    });
    if (before?.mail === false) return;
    await tx.noticeChoice.upsert({
      where: { userId_topic: { userId, topic } },
      create: { userId, topic, inApp: true, mail: false, updatedAt: now },
      update: { mail: false, updatedAt: now },
    });
    const data = { topics: [topic], byLink: true };
    await recordEvent(tx, { userId: null }, { kind: 'account.noticesSet', userId, data }, now);
  });
  return { title: TOPICS[topic].title };
}
