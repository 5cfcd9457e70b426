import { csvText } from '#lib/base/csv.ts';
import { dollarsDecimal, type Micros } from '#lib/base/money.ts';
import { addMonths, type Month, monthName, monthOf, monthStart, parseMonth } from '#lib/base/month.ts';
import { isBefore } from '#lib/base/time.ts';

/** What a host earned: gross − fee − refunded − contested = net, which is what the ledger moved for it. Micro-dollars. */
export type EarningSums = {
  /** What renters were charged. */
  readonly grossMicros: Micros;
  /** The platform's share of that. */
  readonly feeMicros: Micros;
  /** The host's part of what was given back. */
  readonly refundedMicros: Micros;
  /** The host's part of charges that somebody contests, or that were decided for the renter. */
  readonly contestedMicros: Micros;
  readonly netMicros: Micros;
  /** Bookings that were charged something. */
  readonly rentals: number;
};

export type EarningLine = EarningSums & {
  readonly rentedGpuSeconds: number;
  readonly offeredGpuSeconds: number;
  /** Rented ÷ offered: see lib/catalogue/occupancy.ts. Null when nothing was offered. */
  readonly occupancyBasisPoints: number | null;
};

export type EarningMachine = {
  readonly id: string;
  readonly name: string;
  readonly simulated: boolean;
  readonly retired: boolean;
};

export type Earnings = {
  readonly span: EarningSpan;
  /** The present month is not over. */
  readonly running: boolean;
  readonly total: EarningLine;
  /** Every month of the span, oldest first. */
  readonly months: readonly (EarningLine & { readonly month: Month })[];
  /** Most net first. */
  readonly machines: readonly (EarningLine & { readonly machine: EarningMachine })[];
  /** What each machine did in each month in which it did something, or was offered. */
  readonly cells: readonly (EarningLine & { readonly month: Month; readonly machine: EarningMachine })[];
};

export const EARNING_SPANS = ['thisMonth', 'lastMonth', 'all', 'custom'] as const;

/** Whole months of UTC, both counted. */
export type EarningSpan = {
  readonly name: (typeof EARNING_SPANS)[number];
  readonly from: Month;
  readonly to: Month;
};

const MOST_MONTHS = 120;

/**
 * The span that was asked for by a name or by two months, or what is wrong with it, by field. Without anything it is the
 * present month. `first` is the first month of which there is anything to say.
 */
export function earningSpan(
  ask: { readonly span?: string | undefined; readonly from?: string | undefined; readonly to?: string | undefined },
  first: Month,
  now: Date,
): EarningSpan | { readonly problems: Readonly<Record<string, string>> } {
  const present = monthOf(now);
  const name = ask.span ?? (ask.from === undefined && ask.to === undefined ? 'thisMonth' : 'custom');
  if (name === 'thisMonth') return { name, from: present, to: present };
  if (name === 'lastMonth') return { name, from: addMonths(present, -1), to: addMonths(present, -1) };
  if (name === 'all') {
    const earliest = addMonths(present, 1 - MOST_MONTHS);
    return { name, from: first > present ? present : first < earliest ? earliest : first, to: present };
  }
  if (name !== 'custom') return { problems: { span: `A span is one of ${EARNING_SPANS.join(', ')}.` } };
  const from = parseMonth(ask.from ?? '');
  const to = parseMonth(ask.to ?? '');
  if (from === undefined || to === undefined) {
    const sentence = 'Write a month like 2026-11.';
    return { problems: { ...(from === undefined && { from: sentence }), ...(to === undefined && { to: sentence }) } };
  }
  if (to > present) return { problems: { to: 'That month has not come.' } };
  if (from > to) return { problems: { from: 'The first month is later than the last.' } };
  if (from < addMonths(to, 1 - MOST_MONTHS)) return { problems: { from: `Ask for at most ${MOST_MONTHS} months.` } };
  return { name, from, to };
}

/** "November 2026", "September 2026 to November 2026". */
export function spanWords({ from, to }: EarningSpan): string {
  return from === to ? monthName(from) : `${monthName(from)} to ${monthName(to)}`;
}

/** The first instant of a span, and the first after it or now, whichever is earlier. */
export function spanInstants(span: Pick<EarningSpan, 'from' | 'to'>, now: Date): { from: Date; until: Date } {
  const from = monthStart(span.from);
  const end = monthStart(addMonths(span.to, 1));
  const until = isBefore(end, now) ? end : now;
  return { from, until: isBefore(until, from) ? from : until };
}

export function netOf(sums: Omit<EarningSums, 'netMicros' | 'rentals'>): Micros {
  return sums.grossMicros - sums.feeMicros - sums.refundedMicros - sums.contestedMicros;
}

const COLUMNS = [
  'month',
  'machine_id',
  'machine',
  'rentals',
  'gross_usd',
  'fee_usd',
  'refunds_usd',
  'contested_usd',
  'net_usd',
  'rented_gpu_seconds',
  'offered_gpu_seconds',
];

/** Earnings as CSV: a line for each machine and month. Amounts are dollars, exact; gross − fee − refunds − contested = net. */
export function earningsCsv(earnings: Earnings): string {
  return csvText([
    COLUMNS,
    ...earnings.cells.map((cell) => [
      cell.month,
      cell.machine.id,
      cell.machine.name,
      cell.rentals,
      dollarsDecimal(cell.grossMicros),
      dollarsDecimal(cell.feeMicros),
      dollarsDecimal(cell.refundedMicros),
      dollarsDecimal(cell.contestedMicros),
      dollarsDecimal(cell.netMicros),
      cell.rentedGpuSeconds,
      cell.offeredGpuSeconds,
    ]),
  ]);
}
