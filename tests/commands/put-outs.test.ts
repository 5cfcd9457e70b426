import '#tests/support/database.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '#lib/base/actor.ts';
import { addSeconds } from '#lib/base/time.ts';
import { allowPutOut, notePutOut } from '#lib/bookings/allow-put-out.ts';
import { cancelBid } from '#lib/bookings/cancel-bid.ts';
import { editBid } from '#lib/bookings/edit-bid.ts';
import { endBooking } from '#lib/bookings/end-booking.ts';
import { endBookingByHost } from '#lib/bookings/end-booking-by-host.ts';
import { forgetPutOuts } from '#lib/bookings/forget-put-outs.ts';
import { matchRequests } from '#lib/bookings/match-requests.ts';
import { MOST_UNUSED_AT_ONCE } from '#lib/bookings/put-out.ts';
import { previewQuote } from '#lib/bookings/queries/quote.ts';
import { rentalOf } from '#lib/bookings/queries/rental.ts';
import { startBooking } from '#lib/bookings/start-booking.ts';
import { stopBooking } from '#lib/bookings/stop-booking.ts';
import { db, inTransaction } from '#lib/io/db.ts';
import { cancelArray } from '#lib/jobs/cancel-jobs.ts';
import { followJobs } from '#lib/jobs/follow-jobs.ts';
import { placeJobs } from '#lib/jobs/place-jobs.ts';
import { endExpiredLeases } from '#lib/leases/end-expired-leases.ts';
import { walletOf } from '#lib/ledger/queries.ts';
import { refusal } from '#tests/support/ask.ts';
import { type Bidding, bidding } from '#tests/support/bids.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { sql } from '#tests/support/database.ts';
import { closeJobMarkets, submit } from '#tests/support/jobs.ts';
import type { RentalHand, Wanted } from '#tests/support/rental.ts';
import { GIB, listingOf, machineOf } from '#tests/support/stalls.ts';
import { standing } from '#tests/support/standing.ts';

let market: Bidding;
/** Rents by a bid what nobody has booked. */
let ann: Actor;
/** Books, and takes back. */
let mallory: Actor;
let annBids: { bidId: string; hand: RentalHand };
beforeEach(async () => {
  market = await bidding();
  ann = market.renter;
  mallory = await market.renterWith(100);
  annBids = await market.runningBid(ann, 3, { gpuCount: 2 });
});
afterEach(async () => {
  await expectBooksBalance();
  await closeJobMarkets();
});

const inVain = (who: Actor = mallory) => db.putOutInVain.count({ where: { renterId: who.userId } });
/** Ended by hand, and the machine has heard of it. */
async function end(who: Actor, bookingId: string): Promise<void> {
  await endBooking(who, { bookingId }, market.clock.world);
  await (await market.handOf(bookingId)).say('ended');
}
const book = async (wanted: Wanted = {}, who: Actor = mallory) =>
  market.handOf((await market.bookAs(who, wanted)).bookingId);

/** Ann's rental yields, and goes on as soon as nobody else has the GPUs. */
async function annIsBack(): Promise<void> {
  if ((await annBids.hand.booking()).reason === 'interrupted') await market.noticeOver(annBids.hand);
  market.clock.pass(5);
  await market.clear();
  const { desired, reason } = await annBids.hand.booking();
  expect({ desired, reason }).toEqual({ desired: 'running', reason: null });
  await annBids.hand.connect();
}

/** Rentals on a machine, each as if somebody had been put out for it. */
async function unusedOnes(who: Actor, listingId: string, count: number, wanted: Wanted = {}): Promise<void> {
  const bookings: string[] = [];
  for (let one = 0; one < count; one += 1)
    bookings.push((await market.bookAs(who, { ...wanted, listingId })).bookingId);
  await sql('UPDATE bookings SET put_out_at = created_at WHERE id = ANY($1)', [bookings]);
}

/** Three times Ann was put out for nothing. */
async function threeTimes(): Promise<void> {
  for (let time = 0; time < 3; time += 1) {
    await end(mallory, (await book()).id);
    await annIsBack();
  }
  expect(await inVain()).toBe(3);
}

