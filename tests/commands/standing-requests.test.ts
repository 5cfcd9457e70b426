import '#tests/support/database.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addSeconds } from '#lib/base/time.ts';
import {
  cancelStandingRequest,
  expireStandingRequests,
  resumeStandingRequest,
} from '#lib/bookings/close-standing-request.ts';
import { editStandingRequest } from '#lib/bookings/edit-standing-request.ts';
import { makeStandingRequest } from '#lib/bookings/make-standing-request.ts';
import { matchRequests } from '#lib/bookings/match-requests.ts';
import { standingRequestOf, standingRequestsOf } from '#lib/bookings/queries/standing-requests.ts';
import { readTerms } from '#lib/bookings/terms.ts';
import { db } from '#lib/io/db.ts';
import { walletOf } from '#lib/ledger/queries.ts';
import { deliverNotices } from '#lib/notices/deliver-notices.ts';
import { noticesOfViewer } from '#lib/notices/queries.ts';
import { refusal } from '#tests/support/ask.ts';
import { bidding } from '#tests/support/bids.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { person } from '#tests/support/people.ts';
import { addMoney, type RentalMarket, rentalMarket, renterWith } from '#tests/support/rental.ts';
import { listingOf, machineOf } from '#tests/support/stalls.ts';
import { asked, HOUR_SECONDS, standing } from '#tests/support/standing.ts';

let market: RentalMarket;
beforeEach(async () => {
  market = await rentalMarket();
});
afterEach(async () => {
  await expectBooksBalance();
  // Files share a database: what one test left waiting is not another's to match.
  await db.standingRequest.updateMany({
    where: { closedAt: null },
    data: { state: 'cancelled', closedAt: market.clock.now() },
  });
  await db.listing.updateMany({ data: { state: 'withdrawn' } });
});

const row = (id: string) => db.standingRequest.findUniqueOrThrow({ where: { id }, include: { booking: true } });
const sweep = async () => {
  await market.beat();
  return matchRequests(market.clock.world);
};
const price = (micros: bigint) =>
  db.listing.update({ where: { id: market.listingId }, data: { priceMicrosPerGpuHour: micros } });
async function told(who = market.renter) {
  await deliverNotices(market.clock.world);
  return (await noticesOfViewer(who)).rows.map(({ title }) => title).filter((title) => /request/.test(title));
}

describe('a request that is changed while it waits', () => {
  const edit = (requestId: string, change: object, who = market.renter) =>
    editStandingRequest(who, { requestId, ...change }, market.clock.world);

  it('is held to what it asks for now: another price, place or deadline', async () => {
    await price(5_000_000n);
    await db.machine.update({ where: { id: market.machineId }, data: { country: 'DE' } });
    const id = await standing(market.renter, market.clock, { regions: ['asia'] });
    await edit(id, { maxPriceMicrosPerGpuHour: 6_000_000n });
    expect(await sweep()).toBe(0);
    const finishBy = addSeconds(market.clock.now(), 3 * HOUR_SECONDS);
    await edit(id, { regions: ['europe'], finishBy });
    expect(await row(id)).toMatchObject({ finishBy, startBy: addSeconds(finishBy, -2 * HOUR_SECONDS) });
    expect(await sweep()).toBe(1);
    expect(await row(id)).toMatchObject({ state: 'booked', regions: ['europe'] });
    expect((await refusal(edit(id, { regions: [] }))).sentence).toContain('booked already');
  });

  it('keeps a cap that its renter named; one that was made from the price follows it', async () => {
    const made = await standing(market.renter, market.clock);
    const named = await standing(market.renter, market.clock, { capMicros: 9_000_000n });
    const before = (await row(made)).capMicros;
    for (const id of [made, named]) await edit(id, { maxPriceMicrosPerGpuHour: 2_000_000n });
    expect((await row(made)).capMicros).toBeLessThan(before);
    expect((await row(named)).capMicros).toBe(9_000_000n);
    await edit(named, { capMicros: null });
    expect((await row(named)).capMicros).toBe((await row(made)).capMicros);
  });

  it('refuses what could not have been asked for, of others, and of who is suspended', async () => {
    const id = await standing(market.renter, market.clock);
    const soon = { finishBy: addSeconds(market.clock.now(), HOUR_SECONDS) };
    expect((await refusal(edit(id, soon))).detail).toHaveProperty('finishBy');
    expect((await refusal(edit(id, { maxPriceMicrosPerGpuHour: 0n }))).detail).toHaveProperty(
      'maxPriceMicrosPerGpuHour',
    );
    expect((await refusal(edit(id, { regions: ['atlantis'] }))).detail).toHaveProperty('regions');
    expect((await refusal(edit(id, { regions: [] }, await person()))).reason).toBe('notFound');
    expect((await refusal(edit(id, { regions: [] }, { ...market.renter, suspended: true }))).reason).toBe('suspended');
    await cancelStandingRequest(market.renter, { requestId: id }, market.clock.world);
    expect((await refusal(edit(id, { regions: [] }))).reason).toBe('notNow');
  });

  it('at the moment at which it is booked is booked at what it asked for before or after, never in between', async () => {
    const id = await standing(market.renter, market.clock);
    await market.beat();
    await Promise.allSettled([
      matchRequests(market.clock.world),
      edit(id, { maxPriceMicrosPerGpuHour: 1_000_000n }),
      matchRequests(market.clock.world),
    ]);
    const { state, booking, maxPriceMicrosPerGpuHour } = await row(id);
    if (state === 'booked')
      expect(readTerms(booking?.terms).priceMicrosPerGpuHour).toBeLessThanOrEqual(maxPriceMicrosPerGpuHour);
    else expect(maxPriceMicrosPerGpuHour).toBe(1_000_000n);
  });
});

