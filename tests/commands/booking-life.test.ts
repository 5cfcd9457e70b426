import '#tests/support/database.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endBooking } from '#lib/bookings/end-booking.ts';
import { endBookingByHost } from '#lib/bookings/end-booking-by-host.ts';
import { endBookingByStaff } from '#lib/bookings/end-booking-by-staff.ts';
import { extendBooking } from '#lib/bookings/extend-booking.ts';
import { rentalOf } from '#lib/bookings/queries/rental.ts';
import { hostedRentals, rentalsOf } from '#lib/bookings/queries/rentals.ts';
import { renameBooking } from '#lib/bookings/rename-booking.ts';
import { startBooking } from '#lib/bookings/start-booking.ts';
import { stopBooking } from '#lib/bookings/stop-booking.ts';
import { db } from '#lib/io/db.ts';
import { endExpiredLeases } from '#lib/leases/end-expired-leases.ts';
import { expireKeptDisks } from '#lib/leases/expire-kept-disks.ts';
import { settleLeases } from '#lib/leases/settle-leases.ts';
import { earningsOf, walletOf } from '#lib/ledger/queries.ts';
import { refusal } from '#tests/support/ask.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { person } from '#tests/support/people.ts';
import { DOLLAR, type RentalHand, type RentalMarket, rentalMarket, renterWith } from '#tests/support/rental.ts';
import { listingOf, machineOf } from '#tests/support/stalls.ts';

let market: RentalMarket;
let hand: RentalHand;
beforeEach(async () => {
  market = await rentalMarket();
  hand = await market.book();
});
afterEach(expectBooksBalance);

const seen = () => rentalOf(market.renter, hand.id, market.clock.now());
const stop = () => stopBooking(market.renter, { bookingId: hand.id }, market.clock.world);
const end = () => endBooking(market.renter, { bookingId: hand.id }, market.clock.world);
const start = (change: object = {}, who = market.renter) =>
  startBooking(who, { bookingId: hand.id, durationSeconds: null, ...change }, market.clock.world);
const kinds = async () =>
  (await db.event.findMany({ where: { bookingId: hand.id }, orderBy: { id: 'asc' } })).map((event) => event.kind);

async function running() {
  await hand.connect();
  await hand.run(120);
  await market.beat();
}
async function stopped() {
  await running();
  await stop();
  await hand.say('stopping');
  await hand.say('stopped');
}