describe('a renter who books and takes back fifty times', () => {
  it('puts nobody out more than three times an hour, is told why and until when, and is charged nothing', async () => {
    const before = await walletOf(mallory);
    let disturbed = 0;
    for (let time = 0; time < 50; time += 1) {
      const booked = await book().catch((error: unknown) => error as { reason?: string });
      if ('id' in booked) {
        disturbed += 1;
        expect(await annBids.hand.booking()).toMatchObject({ reason: 'interrupted' });
        await end(mallory, booked.id);
        await annIsBack();
      } else {
        expect(booked.reason).toBe('putOutInVain');
        expect(await annBids.hand.booking()).toMatchObject({ desired: 'running', reason: null });
        market.clock.pass(126);
      }
    }
    // Fifty times within an hour and three quarters.
    expect(disturbed).toBe(6);
    expect(await walletOf(mallory)).toEqual(before);
  });

  it('is refused within a day after ten, however long they wait between', async () => {
    for (let time = 0; time < 10; time += 1) {
      await end(mallory, (await book()).id);
      await annIsBack();
      market.clock.pass(1_500);
      await annBids.hand.state({ seconds: 0 });
    }
    const { sentence } = await refusal(book());
    expect(sentence).toMatch(/Until 20\d\d-\d\d-\d\d \d\d:\d\d UTC you get only GPUs that nobody has to leave/);
    market.clock.pass(24 * 3_600 - 10 * 1_700);
    expect((await refusal(book())).reason).toBe('putOutInVain');
    market.clock.pass(1_700);
    await book();
    expect(await forgetPutOuts(market.clock.world)).toBeGreaterThan(0);
  });

  it('is told before they press: the price says what it means, the rental too, and then that nobody leaves for them', async () => {
    const look = () =>
      previewQuote(
        mallory,
        { listingId: market.listingId, gpuCount: 1, diskBytes: BigInt(GIB), durationSeconds: null, capMicros: null },
        market.clock.now(),
      );
    expect((await look()).puttingOut).toMatchObject({
      sentence: expect.stringContaining('before it was used for 2 minutes'),
      whyNot: null,
    });
    const hand = await book();
    expect((await rentalOf(mallory, hand.id, market.clock.now())).puttingOut).toContain('they left in vain');
    await end(mallory, hand.id);
    await annIsBack();
    for (let time = 0; time < 2; time += 1) {
      await end(mallory, (await book()).id);
      await annIsBack();
    }
    expect((await look()).puttingOut?.whyNot).toContain('you get only GPUs that nobody has to leave');
    await end(ann, annBids.hand.id);
    expect((await look()).puttingOut).toBeNull();
  });

  it('still gets GPUs that are idle', async () => {
    await threeTimes();
    expect((await refusal(book())).reason).toBe('putOutInVain');
    await end(ann, annBids.hand.id);
    market.clock.pass(1);
    for (let time = 0; time < 5; time += 1) await end(mallory, (await book()).id);
    expect(await inVain()).toBe(3);
  });
});

