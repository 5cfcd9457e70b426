import '#tests/support/database.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '#lib/base/actor.ts';
import { addSeconds, HOUR } from '#lib/base/time.ts';
import { ALWAYS } from '#lib/catalogue/calendar.ts';
import { saveCalendar } from '#lib/catalogue/save-calendar.ts';
import { WEEKDAYS } from '#lib/catalogue/wall-clock.ts';
import { db } from '#lib/io/db.ts';
import { cancelArray } from '#lib/jobs/cancel-jobs.ts';
import { followJobs } from '#lib/jobs/follow-jobs.ts';
import { placeJobs } from '#lib/jobs/place-jobs.ts';
import { type Bidding, bidding } from '#tests/support/bids.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { submit, type Wanted } from '#tests/support/jobs.ts';
import { NOW } from '#tests/support/stalls.ts';

let market: Bidding;
let ann: Actor;
beforeEach(async () => {
  await db.listing.updateMany({ data: { state: 'withdrawn' } });
  market = await bidding({ machine: { gpuCount: 1 } });
  ann = await market.renterWith(1_000);
});
afterEach(async () => {
  await expectBooksBalance();
  await db.job.updateMany({
    where: { observed: 'waiting' },
    data: { observed: 'ended', outcome: 'cancelled', endedAt: new Date() },
  });
});

const inHours = (hours: number) => new Date(NOW.getTime() + hours * HOUR);
const job = (wanted: Wanted = {}) => submit(ann, market.clock, wanted);
const place = async () => {
  await market.beat();
  return placeJobs(market.clock.world);
};
const calendar = (rules: Partial<typeof ALWAYS>) =>
  saveCalendar(market.host, { ...ALWAYS, ...rules, machineId: market.machineId }, market.clock.world);
const reportOf = async (arrayId: string) =>
  (await db.jobArray.findUniqueOrThrow({ where: { id: arrayId }, select: { report: true } })).report;
const bookingOf = (arrayId: string) =>
  db.booking.findFirstOrThrow({
    where: { attempt: { attempt: { job: { arrayId } } } },
    include: { lease: true, allocations: true },
  });

describe('a job on a machine whose host has a calendar', () => {
  it('is not begun while the host is closed, nor where the hours end before it would', async () => {
    // It is noon.
    await calendar({ hours: [{ days: [...WEEKDAYS], fromMinute: 13 * 60, toMinute: 18 * 60 }] });
    const short = await job({ runSeconds: 3_600 });
    const long = await job({ runSeconds: 6 * 3_600 });
    expect(await place()).toBe(0);
    expect(await reportOf(short)).toMatchObject({ misfits: [{ misfit: 'tooShort', machines: 1 }] });
    market.clock.pass(3_601);
    expect(await place()).toBe(1);
    expect((await bookingOf(short)).endsAt <= inHours(6)).toBe(true);
    expect(await reportOf(long)).toMatchObject({ fitting: 0 });
  });

  it('keeps to the shortest and the longest that its host rents for', async () => {
    await calendar({ leastSeconds: 4 * 3_600, mostSeconds: 8 * 3_600 });
    const short = await job({ runSeconds: 3_600, anyway: true });
    expect(await place()).toBe(0);
    expect(await reportOf(short)).toMatchObject({ misfits: [{ misfit: 'rentedLonger', machines: 1 }] });
    const long = await job({ runSeconds: 9 * 3_600, anyway: true });
    expect(await place()).toBe(0);
    expect(await reportOf(long)).toMatchObject({ misfits: [{ misfit: 'tooShort', machines: 1 }] });
    const fits = await job({ runSeconds: 5 * 3_600 });
    expect(await place()).toBe(1);
    expect((await bookingOf(fits)).desired).toBe('running');
  });
});

