import type { Tx } from '#lib/io/db.ts';
import { ALWAYS, type CalendarRules } from './calendar.ts';
import { calendarOf } from './queries/calendar.ts';
import { settleOffer } from './settle-offer.ts';
import { storeRules } from './stored-calendar.ts';
import { writeOpen } from './write-open.ts';

/**
 * Step: writes a machine's rules, or without any makes sure that there are some, and when it is open by them and its blocks.
 * The machine is locked.
 */
export async function keepRules(tx: Tx, machineId: string, rules: CalendarRules | null, now: Date): Promise<void> {
  const stored = storeRules(rules ?? ALWAYS);
  // What is open is written by the next statement: a multirange is nothing that the client can say.
  await tx.$executeRaw`
    INSERT INTO calendars (machine_id, zone, hours, least_seconds, most_seconds, lead_seconds, cancellation, maintenance_notice_seconds, open, updated_at)
    VALUES (${machineId}, ${stored.zone}, ${JSON.stringify(stored.hours)}::jsonb, ${stored.leastSeconds}, ${stored.mostSeconds},
      ${stored.leadSeconds}, ${stored.cancellation}, ${stored.maintenanceNoticeSeconds}, '{}', ${now}::timestamptz)
    ON CONFLICT (machine_id) DO NOTHING`;
  if (rules !== null) await tx.calendar.update({ where: { machineId }, data: { ...stored, updatedAt: now } });
  await writeOpen(tx, machineId, await calendarOf(tx, machineId, now), now);
  await settleOffer(tx, machineId, now);
}
