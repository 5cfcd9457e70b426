import '#tests/support/database.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { restoreUser } from '#lib/auth/restore-user.ts';
import { suspendUser } from '#lib/auth/suspend-user.ts';
import type { Actor } from '#lib/base/actor.ts';
import { addSeconds } from '#lib/base/time.ts';
import { cancelBid } from '#lib/bookings/cancel-bid.ts';
import { editBid } from '#lib/bookings/edit-bid.ts';
import { endBooking } from '#lib/bookings/end-booking.ts';
import { forgetClearingPrices } from '#lib/bookings/forget-clearing-prices.ts';
import { startBooking } from '#lib/bookings/start-booking.ts';
import { stopBooking } from '#lib/bookings/stop-booking.ts';
import { tidyBids } from '#lib/bookings/tidy-bids.ts';
import { loadListings } from '#lib/catalogue/index/load-listings.ts';
import { listingPage } from '#lib/catalogue/queries/listing.ts';
import { db } from '#lib/io/db.ts';
import { expireKeptDisks } from '#lib/leases/expire-kept-disks.ts';
import { settleLeases } from '#lib/leases/settle-leases.ts';
import { walletOf } from '#lib/ledger/queries.ts';
import { refusal } from '#tests/support/ask.ts';
import { type Bidding, bidding } from '#tests/support/bids.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { sql } from '#tests/support/database.ts';
import { person } from '#tests/support/people.ts';
import { DOLLAR, type RentalHand } from '#tests/support/rental.ts';

let market: Bidding;
let ann: Actor;
let bob: Actor;
beforeEach(async () => {
  market = await bidding();
  ann = market.renter;
  bob = await market.renterWith(1_000);
});
afterEach(expectBooksBalance);

const bidOf = (id: string) => db.bid.findUniqueOrThrow({ where: { id } });
const priceOf = async (hand: RentalHand) =>
  (await db.bidPrice.findFirstOrThrow({ where: { bookingId: hand.id }, orderBy: { since: 'desc' } })).microsPerGpuHour;