describe('a request that books', () => {
  it('waits, holds nothing, and is booked at the listed price when a match appears', async () => {
    await price(5_000_000n);
    const id = await standing(market.renter, market.clock);
    const { freeMicros } = await walletOf(market.renter);
    expect(await sweep()).toBe(0);
    expect(await row(id)).toMatchObject({ state: 'open', bookingId: null });
    expect((await walletOf(market.renter)).freeMicros).toBe(freeMicros);

    await price(3_000_000n);
    market.clock.pass(600);
    const now = market.clock.now();
    expect(await sweep()).toBe(1);
    const { booking, ...request } = await row(id);
    expect(request).toMatchObject({ state: 'booked', closedAt: now, trouble: null });
    expect(booking).toMatchObject({
      kind: 'onDemand',
      renterId: market.renter.userId,
      listingId: market.listingId,
      quoteId: null,
      name: 'night run',
      image: 'sublet/busybox:latest',
      sealedEnvironment: null,
      capMicros: request.capMicros,
      startsAt: now,
      endsAt: addSeconds(now, 2 * HOUR_SECONDS),
    });
    expect(readTerms(booking?.terms)).toMatchObject({ priceMicrosPerGpuHour: 3_000_000n, gpuCount: 1 });
    // Two hours at $3, and the disk.
    const { heldMicros } = await db.lease.findUniqueOrThrow({ where: { bookingId: booking?.id ?? '' } });
    expect(heldMicros).toBeGreaterThanOrEqual(6_000_000n);
    expect(heldMicros).toBeLessThan(6_010_000n);
    expect(await told()).toEqual(['Your request “night run” is booked']);
    expect(await sweep()).toBe(0);
  });

  it('takes the cheapest of what serves it, and leaves what costs a micro-dollar too much', async () => {
    const other = await person();
    const { machineId } = await machineOf(other);
    const cheap = await listingOf(other, machineId, { priceMicrosPerGpuHour: 2_500_000n });
    await price(2_500_001n);
    const too = await standing(market.renter, market.clock, { maxPriceMicrosPerGpuHour: 2_499_999n });
    const id = await standing(market.renter, market.clock, { maxPriceMicrosPerGpuHour: 2_500_000n });
    await db.machine.update({ where: { id: machineId }, data: { lastSyncAt: market.clock.now() } });
    expect(await sweep()).toBe(1);
    expect((await row(id)).booking?.listingId).toBe(cheap);
    expect((await row(too)).state).toBe('open');
  });

  it('serves the older request first, and one GPU is not booked twice', async () => {
    const older = await standing(market.renter, market.clock, { gpuCount: 2 });
    market.clock.pass(1);
    const younger = await standing(await renterWith(100, market.clock), market.clock, { gpuCount: 1 });
    expect(await sweep()).toBe(1);
    expect((await row(older)).state).toBe('booked');
    expect((await row(younger)).state).toBe('open');
  });

  it('is booked once however many workers look at the same moment', async () => {
    const id = await standing(market.renter, market.clock);
    await market.beat();
    const done = await Promise.all([1, 2, 3, 4].map(() => matchRequests(market.clock.world)));
    expect(done.reduce((sum, count) => sum + count, 0)).toBe(1);
    const bookings = await db.booking.findMany({ where: { renterId: market.renter.userId } });
    expect(bookings.map((booking) => booking.id)).toEqual([(await row(id)).bookingId]);
  });

  it('needs an SSH key and a confirmed address when it is made, and takes no environment', async () => {
    const bare = await person();
    expect((await refusal(makeStandingRequest(bare, asked(market.clock), market.clock.world))).reason).toBe(
      'keyNeeded',
    );
    const unsure = await person({ confirmed: false });
    const ask = asked(market.clock, { mode: 'notify' });
    expect((await refusal(makeStandingRequest(unsure, ask, market.clock.world))).reason).toBe('emailUnconfirmed');
    expect(await makeStandingRequest(bare, ask, market.clock.world)).toMatchObject({ created: true });
    expect(Object.keys(ask)).not.toContain('environment');
  });

  it('is made once for a key, and twenty stand at a time', async () => {
    const ask = asked(market.clock, { mode: 'notify' });
    const both = await Promise.all([1, 2].map(() => makeStandingRequest(market.renter, ask, market.clock.world)));
    expect(both.map(({ created }) => created).sort()).toEqual([false, true]);
    expect(new Set(both.map(({ requestId }) => requestId)).size).toBe(1);
    for (let more = 1; more < 20; more += 1) await standing(market.renter, market.clock, { mode: 'notify' });
    const one = refusal(makeStandingRequest(market.renter, asked(market.clock), market.clock.world));
    expect((await one).sentence).toMatch(/At most 20/);
  });
});

