import type { Micros } from '#lib/base/money.ts';
import { addSeconds, secondsBetween } from '#lib/base/time.ts';
import type { BlockKind } from '#lib/catalogue/calendar.ts';
import type { BookingKind } from './booking.ts';
import { whyNotShorten } from './in-the-way.ts';
import { runningCost, shareOf, type Terms } from './terms.ts';

/** A block that a host wants. */
export type BlockWanted = { readonly kind: BlockKind; readonly startsAt: Date; readonly endsAt: Date };

/** A rental that has a GPU of the machine within a block. */
export type BlockedRental = {
  readonly id: string;
  readonly kind: BookingKind;
  readonly name: string;
  readonly renterName: string;
  readonly terms: Terms;
  readonly startsAt: Date;
  readonly endsAt: Date;
};

export type EndedByBlock = BlockedRental & {
  /** What its host does not earn of it in the time of the block, after the fee: at most, for it may end sooner by itself. */
  readonly lostMicros: Micros;
};
export type KeptFromBlock = BlockedRental & {
  /** Why it keeps its time, so that the block is refused. */
  readonly why: string;
};

/** What a block would do now. */
export type BlockOutlook = {
  readonly ends: readonly EndedByBlock[];
  readonly keeps: readonly KeptFromBlock[];
  /** Micro-dollars, after the fee, at most. */
  readonly lostMicros: Micros;
  /** The first instant at which a block of this kind would end all that it ends by its notice; null when more notice helps nothing. */
  readonly possibleFrom: Date | null;
};

/** What a block would end and what would stand in its way, by the same rule as setting it. `yieldSeconds`: the notice of interruptible rentals. */
export function blockOutlook(
  rentals: readonly BlockedRental[],
  block: BlockWanted,
  yieldSeconds: number,
  now: Date,
): BlockOutlook {
  const ends: EndedByBlock[] = [];
  const keeps: KeptFromBlock[] = [];
  for (const rental of rentals) {
    const why = whyNotShorten(rental, block, yieldSeconds, now);
    if (why !== null) keeps.push({ ...rental, why });
    else ends.push({ ...rental, lostMicros: lostOf(rental, block) });
  }
  return {
    ends,
    keeps,
    lostMicros: ends.reduce((sum, { lostMicros }) => sum + lostMicros, 0n),
    possibleFrom: possibleFrom(keeps, block, now),
  };
}

function lostOf({ terms, endsAt }: BlockedRental, block: Pick<BlockWanted, 'startsAt' | 'endsAt'>): Micros {
  const until = endsAt < block.endsAt ? endsAt : block.endsAt;
  const seconds = Math.max(0, secondsBetween(block.startsAt, until));
  return shareOf(runningCost(terms, seconds), terms.feeBasisPoints).hostMicros;
}

/** Only notice that is too short is mended by waiting. */
function possibleFrom(
  keeps: readonly BlockedRental[],
  block: Pick<BlockWanted, 'kind' | 'startsAt'>,
  now: Date,
): Date | null {
  if (keeps.length === 0 || block.kind !== 'maintenance') return null;
  const notices = keeps.map(({ kind, terms, startsAt }) =>
    kind === 'onDemand' && startsAt < block.startsAt ? (terms.maintenanceNoticeSeconds ?? null) : null,
  );
  if (notices.includes(null)) return null;
  return addSeconds(now, Math.max(...notices.map(Number)));
}
