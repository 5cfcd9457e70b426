import { theWorld, type World } from '#lib/base/time.ts';
import { log } from '#lib/io/log.ts';
import { sendLetter } from '#lib/io/mail.ts';
import { claimMail } from './claim-mail.ts';
import { letterHtml } from './letter-html.ts';
import { recordMail } from './record-mail.ts';

const MOST_AT_ONCE = 100;

/**
 * Sweep: sends what is due from the outbox, one letter at a time: claims it, hands it over, records how it went. At least
 * once: a crash between handing over and recording sends it again, with the same Message-ID. Answers how many were sent.
 */
export async function sendMail(world: World = theWorld): Promise<number> {
  let sent = 0;
  for (let count = 0; count < MOST_AT_ONCE; count += 1) {
    const letter = await claimMail(world);
    if (letter === null) break;
    try {
      const html = letter.letter === null ? null : await letterHtml(letter.letter, letter.subject);
      const unsubscribeUrl = letter.letter?.footer?.unsubscribeUrl ?? null;
      const via = await sendLetter({ ...letter, html, unsubscribeUrl });
      await recordMail(letter, { via, html }, world);
      sent += 1;
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      log.warn({ mail: letter.id, attempts: letter.attempts, error: text }, 'a letter could not be sent; it waits');
      await recordMail(letter, { error: text }, world);
    }
  }
  return sent;
}