describe('a booking on its way', () => {
  it('is shown phase by phase, with what is pulled, and costs nothing', async () => {
    await hand.say('accepted');
    const progress = { bytesDone: 5, bytesTotal: 10, bytesPerSecond: 1, layers: [] };
    await hand.say('pulling', { progress });
    expect(await seen()).toMatchObject({ observed: 'pulling', billable: 'nothing', progress, connect: null });
    expect((await seen()).actions).toEqual(['extend', 'rename', 'end', 'lockEnd']);
    await hand.say('starting');
    expect((await seen()).progress).toBeNull();
    await hand.say('connectable');
    const rental = await seen();
    expect(rental).toMatchObject({ observed: 'connectable', billable: 'gpuAndDisk' });
    expect(rental.connect).toMatchObject({ host: 'gw.example.test', user: 'root' });
    expect(rental.connect?.hostKeyFingerprint).toMatch(/^SHA256:/);
    expect(rental.actions).toEqual(['connect', 'stop', 'extend', 'rename', 'end', 'lockEnd']);
    expect(await kinds()).toEqual([
      'booking.made',
      'booking.phase',
      'booking.phase',
      'booking.phase',
      'booking.connectable',
    ]);
  });

  it('tells nobody anything when the machine says the same again', async () => {
    await hand.say('connectable');
    await hand.say('connectable');
    await hand.say('connectable');
    expect(await kinds()).toEqual(['booking.made', 'booking.connectable']);
  });

  it('that fails is over, free, and all its money is back', async () => {
    await hand.say('pulling');
    await hand.say('failed', { failure: { code: 'imageNotFound', detail: 'no such manifest' } });
    expect(await seen()).toMatchObject({
      desired: 'ended',
      observed: 'failed',
      reason: 'imageNotFound',
      reasonDetail: 'no such manifest',
      settled: true,
    });
    expect((await seen()).sentence).toContain('not found');
    expect(await walletOf(market.renter)).toEqual({ freeMicros: 1_000n * DOLLAR, heldMicros: 0n });
    const again = await market.book();
    expect((await again.booking()).allocations[0]?.gpuId).toBe(market.gpuIds[0]);
    await hand.say('ended');
    expect(await seen()).toMatchObject({ observed: 'ended', reason: 'imageNotFound' });
  });

  it('gets another port when the first one does not work, and fails after a few', async () => {
    const noWayIn = { failure: { code: 'gatewayFailed', detail: 'portBusy' } } as const;
    const ports = new Set<number | null>();
    for (let tries = 1; tries <= 3; tries += 1) {
      ports.add((await hand.booking()).gatewayPort);
      await hand.say('failed', noWayIn);
      const booking = await hand.booking();
      expect(booking).toMatchObject({ observed: 'held', run: tries + 1 });
      expect((await hand.permit()).gateways[0]?.port).toBe(booking.gatewayPort);
      expect((await hand.permit()).revision).toBe(tries + 1);
    }
    expect(ports.size).toBeGreaterThan(1);
    await hand.say('failed', noWayIn);
    expect(await hand.booking()).toMatchObject({ observed: 'failed', reason: 'gatewayFailed', desired: 'ended' });
  });

  it('ends at no cost when its renter thinks better of it', async () => {
    await hand.say('pulling');
    expect((await refusal(stop())).reason).toBe('notNow');
    await end();
    expect(await walletOf(market.renter)).toEqual({ freeMicros: 1_000n * DOLLAR, heldMicros: 0n });
    expect((await refusal(end())).reason).toBe('notNow');
    await hand.say('ended');
    expect(await seen()).toMatchObject({ observed: 'ended', reason: 'renterEnded', settled: true });
  });
});

