import { requireActive } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { hoursWords, rulesProblems } from './calendar-rules.ts';
import { keepRules } from './keep-rules.ts';
import { lockOwnMachine } from './lock-machine.ts';
import type { SaveCalendarInput } from './schema.ts';

/**
 * A host says when a machine is rented and how windows of it are reserved. What is booked already keeps its time and its
 * terms: the calendar binds what is booked or extended after it. Refuses with `badInput` (a sentence a field), `notNow`
 * (retired) or `notFound`.
 */
export async function saveCalendar(actor: Actor, input: SaveCalendarInput, world: World = theWorld): Promise<void> {
  requireActive(actor);
  const now = world.now();
  const { machineId, ...rules } = input;
  const problems = rulesProblems(rules, now);
  if (Object.keys(problems).length > 0) throw new Refusal('badInput', problems);
  await inTransaction('save calendar', async (tx) => {
    const machine = await lockOwnMachine(tx, actor, machineId);
    if (machine.retiredAt !== null) throw new Refusal('notNow', {}, 'This machine is retired.');
    await keepRules(tx, machineId, rules, now);
    await recordEvent(
      tx,
      actor,
      {
        kind: 'calendar.saved',
        userId: actor.userId,
        machineId,
        listingId: machine.listing?.id,
        data: {
          zone: rules.zone,
          hours: rules.hours.map(hoursWords),
          leastSeconds: rules.leastSeconds,
          mostSeconds: rules.mostSeconds,
          leadSeconds: rules.leadSeconds,
          cancellation: rules.cancellation,
          maintenanceNoticeSeconds: rules.maintenanceNoticeSeconds,
        },
      },
      now,
    );
  });
}
