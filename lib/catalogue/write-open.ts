import { HOUR } from '#lib/base/time.ts';
import type { Tx } from '#lib/io/db.ts';
import { type Calendar, openBetween } from './calendar.ts';

/** Hours that come back are written so far ahead; a sweep writes on before that is used up. */
export const OPEN_AHEAD_SECONDS = 45 * 86_400;
const EVER = 8.64e15;

/**
 * Step: writes when a machine is open, of its rules and blocks, for searches to go by. Rentals are decided by the rules
 * themselves. The machine is locked, and has a row of rules.
 */
export async function writeOpen(tx: Tx, machineId: string, calendar: Calendar, now: Date): Promise<void> {
  const endless = calendar.hours.length === 0;
  const from = endless ? -EVER : now.getTime() - HOUR;
  const until = endless ? EVER : now.getTime() + OPEN_AHEAD_SECONDS * 1_000;
  const open = openBetween(calendar, from, until);
  const bound = (at: number) => (Math.abs(at) === EVER ? null : new Date(at));
  await tx.$executeRaw`
    UPDATE calendars SET open_known_until = ${endless ? null : new Date(until)}::timestamptz, open = (
      SELECT coalesce(range_agg(tstzrange(starts_at, ends_at)), '{}')
      FROM unnest(${open.map(([start]) => bound(start))}::timestamptz[], ${open.map(([, end]) => bound(end))}::timestamptz[])
        AS span(starts_at, ends_at))
    WHERE machine_id = ${machineId}`;
}
