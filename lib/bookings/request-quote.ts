import { requireActive } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import type { Micros } from '#lib/base/money.ts';
import { addSeconds, theWorld, type World } from '#lib/base/time.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { wouldHold } from './hold-for-lease.ts';
import { previewQuote } from './queries/quote.ts';
import type { Quote } from './quote.ts';
import type { QuoteInput } from './schema.ts';
import { QUOTE_SECONDS, storeTerms } from './terms.ts';

export type QuoteView = Quote & {
  readonly id: string;
  readonly expiresAt: Date;
  readonly listingId: string;
  /** Of the wallet, kept for booking it until it expires; 0 where that was not asked for. */
  readonly keptMicros: Micros;
};

/**
 * Keeps terms and price of a listing for five minutes: a booking made within them gets these, whatever the listing says
 * then. No window is kept for it. With `keepMoney` what booking it would set aside is kept in the wallet as long: what the
 * market begins by itself does not take it, and booking it is not refused for want of money that another such thing took. It
 * takes the place of what was kept for a quote before. Refuses as `previewQuote` does, and then as `holdForLease` does.
 */
export async function requestQuote(actor: Actor, input: QuoteInput, world: World = theWorld): Promise<QuoteView> {
  requireActive(actor);
  const now = world.now();
  const quote = await previewQuote(actor, { ...input, capMicros: input.capMicros ?? null }, now);
  const id = newId('quote', now);
  const expiresAt = addSeconds(now, QUOTE_SECONDS);
  const keptMicros = await inTransaction('request quote', async (tx) => {
    const kept = input.keepMoney === true ? await keepMoney(tx, actor.userId, quote, now) : 0n;
    await tx.quote.create({
      data: {
        id,
        renterId: actor.userId,
        listingId: input.listingId,
        gpuCount: input.gpuCount,
        diskBytes: input.diskBytes,
        durationSeconds: input.durationSeconds,
        startsAt: input.startsAt ?? null,
        terms: storeTerms(quote.terms),
        keptMicros: kept,
        createdAt: now,
        expiresAt,
      },
    });
    return kept;
  });
  return { ...quote, id, expiresAt, listingId: input.listingId, keptMicros };
}

/** What booking a quote would set aside now. What was kept for an earlier one is free again: somebody looks at one thing at a time. */
async function keepMoney(tx: Tx, renterId: string, quote: Quote, now: Date): Promise<Micros> {
  const { terms, capMicros, reserved, endsAt } = quote;
  const window = reserved === null ? { endsAt } : { startsAt: reserved.startsAt, endsAt, whole: true };
  const kept = await wouldHold(tx, { renterId, terms, capMicros, ...window }, now);
  await tx.quote.updateMany({ where: { renterId, keptMicros: { gt: 0 } }, data: { keptMicros: 0n } });
  return kept;
}
