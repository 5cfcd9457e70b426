import '#tests/support/database.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { endBooking } from '#lib/bookings/end-booking.ts';
import { endBookingByHost } from '#lib/bookings/end-booking-by-host.ts';
import { startBooking } from '#lib/bookings/start-booking.ts';
import { db } from '#lib/io/db.ts';
import { endExpiredLeases } from '#lib/leases/end-expired-leases.ts';
import { expireKeptDisks } from '#lib/leases/expire-kept-disks.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { closeJobMarkets, exitedWith, type JobMarket, jobMarket } from '#tests/support/jobs.ts';
import type { RentalHand } from '#tests/support/rental.ts';

afterEach(async () => {
  await expectBooksBalance();
  await closeJobMarkets();
});

/** A job of two machines that runs on both. */
async function gang(
  wanted: object = {},
): Promise<{ market: JobMarket; arrayId: string; hands: [RentalHand, RentalHand] }> {
  const market = await jobMarket({ machines: [{ gpuCount: 1 }, { gpuCount: 1 }] });
  const arrayId = await market.submit({ machines: 2, ...wanted });
  await market.place();
  const [first, second] = await market.handsOf((await market.jobOf(arrayId)).id);
  if (first === undefined || second === undefined) throw new Error('a gang has two machines');
  for (const hand of [first, second]) await hand.connect();
  await market.follow();
  expect(await market.jobOf(arrayId)).toMatchObject({ observed: 'running' });
  return { market, arrayId, hands: [first, second] };
}

describe('a command that ends while its host breaks the rental off', () => {
  it.each([null, '/results'])('has ended as it did, whether or not its disk is kept (%s)', async (artifactsPath) => {
    for (const [exitCode, outcome] of [
      [0, 'succeeded'],
      [3, 'failed'],
    ] as const) {
      const market = await jobMarket({ machines: [{ gpuCount: 1 }] });
      const arrayId = await market.submit({ artifactsPath });
      await market.place();
      const hand = await market.handOf((await market.jobOf(arrayId)).id);
      await hand.connect();
      await hand.run(60);
      const [machine] = market.machines;
      if (machine === undefined) throw new Error('no machine');
      await endBookingByHost(machine.host, { bookingId: hand.id, reason: 'Moving.' }, market.clock.world);
      market.clock.pass(600);
      await hand.say('stopped', exitedWith(exitCode));
      await market.beat();
      await market.follow();
      expect(await market.jobOf(arrayId)).toMatchObject({ observed: 'ended', outcome, exitCode, losses: 0 });
      // What it left can be fetched until the host's notice is over, and nothing of the notice is billed.
      expect(await hand.booking()).toMatchObject({ desired: artifactsPath === null ? 'ended' : 'stopped' });
      expect((await hand.booking()).billable).toBe('nothing');
    }
  });
});

describe('a renter who starts a shell on the disk of a job', () => {
  it('before anybody saw that it ended, does not make it another end, and keeps the shell', async () => {
    const market = await jobMarket({ machines: [{ gpuCount: 1 }] });
    const arrayId = await market.submit({ artifactsPath: '/results' });
    await market.place();
    const hand = await market.handOf((await market.jobOf(arrayId)).id);
    await hand.connect();
    await hand.say('stopped', exitedWith(0));
    await market.beat();
    await startBooking(market.renter, { bookingId: hand.id, durationSeconds: 3_600 }, market.clock.world);
    await market.follow();
    expect(await market.jobOf(arrayId)).toMatchObject({ outcome: 'succeeded', exitCode: 0 });
    expect(await hand.booking()).toMatchObject({ desired: 'running', atExit: null });
  });

  it('of one machine, while the others go on, breaks nothing off', async () => {
    const { market, arrayId, hands } = await gang({ artifactsPath: '/results' });
    const [first, second] = hands;
    await first.say('stopped', exitedWith(0));
    await market.follow();
    await market.beat();
    await startBooking(market.renter, { bookingId: first.id, durationSeconds: 3_600 }, market.clock.world);
    await market.follow();
    expect(await market.jobOf(arrayId)).toMatchObject({ observed: 'running' });
    await endBooking(market.renter, { bookingId: first.id }, market.clock.world);
    await market.follow();
    expect(await market.jobOf(arrayId)).toMatchObject({ observed: 'running' });
    await second.say('stopped', exitedWith(0));
    await market.follow();
    expect(await market.jobOf(arrayId)).toMatchObject({ outcome: 'succeeded' });
  });
});