describe('nobody is put out for nothing again and again', () => {
  it('by an image that pulls for ever, however long it pulls', async () => {
    const hand = await book();
    market.clock.pass(130);
    await hand.say('pulling', { progress: { bytesDone: 1, bytesTotal: 2, bytesPerSecond: 0, layers: [] } });
    market.clock.pass(3_600);
    await end(mallory, hand.id);
    expect(await inVain()).toBe(1);
  });

  it('by an image that cannot be pulled, or a program that ends at once', async () => {
    for (const code of ['pullFailed', 'imageNotFound', 'exited'] as const) {
      const hand = await book();
      market.clock.pass(130);
      await hand.say('failed', { failure: { code, detail: 'no' } });
      await annIsBack();
    }
    expect(await inVain()).toBe(3);
  });

  it('by a shortest window in which nothing ever runs', async () => {
    const hand = await book({ durationSeconds: 300 });
    market.clock.pass(130);
    await hand.say('pulling');
    market.clock.pass(301);
    await endExpiredLeases(market.clock.world);
    expect(await hand.booking()).toMatchObject({ desired: 'ended', reason: 'neverReady' });
    expect(await inVain()).toBe(1);
  });

  it('by a bid that is raised and lowered, or placed and withdrawn', async () => {
    const bidId = await market.bid(mallory, 4, { gpuCount: 2 });
    market.clock.pass(1);
    await market.clear();
    expect(await annBids.hand.booking()).toMatchObject({ reason: 'interrupted' });
    await editBid(mallory, { bidId, microsPerGpuHour: 1_900_000n }, market.clock.world);
    market.clock.pass(1);
    await market.clear();
    await annIsBack();
    expect(await inVain()).toBe(1);
    for (let time = 0; time < 2; time += 1) {
      const again = await market.bid(mallory, 4, { gpuCount: 2 });
      market.clock.pass(1);
      await market.clear();
      const hand = await market.rentalOf(again);
      await cancelBid(mallory, { bidId: again }, market.clock.world);
      await hand?.say('ended');
      await annIsBack();
    }
    expect(await inVain()).toBe(3);
    const last = await market.bid(mallory, 4, { gpuCount: 2 });
    market.clock.pass(1);
    await market.clear();
    const bid = await db.bid.findUniqueOrThrow({ where: { id: last } });
    expect(bid).toMatchObject({ bookingId: null, waits: 'refused' });
    expect(bid.waitsDetail).toContain('you get only GPUs that nobody has to leave');
    expect(await annBids.hand.booking()).toMatchObject({ desired: 'running', reason: null });
  });

  it.each([
    ['others outbid it', 1_900_000n],
    ['it is below its own price', 1_000_000n],
  ])(
    'by a bid that is lowered while it runs until %s, and a program that ends before its notice is over',
    async (how, microsPerGpuHour) => {
      const bidId = await market.bid(mallory, 4, { gpuCount: 2 });
      market.clock.pass(1);
      await market.clear();
      await market.noticeOver(annBids.hand);
      const hand = await market.rentalOf(bidId);
      await hand?.connect();
      if (how !== 'others outbid it') await cancelBid(ann, { bidId: annBids.bidId }, market.clock.world);
      await editBid(mallory, { bidId, microsPerGpuHour }, market.clock.world);
      market.clock.pass(1);
      await market.clear();
      expect(await hand?.booking()).toMatchObject({ desired: 'running', reason: 'interrupted' });
      await hand?.say('failed', { failure: { code: 'exited', detail: 'done' }, exitCode: 0 });
      expect(await hand?.booking()).toMatchObject({ desired: 'stopped', reason: 'interrupted' });
      expect(await inVain()).toBe(1);
    },
  );

  it('by an image that lets no container start, where the machine runs what others rent', async () => {
    const hand = await book({ image: 'registry.example/owner/broken:v1' });
    market.clock.pass(130);
    await hand.say('failed', { failure: { code: 'startFailed', detail: 'no' } });
    expect(await inVain()).toBe(1);
  });

  it('by a rental that is started and stopped', async () => {
    const hand = await book();
    market.clock.pass(121);
    await hand.connect();
    await hand.run(180);
    for (let time = 0; time < 3; time += 1) {
      await stopBooking(mallory, { bookingId: hand.id }, market.clock.world);
      await hand.say('stopped');
      await annIsBack();
      await startBooking(mallory, { bookingId: hand.id, durationSeconds: null }, market.clock.world);
      expect(await annBids.hand.booking()).toMatchObject({ reason: 'interrupted' });
    }
    await stopBooking(mallory, { bookingId: hand.id }, market.clock.world);
    await hand.say('stopped');
    await annIsBack();
    expect(await inVain()).toBe(3);
    const again = startBooking(mallory, { bookingId: hand.id, durationSeconds: null }, market.clock.world);
    expect((await refusal(again)).reason).toBe('putOutInVain');
  });

  it('by a window that is reserved for soon and given back for nothing', async () => {
    for (let time = 0; time < 3; time += 1) {
      // Each a little earlier than the one before: what they rent by bids ends there from now on.
      const startsAt = addSeconds(market.clock.now(), 900 - 60 * time);
      const hand = await book({ startsAt, durationSeconds: 3_600 });
      await end(mallory, hand.id);
    }
    expect(await inVain()).toBe(3);
    const wanted = { startsAt: addSeconds(market.clock.now(), 600), durationSeconds: 3_600 };
    expect((await refusal(book(wanted))).reason).toBe('putOutInVain');
  });

  it('by a standing request: its renter is told why it was not booked', async () => {
    await threeTimes();
    const requestId = await standing(mallory, market.clock);
    await market.beat();
    await matchRequests(market.clock.world);
    const request = await db.standingRequest.findUniqueOrThrow({ where: { id: requestId } });
    expect(request).toMatchObject({ state: 'open', bookingId: null });
    expect(request.trouble).toContain('you get only GPUs that nobody has to leave');
    expect(await annBids.hand.booking()).toMatchObject({ reason: null });
  });

  it('by jobs that are cancelled before they begin: the next ones wait for idle GPUs, and say so', async () => {
    for (let time = 0; time < 3; time += 1) {
      const arrayId = await submit(mallory, market.clock, { runSeconds: 600 });
      await market.beat();
      expect(await placeJobs(market.clock.world)).toBe(1);
      expect(await annBids.hand.booking()).toMatchObject({ reason: 'interrupted' });
      await cancelArray(mallory, { arrayId }, market.clock.world);
      await followJobs(market.clock.world);
      const { id } = await db.booking.findFirstOrThrow({
        where: { renterId: mallory.userId },
        orderBy: { createdAt: 'desc' },
      });
      await (await market.handOf(id)).say('ended');
      await annIsBack();
    }
    expect(await inVain()).toBe(3);
    const arrayId = await submit(mallory, market.clock, { runSeconds: 600 });
    await market.beat();
    expect(await placeJobs(market.clock.world)).toBe(0);
    expect(await annBids.hand.booking()).toMatchObject({ reason: null });
    const { report } = await db.jobArray.findUniqueOrThrow({ where: { id: arrayId } });
    expect(report).toMatchObject({ hold: expect.stringContaining('you get only GPUs that nobody has to leave') });
  });

  it('by many at once: of two that would be one too many, sent together to two machines, one is refused', async () => {
    const { machineId } = await machineOf(market.host, { gpuCount: 20, lastSyncAt: market.clock.now() });
    const idle = await listingOf(market.host, machineId, {});
    const rich = await market.renterWith(10_000);
    await unusedOnes(rich, idle, MOST_UNUSED_AT_ONCE - 1);
    const other = await machineOf(market.host, { gpuCount: 1, lastSyncAt: market.clock.now() });
    const otherListing = await listingOf(market.host, other.machineId, { takesBids: true });
    const bidId = await market.bid(ann, 3, { listingId: otherListing });
    market.clock.pass(1);
    await db.machine.updateMany({ data: { lastSyncAt: market.clock.now() } });
    await market.clear();
    expect((await db.bid.findUniqueOrThrow({ where: { id: bidId } })).bookingId).not.toBeNull();
    const both = await Promise.allSettled([market.bookAs(rich), market.bookAs(rich, { listingId: otherListing })]);
    const refused = both.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(refused.map(({ reason }) => reason)).toEqual(['putOutInVain']);
    expect(refused[0]?.sentence).toContain(`${MOST_UNUSED_AT_ONCE} of yours that are not used yet`);
  });
});

