import * as z from 'zod';
import { parseDollars } from '#lib/base/money.ts';
import type { CaseFacts } from '#lib/desk/case.ts';
import { seenFacts } from '#lib/desk/schema.ts';
import { ALWAYS, BLOCK_KINDS, type CalendarRules } from './calendar.ts';
import { CANCELLATION_POLICIES } from './cancellation.ts';
import { isCountry } from './country.ts';
import { machineNameProblem } from './machine.ts';
import type { Weekday } from './wall-clock.ts';

const id = z.string().min(1).max(64);

const dollars = (sentence: string) =>
  z
    .string(sentence)
    .max(40, sentence)
    .transform((text, context) => {
      const micros = parseDollars(text);
      if (micros !== undefined) return micros;
      context.addIssue(sentence);
      return z.NEVER;
    });

/** A day in a form is its last second in UTC; an instant with its zone is taken as it is; empty is "open-ended". */
const end = z
  .string()
  .max(40)
  .nullish()
  .transform((text, context) => {
    const given = text?.trim() ?? '';
    if (given === '') return null;
    const day = /^\d{4}-\d{2}-\d{2}$/.test(given);
    const at = day || z.iso.datetime({ offset: true }).safeParse(given).success;
    const instant = at ? new Date(day ? `${given}T23:59:59.000Z` : given) : undefined;
    if (instant !== undefined && !Number.isNaN(instant.getTime())) return instant;
    context.addIssue('Write a date like 2027-01-31.');
    return z.NEVER;
  });

/** Field names are those of the form and of the API; amounts arrive as decimal dollars. */
export const saveListingInput = z.object({
  machineId: id,
  price: dollars('Write an amount in dollars like 0.35.'),
  diskPrice: dollars('Write an amount in dollars like 0.10, or 0.'),
  minGpus: z.coerce
    .number('Write a number of GPUs.')
    .int('Write whole GPUs.')
    .min(1, 'At least one GPU is rented.')
    .max(1_000),
  endsAt: end,
});
export type SaveListingInput = z.infer<typeof saveListingInput>;

/** `floor` empty or null: half of the price. */
export const setBidRuleInput = z.object({
  machineId: id,
  takesBids: z
    .union([z.boolean(), z.enum(['on', 'true', 'false', '']).transform((text) => text === 'on' || text === 'true')])
    .default(false),
  floor: z
    .string()
    .max(40)
    .nullish()
    .transform((text, context) => {
      const given = text?.trim() ?? '';
      if (given === '') return null;
      const micros = parseDollars(given);
      if (micros !== undefined) return micros;
      context.addIssue('Write an amount in dollars like 0.15, or leave it empty.');
      return z.NEVER;
    }),
});
export type SetBidRuleInput = z.infer<typeof setBidRuleInput>;

export const machineInput = z.object({ machineId: id });
export type MachineInput = z.infer<typeof machineInput>;

const name = z
  .string('Give the machine a name.')
  .max(2_000)
  .transform((text, context) => {
    const problem = machineNameProblem(text);
    if (problem === null) return text.trim();
    context.addIssue(problem);
    return z.NEVER;
  });

const region = z
  .string()
  .max(2_000)
  .nullish()
  .transform((text, context) => {
    const given = text?.trim() ?? '';
    if (given === '') return null;
    if (given.length <= 60 && !/\p{Cc}/u.test(given)) return given;
    context.addIssue('Write the region in at most 60 characters.');
    return z.NEVER;
  });

const country = z
  .string()
  .nullish()
  .transform((text, context) => {
    const given = text?.trim() ?? '';
    if (given === '') return null;
    if (isCountry(given)) return given;
    context.addIssue('Choose a country from the list.');
    return z.NEVER;
  });

export const editMachineInput = z.object({ machineId: id, name, region, country });
export type EditMachineInput = z.infer<typeof editMachineInput>;

const reason = z
  .string('Give a reason.')
  .trim()
  .min(3, 'Give a reason; the person concerned reads it.')
  .max(500, 'Use at most 500 characters.');

export const decideListingInput = z.object({ listingId: id, reason, seen: seenFacts });
export type DecideListingInput = {
  readonly listingId: string;
  readonly reason: string;
  readonly seen?: CaseFacts | undefined;
};

export const checkMachineInput = z.object({
  machineId: id,
  reason,
  /** False takes the mark away again. */
  checked: z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]).default(true),
});
export type CheckMachineInput = z.infer<typeof checkMachineInput>;

/** A host names a renter by a rental: nobody is found out by trying ids. */
export const blockRenterInput = z.object({ bookingId: id, reason });
export type BlockRenterInput = z.infer<typeof blockRenterInput>;

export const unblockRenterInput = z.object({ renterId: id });
export type UnblockRenterInput = z.infer<typeof unblockRenterInput>;

const weekday = z.union(
  [1, 2, 3, 4, 5, 6, 7].map((day) => z.literal(day as Weekday)),
  'A day is 1 (Monday) to 7 (Sunday).',
);
const seconds = z.int('Write whole seconds.').min(0).max(10_000_000);
const instant = z.iso
  .datetime({ offset: true, error: 'Write an instant like 2027-01-31T22:00:00Z.' })
  .transform((text) => new Date(text));

/** Rules of a calendar: times of day in minutes after midnight on the wall clock of `zone`. */
export const calendarRulesInput = z.object({
  zone: z.string().max(100),
  hours: z
    .array(z.object({ days: z.array(weekday).max(7), fromMinute: z.int(), toMinute: z.int() }))
    .max(100)
    .default([]),
  leastSeconds: seconds.default(ALWAYS.leastSeconds),
  mostSeconds: seconds.nullable().default(ALWAYS.mostSeconds),
  leadSeconds: seconds.default(ALWAYS.leadSeconds),
  cancellation: z.enum(CANCELLATION_POLICIES).default(ALWAYS.cancellation),
  maintenanceNoticeSeconds: seconds.default(ALWAYS.maintenanceNoticeSeconds),
});
export type SaveCalendarInput = CalendarRules & MachineInput;

export const blockInput = z.object({
  kind: z.enum(BLOCK_KINDS).default('block'),
  startsAt: instant,
  endsAt: instant,
  /** For the host alone, of a block; renters read why there is maintenance. */
  note: z.string().max(2_000).default(''),
});
export type SetBlockInput = z.output<typeof blockInput> & MachineInput;

export const pauseInput = z.object({ until: instant });
export type PauseInput = z.output<typeof pauseInput> & MachineInput;

export const removeBlockInput = z.object({ machineId: id, blockId: id });
export type RemoveBlockInput = z.output<typeof removeBlockInput>;
