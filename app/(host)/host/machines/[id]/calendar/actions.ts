'use server';

import * as z from 'zod';
import { action } from '#app/_edge/action.ts';
import { atFields } from '#app/_edge/fields.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld } from '#lib/base/time.ts';
import { setBlock } from '#lib/bookings/set-block.ts';
import { BLOCK_KINDS, type Hours } from '#lib/catalogue/calendar.ts';
import { MOST_HOURS, readClock } from '#lib/catalogue/calendar-rules.ts';
import { CANCELLATION_POLICIES } from '#lib/catalogue/cancellation.ts';
import { machineCalendar } from '#lib/catalogue/queries/calendar.ts';
import { removeBlock } from '#lib/catalogue/remove-block.ts';
import { saveCalendar } from '#lib/catalogue/save-calendar.ts';
import { removeBlockInput } from '#lib/catalogue/schema.ts';
import { readSpan } from '#lib/catalogue/typed-span.ts';
import { WEEKDAYS } from '#lib/catalogue/wall-clock.ts';

const text = z.string().max(200).default('');
const machineId = z.string().min(1).max(64);
const days = z.array(z.string().max(2)).max(20).default([]);
const lines = Object.fromEntries(
  Array.from({ length: MOST_HOURS }, (_, index) => [
    [`days${index}`, days],
    [`opens${index}`, text],
    [`closes${index}`, text],
  ]).flat(),
) as Record<`days${number}`, typeof days> & Record<`opens${number}` | `closes${number}`, typeof text>;

const rulesForm = z.object({
  machineId,
  zone: text,
  least: text,
  most: text,
  lead: text,
  notice: text,
  cancellation: z.enum(CANCELLATION_POLICIES, 'Choose one of the policies.'),
  ...lines,
});

/** What somebody typed as hours of a clock, one line after the other; lines that are empty are none. */
function hoursOf(input: z.output<typeof rulesForm>): Hours[] {
  const typed = input as Readonly<Record<string, unknown>>;
  const said = (name: string) => String(typed[name] ?? '').trim();
  return Array.from({ length: MOST_HOURS }, (_, index) => index).flatMap((index): Hours[] => {
    const chosen = new Set([typed[`days${index}`]].flat().map(Number));
    const [from, to] = [said(`opens${index}`), said(`closes${index}`)];
    if (chosen.size === 0 && from === '' && to === '') return [];
    const fromMinute = readClock(from);
    // A field for a time of day knows no 24:00: midnight at the end of hours is the next one.
    const toMinute = to === '00:00' ? 1_440 : readClock(to);
    if (fromMinute === undefined || fromMinute > 1_439)
      throw new Refusal('badInput', { [`opens${index}`]: 'Write a time like 22:00.' });
    if (toMinute === undefined) throw new Refusal('badInput', { [`closes${index}`]: 'Write a time like 07:00.' });
    const its = WEEKDAYS.filter((day) => chosen.has(day));
    if (its.length === 0)
      throw new Refusal('badInput', { [`opens${index}`]: 'Choose the days on which these hours begin.' });
    return [{ days: its, fromMinute, toMinute }];
  });
}

function secondsOf(name: string, typed: string, unit: number): number {
  if (!/^\s*\d{1,5}([.,]\d{1,2})?\s*$/.test(typed))
    throw new Refusal('badInput', { [name]: 'Write a number, like 2 or 0.5.' });
  return Math.round(Number(typed.replace(',', '.')) * unit);
}

export const saveRules = action(rulesForm, async (actor, input) => {
  const rules = {
    machineId: input.machineId,
    zone: input.zone.trim(),
    hours: hoursOf(input),
    leastSeconds: input.least.trim() === '' ? 300 : secondsOf('least', input.least, 60),
    mostSeconds: input.most.trim() === '' ? null : secondsOf('most', input.most, 3_600),
    leadSeconds: input.lead.trim() === '' ? 0 : secondsOf('lead', input.lead, 3_600),
    cancellation: input.cancellation,
    maintenanceNoticeSeconds: secondsOf('notice', input.notice, 3_600),
  };
  const names = {
    leastSeconds: 'least',
    mostSeconds: 'most',
    leadSeconds: 'lead',
    maintenanceNoticeSeconds: 'notice',
    hours: 'opens0',
  };
  await atFields(names, saveCalendar(actor, rules));
  return 'Saved. It holds for what is booked from now on; what is booked keeps its time.';
});

const blockForm = z.object({
  machineId,
  kind: z.enum(BLOCK_KINDS),
  from: text,
  to: text,
  note: z.string().max(2_000).default(''),
});

export const takeOut = action(blockForm, async (actor, input) => {
  const now = theWorld.now();
  const { calendar } = await machineCalendar(
    actor,
    input.machineId,
    { from: now, until: new Date(now.getTime() + 1) },
    now,
  );
  const span = readSpan(calendar.zone, input);
  if ('problems' in span) throw new Refusal('badInput', span.problems);
  const block = { ...input, ...span };
  const { shortened } = await atFields({ startsAt: 'from', endsAt: 'to' }, setBlock(actor, block));
  if (shortened === 0) return 'Taken out. Nothing is rented in that time.';
  return `Taken out. ${shortened} ${shortened === 1 ? 'rental ends' : 'rentals end'} where it begins; the renters are told.`;
});

export const giveBack = action(removeBlockInput, async (actor, input) => {
  await removeBlock(actor, input);
  return 'Given back. It can be rented again.';
});
