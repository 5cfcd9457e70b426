import { Refusal } from '#lib/base/refusal.ts';
import { secondsBetween, utcWords } from '#lib/base/time.ts';
import type { BlockKind } from '#lib/catalogue/calendar.ts';
import { formatSpan } from '#lib/catalogue/span-words.ts';
import type { BookingKind } from './booking.ts';
import type { Terms } from './terms.ts';

type Booked = {
  readonly id: string;
  readonly kind: BookingKind;
  readonly name: string;
  readonly terms: Terms;
  readonly startsAt: Date;
  readonly endsAt: Date;
};
type BlockWanted = { readonly kind: BlockKind; readonly startsAt: Date };

const MOST_NAMED = 3;

/** Why a rental keeps its time (`yieldSeconds` is the notice after which what is rented by a bid yields) though its host wants a block in it, as a sentence; null when its terms let it end there. */
export function whyNotShorten(booking: Booked, block: BlockWanted, yieldSeconds: number, now: Date): string | null {
  const noticeSeconds = secondsBetween(now, block.startsAt);
  if (booking.kind === 'reserved') return 'It is reserved, and reserved time is kept.';
  if (booking.startsAt >= block.startsAt) return 'It begins later.';
  if (booking.kind === 'interruptible')
    return noticeSeconds >= yieldSeconds ? null : `It yields after ${formatSpan(yieldSeconds)}.`;
  if (block.kind !== 'maintenance') return 'It is rented until then.';
  const least = booking.terms.maintenanceNoticeSeconds;
  if (least === undefined) return 'Its terms know no maintenance.';
  return noticeSeconds >= least ? null : `Its terms ask for ${formatSpan(least)} of notice.`;
}

/** The refusal of a block, with what stands in its way: the first of it in words, all of it by id. */
export function inTheWay(kept: readonly Booked[], block: BlockWanted, yieldSeconds: number, now: Date): Refusal {
  const named = kept.slice(0, MOST_NAMED).map((booking) => {
    const gpus = `${booking.terms.gpuCount} GPU${booking.terms.gpuCount === 1 ? '' : 's'}`;
    return `“${booking.name}” has ${gpus} from ${utcWords(booking.startsAt)} to ${utcWords(booking.endsAt)}. ${whyNotShorten(booking, block, yieldSeconds, now)}`;
  });
  const more = kept.length > MOST_NAMED ? [`${kept.length - MOST_NAMED} more are booked.`] : [];
  return new Refusal(
    'windowBooked',
    { bookings: kept.map(({ id }) => id) },
    [...named, ...more, 'What is booked is kept: choose another time, or end the rental on its own page.'].join(' '),
  );
}