describe('a running booking', () => {
  it('shows what it has cost, what it probably costs by now, and how long the money lasts', async () => {
    await running();
    market.clock.pass(30);
    const { cost } = await seen();
    expect(cost.chargedMicros).toBe(120_000n + 4n);
    expect(cost.estimatedMicros).toBe(150_000n + 5n);
    expect(cost.microsPerHour).toBe(3_600_000n + 138n);
    expect(cost.runwaySeconds).toBeGreaterThan(900_000);
  });

  it('stops: the GPU is back for others at once, the disk is kept, the money is released', async () => {
    await running();
    await stop();
    expect(await seen()).toMatchObject({ desired: 'stopped', observed: 'connectable', billable: 'disk' });
    await hand.say('stopped');
    const rental = await seen();
    expect(rental).toMatchObject({ observed: 'stopped', reason: 'renterStopped' });
    expect(rental.actions).toEqual(['start', 'rename', 'end', 'lockEnd']);
    expect(rental.cost.heldMicros).toBe(3_334n);
    expect(rental.cost.microsPerHour).toBe(138n);
    expect((await (await market.book()).booking()).allocations[0]?.gpuId).toBe(market.gpuIds[0]);
  });

  it('starts again on a GPU of the same machine, at its own prices, on a new revision', async () => {
    await stopped();
    await market.book();
    await db.listing.update({
      where: { id: market.listingId },
      data: { priceMicrosPerGpuHour: 90_000_000n, minGpus: 2 },
    });
    market.clock.pass(600);
    await market.beat();
    const before = await hand.permit();
    await start();
    const [permit, booking] = [await hand.permit(), await hand.booking()];
    expect(permit).toMatchObject({ revision: before.revision + 1, priceMicrosPerGpuHour: '3600000' });
    expect(permit.gpuUuids).not.toEqual(before.gpuUuids);
    expect(booking).toMatchObject({ run: 2, desired: 'running', observed: 'held', billable: 'disk', reason: null });
    await hand.say('stopped', { run: 1 });
    expect((await hand.booking()).observed).toBe('held');
    await hand.connect();
    await hand.run(60);
    expect((await hand.lease()).gpuSeconds).toBe(180n);
    expect((await seen()).gpus.map((gpu) => gpu.id)).toEqual([market.gpuIds[1]]);
  });

  it('does not start while every GPU is taken: it says until when, and nothing is held', async () => {
    await stopped();
    await market.bookAs(await renterWith(500, market.clock), { gpuCount: 2 });
    const held = await walletOf(market.renter);
    const refused = await refusal(start());
    expect(refused.reason).toBe('gpuTaken');
    expect(refused.detail.freeAt).toBe(new Date(market.clock.now().getTime() + 30 * 86_400_000).toISOString());
    expect(await walletOf(market.renter)).toEqual(held);
  });

  it('says before Start is pressed until when its GPU is taken, and which offers are nearest', async () => {
    await stopped();
    const now = market.clock.now();
    const free = await seen();
    expect(free.actions).toContain('start');
    expect(free.start).toEqual({
      whyNot: null,
      freeAt: null,
      endsAt: new Date(now.getTime() + 30 * 86_400_000),
      near: [],
    });
    const other = await person();
    const { machineId } = await machineOf(other);
    await db.machine.update({ where: { id: machineId }, data: { lastSyncAt: now } });
    await listingOf(other, machineId);
    const taker = await renterWith(500, market.clock);
    await market.bookAs(taker, { gpuCount: 1, durationSeconds: 3_600 });
    expect((await seen()).start?.whyNot).toBeNull();
    await market.bookAs(taker, { gpuCount: 1, durationSeconds: 7_200 });
    const taken = await seen();
    expect(taken.start).toMatchObject({ whyNot: { reason: 'gpuTaken' }, endsAt: null });
    expect(taken.start?.freeAt).toEqual(new Date(now.getTime() + 3_600_000));
    expect(taken.start?.near.length).toBeGreaterThan(0);
    expect(taken.start?.near.map((offer) => offer.listingId)).not.toContain(market.listingId);
    expect(taken.actions).not.toContain('start');
    expect((await rentalOf(market.host, hand.id, now)).start).toBeNull();
    expect((await refusal(start())).sentence).toBe(taken.start?.whyNot?.sentence);
  });

  it('does not start on a machine that was withdrawn, is silent, or without money', async () => {
    await stopped();
    await db.listing.update({ where: { id: market.listingId }, data: { state: 'withdrawn' } });
    expect((await refusal(start())).reason).toBe('listingGone');
    await db.listing.update({ where: { id: market.listingId }, data: { state: 'published' } });
    market.clock.pass(300);
    expect((await refusal(start())).reason).toBe('machineNotReady');
    await market.beat();
    expect((await refusal(start({ capMicros: 90_000n * DOLLAR }))).reason).toBe('insufficientFunds');
  });

  it('is extended while its GPU is free, and stays as it was when it is not', async () => {
    const short = await market.book({ durationSeconds: 3_600 });
    const later = new Date(market.clock.now().getTime() + 7_200_000);
    const extend = (endsAt: Date) => extendBooking(market.renter, { bookingId: short.id, endsAt }, market.clock.world);
    await extend(later);
    expect((await short.booking()).endsAt).toEqual(later);
    expect((await short.permit()).endsAt).toBe(later.toISOString());
    const gpu = (await short.booking()).allocations[0]?.gpuId ?? '';
    await db.allocation.create({
      data: {
        id: 'alc_next',
        bookingId: hand.id,
        gpuId: gpu,
        startsAt: new Date(later.getTime() + 3_600_000),
        endsAt: new Date(later.getTime() + 7_200_000),
      },
    });
    expect((await refusal(extend(new Date(later.getTime() + 3_600_001)))).reason).toBe('gpuTaken');
    expect((await short.booking()).endsAt).toEqual(later);
    await extend(new Date(later.getTime() + 3_600_000));
    await db.allocation.delete({ where: { id: 'alc_next' } });
    for (const wrong of [
      market.clock.now(),
      new Date(later.getTime() + 40 * 86_400_000),
      new Date('2126-01-01'),
      new Date('x'),
    ]) {
      expect((await refusal(extend(wrong))).reason).toBe('badInput');
    }
  });

  it('that nears its end stops then and keeps its disk for a day', async () => {
    const short = await market.book({ durationSeconds: 7_200 });
    await short.connect();
    market.clock.pass(7_200);
    await endExpiredLeases(market.clock.world);
    expect(await endExpiredLeases(market.clock.world)).toBe(0);
    const booking = await short.booking();
    expect(booking).toMatchObject({ desired: 'stopped', reason: 'windowEnded' });
    expect(booking.diskUntil).toEqual(new Date(market.clock.now().getTime() + 86_400_000));
    await short.say('stopped', { failure: { code: 'windowEnded', detail: '' } });
    market.clock.pass(86_400);
    await expireKeptDisks(market.clock.world);
    expect(await short.booking()).toMatchObject({ desired: 'ended', reason: 'diskExpired' });
  });

  it('that was never usable ends with its window and costs nothing', async () => {
    const short = await market.book({ durationSeconds: 3_600 });
    market.clock.pass(3_600);
    await endExpiredLeases(market.clock.world);
    expect(await short.booking()).toMatchObject({ desired: 'ended', reason: 'neverReady' });
    expect((await short.lease()).heldMicros).toBe(0n);
  });

  it('that was never usable says the same where its machine is the first to say that its time is over', async () => {
    const short = await market.book({ durationSeconds: 3_600 });
    market.clock.pass(3_600);
    await short.say('failed', { failure: { code: 'windowEnded', detail: 'The rented time is over.' } });
    expect(await short.booking()).toMatchObject({ desired: 'ended', reason: 'neverReady', reasonDetail: null });
  });

  it('keeps its disk when the program in it ends by itself', async () => {
    await running();
    await hand.say('stopped', { failure: { code: 'exited', detail: 'exit code 1' } });
    expect(await seen()).toMatchObject({
      desired: 'stopped',
      billable: 'disk',
      reason: 'exited',
      reasonDetail: 'exit code 1',
    });
    expect((await seen()).actions).toContain('start');
  });

  it('that its machine lost ends, and says so', async () => {
    await running();
    await hand.say('ended');
    expect(await seen()).toMatchObject({ desired: 'ended', observed: 'ended', reason: 'machineLost', settled: true });
  });

  it('is renamed by its renter, to anything but nothing', async () => {
    await renameBooking(market.renter, { bookingId: hand.id, name: ' <script> 🦊 ' });
    expect((await seen()).name).toBe('<script> 🦊');
    expect((await refusal(renameBooking(market.renter, { bookingId: hand.id, name: '  ' }))).reason).toBe('badInput');
  });
});

