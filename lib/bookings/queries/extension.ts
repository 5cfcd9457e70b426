import type { Actor } from '#lib/base/actor.ts';
import type { Micros } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { addSeconds, earliest, HOUR, isBefore, utcWords } from '#lib/base/time.ts';
import type { WhyNot } from '#lib/base/why-not.ts';
import { whyNotOpen } from '#lib/catalogue/calendar.ts';
import { calendarOf } from '#lib/catalogue/queries/calendar.ts';
import { formatSpan } from '#lib/catalogue/span-words.ts';
import { db, type Reader } from '#lib/io/db.ts';
import { spendableOf } from '#lib/ledger/queries/spending-limit.ts';
import { walletOf } from '#lib/ledger/queries.ts';
import { type BookingFacts, liesAhead, whyNotExtend } from '../booking.ts';
import { ON_DEMAND_SECONDS, readTerms, runningCost } from '../terms.ts';

type Extended = {
  readonly machineId: string;
  readonly listingId: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
};

const LISTING_GONE: WhyNot = {
  reason: 'listingGone',
  sentence: 'This machine is no longer offered: the rental runs until its end, but no longer.',
};
const at = (sentence: string): WhyNot => ({ reason: 'badInput', sentence });

/** Why a rental cannot be moved to this end, whoever has its GPUs then; null when it can. `badInput` is about the instant. */
export async function extensionProblem(
  reader: Reader,
  booking: Extended,
  endsAt: Date,
  now: Date,
): Promise<WhyNot | null> {
  if (Number.isNaN(endsAt.getTime())) return at('This is no date.');
  if (!isBefore(booking.endsAt, endsAt)) return at('The new end lies after the present one.');
  const listing = await reader.listing.findUniqueOrThrow({
    where: { id: booking.listingId },
    select: {
      state: true,
      endsAt: true,
      suspendedAt: true,
      machine: { select: { host: { select: { suspendedAt: true } } } },
    },
  });
  const suspended = listing.suspendedAt !== null || listing.machine.host.suspendedAt !== null;
  if (listing.state !== 'published' || suspended) return LISTING_GONE;
  const calendar = await calendarOf(reader, booking.machineId, now);
  const seconds = (endsAt.getTime() - booking.startsAt.getTime()) / 1_000;
  const most = calendar.mostSeconds;
  if (most !== null && seconds > most) return at(`This host rents for at most ${formatSpan(most)} at a time.`);
  const closed = whyNotOpen(calendar, { startsAt: booking.endsAt, endsAt });
  if (closed !== null) return at(closed.sentence);
  const farthest = addSeconds(booking.startsAt > now ? booking.startsAt : now, ON_DEMAND_SECONDS);
  const last = earliest(farthest, listing.endsAt) ?? farthest;
  if (!isBefore(last, endsAt)) return null;
  return last < farthest
    ? at(`The host offers this machine until ${utcWords(last)}. Choose an end by then.`)
    : at(`At most ${ON_DEMAND_SECONDS / 86_400} days from now.`);
}

export const EXTENSION_HOURS = [1, 4, 24] as const;

/** A longer end that is offered: what it costs, and why it cannot be had; null when it can. */
export type ExtensionChoice = {
  readonly hours: number;
  readonly endsAt: Date;
  readonly priceMicros: Micros;
  readonly whyNot: string | null;
};

/** What extending a rental would come to now. */
export type Extension = {
  readonly bookingId: string;
  readonly name: string;
  readonly endsAt: Date;
  /** Why it cannot be extended at all; null when it can. */
  readonly whyNot: string | null;
  /** When its GPUs are somebody else's; null: nobody has them yet. */
  readonly takenFrom: Date | null;
  readonly choices: readonly ExtensionChoice[];
  /** True of a reserved window: what is not used of it costs what its terms say, and all that is left of it, of 24 hours at most, is set aside. It may lie `ahead`. */
  readonly reserved: boolean;
  readonly ahead: boolean;
  /** Money that is free to be set aside for it. */
  readonly freeMicros: Micros;
};

/** What extending would cost and whether it goes, as the command judges it, for the rental's renter. What is not theirs is not found. */
export async function extensionOf(actor: Actor, bookingId: string, now: Date): Promise<Extension> {
  const row = await db.booking.findFirst({
    where: { id: bookingId, renterId: actor.userId },
    select: {
      name: true,
      kind: true,
      machineId: true,
      listingId: true,
      terms: true,
      desired: true,
      observed: true,
      billable: true,
      reason: true,
      atExit: true,
      startsAt: true,
      startedAt: true,
      endsAt: true,
      endedAt: true,
      diskUntil: true,
      endLockedAt: true,
    },
  });
  if (row === null) throw new Refusal('notFound');
  const terms = readTerms(row.terms);
  const facts: BookingFacts = {
    ...row,
    kind: row.kind as BookingFacts['kind'],
    desired: row.desired as BookingFacts['desired'],
    observed: row.observed as BookingFacts['observed'],
    billable: row.billable as BookingFacts['billable'],
    atExit: row.atExit as BookingFacts['atExit'],
  };
  const why = whyNotExtend(facts, now)?.sentence ?? null;
  const [next] = await db.$queryRaw<{ takenFrom: Date | null }[]>`
    SELECT min(other.starts_at) AS "takenFrom" FROM allocations own
    JOIN allocations other ON other.gpu_id = own.gpu_id AND other.starts_at >= ${row.endsAt}::timestamptz
    WHERE own.booking_id = ${bookingId} AND own.ends_at = ${row.endsAt}::timestamptz`;
  const takenFrom = next?.takenFrom ?? null;
  const choices: ExtensionChoice[] = [];
  for (const hours of EXTENSION_HOURS) {
    const endsAt = new Date(row.endsAt.getTime() + hours * HOUR);
    const taken = takenFrom !== null && isBefore(takenFrom, endsAt) ? 'Somebody has its GPU then.' : null;
    const problem = taken ?? (await extensionProblem(db, row, endsAt, now))?.sentence ?? null;
    choices.push({ hours, endsAt, priceMicros: runningCost(terms, hours * 3_600), whyNot: why ?? problem });
  }
  const { freeMicros } = await walletOf(actor);
  return {
    bookingId,
    name: row.name,
    endsAt: row.endsAt,
    whyNot: why,
    takenFrom,
    choices,
    reserved: facts.kind === 'reserved',
    ahead: liesAhead(facts, now),
    freeMicros: await spendableOf(db, actor.userId, freeMicros, now),
  };
}