describe('bad wishes', () => {
  it('are refused with a sentence at each field, before anything is stored', async () => {
    const refused = (change: object) =>
      refusal(makeStandingRequest(market.renter, asked(market.clock, change), market.clock.world));
    const now = market.clock.now();
    for (const [change, field] of [
      [{ maxPriceMicrosPerGpuHour: 0n }, 'maxPriceMicrosPerGpuHour'],
      [{ maxPriceMicrosPerGpuHour: 10n ** 15n }, 'maxPriceMicrosPerGpuHour'],
      [{ finishBy: addSeconds(now, 7_199) }, 'finishBy'],
      [{ durationSeconds: 31 * 86_400 }, 'durationSeconds'],
      [{ gpuCount: 0 }, 'gpuCount'],
      [{ capMicros: 0n }, 'capMicros'],
      [{ regions: ['Atlantis'] }, 'regions'],
      [{ command: [''] }, 'command'],
    ] as const)
      expect((await refused(change)).detail).toHaveProperty(field);
    expect((await refused({ image: 'not an image' })).reason).toBe('imageInvalid');
    expect(await db.standingRequest.count({ where: { renterId: market.renter.userId } })).toBe(0);
  });

  it('that nothing can meet are kept, and told at once with what comes nearest', async () => {
    const id = await standing(market.renter, market.clock, { maxPriceMicrosPerGpuHour: 300_000n, regions: ['europe'] });
    const { report } = await standingRequestOf(market.renter, id, market.clock.now());
    expect(report).toMatchObject({ offered: 1, fitting: [], taken: 0, misfits: [{ misfit: 'region', offers: 1 }] });
    expect(report?.nearest).toMatchObject([{ offer: { listingId: market.listingId }, lacks: ['region', 'price'] }]);
  });
});