describe('a machine that is silent', () => {
  it('ends no rental: it runs on, unbilled until its statements come', async () => {
    await running();
    market.clock.pass(6 * 3_600);
    await endExpiredLeases(market.clock.world);
    await settleLeases(market.clock.world);
    expect(await seen()).toMatchObject({ desired: 'running', observed: 'connectable' });
    expect((await hand.lease()).chargedMicros).toBe(120_004n);
  });

  it('has a day to send its statements after the end; then the renter gets the rest back', async () => {
    await running();
    await market.beat();
    await end();
    market.clock.pass(86_000);
    await settleLeases(market.clock.world);
    expect((await seen()).settled).toBe(false);
    market.clock.pass(600);
    await settleLeases(market.clock.world);
    expect(await seen()).toMatchObject({ settled: true, observed: 'connectable', desired: 'ended' });
    expect((await seen()).endedAt).not.toBeNull();
    expect((await walletOf(market.renter)).heldMicros).toBe(0n);
  });

  it('is not held to that day while the market itself was away', async () => {
    await running();
    await end();
    market.clock.pass(100_000);
    await db.beat.upsert({
      where: { name: 'test' },
      create: { name: 'test', at: market.clock.now(), backAt: market.clock.now() },
      update: { backAt: market.clock.now() },
    });
    await settleLeases(market.clock.world);
    expect((await seen()).settled).toBe(false);
    await db.beat.delete({ where: { name: 'test' } });
  });

  it('that had more to send than fitted is waited for, shortly', async () => {
    await running();
    await end();
    await db.booking.update({ where: { id: hand.id }, data: { observed: 'ended', observedAt: market.clock.now() } });
    await settleLeases(market.clock.world);
    expect((await seen()).settled).toBe(false);
    market.clock.pass(121);
    await settleLeases(market.clock.world);
    expect((await seen()).settled).toBe(true);
  });
});

