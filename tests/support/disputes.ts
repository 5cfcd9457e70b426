import type { Actor } from '#lib/base/actor.ts';
import { endBooking } from '#lib/bookings/end-booking.ts';
import { settleLeases } from '#lib/leases/settle-leases.ts';
import { decideDispute } from '#lib/trust/decide-dispute.ts';
import type { About, Outcome } from '#lib/trust/dispute.ts';
import type { Move } from '#lib/trust/dispute-move.ts';
import { moveDispute } from '#lib/trust/move-dispute.ts';
import { openDispute } from '#lib/trust/open-dispute.ts';
import { type RentalHand, type RentalMarket, rentalMarket } from './rental.ts';

export const REASON = 'The GPU fell off the bus after a minute.';

/** A rental whose bill is closed, and what people do about it. */
export type Case = {
  readonly market: RentalMarket;
  readonly hand: RentalHand;
  readonly open: (amount?: bigint | null, about?: About) => Promise<string>;
  readonly move: (
    who: Actor,
    disputeId: string,
    move: Move,
    rest?: { amountMicros?: bigint | null; text?: string; seen?: number; evidence?: { title: string; text: string } },
  ) => Promise<void>;
  /** The host says why nothing is owed, and the renter hands it to an admin. */
  readonly handOver: (disputeId: string) => Promise<void>;
  readonly decide: (admin: Actor, disputeId: string, outcome: Outcome, partMicros?: bigint | null) => Promise<void>;
};

/** What people can do about a booking of a market. */
export function caseOf(market: RentalMarket, hand: RentalHand): Case {
  const { renter, host, clock } = market;
  const move: Case['move'] = (who, disputeId, kind, rest = {}) =>
    moveDispute(who, { disputeId, move: kind, amountMicros: null, text: 'So it was.', ...rest }, clock.world);
  return {
    market,
    hand,
    move,
    open: async (amountMicros = null, about = 'use') => {
      const asked = { bookingId: hand.id, amountMicros, about, reason: REASON };
      return (await openDispute(renter, asked, clock.world)).disputeId;
    },
    handOver: async (disputeId) => {
      await move(host, disputeId, 'answer', { text: 'It was there all the time.' });
      await move(renter, disputeId, 'escalate', { text: 'Look at minute two.' });
    },
    decide: (admin, disputeId, outcome, partMicros = null) =>
      decideDispute(admin, { disputeId, outcome, partMicros, reason: 'Seen in the log.' }, clock.world),
  };
}

/** A rental of a few minutes whose bill is closed, at an odd price. */
export async function closedCase(seconds = 600): Promise<Case> {
  const market = await rentalMarket({ listing: { priceMicrosPerGpuHour: 3_333_337n } });
  const hand = await market.book();
  await hand.connect();
  await hand.run(seconds);
  await endBooking(market.renter, { bookingId: hand.id }, market.clock.world);
  await hand.say('ended');
  market.clock.pass(180);
  await settleLeases(market.clock.world);
  return caseOf(market, hand);
}
