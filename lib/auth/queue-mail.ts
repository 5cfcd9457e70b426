import { newId } from '#lib/base/id.ts';
import type { Tx } from '#lib/io/db.ts';
import { letterText, type NewMail } from './letter.ts';

const SUBJECT_MAX = 200;

/**
 * Step: writes a letter into the outbox, in the transaction of what it tells of; a sweep lays it out and sends it. `to` is an
 * address from an account (checked by `readEmail`). The subject becomes one line without control characters.
 */
export async function queueMail(tx: Tx, mail: NewMail, now: Date): Promise<void> {
  const subject = [...mail.subject.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')];
  await tx.mail.create({
    data: {
      id: newId('mail', now),
      toAddress: mail.to,
      subject: subject.length > SUBJECT_MAX ? `${subject.slice(0, SUBJECT_MAX - 1).join('')}…` : subject.join(''),
      text: letterText(mail.letter),
      letter: mail.letter,
      createdAt: now,
      nextTryAt: now,
    },
  });
}