describe('a host who breaks a rental off', () => {
  const breakOff = (reason = 'The roof leaks.') =>
    endBookingByHost(market.host, { bookingId: hand.id, reason }, market.clock.world);

  it('gives an hour’s notice, bills nothing from then on, and answers for it by the machine’s reliability', async () => {
    await running();
    await breakOff();
    const rental = await seen();
    expect(rental).toMatchObject({
      desired: 'running',
      billable: 'nothing',
      reason: 'hostEnded',
      reasonDetail: 'The roof leaks.',
    });
    expect(rental.endsAt).toEqual(new Date(market.clock.now().getTime() + 3_600_000));
    expect(rental.actions).toEqual(['connect', 'rename', 'end', 'lockEnd']);
    expect((await hand.permit()).endsAt).toBe(rental.endsAt.toISOString());
    await hand.run(600);
    expect((await hand.lease()).gpuSeconds).toBe(120n);
    const [silence] = await db.silence.findMany({ where: { machineId: market.machineId } });
    expect(silence?.cause).toBe('hostEnded');
    expect((silence?.endsAt?.getTime() ?? 0) - (silence?.startsAt.getTime() ?? 0)).toBe(86_400_000);
    market.clock.pass(3_000);
    await endExpiredLeases(market.clock.world);
    expect(await seen()).toMatchObject({ desired: 'ended', reason: 'hostEnded' });
    await hand.say('ended');
    expect((await walletOf(market.renter)).freeMicros).toBe(1_000n * DOLLAR - 120_004n);
  });

  it('gives a day’s notice of a kept disk, unbilled', async () => {
    await stopped();
    await breakOff();
    expect((await seen()).diskUntil).toEqual(new Date(market.clock.now().getTime() + 86_400_000));
    expect((await refusal(start())).reason).toBe('notNow');
    market.clock.pass(86_400);
    await expireKeptDisks(market.clock.world);
    expect(await seen()).toMatchObject({ desired: 'ended', reason: 'hostEnded' });
    expect(await db.silence.count({ where: { machineId: market.machineId } })).toBe(0);
  });

  it('ends one that was never usable at once', async () => {
    await breakOff();
    expect(await seen()).toMatchObject({ desired: 'ended', reason: 'hostEnded', settled: true });
  });

  it('says why, once, and only of their own machines', async () => {
    expect((await refusal(breakOff('  '))).reason).toBe('badInput');
    expect((await refusal(breakOff('x'.repeat(501)))).reason).toBe('badInput');
    const stranger = await person();
    expect((await refusal(endBookingByHost(stranger, { bookingId: hand.id, reason: 'x' }))).reason).toBe('notFound');
    expect((await refusal(endBookingByHost(market.renter, { bookingId: hand.id, reason: 'x' }))).reason).toBe(
      'notFound',
    );
    await hand.connect();
    await breakOff();
    expect((await refusal(breakOff())).reason).toBe('notNow');
  });
});

