import { randomBytes } from 'node:crypto';
import type { Actor } from '#lib/base/actor.ts';
import { clearBids } from '#lib/bookings/clear-bids.ts';
import { placeBid } from '#lib/bookings/place-bid.ts';
import type { PlaceBidInput } from '#lib/bookings/schema.ts';
import { tidyBids } from '#lib/bookings/tidy-bids.ts';
import { db } from '#lib/io/db.ts';
import { endExpiredLeases } from '#lib/leases/end-expired-leases.ts';
import { type RentalHand, type RentalMarket, rentalHand, rentalMarket, renterWith } from './rental.ts';
import { GIB } from './stalls.ts';
import { keyPair } from './tunnel.ts';

/** A market whose one machine takes bids from $1.80 on (half of its price), and hands for what bids win there. */
export async function bidding(change: Parameters<typeof rentalMarket>[0] = {}) {
  const market = await rentalMarket({ ...change, listing: { takesBids: true, ...change.listing } });
  // The hands of rentals that bids win sign with the machine's key: a new one, which the market then knows.
  const keys = keyPair();
  const machine = { ...market.machine, signingKey: keys.publicKey };
  await db.machine.update({ where: { id: market.machineId }, data: { signingKey: keys.publicKey } });
  const hands = new Map<string, RentalHand>();

  const bid = async (who: Actor, dollars: number, wanted: Partial<PlaceBidInput> = {}) => {
    const { bidId } = await placeBid(
      who,
      {
        listingId: market.listingId,
        models: [],
        gpuCount: 1,
        diskBytes: BigInt(GIB),
        microsPerGpuHour: BigInt(Math.round(dollars * 1_000_000)),
        image: 'sublet/busybox:latest',
        name: null,
        command: null,
        simulatedToo: false,
        environment: {},
        regions: [],
        leastTrust: 'new',
        capMicros: null,
        idempotencyKey: `bid-${randomBytes(8).toString('hex')}`,
        ...wanted,
      },
      market.clock.world,
    );
    return bidId;
  };
  /** The machine answers, the market clears, as it does every few seconds. */
  const clear = async () => {
    await market.beat();
    await tidyBids(market.clock.world);
    return clearBids(market.clock.world);
  };
  /** The machine's hand on any booking of it. */
  const handOf = async (bookingId: string): Promise<RentalHand> => {
    const hand = hands.get(bookingId) ?? (await rentalHand(bookingId, machine, keys, market.clock));
    hands.set(bookingId, hand);
    return hand;
  };
  /** The rental that a bid has, with the machine's hand on it. */
  const rentalOf = async (bidId: string): Promise<RentalHand | null> => {
    const { bookingId } = await db.bid.findUniqueOrThrow({ where: { id: bidId }, select: { bookingId: true } });
    return bookingId === null ? null : handOf(bookingId);
  };
  return {
    ...market,
    bid,
    clear,
    handOf,
    rentalOf,
    renterWith: (dollars: number) => renterWith(dollars, market.clock),
    /** A bid that runs: placed, cleared, connectable. */
    runningBid: async (who: Actor, dollars: number, wanted: Partial<PlaceBidInput> = {}) => {
      const bidId = await bid(who, dollars, wanted);
      market.clock.pass(1);
      await clear();
      const hand = await rentalOf(bidId);
      if (hand === null) throw new Error('the bid did not win');
      await hand.connect();
      return { bidId, hand };
    },
    /** The notice is over, and the machine has stopped what it should. */
    noticeOver: async (hand: RentalHand) => {
      market.clock.pass(121);
      await endExpiredLeases(market.clock.world);
      await hand.say('stopped', { failure: { code: 'windowEnded', detail: 'The rented time is over.' } });
    },
  };
}
export type Bidding = RentalMarket & Awaited<ReturnType<typeof bidding>>;
