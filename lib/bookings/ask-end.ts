import type { AnyActor } from '#lib/base/actor.ts';
import { earliest } from '#lib/base/time.ts';
import type { EventKind } from '#lib/events/event.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import type { Tx } from '#lib/io/db.ts';
import { isUnused, liesAhead, type Reason } from './booking.ts';
import type { LockedBooking } from './lock-booking.ts';
import { noteInVain } from './note-in-vain.ts';
import { wakeMachine } from './revise-lease.ts';
import { billGpusUntil, giveGpusBack, settleLease } from './settle-lease.ts';

export type EndAsk = {
  readonly reason: Reason;
  /** In words, from whoever ended it. */
  readonly detail?: string | undefined;
  readonly kind: EventKind;
  readonly data?: Readonly<Record<string, string | number | boolean | null>>;
  /** True where nobody was put out for it in vain, whatever the reason says. */
  readonly excused?: boolean | undefined;
};

/**
 * Step: a booking is to end: nothing after now is billed, its machine removes it, and its bill is closed when the last
 * statement has come. One that was never usable is closed at once: it costs nothing. Records the event.
 */
export async function askEnd(tx: Tx, actor: AnyActor, booking: LockedBooking, ask: EndAsk, now: Date): Promise<void> {
  await noteInVain(tx, booking, ask, now);
  await tx.booking.update({
    where: { id: booking.id },
    data: {
      desired: 'ended',
      billable: 'nothing',
      reason: ask.reason,
      reasonDetail: ask.detail ?? null,
      endsAt: earliest(booking.endsAt, now) ?? now,
      diskUntil: earliest(booking.diskUntil, now) ?? now,
      ...(isUnused(booking) ? { endedAt: now } : {}),
    },
  });
  await tx.lease.update({
    where: { id: booking.lease.id },
    data: { billableUntil: earliest(booking.lease.billableUntil, now) ?? now },
  });
  await billGpusUntil(tx, booking.id, now);
  // Nothing ran in a window that has not begun: its GPUs are free for others at once.
  if (liesAhead(booking, now)) await giveGpusBack(tx, booking.id, now);
  if (isUnused(booking)) await settleLease(tx, { ...booking, desired: 'ended' }, now);
  await wakeMachine(tx, booking.machineId);
  await recordEvent(
    tx,
    actor,
    {
      kind: ask.kind,
      userId: booking.renterId,
      bookingId: booking.id,
      machineId: booking.machineId,
      reason: ask.detail,
      data: { ...ask.data, reason: ask.reason, hostId: booking.hostId },
    },
    now,
  );
}
