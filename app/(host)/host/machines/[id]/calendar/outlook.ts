import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { blockOutlookOf } from '#lib/bookings/queries/block-outlook.ts';
import type { MachineCalendar } from '#lib/catalogue/queries/calendar.ts';
import { readSpan } from '#lib/catalogue/typed-span.ts';
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
  const span = readSpan(found.calendar.zone, typed);
  if ('problems' in span)
    return { ...typed, outlook: null, problem: [...new Set(Object.values(span.problems))].join(' ') };
  const block = { kind: 'maintenance' as const, ...span };
  try {
    return { ...typed, outlook: await blockOutlookOf(actor, found.machineId, block, now), problem: null };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const said = Object.values(error.detail).filter((value) => typeof value === 'string');
    return { ...typed, outlook: null, problem: said.join(' ') || error.sentence };
  }
}
