import * as z from 'zod';
import { ALWAYS, type Block, type Calendar, type CalendarRules, type Hours, TAKEN_KINDS } from './calendar.ts';
import { CANCELLATION_POLICIES } from './cancellation.ts';

/** The columns of rules, as a database client selects them. */
export const RULE_COLUMNS = {
  zone: true,
  hours: true,
  leastSeconds: true,
  mostSeconds: true,
  leadSeconds: true,
  cancellation: true,
  maintenanceNoticeSeconds: true,
} as const;

const weekday = z.union([1, 2, 3, 4, 5, 6, 7].map((day) => z.literal(day as 1)));
const hours = z.array(
  z.object({ days: z.array(weekday), fromMinute: z.int().min(0), toMinute: z.int().min(0) }),
) satisfies z.ZodType<readonly Hours[]>;
const policy = z.enum(CANCELLATION_POLICIES);
const kind = z.enum(TAKEN_KINDS);

/** Rules as a database client reads them. */
export type StoredRules = Omit<CalendarRules, 'hours' | 'cancellation'> & {
  readonly hours: unknown;
  readonly cancellation: string;
};
type StoredBlock = { readonly startsAt: Date; readonly endsAt: Date; readonly kind: string };

/** A calendar from its rows; a machine without rules is open always, its blocks apart. What does not read is a bug and throws. */
export function calendarFrom(rules: StoredRules | null, blocks: readonly StoredBlock[]): Calendar {
  const read: Block[] = blocks.map((block) => ({
    startsAt: block.startsAt,
    endsAt: block.endsAt,
    kind: kind.parse(block.kind),
  }));
  if (rules === null) return blocks.length === 0 ? ALWAYS : { ...ALWAYS, blocks: read };
  const { zone, leastSeconds, mostSeconds, leadSeconds, maintenanceNoticeSeconds } = rules;
  return {
    zone,
    hours: hours.parse(rules.hours),
    leastSeconds,
    mostSeconds,
    leadSeconds,
    cancellation: policy.parse(rules.cancellation),
    maintenanceNoticeSeconds,
    blocks: read,
  };
}

/** Rules as they are stored. */
export function storeRules(rules: CalendarRules) {
  const { zone, leastSeconds, mostSeconds, leadSeconds, cancellation, maintenanceNoticeSeconds } = rules;
  return {
    zone,
    hours: rules.hours.map(({ days, fromMinute, toMinute }) => ({
      days: days.toSorted((a, b) => a - b),
      fromMinute,
      toMinute,
    })),
    leastSeconds,
    mostSeconds,
    leadSeconds,
    cancellation,
    maintenanceNoticeSeconds,
  };
}