describe('windows that are reserved for later', () => {
  it('cut no more rentals at once than others do, and are counted no longer than an hour before their time comes', async () => {
    const { machineId } = await machineOf(market.host, { gpuCount: 20, lastSyncAt: market.clock.now() });
    const idle = await listingOf(market.host, machineId, {});
    const rich = await market.renterWith(10_000);
    const later = { startsAt: addSeconds(market.clock.now(), 6 * 3_600), durationSeconds: 3_600 };
    await unusedOnes(rich, idle, MOST_UNUSED_AT_ONCE, later);
    const one = await refusal(market.bookAs(rich, later));
    expect(one.reason).toBe('putOutInVain');
    expect(one.sentence).toContain('an hour old where they are reserved for later');
    market.clock.pass(3_600);
    await db.machine.updateMany({ data: { lastSyncAt: market.clock.now() } });
    await annBids.hand.connect();
    const next = await market.bookAs(rich, later);
    expect((await db.booking.findUniqueOrThrow({ where: { id: next.bookingId } })).putOutAt).not.toBeNull();
  });
});

describe('two starts of one renter at the same moment', () => {
  it('are counted one after the other: the second waits for the first, and sees it', async () => {
    const { machineId } = await machineOf(market.host, { gpuCount: 20, lastSyncAt: market.clock.now() });
    const idle = await listingOf(market.host, machineId, {});
    const rich = await market.renterWith(10_000);
    await unusedOnes(rich, idle, MOST_UNUSED_AT_ONCE - 1);
    const { bookingId } = await market.bookAs(rich, { listingId: idle });
    const now = market.clock.now();
    const first = Promise.withResolvers<void>();
    const counted = Promise.withResolvers<void>();
    const one = inTransaction('test: first start', async (tx) => {
      await allowPutOut(tx, rich.userId, now);
      counted.resolve();
      await first.promise;
      await notePutOut(tx, [bookingId], now);
    });
    await counted.promise;
    const other = refusal(inTransaction('test: second start', (tx) => allowPutOut(tx, rich.userId, now)));
    await expect.poll(async () => sql('SELECT 1 FROM pg_locks WHERE NOT granted')).not.toHaveLength(0);
    first.resolve();
    await one;
    expect((await other).reason).toBe('putOutInVain');
  });
});

