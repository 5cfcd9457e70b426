import '#tests/support/database.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { endBooking } from '#lib/bookings/end-booking.ts';
import { endBookingByHost } from '#lib/bookings/end-booking-by-host.ts';
import { rentalOf } from '#lib/bookings/queries/rental.ts';
import { liveRentals, modelsRented, rentalsOf } from '#lib/bookings/queries/rentals.ts';
import { startBooking } from '#lib/bookings/start-booking.ts';
import { readTerms, runningCost } from '#lib/bookings/terms.ts';
import { withdrawListing } from '#lib/catalogue/withdraw-listing.ts';
import { db } from '#lib/io/db.ts';
import { cancelArray, cancelJob } from '#lib/jobs/cancel-jobs.ts';
import { placeJobs } from '#lib/jobs/place-jobs.ts';
import { settleLeases } from '#lib/leases/settle-leases.ts';
import { walletOf } from '#lib/ledger/queries.ts';
import { leasePermit } from '#protocol/lease.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { closeJobMarkets, exitedWith, jobMarket } from '#tests/support/jobs.ts';
import { renterWith } from '#tests/support/rental.ts';

afterEach(async () => {
  await expectBooksBalance();
  await closeJobMarkets();
});

describe('a job', () => {
  it('waits, is placed, runs its command to the end, and is billed for exactly that', async () => {
    const market = await jobMarket();
    const before = (await walletOf(market.renter)).freeMicros;
    const arrayId = await market.submit({ runSeconds: 600, environment: { TOKEN: 'secret' } });
    expect((await market.jobOf(arrayId)).observed).toBe('waiting');
    expect((await walletOf(market.renter)).freeMicros).toBe(before);
    expect(await market.place()).toBe(1);
    const job = await market.jobOf(arrayId);
    expect(job).toMatchObject({ observed: 'placed', attempts: 1 });
    const hand = await market.handOf(job.id);
    const booking = await hand.booking();
    expect(booking).toMatchObject({ atExit: 'end', command: ['train'], quoteId: null, kind: 'onDemand' });
    expect(booking.sealedEnvironment).not.toContain('secret');
    const terms = readTerms(booking.terms);
    // What is held is what its time can cost, to the micro-dollar.
    expect(booking.lease).toMatchObject({
      heldMicros: runningCost(terms, 600),
      ceilingMicros: runningCost(terms, 600),
    });
    expect(leasePermit.parse(JSON.parse(booking.lease?.permit ?? ''))).toMatchObject({ untilExit: true });
    // It stands with its job, not in the list of rentals; the renter's page of it leads back.
    expect((await rentalsOf(market.renter, {}, market.clock.now())).rows).toEqual([]);
    expect(await liveRentals(market.renter)).toBe(0);
    expect(await modelsRented(market.renter)).toEqual([]);
    const { job: named } = await rentalOf(market.renter, hand.id, market.clock.now());
    expect(named).toEqual({ arrayId, index: 0 });
    const [machine] = market.machines;
    if (machine !== undefined) expect((await rentalOf(machine.host, hand.id, market.clock.now())).job).toBeNull();

    market.clock.pass(20);
    await hand.connect();
    await market.follow();
    expect(await market.jobOf(arrayId)).toMatchObject({ observed: 'running' });
    await hand.run(120);
    await hand.say('stopped', exitedWith(0));
    await market.follow();
    expect(await market.jobOf(arrayId)).toMatchObject({ observed: 'ended', outcome: 'succeeded', exitCode: 0 });
    await hand.say('ended');
    expect(await hand.booking()).toMatchObject({ desired: 'ended', observed: 'ended', reason: 'exited', exitCode: 0 });
    expect(await hand.lease()).toMatchObject({ heldMicros: 0n, chargedMicros: runningCost(terms, 120) });
    expect((await walletOf(market.renter)).freeMicros).toBe(before - runningCost(terms, 120));
    const array = await db.jobArray.findUniqueOrThrow({ where: { id: arrayId } });
    expect(array.encryptedEnvironment).toBeNull();
    expect(await db.event.count({ where: { kind: 'jobs.ended', userId: market.renter.userId } })).toBe(1);
  });

  it('that failed begins again as often as was allowed, after a pause, and then has failed', async () => {
    const market = await jobMarket();
    const arrayId = await market.submit({ retries: 1 });
    for (const attempt of [1, 2]) {
      await market.place();
      const job = await market.jobOf(arrayId);
      expect(job.attempts).toBe(attempt);
      const hand = await market.handOf(job.id);
      await hand.connect();
      await hand.say('stopped', exitedWith(7));
      await market.follow();
      await hand.say('ended');
      expect(await market.place()).toBe(0);
      market.clock.pass(11);
    }
    const job = await market.jobOf(arrayId);
    expect(job).toMatchObject({ observed: 'ended', outcome: 'failed', reason: 'exited', exitCode: 7, failures: 2 });
    expect(job.tries.map(({ outcome, exitCode }) => [outcome, exitCode])).toEqual([
      ['failed', 7],
      ['failed', 7],
    ]);
  });

  it('whose machine dies starts again elsewhere, without using up a retry, and pays the dead one nothing more', async () => {
    const market = await jobMarket({ machines: [{ gpuCount: 1 }, { gpuCount: 1 }] });
    const arrayId = await market.submit();
    await market.place();
    const job = await market.jobOf(arrayId);
    const hand = await market.handOf(job.id);
    await hand.connect();
    await hand.run(60);
    const charged = (await hand.lease()).chargedMicros;
    const dead = (await hand.booking()).machineId;
    await db.beat.upsert({
      where: { name: 'agentDoor' },
      create: { name: 'agentDoor', at: market.clock.now() },
      update: { at: market.clock.now() },
    });
    market.clock.pass(301);
    await db.beat.update({ where: { name: 'agentDoor' }, data: { at: market.clock.now() } });
    await db.machine.updateMany({ where: { id: { not: dead } }, data: { lastSyncAt: market.clock.now() } });
    expect(await market.follow()).toBe(1);
    expect(await market.jobOf(arrayId)).toMatchObject({ observed: 'waiting', losses: 1, failures: 0 });
    expect(await hand.booking()).toMatchObject({ desired: 'ended', reason: 'machineLost' });
    expect(await placeJobs(market.clock.world)).toBe(1);
    const again = await market.handOf(job.id);
    expect((await again.booking()).machineId).not.toBe(dead);
    expect((await hand.lease()).chargedMicros).toBe(charged);
  });

  it('is not lost because this market itself was away', async () => {
    const market = await jobMarket();
    const arrayId = await market.submit();
    await market.place();
    const hand = await market.handOf((await market.jobOf(arrayId)).id);
    await hand.connect();
    await market.follow();
    market.clock.pass(3_600);
    const at = market.clock.now();
    await db.beat.upsert({
      where: { name: 'agentDoor' },
      create: { name: 'agentDoor', at, backAt: at },
      update: { at, backAt: at },
    });
    await market.follow();
    expect(await market.jobOf(arrayId)).toMatchObject({ observed: 'running' });
  });

  it('that its host breaks off starts again on a machine of somebody else', async () => {
    const market = await jobMarket({ machines: [{ gpuCount: 1 }] });
    const arrayId = await market.submit();
    await market.place();
    const job = await market.jobOf(arrayId);
    const hand = await market.handOf(job.id);
    const [machine] = market.machines;
    if (machine === undefined) throw new Error('no machine');
    await endBookingByHost(machine.host, { bookingId: hand.id, reason: 'Power cut.' }, market.clock.world);
    await market.follow();
    expect(await market.jobOf(arrayId)).toMatchObject({ observed: 'waiting', avoidedHostIds: [machine.hostId] });
    await hand.say('ended');
    expect(await market.place()).toBe(0);
    const { report } = await db.jobArray.findUniqueOrThrow({ where: { id: arrayId } });
    expect(report).toMatchObject({ fitting: 0, misfits: [{ misfit: 'hostBlocked', machines: 1 }] });
  });

  it('keeps its disk for a day when it says where its artifacts are, and starts again as a shell', async () => {
    const market = await jobMarket();
    const arrayId = await market.submit({ artifactsPath: '/results', runSeconds: 600 });
    await market.place();
    const hand = await market.handOf((await market.jobOf(arrayId)).id);
    const terms = readTerms((await hand.booking()).terms);
    expect((await hand.lease()).heldMicros).toBeGreaterThan(runningCost(terms, 600));
    await hand.connect();
    await hand.run(60);
    await hand.say('stopped', exitedWith(0));
    await market.follow();
    expect(await market.jobOf(arrayId)).toMatchObject({ outcome: 'succeeded' });
    const kept = await hand.booking();
    expect(kept).toMatchObject({ desired: 'stopped', billable: 'disk' });
    expect(kept.diskUntil?.getTime()).toBe(market.clock.now().getTime() + 86_400_000);

    await market.beat();
    await startBooking(market.renter, { bookingId: hand.id, durationSeconds: 3_600 }, market.clock.world);
    expect(await hand.booking()).toMatchObject({ atExit: null, command: null, desired: 'running' });
    expect((await hand.permit()).untilExit).toBeUndefined();
  });

  it('never costs more than its cap, over all its attempts', async () => {
    const market = await jobMarket();
    const capMicros = 100_000n;
    const arrayId = await market.submit({ capMicros: capMicros.toString(), retries: 5, runSeconds: 3_600 });
    await market.place();
    const job = await market.jobOf(arrayId);
    const first = await market.handOf(job.id);
    expect((await first.lease()).heldMicros).toBe(capMicros);
    await first.connect();
    await first.run(60);
    await first.say('stopped', exitedWith(1));
    await market.follow();
    await first.say('ended');
    const { chargedMicros } = await first.lease();
    expect(chargedMicros).toBeGreaterThan(0n);
    // What is left pays no minute: it is over, and says why.
    const { outcome, reason } = await market.jobOf(arrayId);
    expect([outcome, reason]).toEqual(['failed', 'capUsedUp']);
    market.clock.pass(11);
    expect(await market.place()).toBe(0);
  });
});

