import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { blockOutlookOf } from '#lib/bookings/queries/block-outlook.ts';
import type { MachineCalendar } from '#lib/catalogue/queries/calendar.ts';
import { instantOf, readWall } from '#lib/catalogue/wall-clock.ts';
import type { MaintenanceAsked } from './maintenance-panel.tsx';

/** What maintenance in the span of the address would do; null when the address names none. */
export async function askedMaintenance(
  actor: Actor,
  found: MachineCalendar,
  query: Readonly<Record<string, string | string[] | undefined>>,
  now: Date,
): Promise<MaintenanceAsked | null> {
  const { from, to } = query;
  if (typeof from !== 'string' || typeof to !== 'string') return null;
  const typed = { from: from.slice(0, 40), to: to.slice(0, 40) };
  const [begins, ends] = [readWall(typed.from), readWall(typed.to)];
  if (begins === undefined || ends === undefined)
    return { ...typed, outlook: null, problem: 'Choose a day and a time for both, from and to.' };
  const { zone } = found.calendar;
  const block = {
    kind: 'maintenance' as const,
    startsAt: new Date(instantOf(zone, begins.day, begins.minute, 'closes')),
    endsAt: new Date(instantOf(zone, ends.day, ends.minute, 'opens')),
  };
  try {
    return { ...typed, outlook: await blockOutlookOf(actor, found.machineId, block, now), problem: null };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const said = Object.values(error.detail).filter((value) => typeof value === 'string');
    return { ...typed, outlook: null, problem: said.join(' ') || error.sentence };
  }
}
