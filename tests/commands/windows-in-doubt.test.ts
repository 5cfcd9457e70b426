import '#tests/support/database.ts';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '#lib/base/actor.ts';
import { HOUR } from '#lib/base/time.ts';
import { endBooking } from '#lib/bookings/end-booking.ts';
import { rentalOf } from '#lib/bookings/queries/rental.ts';
import { db } from '#lib/io/db.ts';
import { endExpiredLeases } from '#lib/leases/end-expired-leases.ts';
import { earningsOf, walletOf } from '#lib/ledger/queries.ts';
import { deliverNotices } from '#lib/notices/deliver-notices.ts';
import { billFileOf } from '#lib/receipts/queries/receipts.ts';
import type { FAILURES } from '#protocol/agent.ts';
import { bidding } from '#tests/support/bids.ts';
import { check } from '#tests/support/bill-file.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { logAll } from '#tests/support/public-log.ts';
import { DOLLAR, type RentalHand, renterWith } from '#tests/support/rental.ts';

let market: Awaited<ReturnType<typeof bidding>>;
beforeEach(async () => {
  await db.beat.deleteMany();
  image = publicImage();
  market = await bidding({ machine: { gpuCount: 2 } });
});
afterEach(expectBooksBalance);

/** Eight hours at $3.60 of which a quarter is due. */
const SHARE = 7_200_000n;
const ALL = 1_000n * DOLLAR;
const OWN = 'registry.example/owner/image:v1';
/** From a registry that is everybody's; of each test its own, because what others made of an image counts. */
const publicImage = () => `ghcr.io/owner/image:${randomBytes(6).toString('hex')}`;
let image: string;
const hours = (count: number) => new Date(market.clock.now().getTime() + count * HOUR);
const begins = async () => {
  market.clock.pass(24 * 3_600);
  await market.beat();
};
const answers = async (seconds: number) => {
  market.clock.pass(seconds);
  await market.beat();
};
const failure = (code: (typeof FAILURES)[number]) => ({ failure: { code, detail: 'as it is' } });
const reserve = (image: string) => market.book({ startsAt: hours(24), durationSeconds: 8 * 3_600, image });
const paid = async () => ALL - (await walletOf(market.renter)).freeMicros;
const due = async (hand: RentalHand) =>
  (await rentalOf(market.renter, hand.id, market.clock.now())).cancellation?.dueMicros;
const told = async (userId: string) => {
  await deliverNotices(market.clock.world);
  return (await db.notice.findMany({ where: { userId } })).map(({ title, body }) => `${title}. ${body}`).join();
};

/** Somebody else rents the machine, and it comes on with that, or does not. */
async function another(came: boolean, who?: Actor) {
  const other = who ?? (await renterWith(100, market.clock));
  const { bookingId } = await market.bookAs(other);
  const hand = await market.handOf(bookingId);
  if (came) await hand.connect();
  else await hand.say('failed', failure('shellFailed'));
  if (came) await endBooking(other, { bookingId }, market.clock.world);
  await hand.say('ended');
  return other;
}

describe('a window whose image never comes up', () => {
  it.each([
    ['shellFailed', publicImage()],
    ['startFailed', publicImage()],
    ['pullFailed', OWN],
  ] as const)('costs its share by %s where the machine runs what others rent', async (code, image) => {
    await another(true);
    const hand = await reserve(image);
    await begins();
    await hand.say('failed', failure(code));
    expect(await hand.booking()).toMatchObject({ desired: 'ended', reason: code });
    expect(await paid()).toBe(SHARE);
    expect(await told(market.renter.userId)).toContain('The image counts as the reason');
    expect(await told(market.host.userId)).toContain('because of what was to run in it');
    await logAll(market.clock);
    const { givenBack } = await check(await billFileOf(market.renter, hand.id, market.clock.now()));
    expect(givenBack?.micros).toBe(SHARE.toString());
  });

  it('costs nothing where the machine does not bring up what others rent either', async () => {
    await another(true);
    await another(false);
    const hand = await reserve(image);
    await begins();
    await hand.say('failed', failure('shellFailed'));
    expect(await paid()).toBe(0n);
  });

  it('costs nothing where the image did not arrive from a registry that is everybody’s', async () => {
    await another(true);
    const hand = await reserve(image);
    await begins();
    await hand.say('failed', failure('pullFailed'));
    expect(await paid()).toBe(0n);
  });

  it.each([
    ['for others', '', 0n],
    ['for its renter, by a name whose image they can exchange', '', SHARE],
    ['for its renter, by a digest', `@sha256:${'a'.repeat(64)}`, 0n],
  ])('that runs on another host’s machine %s costs what that shows', async (whom, digest, cost) => {
    await another(true);
    const elsewhere = await bidding();
    const someone = whom === 'for others' ? await renterWith(100, elsewhere.clock) : market.renter;
    const { bookingId } = await elsewhere.bookAs(someone, { image: `${image}${digest}` });
    const ran = await elsewhere.handOf(bookingId);
    await ran.connect();
    await endBooking(someone, { bookingId }, elsewhere.clock.world);
    await ran.say('ended');
    const hand = await reserve(`${image}${digest}`);
    await begins();
    await hand.say('failed', failure('shellFailed'));
    expect((await hand.lease()).cancellationMicros).toBe(cost);
  });

  it('is its host’s loss once where nothing is known, and its renter’s where it happens again with another host', async () => {
    const first = await reserve(image);
    await begins();
    await first.say('failed', failure('shellFailed'));
    expect(await paid()).toBe(0n);
    const second = await bidding();
    second.clock.pass(24 * 3_600);
    await second.beat();
    const { bookingId } = await second.bookAs(market.renter, {
      startsAt: hours(24),
      durationSeconds: 8 * 3_600,
      image: image,
    });
    second.clock.pass(24 * 3_600);
    await second.beat();
    await (await second.handOf(bookingId)).say('failed', failure('shellFailed'));
    expect(await paid()).toBe(SHARE);
  });
});

