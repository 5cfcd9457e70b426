import { type Letter, letterSchema } from '#lib/auth/letter.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';
import type { Outgoing } from '#lib/io/mail.ts';
import { nextTry } from './outbox.ts';

export type ClaimedLetter = Pick<Outgoing, 'id' | 'to' | 'subject' | 'text'> & {
  readonly attempts: number;
  /** Its parts; null when it was written before there were any: then it goes out as text alone. */
  readonly letter: Letter | null;
};

/**
 * Takes the letter that waits longest, for this worker alone, and books its next try before anything is sent: a worker that
 * dies in the middle costs one wait. Null when nothing is due.
 */
export async function claimMail(world: World = theWorld): Promise<ClaimedLetter | null> {
  const now = world.now();
  return inTransaction('claim-mail', async (tx) => {
    const [due] = await tx.$queryRaw<{ id: string }[]>`
      SELECT id FROM mails WHERE sent_at IS NULL AND gave_up_at IS NULL AND next_try_at <= ${now}
      ORDER BY next_try_at, id LIMIT 1 FOR UPDATE SKIP LOCKED`;
    if (due === undefined) return null;
    const { attempts } = await tx.mail.findUniqueOrThrow({ where: { id: due.id }, select: { attempts: true } });
    const row = await tx.mail.update({
      where: { id: due.id },
      data: { attempts: attempts + 1, nextTryAt: nextTry(attempts + 1, now) },
      select: { id: true, toAddress: true, subject: true, text: true, letter: true, attempts: true },
    });
    const letter = letterSchema.safeParse(row.letter);
    return {
      id: row.id,
      to: row.toAddress,
      subject: row.subject,
      text: row.text,
      attempts: row.attempts,
      letter: letter.success ? letter.data : null,
    };
  });
}