describe('a job on several machines', () => {
  it('goes on when the disk of one that is done was kept long enough', async () => {
    const { market, arrayId, hands } = await gang({ artifactsPath: '/results', runSeconds: 3 * 86_400 });
    const [first, second] = hands;
    await first.say('stopped', exitedWith(0));
    await market.follow();
    market.clock.pass(86_401);
    await market.beat();
    await expireKeptDisks(market.clock.world);
    expect(await first.booking()).toMatchObject({ desired: 'ended', reason: 'diskExpired' });
    await market.follow();
    expect(await market.jobOf(arrayId)).toMatchObject({ observed: 'running', losses: 0 });
    expect(await second.booking()).toMatchObject({ desired: 'running' });
    await second.say('stopped', exitedWith(0));
    await market.follow();
    expect(await market.jobOf(arrayId)).toMatchObject({ outcome: 'succeeded', exitCode: 0 });
  });

  it('is lost, not failed, where one ends badly because the machine of another died just before', async () => {
    const { market, arrayId, hands } = await gang();
    const [first, second] = hands;
    const dead = (await second.booking()).machineId;
    const at = market.clock.now();
    await db.beat.upsert({
      where: { name: 'agentDoor' },
      create: { name: 'agentDoor', at },
      update: { at, backAt: null },
    });
    market.clock.pass(15);
    const answers = () =>
      db.machine.updateMany({ where: { id: { not: dead } }, data: { lastSyncAt: market.clock.now() } });
    await answers();
    await first.say('stopped', exitedWith(1));
    await market.follow();
    expect(await market.jobOf(arrayId)).toMatchObject({ observed: 'running' });
    market.clock.pass(300);
    await answers();
    await db.beat.update({ where: { name: 'agentDoor' }, data: { at: market.clock.now() } });
    await market.follow();
    const lost = await market.jobOf(arrayId);
    expect(lost).toMatchObject({ observed: 'waiting', losses: 1, failures: 0, reason: 'machineSilent' });
    expect(lost.avoidedHostIds).toEqual([(await second.booking()).hostId]);
  });

  it('has failed where one ends badly and the others are well: as soon as they are heard of', async () => {
    const { market, arrayId, hands } = await gang();
    const [first, second] = hands;
    market.clock.pass(5);
    await first.say('stopped', exitedWith(1));
    await market.follow();
    expect(await market.jobOf(arrayId)).toMatchObject({ observed: 'running' });
    market.clock.pass(5);
    await market.beat();
    await market.follow();
    expect(await market.jobOf(arrayId)).toMatchObject({ outcome: 'failed', exitCode: 1, failures: 1 });
    expect(await second.booking()).toMatchObject({ desired: 'ended', reason: 'jobOver' });
  });
});

describe('a gang of which one command failed', () => {
  it('is billed until then, and not until it is known that the other machines are well', async () => {
    const { market, arrayId, hands } = await gang();
    const [first, second] = hands;
    await second.run(60);
    await first.say('stopped', exitedWith(1));
    await market.follow();
    expect(await market.jobOf(arrayId)).toMatchObject({ observed: 'running' });
    expect(await second.booking()).toMatchObject({ desired: 'running' });
    await second.run(240);
    await market.beat();
    await market.follow();
    await market.follow();
    expect(await market.jobOf(arrayId)).toMatchObject({ outcome: 'failed', exitCode: 1 });
    await second.run(60);
    await second.say('ended');
    expect((await second.lease()).gpuSeconds).toBe(60n);
  });
});

describe('a deadline', () => {
  it('that ends what runs has passed, also by the clock of a machine that is a little ahead', async () => {
    const market = await jobMarket({ machines: [{ gpuCount: 1 }] });
    const deadline = new Date(market.clock.now().getTime() + 600_000);
    const arrayId = await market.submit({ deadline: deadline.toISOString(), retries: 2, runSeconds: 86_400 });
    await market.place();
    const hand = await market.handOf((await market.jobOf(arrayId)).id);
    await hand.connect();
    await hand.run(597);
    await hand.say('stopped', { failure: { code: 'windowEnded', detail: 'The rented time is over.' } });
    await market.follow();
    expect(await market.jobOf(arrayId)).toMatchObject({ outcome: 'expired', reason: 'deadlinePassed', failures: 0 });
  });

  it('that passes while it waits for another attempt is why it is over, and not what ended the last one', async () => {
    const market = await jobMarket({ machines: [{ gpuCount: 1 }] });
    const deadline = new Date(market.clock.now().getTime() + 600_000);
    const arrayId = await market.submit({ deadline: deadline.toISOString(), retries: 2 });
    await market.place();
    const hand = await market.handOf((await market.jobOf(arrayId)).id);
    await hand.connect();
    await hand.say('stopped', exitedWith(7));
    await market.follow();
    expect(await market.jobOf(arrayId)).toMatchObject({ observed: 'waiting', reasonDetail: 'exit code 7' });
    market.clock.pass(600);
    await market.follow();
    expect(await market.jobOf(arrayId)).toMatchObject({
      outcome: 'expired',
      reason: 'deadlinePassed',
      reasonDetail: null,
      exitCode: 7,
    });
  });

  it('that passes while a machine still pulls costs nothing and ends it', async () => {
    const market = await jobMarket({ machines: [{ gpuCount: 1 }] });
    const deadline = new Date(market.clock.now().getTime() + 600_000);
    const arrayId = await market.submit({ deadline: deadline.toISOString(), retries: 2 });
    await market.place();
    const hand = await market.handOf((await market.jobOf(arrayId)).id);
    await hand.say('pulling');
    market.clock.pass(600);
    await market.beat();
    await endExpiredLeases(market.clock.world);
    await market.follow();
    expect(await market.jobOf(arrayId)).toMatchObject({ outcome: 'expired', losses: 0 });
    expect(await hand.lease()).toMatchObject({ chargedMicros: 0n, heldMicros: 0n });
  });
});