describe('a deadline', () => {
  it('leaves room for the whole time: at the last instant it is booked, a moment later it has expired', async () => {
    await price(9_000_000n);
    const finishBy = addSeconds(market.clock.now(), 3 * HOUR_SECONDS);
    const id = await standing(market.renter, market.clock, { finishBy });
    market.clock.pass(HOUR_SECONDS);
    expect(await expireStandingRequests(market.clock.world)).toBe(0);
    const late = await standing(await renterWith(50, market.clock), market.clock, {
      finishBy: addSeconds(market.clock.now(), 2 * HOUR_SECONDS),
    });
    await price(3_600_000n);
    await db.standingRequest.update({
      where: { id: late },
      data: { startBy: addSeconds(finishBy, -2 * HOUR_SECONDS - 1), finishBy: addSeconds(finishBy, -1) },
    });
    expect(await sweep()).toBe(1);
    expect((await row(id)).booking?.endsAt).toEqual(finishBy);
    expect(await expireStandingRequests(market.clock.world)).toBe(1);
    expect(await row(late)).toMatchObject({ state: 'expired', bookingId: null });
  });

  it('that passed is told once, and nothing is booked after it, whatever is free', async () => {
    await price(9_000_000n);
    const id = await standing(market.renter, market.clock);
    market.clock.pass(23 * HOUR_SECONDS);
    await price(1_000_000n);
    expect(await sweep()).toBe(0);
    expect((await standingRequestsOf(market.renter, {}, market.clock.now())).rows).toMatchObject([
      { id, state: 'expired', actions: [] },
    ]);
    expect(await expireStandingRequests(market.clock.world)).toBe(1);
    expect(await expireStandingRequests(market.clock.world)).toBe(0);
    expect(await told()).toEqual(['Your request “night run” has expired']);
    expect((await refusal(cancelStandingRequest(market.renter, { requestId: id }, market.clock.world))).reason).toBe(
      'notNow',
    );
  });

  it('is kept where the GPU is free now and promised to somebody else too soon', async () => {
    const id = await standing(market.renter, market.clock, { gpuCount: 2 });
    const bookingId = await market.book().then((hand) => hand.id);
    await db.allocation.updateMany({
      where: { bookingId },
      data: { startsAt: addSeconds(market.clock.now(), 7_100), endsAt: addSeconds(market.clock.now(), 7_300) },
    });
    expect(await sweep()).toBe(0);
    expect((await row(id)).state).toBe('open');
    const { report } = await standingRequestOf(market.renter, id, market.clock.now());
    expect(report).toMatchObject({ fitting: [], taken: 1, misfits: [{ misfit: 'tooShort', offers: 1 }], nearest: [] });
    await db.allocation.updateMany({
      where: { bookingId },
      data: { startsAt: addSeconds(market.clock.now(), 7_200) },
    });
    expect(await sweep()).toBe(1);
  });
});

describe('a GPU that an interruptible rental has', () => {
  it('is taken with its notice where the deadline leaves time for that, and left alone where not', async () => {
    await db.listing.updateMany({ data: { state: 'withdrawn' } });
    const bids = await bidding();
    const [one, two] = [await bids.renterWith(500), await bids.renterWith(500)];
    const evicted = await bids.runningBid(one, 3);
    await bids.runningBid(two, 3.5);
    const now = bids.clock.now();
    const ask = (slack: number) =>
      standing(bids.renter, bids.clock, { finishBy: addSeconds(now, 2 * HOUR_SECONDS + slack) });
    const tight = await ask(119);
    await bids.beat();
    expect(await matchRequests(bids.clock.world)).toBe(0);
    expect((await evicted.hand.booking()).reason).toBeNull();
    const id = await ask(120);
    expect(await matchRequests(bids.clock.world)).toBe(1);
    expect((await row(tight)).state).toBe('open');
    expect((await row(id)).booking).toMatchObject({
      startsAt: addSeconds(now, 120),
      endsAt: addSeconds(now, 2 * HOUR_SECONDS + 120),
    });
    expect((await evicted.hand.booking()).endsAt).toEqual(addSeconds(now, 120));
  });
});

describe('money that lacks', () => {
  it('is told, tried five times ever more seldom, then the request pauses until its renter takes it up again', async () => {
    const poor = await renterWith(5, market.clock);
    const id = await standing(poor, market.clock);
    for (const [tries, minutes] of [10, 20, 40, 80].entries()) {
      expect(await sweep()).toBe(0);
      const { nextTryAt, trouble } = await row(id);
      expect(trouble).toMatch(/needs \$7\.\d+ in the wallet; \$5\.00 is free/);
      expect(nextTryAt).toEqual(addSeconds(market.clock.now(), minutes * 60));
      // Looked at again before that, nothing is tried.
      await sweep();
      expect((await row(id)).tries).toBe(tries + 1);
      market.clock.pass(minutes * 60);
    }
    expect(await sweep()).toBe(0);
    expect(await row(id)).toMatchObject({ state: 'paused', tries: 5, bookingId: null });
    expect((await told(poor)).sort()).toEqual([
      'Your request “night run” has a match and could not be booked',
      'Your request “night run” pauses',
    ]);
    await addMoney(poor, 50, market.clock);
    expect(await sweep()).toBe(0);
    await resumeStandingRequest(poor, { requestId: id }, market.clock.world);
    expect(await sweep()).toBe(1);
    expect((await row(id)).state).toBe('booked');
    const again = refusal(resumeStandingRequest(poor, { requestId: id }, market.clock.world));
    expect((await again).sentence).toBe('This request is booked already.');
  });

  it('can be tried again at once by whoever has topped up', async () => {
    const poor = await renterWith(5, market.clock);
    const id = await standing(poor, market.clock);
    await sweep();
    await addMoney(poor, 50, market.clock);
    expect((await standingRequestOf(poor, id, market.clock.now())).actions).toEqual(['cancel', 'edit', 'resume']);
    await resumeStandingRequest(poor, { requestId: id }, market.clock.world);
    expect(await sweep()).toBe(1);
  });

  it('keeps nobody else waiting', async () => {
    await standing(await renterWith(5, market.clock), market.clock);
    const id = await standing(market.renter, market.clock);
    expect(await sweep()).toBe(1);
    expect((await row(id)).state).toBe('booked');
  });
});

