import type { Micros } from '#lib/base/money.ts';
import type { About, ChargeFacts, DisputeState } from './dispute.ts';

/** What a lease says of what its booking cost. */
export type LeaseMoney = {
  readonly settledAt: Date | null;
  readonly chargedMicros: Micros;
  readonly refundedMicros: Micros;
  readonly disputedMicros: Micros;
  readonly cancellationMicros: Micros;
  readonly cancellationRefundedMicros: Micros;
  readonly cancellationDisputedMicros: Micros;
};

type Stored = {
  readonly about: string;
  readonly state: string;
  readonly amountMicros: Micros;
  readonly givenMicros: Micros | null;
  readonly decidedAt: Date | null;
};

/** What was paid of one charge of a booking, what of it came back and what is contested now. */
export function moneyOf(lease: LeaseMoney, about: About) {
  return about === 'use'
    ? {
        chargedMicros: lease.chargedMicros,
        refundedMicros: lease.refundedMicros,
        disputedMicros: lease.disputedMicros,
      }
    : {
        chargedMicros: lease.cancellationMicros,
        refundedMicros: lease.cancellationRefundedMicros,
        disputedMicros: lease.cancellationDisputedMicros,
      };
}

/** The same numbers as columns of a lease, after they changed. */
export function moneyColumns(about: About, refundedMicros: Micros, disputedMicros: Micros) {
  return about === 'use'
    ? { refundedMicros, disputedMicros }
    : { cancellationRefundedMicros: refundedMicros, cancellationDisputedMicros: disputedMicros };
}

/** What decides whether a charge of a booking may be contested. */
export function chargeFacts(lease: LeaseMoney, about: About, disputes: readonly Stored[]): ChargeFacts {
  const { chargedMicros, refundedMicros } = moneyOf(lease, about);
  const earlier = disputes
    .filter((dispute) => dispute.about === about)
    .map(({ state, amountMicros, givenMicros, decidedAt }) => ({
      ...{ amountMicros, givenMicros, decidedAt },
      state: state as DisputeState,
    }));
  return { about, settledAt: lease.settledAt, chargedMicros, refundedMicros, earlier };
}