describe('a bid', () => {
  it('gets free GPUs of a host who takes bids, at what the host asks at least, and yields them', async () => {
    const { bidId, hand } = await market.runningBid(ann, 3);
    const booking = await hand.booking();
    expect(booking).toMatchObject({ kind: 'interruptible', quoteId: null, observed: 'connectable' });
    expect(booking.allocations.map(({ yields }) => yields)).toEqual([true]);
    expect((await bidOf(bidId)).waits).toBeNull();
    expect(await priceOf(hand)).toBe(1_800_000n);
  });

  it('waits, and says why, where it is below every host, the machine is full of others, or there is no money', async () => {
    const low = await market.bid(ann, 1.79);
    const poor = await market.bid(await market.renterWith(5), 6);
    const booked = await market.book({ gpuCount: 2 });
    const full = await market.bid(bob, 3);
    await market.clear();
    expect([(await bidOf(poor)).waits, (await bidOf(full)).waits]).toEqual(['noMoney', 'noMachine']);
    await cancelBid(bob, { bidId: full }, market.clock.world);
    await booked.connect();
    await booked.say('ended');
    market.clock.pass(1);
    await market.clear();
    expect((await bidOf(low)).waits).toBe('belowFloor');
  });

  it('of nothing, of a billion, for no GPU, or that no machine could ever meet is refused at once', async () => {
    expect((await refusal(market.bid(ann, 0))).detail).toHaveProperty('microsPerGpuHour');
    expect((await refusal(market.bid(ann, 1e9))).detail).toHaveProperty('microsPerGpuHour');
    expect((await refusal(market.bid(ann, 2, { gpuCount: 0 }))).detail).toHaveProperty('gpuCount');
    expect((await refusal(market.bid(ann, 2, { gpuCount: 3 }))).detail.gpuCount).toContain('2 GPUs');
    const other = market.bid(ann, 2, { listingId: null, models: ['H100'] });
    expect((await refusal(other)).detail.models).toContain('H100');
    expect((await refusal(market.bid(market.host, 2))).reason).toBe('ownMachine');
    await db.listing.update({ where: { id: market.listingId }, data: { takesBids: false } });
    expect((await refusal(market.bid(ann, 2))).reason).toBe('notNow');
    for (const micros of [0n, 1_000_000_001n])
      await expect(
        sql(
          `INSERT INTO bids (id, renter_id, models, gpu_count, disk_bytes, max_disk_price_micros_per_gib_month, simulated_too,
             micros_per_gpu_hour, name, image, idempotency_key, state, created_at, updated_at)
           VALUES ('bid_x', $1, '{x}', 1, 1, 0, false, $2, 'n', 'i', 'k', 'open', now(), now())`,
          [ann.userId, micros.toString()],
        ),
      ).rejects.toThrow('bids_amount');
  });

  it('is placed once under one idempotency key, and is nobody else’s to change', async () => {
    const idempotencyKey = 'the-same-key-twice';
    const first = await market.bid(ann, 3, { idempotencyKey });
    expect(await market.bid(ann, 3, { idempotencyKey })).toBe(first);
    expect((await refusal(market.bid(ann, 2, { idempotencyKey }))).reason).toBe('conflict');
    expect((await refusal(cancelBid(bob, { bidId: first }, market.clock.world))).reason).toBe('notFound');
    const edit = editBid(bob, { bidId: first, microsPerGpuHour: 1n }, market.clock.world);
    expect((await refusal(edit)).reason).toBe('notFound');
  });

  it('that is taken back ends its rental at no further cost; twice is refused', async () => {
    const { bidId, hand } = await market.runningBid(ann, 3);
    await hand.run(60);
    await cancelBid(ann, { bidId }, market.clock.world);
    expect(await hand.booking()).toMatchObject({ desired: 'ended', reason: 'renterEnded' });
    expect((await refusal(cancelBid(ann, { bidId }, market.clock.world))).reason).toBe('notNow');
    await hand.say('ended');
    market.clock.pass(130);
    await settleLeases(market.clock.world);
    expect((await walletOf(ann)).heldMicros).toBe(0n);
  });

  it('that is taken back while it is being placed is over, and so is what was placed', async () => {
    const ids = await Promise.all([1, 2, 3, 4].map((at) => market.bid(ann, 3 + at / 10)));
    await market.beat();
    await Promise.all([
      market.clear(),
      ...ids.map((bidId) => cancelBid(ann, { bidId }, market.clock.world)),
      market.clear(),
    ]);
    await tidyBids(market.clock.world);
    expect(await db.bid.count({ where: { id: { in: ids }, state: 'open' } })).toBe(0);
    const where = { machineId: market.machineId, NOT: { desired: 'ended' } };
    expect(await db.booking.count({ where })).toBe(0);
  });
});

