import '#tests/support/database.ts';
import { afterEach, expect, it } from 'vitest';
import type { Actor } from '#lib/base/actor.ts';
import { endBookingByStaff } from '#lib/bookings/end-booking-by-staff.ts';
import { refusal } from '#tests/support/ask.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { person } from '#tests/support/people.ts';
import { rentalMarket } from '#tests/support/rental.ts';

afterEach(expectBooksBalance);

async function ended() {
  const market = await rentalMarket();
  const hand = await market.book();
  await hand.connect();
  await hand.run(120);
  await hand.say('ended');
  const refund = (who: Actor, refundMicros: bigint, seenRefundedMicros?: bigint) => {
    const seen = seenRefundedMicros === undefined ? {} : { seenRefundedMicros };
    return endBookingByStaff(who, { bookingId: hand.id, reason: 'Slow.', refundMicros, ...seen }, market.clock.world);
  };
  return { market, hand, refund };
}

it('a refund that two tabs or two admins send is given once', async () => {
  const { hand, refund } = await ended();
  const [one, two] = [await person({ role: 'admin' }), await person({ role: 'admin' })];
  const tries = await Promise.allSettled([refund(one, 5_000n, 0n), refund(one, 5_000n, 0n), refund(two, 5_000n, 0n)]);
  expect(tries.filter((each) => each.status === 'fulfilled')).toHaveLength(1);
  expect((await hand.lease()).refundedMicros).toBe(5_000n);
  expect((await refusal(refund(two, 5_000n, 0n))).reason).toBe('conflict');
  await refund(two, 5_000n, 5_000n);
  expect((await hand.lease()).refundedMicros).toBe(10_000n);
});

it('a refund is no admin’s to give to themselves', async () => {
  const { market, hand, refund } = await ended();
  const renter: Actor = { ...market.renter, role: 'admin' };
  expect((await refusal(refund(renter, 5_000n))).reason).toBe('forbidden');
  expect((await hand.lease()).refundedMicros).toBe(0n);
});