describe('cancelling', () => {
  it('ends what waits at once and what runs as soon as somebody looks, billed until the moment it was asked for', async () => {
    const market = await jobMarket({ machines: [{ gpuCount: 1 }] });
    const arrayId = await market.submit({ size: 3 });
    await market.place();
    const jobs = await market.jobsOf(arrayId);
    expect(jobs.map(({ observed }) => observed)).toEqual(['placed', 'waiting', 'waiting']);
    const hand = await market.handOf(jobs[0]?.id ?? '');
    await hand.connect();
    await hand.run(60);
    await cancelArray(market.renter, { arrayId }, market.clock.world);
    const asked = market.clock.now();
    market.clock.pass(60);
    await hand.state();
    await market.follow();
    expect((await market.jobsOf(arrayId)).map(({ outcome }) => outcome)).toEqual(Array(3).fill('cancelled'));
    const lease = await hand.lease();
    expect(lease.billableUntil).toEqual(asked);
    await hand.say('ended');
    expect((await hand.booking()).endedAt).not.toBeNull();
    await expect(cancelArray(market.renter, { arrayId }, market.clock.world)).rejects.toMatchObject({
      reason: 'notNow',
    });
  });

  it('twice is refused, and what is not yours is not found', async () => {
    const market = await jobMarket();
    const arrayId = await market.submit();
    const { id: jobId } = await market.jobOf(arrayId);
    const stranger = await renterWith(0, market.clock);
    await expect(cancelJob(stranger, { jobId }, market.clock.world)).rejects.toMatchObject({ reason: 'notFound' });
    await expect(cancelArray(stranger, { arrayId }, market.clock.world)).rejects.toMatchObject({ reason: 'notFound' });
    await cancelJob(market.renter, { jobId }, market.clock.world);
    await expect(cancelJob(market.renter, { jobId }, market.clock.world)).rejects.toMatchObject({ reason: 'notNow' });
  });

  it('of the booking by hand is cancelling the job', async () => {
    const market = await jobMarket();
    const arrayId = await market.submit({ retries: 3 });
    await market.place();
    const hand = await market.handOf((await market.jobOf(arrayId)).id);

    await endBooking(market.renter, { bookingId: hand.id }, market.clock.world);
    await market.follow();
    expect(await market.jobOf(arrayId)).toMatchObject({ outcome: 'cancelled', reason: 'renterEnded' });
  });

  it('while it is being placed leaves nothing running and nothing held', async () => {
    const market = await jobMarket({ machines: Array.from({ length: 8 }, () => ({ gpuCount: 1 })) });
    for (let round = 0; round < 4; round += 1) {
      const arrayId = await market.submit({ size: 8 });
      await market.beat();
      await Promise.all([
        placeJobs(market.clock.world),
        cancelArray(market.renter, { arrayId }, market.clock.world),
        placeJobs(market.clock.world),
      ]);
      await market.follow();
      const jobs = await market.jobsOf(arrayId);
      expect(jobs.map(({ outcome }) => outcome)).toEqual(Array(8).fill('cancelled'));
      const bookingIds = jobs.flatMap(({ tries }) => tries.flatMap(({ bookings }) => bookings.map((b) => b.bookingId)));
      expect(await db.booking.count({ where: { id: { in: bookingIds }, desired: { not: 'ended' } } })).toBe(0);
      const held = await db.lease.aggregate({ where: { bookingId: { in: bookingIds } }, _sum: { heldMicros: true } });
      expect(held._sum.heldMicros ?? 0n).toBe(0n);
      // Never usable: each machine clears it away and the GPUs are free.
      for (const id of bookingIds) {
        await db.booking.update({ where: { id }, data: { observed: 'ended' } });
        await db.allocation.updateMany({ where: { bookingId: id }, data: { endsAt: market.clock.now() } });
      }
      market.clock.pass(5);
    }
  });
});