describe('who pays more', () => {
  it('puts out who pays least, after the notice; that one’s disk is kept and it goes on by itself when it can', async () => {
    const a = await market.runningBid(ann, 2.5);
    const b = await market.runningBid(bob, 2);
    const cid = await market.renterWith(1_000);
    const c = await market.bid(cid, 3);
    market.clock.pass(1);
    await market.clear();
    const noticeEnd = addSeconds(market.clock.now(), 120);
    expect(await b.hand.booking()).toMatchObject({ desired: 'running', reason: 'interrupted', endsAt: noticeEnd });
    expect((await b.hand.permit()).endsAt).toBe(noticeEnd.toISOString());
    expect(await a.hand.booking()).toMatchObject({ reason: null });
    const winner = await market.rentalOf(c);
    expect((await winner?.booking())?.allocations[0]?.startsAt).toEqual(noticeEnd);
    expect((await bidOf(b.bidId)).waits).toBeNull();

    await market.noticeOver(b.hand);
    await market.clear();
    const interrupted = await b.hand.booking();
    expect(interrupted).toMatchObject({ desired: 'stopped', observed: 'stopped', reason: 'interrupted' });
    expect(interrupted.diskUntil?.getTime()).toBe(addSeconds(market.clock.now(), 72 * 3_600).getTime());
    expect((await bidOf(b.bidId)).waits).toBe('itsMachine');

    await endBooking(cid, { bookingId: winner?.id ?? '' }, market.clock.world);
    await winner?.say('ended');
    market.clock.pass(1);
    await market.clear();
    expect(await b.hand.booking()).toMatchObject({ desired: 'running', run: 2, reason: null, diskUntil: null });
    await b.hand.connect();
    expect((await bidOf(b.bidId)).state).toBe('open');
  });

  it('moves the price of everybody who goes on, and what was charged above it comes back', async () => {
    const a = await market.runningBid(ann, 3);
    const before = await walletOf(ann);
    await a.hand.run(600);
    await market.runningBid(bob, 2.6);
    const cid = await market.renterWith(1_000);
    await market.bid(cid, 2.4);
    market.clock.pass(1);
    await market.clear();
    expect(await priceOf(a.hand)).toBe(2_400_000n);
    await a.hand.run(600);
    market.clock.pass(900);
    await a.hand.state({ seconds: 0 });
    await tidyBids(market.clock.world);
    const lease = await a.hand.lease();
    // Charged at $3. The statement within which the price moved began before that: 662 seconds are paid at $1.80, 540 at $2.40.
    const back = (662n * (3_000_000n - 1_800_000n)) / 3_600n + (540n * (3_000_000n - 2_400_000n)) / 3_600n;
    expect(lease.refundedMicros).toBe(back);
    expect(lease.gpuSeconds).toBe(1_202n);
    const after = await walletOf(ann);
    expect(before.freeMicros + before.heldMicros - after.freeMicros - after.heldMicros).toBe(
      lease.chargedMicros - back,
    );
    await tidyBids(market.clock.world);
    expect((await a.hand.lease()).refundedMicros).toBe(back);
  });

  it('gets back what is above the price also when the bill is closed', async () => {
    const { hand } = await market.runningBid(ann, 3);
    await hand.run(60);
    await endBooking(ann, { bookingId: hand.id }, market.clock.world);
    await hand.say('ended');
    const lease = await hand.lease();
    expect(lease.settledAt).not.toBeNull();
    expect(lease.refundedMicros).toBe((60n * 1_200_000n) / 3_600n);
    expect((await walletOf(ann)).freeMicros).toBe(1_000n * DOLLAR - lease.chargedMicros + lease.refundedMicros);
  });

  it('may lower a bid, and raise it again only up to what its rental is held to', async () => {
    const { bidId } = await market.runningBid(ann, 3);
    const edit = (dollars: number) =>
      editBid(ann, { bidId, microsPerGpuHour: BigInt(dollars * 1_000_000) }, market.clock.world);
    await edit(2);
    await edit(3);
    expect((await refusal(edit(4))).detail).toHaveProperty('microsPerGpuHour');
    expect((await refusal(edit(0))).detail).toHaveProperty('microsPerGpuHour');
  });
});

describe('a bid that its renter lowers below what its rental pays', () => {
  it('yields after the notice, though nobody else wants the GPUs, and goes on when it is raised again', async () => {
    const { bidId, hand } = await market.runningBid(ann, 3);
    expect(await priceOf(hand)).toBe(1_800_000n);
    const edit = (micros: bigint) => editBid(ann, { bidId, microsPerGpuHour: micros }, market.clock.world);
    await edit(1_800_000n);
    market.clock.pass(1);
    await market.clear();
    expect(await hand.booking()).toMatchObject({ reason: null });
    await edit(1_799_999n);
    market.clock.pass(1);
    await market.clear();
    const noticeEnd = addSeconds(market.clock.now(), 120);
    expect(await hand.booking()).toMatchObject({ reason: 'interrupted', endsAt: noticeEnd });
    expect((await hand.booking()).reasonDetail).toBe('Your bid is below its price.');
    await market.noticeOver(hand);
    await market.clear();
    expect((await bidOf(bidId)).waits).toBe('belowFloor');
    await edit(2_000_000n);
    market.clock.pass(1);
    await market.clear();
    expect(await hand.booking()).toMatchObject({ desired: 'running', run: 2, reason: null });
  });
});

