import type { Actor } from '#lib/base/actor.ts';
import type { Micros } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { db } from '#lib/io/db.ts';
import { chargeFacts } from '../charge-facts.ts';
import { ABOUTS, type About, contestableMicros, contestUntil, whyNotContest } from '../dispute.ts';

/** What the bill of a booking says about contesting one of its charges. */
export type Contestable = {
  readonly about: About;
  readonly mostMicros: Micros;
  /** Until when it can be contested; null while the bill is open. */
  readonly until: Date | null;
  /** Why the renter may not contest it now; null when they may. */
  readonly whyNot: string | null;
};

export type Contested = {
  /** What was paid by the booking's renter: use always, cancellation where something was paid for it. */
  readonly charges: readonly Contestable[];
  /** Newest first. */
  readonly disputes: readonly {
    readonly id: string;
    readonly about: About;
    readonly state: string;
    readonly amountMicros: Micros;
    readonly givenMicros: Micros | null;
  }[];
};

/** Whether a booking's charges can be contested, or were, for its renter, its host or staff. What is not theirs is not found. */
export async function contestableOf(actor: Actor, bookingId: string, now: Date): Promise<Contested> {
  const row = await db.booking.findFirst({
    where: {
      id: bookingId,
      ...(actor.role === 'admin' ? {} : { OR: [{ renterId: actor.userId }, { hostId: actor.userId }] }),
    },
    select: {
      disputes: {
        orderBy: { id: 'desc' },
        select: { id: true, about: true, state: true, amountMicros: true, givenMicros: true, decidedAt: true },
      },
      lease: {
        select: {
          settledAt: true,
          chargedMicros: true,
          refundedMicros: true,
          disputedMicros: true,
          cancellationMicros: true,
          cancellationRefundedMicros: true,
          cancellationDisputedMicros: true,
        },
      },
    },
  });
  if (row === null || row.lease === null) throw new Refusal('notFound');
  const { lease, disputes } = row;
  const about = ABOUTS.filter((each) => each === 'use' || lease.cancellationMicros > 0n);
  return {
    charges: about.map((each) => {
      const charge = chargeFacts(lease, each, disputes);
      const whyNot = whyNotContest(charge, now)?.sentence ?? null;
      return { about: each, mostMicros: contestableMicros(charge), until: contestUntil(charge), whyNot };
    }),
    disputes: disputes.map(({ decidedAt: _, ...dispute }) => ({ ...dispute, about: dispute.about as About })),
  };
}