describe('staff', () => {
  const byStaff = async (refundMicros: bigint | 'all' | null, bookingId = hand.id) =>
    endBookingByStaff(
      await person({ role: 'admin' }),
      { bookingId, reason: 'The GPU was slow.', refundMicros },
      market.clock.world,
    );

  it('ends a booking and gives back all that was charged, from host and platform in their shares', async () => {
    await running();
    await byStaff('all');
    await hand.say('ended');
    expect(await walletOf(market.renter)).toEqual({ freeMicros: 1_000n * DOLLAR, heldMicros: 0n });
    expect((await earningsOf(market.host)).payableMicros).toBe(0n);
    expect(await seen()).toMatchObject({ reason: 'staffEnded', reasonDetail: 'The GPU was slow.' });
    expect((await seen()).cost.refundedMicros).toBe(120_004n);
  });

  it('gives back a part, later another, and never more than was charged', async () => {
    await running();
    await byStaff(50_000n);
    await hand.say('ended');
    await byStaff(70_000n);
    expect((await refusal(byStaff(5n))).reason).toBe('badInput');
    await byStaff('all');
    expect((await earningsOf(market.host)).payableMicros).toBe(0n);
    expect((await refusal(byStaff('all'))).reason).toBe('notNow');
    expect((await refusal(byStaff(null))).reason).toBe('notNow');
  });

  it('is asked who they are, and why', async () => {
    const input = { bookingId: hand.id, reason: 'x', refundMicros: null };
    expect((await refusal(endBookingByStaff(market.host, input))).reason).toBe('forbidden');
    const admin = await person({ role: 'admin' });
    expect((await refusal(endBookingByStaff(admin, { ...input, reason: '' }))).reason).toBe('badInput');
    expect((await refusal(endBookingByStaff(admin, { ...input, bookingId: 'bkg_no' }))).reason).toBe('notFound');
  });
});

describe('who sees a booking', () => {
  it('is its renter, its host and staff; to anybody else it is not there', async () => {
    await running();
    const now = market.clock.now();
    expect((await rentalOf(market.host, hand.id, now)).side).toBe('host');
    expect((await rentalOf(market.host, hand.id, now)).connect).toBeNull();
    expect((await rentalOf(await person({ role: 'admin' }), hand.id, now)).side).toBe('staff');
    const stranger = await renterWith(10, market.clock);
    const asked = { bookingId: hand.id };
    for (const forbidden of [
      () => rentalOf(stranger, hand.id, now),
      () => stopBooking(stranger, asked),
      () => endBooking(stranger, asked),
      () => start({}, stranger),
      () => extendBooking(stranger, { ...asked, endsAt: now }),
      () => renameBooking(stranger, { ...asked, name: 'mine' }),
      () => endBooking(market.host, asked),
    ]) {
      expect((await refusal(forbidden())).reason).toBe('notFound');
    }
  });

  it('is listed for renter and host, by whether it lives, page by page', async () => {
    await end();
    const second = await market.book();
    const now = market.clock.now();
    const ids = async (state: 'live' | 'past' | 'all') =>
      (await rentalsOf(market.renter, { state }, now)).rows.map((row) => row.id);
    expect(await ids('live')).toEqual([second.id]);
    expect(await ids('past')).toEqual([hand.id]);
    expect((await ids('all')).sort()).toEqual([hand.id, second.id].sort());
    const first = await rentalsOf(market.renter, { take: 1 }, now);
    expect((await rentalsOf(market.renter, { take: 1, after: first.next ?? '' }, now)).rows).toHaveLength(1);
    expect((await hostedRentals(market.host, { machineId: market.machineId }, now)).rows).toHaveLength(2);
    expect((await hostedRentals(market.renter, {}, now)).rows).toEqual([]);
  });
});
