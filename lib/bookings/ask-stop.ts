import type { AnyActor } from '#lib/base/actor.ts';
import { earliest } from '#lib/base/time.ts';
import type { EventKind } from '#lib/events/event.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import type { Tx } from '#lib/io/db.ts';
import type { Reason } from './booking.ts';
import type { LockedBooking } from './lock-booking.ts';
import { noteInVain } from './note-in-vain.ts';
import { wakeMachine } from './revise-lease.ts';
import { billGpusUntil } from './settle-lease.ts';

export type StopAsk = {
  readonly reason: Reason;
  readonly diskUntil: Date;
  readonly kind: EventKind;
  readonly data?: Readonly<Record<string, string>>;
  /** True where nobody was put out for it in vain, whatever the reason says. */
  readonly excused?: boolean | undefined;
};

/**
 * Step: a booking is to stop: no GPU time after now is billed, its GPUs go back when the machine says that it has stopped,
 * and its disk is kept until `diskUntil`. Records the event.
 */
export async function askStop(tx: Tx, actor: AnyActor, booking: LockedBooking, ask: StopAsk, now: Date): Promise<void> {
  await noteInVain(tx, booking, ask, now);
  await tx.booking.update({
    where: { id: booking.id },
    data: {
      desired: 'stopped',
      billable: 'disk',
      reason: ask.reason,
      reasonDetail: null,
      endsAt: earliest(booking.endsAt, now) ?? now,
      diskUntil: ask.diskUntil,
      warnedSeconds: null,
    },
  });
  await billGpusUntil(tx, booking.id, now);
  await wakeMachine(tx, booking.machineId);
  await recordEvent(
    tx,
    actor,
    {
      kind: ask.kind,
      userId: booking.renterId,
      bookingId: booking.id,
      machineId: booking.machineId,
      data: { ...ask.data, reason: ask.reason, diskUntil: ask.diskUntil.toISOString(), hostId: booking.hostId },
    },
    now,
  );
}