describe('a request that only tells', () => {
  it('tells of an offer once, and of another one an hour later at the earliest', async () => {
    const id = await standing(market.renter, market.clock, { mode: 'notify' });
    expect(await sweep()).toBe(1);
    expect(await sweep()).toBe(0);
    const other = await person();
    const { machineId } = await machineOf(other);
    await listingOf(other, machineId);
    expect(await sweep()).toBe(0);
    market.clock.pass(HOUR_SECONDS);
    await db.machine.update({ where: { id: machineId }, data: { lastSyncAt: market.clock.now() } });
    expect(await sweep()).toBe(1);
    expect(await told()).toHaveLength(2);
    expect(await row(id)).toMatchObject({ state: 'open', bookingId: null });
    expect(await db.booking.count({ where: { renterId: market.renter.userId } })).toBe(0);
  });
});

describe('taking a request back', () => {
  it('is for its renter, once, and not after it was booked', async () => {
    const id = await standing(market.renter, market.clock);
    const stranger = await person();
    const cancel = (who = market.renter) => cancelStandingRequest(who, { requestId: id }, market.clock.world);
    expect((await refusal(cancel(stranger as typeof market.renter))).reason).toBe('notFound');
    await cancel();
    expect((await refusal(cancel())).sentence).toBe('It is cancelled already.');
    expect(await sweep()).toBe(0);

    const booked = await standing(market.renter, market.clock);
    await sweep();
    const late = refusal(cancelStandingRequest(market.renter, { requestId: booked }, market.clock.world));
    expect((await late).sentence).toMatch(/booked already/);
  });

  it('at the moment of booking is one of the two, never both', async () => {
    for (let round = 0; round < 5; round += 1) {
      const renter = await renterWith(100, market.clock);
      const id = await standing(renter, market.clock);
      await market.beat();
      const [, cancelled] = await Promise.all([
        matchRequests(market.clock.world),
        cancelStandingRequest(renter, { requestId: id }, market.clock.world).then(
          () => true,
          () => false,
        ),
      ]);
      const bookings = await db.booking.count({ where: { renterId: renter.userId } });
      expect([(await row(id)).state, bookings]).toEqual(cancelled ? ['cancelled', 0] : ['booked', 1]);
      await db.allocation.deleteMany({ where: { booking: { renterId: renter.userId } } });
    }
  });

  it('is not seen by others', async () => {
    const id = await standing(market.renter, market.clock);
    const stranger = await person();
    expect((await refusal(standingRequestOf(stranger, id, market.clock.now()))).reason).toBe('notFound');
    expect((await standingRequestsOf(stranger, {}, market.clock.now())).rows).toEqual([]);
  });
});

describe('somebody who is suspended, or whom a host blocked', () => {
  it('is not booked for', async () => {
    const id = await standing(market.renter, market.clock);
    await db.user.update({ where: { id: market.renter.userId }, data: { suspendedAt: market.clock.now() } });
    expect(await sweep()).toBe(0);
    await db.user.update({ where: { id: market.renter.userId }, data: { suspendedAt: null } });
    const hostId = market.host.userId;
    await db.renterBlock.create({
      data: { id: 'blk_1', hostId, renterId: market.renter.userId, reason: '', createdAt: market.clock.now() },
    });
    expect(await sweep()).toBe(0);
    const { report } = await standingRequestOf(market.renter, id, market.clock.now());
    expect(report?.misfits).toEqual([{ misfit: 'hostBlocked', offers: 1 }]);
    await db.renterBlock.delete({ where: { id: 'blk_1' } });
    expect(await sweep()).toBe(1);
  });
});