describe('an interruptible rental', () => {
  it('yields to who books on demand, the lowest bid first, and never makes them wait longer than the notice', async () => {
    const a = await market.runningBid(ann, 3);
    const b = await market.runningBid(bob, 2);
    const hand = await market.book({ gpuCount: 1 });
    const end = addSeconds(market.clock.now(), 120);
    expect(await hand.booking()).toMatchObject({ kind: 'onDemand', startsAt: end });
    expect((await hand.permit()).startsAt).toBe(end.toISOString());
    expect(await b.hand.booking()).toMatchObject({ reason: 'interrupted', endsAt: end });
    expect(await a.hand.booking()).toMatchObject({ reason: null });
    market.clock.pass(60);
    const second = await market.book({ gpuCount: 1 });
    expect(await second.booking()).toMatchObject({ startsAt: addSeconds(market.clock.now(), 120) });
    expect(await a.hand.booking()).toMatchObject({ reason: 'interrupted' });
    expect((await refusal(market.bookAs(market.renter))).reason).toBe('gpuTaken');
  });

  it('is no obstacle to whoever searches: its GPUs can be had, and the page says who has them', async () => {
    await market.runningBid(ann, 3);
    const [indexed] = await loadListings([market.machineId], market.clock.now());
    expect(indexed?.taken).toEqual([]);
    const page = await listingPage(bob, market.listingId, market.clock.now());
    expect(page).toMatchObject({ freeGpus: 2, noticeSeconds: 120, whyNotBookable: null, bidFloorMicros: 1_800_000n });
    expect(page.gpus.map(({ yields, takenUntil }) => [yields, takenUntil])).toEqual([
      [true, null],
      [false, null],
    ]);
    await market.book({ gpuCount: 2 });
    const [after] = await loadListings([market.machineId], market.clock.now());
    expect(after?.taken).toHaveLength(4);
  });

  it('that nobody could use yet yields at once and costs nothing; its bid waits for another', async () => {
    const bidId = await market.bid(ann, 3, { gpuCount: 2 });
    await market.clear();
    const hand = await market.rentalOf(bidId);
    await hand?.say('pulling');
    const booked = await market.book({ gpuCount: 2 });
    expect((await booked.booking()).startsAt).toEqual(market.clock.now());
    expect(await hand?.booking()).toMatchObject({ desired: 'ended', reason: 'interrupted' });
    await tidyBids(market.clock.world);
    expect(await bidOf(bidId)).toMatchObject({ state: 'open', bookingId: null, waits: 'fresh' });
  });

  it('is not resumed while its renter has stopped it, and bids again when they start it', async () => {
    const { bidId, hand } = await market.runningBid(ann, 3);
    await hand.run(60);
    await stopBooking(ann, { bookingId: hand.id }, market.clock.world);
    await hand.say('stopped');
    market.clock.pass(5);
    await market.clear();
    expect(await hand.booking()).toMatchObject({ desired: 'stopped', reason: 'renterStopped' });
    await startBooking(ann, { bookingId: hand.id, durationSeconds: null }, market.clock.world);
    market.clock.pass(5);
    await market.clear();
    expect(await hand.booking()).toMatchObject({ desired: 'running', run: 2 });
    expect((await bidOf(bidId)).state).toBe('open');
  });

  it('is over with its bid when its renter ends it, its image is not found, or its disk was kept long enough', async () => {
    const ended = await market.runningBid(ann, 3);
    await endBooking(ann, { bookingId: ended.hand.id }, market.clock.world);
    await ended.hand.say('ended');
    const missing = await market.bid(bob, 3);
    market.clock.pass(1);
    await market.clear();
    await (await market.rentalOf(missing))?.say('failed', { failure: { code: 'imageNotFound', detail: 'no' } });
    await tidyBids(market.clock.world);
    expect(await bidOf(ended.bidId)).toMatchObject({ state: 'closed', closedReason: 'renterEnded' });
    expect(await bidOf(missing)).toMatchObject({ state: 'closed', closedReason: 'imageNotFound' });

    const kept = await market.runningBid(ann, 3);
    await market.book({ gpuCount: 2 });
    await market.noticeOver(kept.hand);
    market.clock.pass(72 * 3_600 + 1);
    await expireKeptDisks(market.clock.world);
    await tidyBids(market.clock.world);
    expect(await bidOf(kept.bidId)).toMatchObject({ state: 'closed', closedReason: 'diskExpired' });
  });

  it('looks for another machine when its own was at fault', async () => {
    const bidId = await market.bid(ann, 3);
    await market.clear();
    await (await market.rentalOf(bidId))?.say('failed', { failure: { code: 'gpuMissing', detail: 'no' } });
    await market.clear();
    expect(await bidOf(bidId)).toMatchObject({ state: 'open', bookingId: null, waits: 'machineFailed' });
    market.clock.pass(601);
    await market.clear();
    expect((await bidOf(bidId)).bookingId).not.toBeNull();
  });

  it('is told when the time for which its machine can be had is over', async () => {
    await db.listing.update({
      where: { id: market.listingId },
      data: { endsAt: addSeconds(market.clock.now(), 3_600) },
    });
    const { hand } = await market.runningBid(ann, 3);
    market.clock.pass(3_500);
    await market.clear();
    expect(await hand.booking()).toMatchObject({ desired: 'running', reason: 'interrupted' });
  });
});

