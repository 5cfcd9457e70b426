import { theWorld, type World } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';
import type { SentVia } from '#lib/io/mail.ts';
import { MOST_ATTEMPTS } from './outbox.ts';

/** Notes how a try to send a letter went; after the last one it is given up, and the row says why. */
export async function recordMail(
  letter: { readonly id: string; readonly attempts: number },
  outcome: { readonly via: SentVia; readonly html: string | null } | { readonly error: string },
  world: World = theWorld,
): Promise<void> {
  const now = world.now();
  await inTransaction('record-mail', (tx) =>
    tx.mail.update({
      where: { id: letter.id },
      data:
        'via' in outcome
          ? {
              sentAt: now,
              sentVia: outcome.via,
              lastError: null,
              html: outcome.via === 'page' ? outcome.html : null,
            }
          : { lastError: outcome.error.slice(0, 500), gaveUpAt: letter.attempts >= MOST_ATTEMPTS ? now : null },
    }),
  );
}
