import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { type Choice, isTopic, whyFixed } from './topic.ts';

/**
 * Sets what the actor hears of, topic by topic; those not named stay as they are. Refuses `badInput` for a topic that there
 * is not or that cannot be switched off.
 */
export async function setNoticeChoices(
  actor: Actor,
  input: Readonly<Record<string, Choice>>,
  world: World = theWorld,
): Promise<void> {
  const now = world.now();
  const { userId } = actor;
  for (const topic of Object.keys(input)) {
    if (!isTopic(topic)) throw new Refusal('badInput', { [topic]: 'There is no such kind of notice.' });
    const why = whyFixed(topic);
    if (why !== null) throw new Refusal('badInput', { [topic]: `This cannot be switched off. ${why}` });
  }
  await inTransaction('set-notice-choices', async (tx) => {
    for (const [topic, { inApp, mail }] of Object.entries(input))
      await tx.noticeChoice.upsert({
        where: { userId_topic: { userId, topic } },
        create: { userId, topic, inApp, mail, updatedAt: now },
        update: { inApp, mail, updatedAt: now },
      });
    const data = { topics: Object.keys(input) };
    await recordEvent(tx, actor, { kind: 'account.noticesSet', userId, data }, now);
  });
}