describe('a window whose image is pulled for ever', () => {
  const slow = { bytesDone: 1, bytesTotal: 1_000, bytesPerSecond: 0, layers: [] };

  it('costs its share when it is left or over, where the registry may be its renter’s own and the machine runs what others rent', async () => {
    await another(true);
    const [left, over] = [await reserve(OWN), await reserve(OWN)];
    await begins();
    for (const hand of [left, over]) await hand.say('pulling', { progress: slow });
    await answers(3_600);
    expect(await due(left)).toBe(SHARE);
    await endBooking(market.renter, { bookingId: left.id }, market.clock.world);
    expect((await left.lease()).cancellationMicros).toBe(SHARE);
    await answers(7 * 3_600);
    expect(await endExpiredLeases(market.clock.world)).toBe(1);
    expect(await over.booking()).toMatchObject({ desired: 'ended', reason: 'neverReady' });
    expect((await over.lease()).cancellationMicros).toBe(SHARE);
    expect(await told(market.renter.userId)).toContain('could not be used. Its time was over');
    expect((await earningsOf(market.host)).payableMicros).toBeGreaterThanOrEqual(2n * 6_480_000n);
    await logAll(market.clock);
    const { givenBack } = await check(await billFileOf(market.renter, over.id, market.clock.now()));
    expect(givenBack?.micros).toBe(SHARE.toString());
  });

  it('is its host’s loss once, and its renter’s when the same is left with another host', async () => {
    const first = await reserve(OWN);
    await begins();
    await first.say('pulling', { progress: slow });
    await answers(3_600);
    await endBooking(market.renter, { bookingId: first.id }, market.clock.world);
    expect(await paid()).toBe(0n);
    const second = await bidding();
    second.clock.pass(24 * 3_600);
    const window = { startsAt: hours(24), durationSeconds: 8 * 3_600, image: 'registry.example:5000/other:v2' };
    const { bookingId } = await second.bookAs(market.renter, window);
    const hand = await second.handOf(bookingId);
    second.clock.pass(25 * 3_600);
    await second.beat();
    await hand.say('pulling', { progress: slow });
    second.clock.pass(3_600);
    await second.beat();
    await endBooking(market.renter, { bookingId }, second.clock.world);
    expect((await hand.lease()).cancellationMicros).toBe(SHARE);
  });

  it('costs it also where its machine is the first to say that the time is over', async () => {
    await another(true);
    const hand = await reserve(OWN);
    await begins();
    await hand.say('pulling', { progress: slow });
    await answers(8 * 3_600);
    await hand.say('failed', failure('windowEnded'));
    expect(await hand.booking()).toMatchObject({ desired: 'ended', reason: 'neverReady' });
    expect(await paid()).toBe(SHARE);
  });

  it('costs nothing where the machine went for it late, or the registry is everybody’s, or nothing is known', async () => {
    await another(true);
    const [late, everybodys] = [await reserve(OWN), await reserve(image)];
    await begins();
    await everybodys.say('pulling', { progress: slow });
    await answers(601);
    await late.say('pulling', { progress: slow });
    await answers(8 * 3_600);
    expect(await endExpiredLeases(market.clock.world)).toBe(2);
    for (const { lease } of [late, everybodys]) expect((await lease()).cancellationMicros).toBe(0n);
  });
});

describe('a window whose machine stops its container runtime', () => {
  it('costs nothing but what was used, and says whose doing it was', async () => {
    const hand = await reserve(image);
    await begins();
    await hand.connect();
    await hand.run(60);
    await hand.say('stopped', { ...failure('exited'), exitCode: null, runtimeStopped: true });
    expect(await hand.booking()).toMatchObject({ desired: 'stopped', reason: 'runtimeStopped', exitCode: null });
    expect((await hand.lease()).cancellationMicros).toBe(0n);
    expect(await told(market.renter.userId)).toContain('container runtime of its machine was stopped');
  });

  it('costs nothing where that kept it from ever being used', async () => {
    await another(true);
    const hand = await reserve(image);
    await begins();
    await hand.say('starting');
    await hand.say('failed', { ...failure('exited'), exitCode: null, runtimeStopped: true });
    expect(await hand.booking()).toMatchObject({ desired: 'ended', reason: 'runtimeStopped' });
    expect(await paid()).toBe(0n);
  });
});

describe('a machine that says what it likes of a window', () => {
  it('gains no time by going back and forth, or by an image of any size', async () => {
    const hand = await reserve(image);
    await begins();
    const huge = { bytesDone: 1, bytesTotal: Number.MAX_SAFE_INTEGER, bytesPerSecond: 1, layers: [] };
    await hand.say('starting');
    for (let minute = 0; minute < 10; minute += 1) {
      expect(await due(hand)).toBe(SHARE);
      await answers(60);
      await hand.say(minute % 2 === 0 ? 'pulling' : 'starting', minute % 2 === 0 ? { progress: huge } : {});
    }
    expect(await due(hand)).toBe(0n);

    const pulls = await reserve(image);
    await begins();
    await pulls.say('pulling', { progress: huge });
    await answers(4_199);
    expect(await due(pulls)).toBe(SHARE);
    await answers(1);
    expect(await due(pulls)).toBe(0n);
  });
});