describe('a suspended renter', () => {
  it('keeps the rental that a bid has: it pays the price of all, yields to who pays more, and comes back when restored', async () => {
    const admin = await person({ role: 'admin' });
    const about = { userId: ann.userId, reason: 'It breaks our terms.' };
    const a = await market.runningBid(ann, 2);
    const waiting = await market.bid(ann, 1.9, { gpuCount: 2 });
    await suspendUser(admin, about, market.clock.world);
    const b = await market.bid(bob, 3, { gpuCount: 2 });
    market.clock.pass(1);
    await market.clear();
    expect(await a.hand.booking()).toMatchObject({ desired: 'running', reason: 'interrupted' });
    const winner = await market.rentalOf(b);
    expect((await winner?.booking())?.startsAt).toEqual((await a.hand.booking()).endsAt);

    await market.noticeOver(a.hand);
    await endBooking(bob, { bookingId: winner?.id ?? '' }, market.clock.world);
    await winner?.say('ended');
    market.clock.pass(1);
    await market.clear();
    expect(await a.hand.booking()).toMatchObject({ desired: 'stopped', reason: 'interrupted' });
    expect((await bidOf(waiting)).bookingId).toBeNull();

    await restoreUser(admin, about, market.clock.world);
    market.clock.pass(1);
    await market.clear();
    expect(await a.hand.booking()).toMatchObject({ desired: 'running', run: 2, reason: null });
  });

  it('pays what the others’ bids make of the price, and what is above it comes back', async () => {
    const admin = await person({ role: 'admin' });
    const a = await market.runningBid(ann, 3);
    await suspendUser(admin, { userId: ann.userId, reason: 'It breaks our terms.' }, market.clock.world);
    await market.runningBid(bob, 2.6);
    await market.bid(await market.renterWith(1_000), 2.4);
    market.clock.pass(1);
    await market.clear();
    expect(await priceOf(a.hand)).toBe(2_400_000n);
    await a.hand.run(600);
    await endBooking({ ...ann, suspended: true }, { bookingId: a.hand.id }, market.clock.world);
    await a.hand.say('ended');
    expect((await a.hand.lease()).refundedMicros).toBeGreaterThan(0n);
  });
});

describe('what clearings came to', () => {
  it('is kept while something looks back at it, and forgotten after a month', async () => {
    await market.bid(ann, 3);
    await market.clear();
    market.clock.pass(3_600);
    await market.bid(bob, 3);
    await market.clear();
    const rows = () => db.clearingPrice.count({ where: { model: 'RTX 4090' } });
    const before = await rows();
    expect(await forgetClearingPrices(market.clock.world)).toBe(0);
    market.clock.pass(31 * 86_400);
    expect(await forgetClearingPrices(market.clock.world)).toBe(before - 1);
    expect(await rows()).toBe(1);
  });
});
