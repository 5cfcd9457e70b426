import '#tests/support/database.ts';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { addSeconds } from '#lib/base/time.ts';
import { answerRequest } from '#lib/bookings/answer-request.ts';
import { cancelStandingRequest } from '#lib/bookings/close-standing-request.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { sql } from '#tests/support/database.ts';
import { type RentalHand, type RentalMarket, rentalMarket, renterWith } from '#tests/support/rental.ts';
import { standing } from '#tests/support/standing.ts';

/** Past every rule of the product, straight at the database: it is the last witness. */
let market: RentalMarket;
let hand: RentalHand;
let request: string;
beforeAll(async () => {
  market = await rentalMarket();
  hand = await market.book({ durationSeconds: 7_200, capMicros: 10_000_000n });
  request = await standing(market.renter, market.clock, { mode: 'ask', capMicros: 20_000_000n });
});
afterEach(expectBooksBalance);

async function refused(constraint: RegExp, text: string, ...values: unknown[]) {
  await expect(sql(text, values)).rejects.toThrow(constraint);
}
const set = (change: string) => `UPDATE standing_requests SET ${change} WHERE id = $1`;
const BOOKED = `state = 'booked', closed_at = now(), booking_id = $2`;

describe('a standing request', () => {
  it('is in one whole state', async () => {
    for (const change of [
      `state = 'booked'`,
      `state = 'booked', closed_at = now()`,
      `state = 'cancelled'`,
      `state = 'paused'`,
      `closed_at = now()`,
      `state = 'lost'`,
    ])
      await refused(/standing_requests_(state_whole|as_asked)/, set(change), request);
    await refused(/standing_requests_state_whole/, set('booking_id = $2'), request, hand.id);
    await refused(/standing_requests_words/, set(`mode = 'guess'`), request);
    await refused(/standing_requests_words/, set(`trust = 'blind'`), request);
  });

  it('asks for something, at a price, and begins so that it ends at its deadline', async () => {
    for (const column of ['gpu_count', 'disk_bytes', 'max_price_micros_per_gpu_hour', 'cap_micros'])
      await refused(/standing_requests_sizes/, set(`${column} = 0`), request);
    await refused(/standing_requests_sizes/, set('tries = -1'), request);
    await refused(/standing_requests_deadline/, set(`finish_by = finish_by - interval '1 millisecond'`), request);
    await refused(/standing_requests_deadline/, set('duration_seconds = duration_seconds + 1'), request);
  });

  it('is booked as it was asked for: not dearer, not later, not for another, not without its cap', async () => {
    const attack = async (change: string, id = request) => {
      await refused(/standing_requests_as_asked/, set(`${change}, ${BOOKED}`), id, hand.id);
    };
    await attack('max_price_micros_per_gpu_hour = 3599999');
    await attack('gpu_count = 2');
    await attack('cap_micros = 9999999');
    await attack(`start_by = start_by - interval '23 hours', finish_by = finish_by - interval '23 hours'`);
    const other = await renterWith(0, market.clock);
    const theirs = await standing(other, market.clock, { mode: 'notify', capMicros: 20_000_000n });
    await attack('tries = 0', theirs);
    const capless = await market.book();
    await refused(/standing_requests_as_asked/, set(BOOKED), request, capless.id);
  });

  it('has a booking of its own, once, and stays as it is when it is over', async () => {
    const two = await Promise.all(
      [1, 2].map(() => standing(market.renter, market.clock, { mode: 'notify', capMicros: 20_000_000n })),
    );
    await sql(set(BOOKED), [two[0], hand.id]);
    await refused(/standing_requests_booking_id_key/, set(BOOKED), two[1], hand.id);
    await refused(/never changed/, set('tries = 3'), two[0]);
    await cancelStandingRequest(market.renter, { requestId: two[1] ?? '' }, market.clock.world);
    await refused(/never changed/, set(`state = 'open', closed_at = NULL`), two[1]);
  });
});

describe('an answer', () => {
  it('has a price that its terms repeat, an end after its beginning, and is one of a machine', async () => {
    await market.beat();
    const { answerId } = await answerRequest(
      market.host,
      { requestId: request, machineId: market.machineId, priceMicrosPerGpuHour: 3_000_000n, holdsSeconds: 3_600 },
      market.clock.world,
    );
    const change = (text: string) => `UPDATE standing_answers SET ${text} WHERE id = $1`;
    await refused(/standing_answers_whole/, change('price_micros_per_gpu_hour = 2999999'), answerId);
    await refused(/standing_answers_whole/, change('expires_at = created_at'), answerId);
    await refused(/standing_answers_whole/, change(`state = 'accepted'`), answerId);
    await refused(/standing_answers_whole/, change('closed_at = now()'), answerId);
    const copy = `INSERT INTO standing_answers (id, request_id, host_id, machine_id, listing_id, state, price_micros_per_gpu_hour, terms, created_at, expires_at, closed_at)
      SELECT $2, request_id, host_id, machine_id, listing_id, $3, price_micros_per_gpu_hour, terms, created_at, expires_at, $4::timestamptz FROM standing_answers WHERE id = $1`;
    await refused(/standing_answers_one_open/, copy, answerId, 'sra_1', 'open', null);
    const end = addSeconds(market.clock.now(), 1);
    await sql(copy, [answerId, 'sra_2', 'accepted', end]);
    await refused(/standing_answers_one_accepted/, copy, answerId, 'sra_3', 'accepted', end);
    await refused(/never changed/, change('closed_at = now()'), 'sra_2');
  });
});
