import { requireActive } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { addSeconds, theWorld, type World } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';
import { previewQuote } from './queries/quote.ts';
import type { Quote } from './quote.ts';
import type { QuoteInput } from './schema.ts';
import { QUOTE_SECONDS, storeTerms } from './terms.ts';

export type QuoteView = Quote & {
  readonly id: string;
  readonly expiresAt: Date;
  readonly listingId: string;
};

/**
 * Keeps terms and price of a listing for five minutes: a booking made within them gets these, whatever the listing says
 * then. Nothing is held, and no window is kept for it. Refuses as `previewQuote` does.
 */
export async function requestQuote(actor: Actor, input: QuoteInput, world: World = theWorld): Promise<QuoteView> {
  requireActive(actor);
  const now = world.now();
  const quote = await previewQuote(actor, { ...input, capMicros: null }, now);
  const id = newId('quote', now);
  const expiresAt = addSeconds(now, QUOTE_SECONDS);
  await inTransaction('request quote', (tx) =>
    tx.quote.create({
      data: {
        id,
        renterId: actor.userId,
        listingId: input.listingId,
        gpuCount: input.gpuCount,
        diskBytes: input.diskBytes,
        durationSeconds: input.durationSeconds,
        startsAt: input.startsAt ?? null,
        terms: storeTerms(quote.terms),
        createdAt: now,
        expiresAt,
      },
    }),
  );
  return { ...quote, id, expiresAt, listingId: input.listingId };
}