describe('an honest renter loses nothing', () => {
  it('who uses what others left for, as long as these had notice', async () => {
    for (let time = 0; time < 4; time += 1) {
      const hand = await book();
      market.clock.pass(121);
      await hand.connect();
      await hand.run(120);
      await end(mallory, hand.id);
      await annIsBack();
    }
    expect(await inVain()).toBe(0);
  });

  it('whose machine does not do its part, is silent, or whose host breaks it off', async () => {
    const failed = await book();
    market.clock.pass(130);
    await failed.say('failed', { failure: { code: 'startFailed', detail: 'no' } });
    await annIsBack();

    const stopped = await book();
    market.clock.pass(121);
    await stopped.connect();
    market.clock.pass(5);
    const runtimeStopped = { failure: { code: 'exited', detail: 'no' }, exitCode: null, runtimeStopped: true } as const;
    await stopped.say('failed', runtimeStopped);
    expect(await stopped.booking()).toMatchObject({ desired: 'stopped', reason: 'runtimeStopped' });
    await annIsBack();

    const broken = await book();
    await endBookingByHost(market.host, { bookingId: broken.id, reason: 'The fan is loud.' }, market.clock.world);
    await broken.say('ended');
    await annIsBack();

    const slow = await book();
    market.clock.pass(121);
    await slow.say('starting');
    market.clock.pass(601);
    await end(mallory, slow.id);
    await annIsBack();

    const silent = await book();
    market.clock.pass(300);
    await sql(`INSERT INTO silences (id, machine_id, cause, starts_at) VALUES ('sil_1', $1, 'unreachable', $2)`, [
      market.machineId,
      addSeconds(market.clock.now(), -150),
    ]);
    await end(mallory, silent.id);
    expect(await inVain()).toBe(0);
  });

  it('whose job takes over what somebody leaves of their own will', async () => {
    await editBid(ann, { bidId: annBids.bidId, microsPerGpuHour: 1_000_000n }, market.clock.world);
    market.clock.pass(1);
    await market.clear();
    expect(await annBids.hand.booking()).toMatchObject({ desired: 'running', reason: 'interrupted' });
    const arrayId = await submit(mallory, market.clock, { runSeconds: 600 });
    expect(await placeJobs(market.clock.world)).toBe(1);
    await cancelArray(mallory, { arrayId }, market.clock.world);
    await followJobs(market.clock.world);
    expect(await db.booking.count({ where: { renterId: mallory.userId, desired: 'ended' } })).toBe(1);
    expect(await inVain()).toBe(0);
  });

  it('who is put out by somebody else before it could be used', async () => {
    const bidId = await market.bid(mallory, 4, { gpuCount: 2 });
    market.clock.pass(1);
    await market.clear();
    const hand = await market.rentalOf(bidId);
    await book({ gpuCount: 2 }, await market.renterWith(100));
    expect(await hand?.booking()).toMatchObject({ desired: 'ended', reason: 'interrupted' });
    expect(await inVain()).toBe(0);
  });

  it('who takes back what nobody had to leave, as often as they like', async () => {
    await end(ann, annBids.hand.id);
    market.clock.pass(1);
    for (let time = 0; time < 20; time += 1) await end(mallory, (await book()).id);
    expect(await inVain()).toBe(0);
  });
});