describe('a gap before a reserved window', () => {
  it('is used by the job that is over before it, while a longer one waits', async () => {
    await market.book({ startsAt: inHours(3), durationSeconds: 4 * 3_600 });
    const long = await job({ runSeconds: 5 * 3_600 });
    const short = await job({ runSeconds: 3_600 });
    expect(await place()).toBe(1);
    expect((await bookingOf(short)).endsAt.getTime()).toBeLessThanOrEqual(inHours(3).getTime());
    expect(await reportOf(long)).toMatchObject({ fitting: 0, misfits: [{ misfit: 'gpusTaken', machines: 1 }] });
  });
});

describe('an interruptible rental', () => {
  it('yields to a job: it is told, and the job begins when its notice is over', async () => {
    const bob = await market.renterWith(1_000);
    const { hand } = await market.runningBid(bob, 3);
    const arrayId = await job({ runSeconds: 3_600 });
    expect(await place()).toBe(1);
    const noticeEnd = addSeconds(market.clock.now(), 120);
    expect(await hand.booking()).toMatchObject({ desired: 'running', reason: 'interrupted', endsAt: noticeEnd });
    const booking = await bookingOf(arrayId);
    expect(booking).toMatchObject({ kind: 'onDemand', startsAt: noticeEnd, atExit: 'end' });
    expect(booking.allocations).toMatchObject([{ startsAt: noticeEnd }]);
    expect(booking.lease?.heldMicros).toBe(booking.lease?.ceilingMicros);
  });

  it.each([true, false])('of two GPUs yields once to two jobs that get one each (usable: %s)', async (usable) => {
    await db.listing.updateMany({ data: { state: 'withdrawn' } });
    market = await bidding({ machine: { gpuCount: 2 } });
    const ben = await market.renterWith(1_000);
    const bidId = await market.bid(ben, 3, { gpuCount: 2 });
    market.clock.pass(1);
    await market.clear();
    const hand = await market.rentalOf(bidId);
    if (usable) await hand?.connect();
    await job({ size: 2 });
    expect(await place()).toBe(2);
    const told = await db.event.findMany({
      where: { bookingId: hand?.id ?? '', kind: { in: ['booking.interrupting', 'booking.endAsked'] } },
    });
    expect(told.map(({ kind }) => kind)).toEqual([usable ? 'booking.interrupting' : 'booking.endAsked']);
  });

  it('goes on by itself when the job that it yielded to is cancelled before it began', async () => {
    const { hand } = await market.runningBid(await market.renterWith(1_000), 3);
    const arrayId = await job();
    expect(await place()).toBe(1);
    market.clock.pass(10);
    await cancelArray(ann, { arrayId }, market.clock.world);
    await followJobs(market.clock.world);
    const over = await bookingOf(arrayId);
    expect(over).toMatchObject({ desired: 'ended', lease: { heldMicros: 0n, chargedMicros: 0n } });
    expect(await db.job.findFirstOrThrow({ where: { arrayId } })).toMatchObject({ outcome: 'cancelled' });
    await (await market.handOf(over.id)).say('ended');
    await market.noticeOver(hand);
    await market.clear();
    expect(await hand.booking()).toMatchObject({ desired: 'running', run: 2, reason: null });
  });

  it('is not put out for a job whose deadline comes before its notice ends', async () => {
    const { hand } = await market.runningBid(await market.renterWith(1_000), 3);
    const arrayId = await job({ deadline: addSeconds(market.clock.now(), 150).toISOString(), anyway: true });
    expect(await place()).toBe(0);
    expect(await hand.booking()).toMatchObject({ desired: 'running', reason: null });
    market.clock.pass(151);
    await followJobs(market.clock.world);
    expect(await db.job.findFirstOrThrow({ where: { arrayId } })).toMatchObject({ outcome: 'expired' });
  });

  it('is left alone where a GPU is free', async () => {
    await db.listing.updateMany({ data: { state: 'withdrawn' } });
    market = await bidding({ machine: { gpuCount: 2 } });
    const { hand } = await market.runningBid(await market.renterWith(1_000), 3);
    const arrayId = await job();
    expect(await place()).toBe(1);
    expect((await bookingOf(arrayId)).startsAt).toEqual(market.clock.now());
    expect(await hand.booking()).toMatchObject({ desired: 'running', reason: null });
  });
});