describe('a host who withdraws a listing while a job is being placed', () => {
  it('either has the job, or keeps the machine to himself: never half of both', async () => {
    for (let round = 0; round < 4; round += 1) {
      const market = await jobMarket({ machines: [{ gpuCount: 1 }, { gpuCount: 1 }] });
      const [first, second] = market.machines;
      if (first === undefined || second === undefined) throw new Error('two machines');
      const arrayId = await market.submit({ machines: 2 });
      await market.beat();
      await Promise.all([
        placeJobs(market.clock.world),
        withdrawListing(first.host, { machineId: first.id }, market.clock.world),
      ]);
      const job = await market.jobOf(arrayId);
      const bookings = job.tries.flatMap((one) => one.bookings);
      expect(bookings.length === 0 || bookings.length === 2).toBe(true);
      expect(job.observed).toBe(bookings.length === 0 ? 'waiting' : 'placed');
      await cancelArray(market.renter, { arrayId }, market.clock.world);
      await market.follow();
      await settleLeases(market.clock.world);
      await db.listing.updateMany({ data: { state: 'withdrawn' } });
    }
  });
});

describe('money', () => {
  it('that is missing is said, and does not keep others from being placed', async () => {
    const market = await jobMarket({ machines: [{ gpuCount: 1 }] });
    const poor = await renterWith(0, market.clock);
    const waits = await market.submit({}, poor);
    market.clock.pass(1);
    const other = await market.submit();
    expect(await market.place()).toBe(1);
    expect((await market.jobOf(other)).observed).toBe('placed');
    const { report } = await db.jobArray.findUniqueOrThrow({ where: { id: waits } });
    expect(report).toMatchObject({ hold: expect.stringContaining('Top up') });
    expect(await walletOf(poor)).toMatchObject({ freeMicros: 0n });
  });
});
