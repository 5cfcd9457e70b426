import '#tests/support/database.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { endBookingByHost } from '#lib/bookings/end-booking-by-host.ts';
import { db } from '#lib/io/db.ts';
import { AVOID_SECONDS } from '#lib/jobs/avoid.ts';
import { placeJobs } from '#lib/jobs/place-jobs.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { closeJobMarkets, type JobMarket, jobMarket, offeredMachine } from '#tests/support/jobs.ts';

afterEach(async () => {
  await expectBooksBalance();
  await closeJobMarkets();
});

/** Five minutes pass in which everybody but this machine answers. */
async function goSilent(market: JobMarket, machineId: string): Promise<void> {
  const door = () =>
    db.beat.upsert({
      where: { name: 'agentDoor' },
      create: { name: 'agentDoor', at: market.clock.now() },
      update: { at: market.clock.now(), backAt: null },
    });
  await door();
  market.clock.pass(301);
  await door();
  await db.machine.updateMany({ where: { id: { not: machineId } }, data: { lastSyncAt: market.clock.now() } });
}

/** What a machine clears away when it is back. */
async function clearAway(market: JobMarket): Promise<void> {
  const gone = await db.booking.findMany({ where: { desired: 'ended', observed: { not: 'ended' } } });
  for (const { id } of gone) {
    await db.booking.update({ where: { id }, data: { observed: 'ended' } });
    await db.allocation.updateMany({
      where: { bookingId: id, endsAt: { gt: market.clock.now() } },
      data: { endsAt: market.clock.now() },
    });
  }
}

describe('a job that was lost', () => {
  it('begins again on the only host there is, when a machine of that one answers', async () => {
    const market = await jobMarket({ machines: [{ gpuCount: 1 }] });
    const [first] = market.machines;
    if (first === undefined) throw new Error('no machine');
    const arrayId = await market.submit();
    await market.place();
    const second = await offeredMachine(market.clock, { gpuCount: 1, host: first.host });
    market.machines.push(second);
    await goSilent(market, first.id);
    await market.follow();
    expect(await market.jobOf(arrayId)).toMatchObject({ observed: 'waiting', losses: 1 });
    expect(await placeJobs(market.clock.world)).toBe(1);
    const hand = await market.handOf((await market.jobOf(arrayId)).id);
    expect((await hand.booking()).machineId).toBe(second.id);
  });

  it('keeps away from the host who broke it off for a quarter of an hour, not for ever', async () => {
    const market = await jobMarket({ machines: [{ gpuCount: 1 }] });
    const [machine] = market.machines;
    if (machine === undefined) throw new Error('no machine');
    const arrayId = await market.submit();
    await market.place();
    const hand = await market.handOf((await market.jobOf(arrayId)).id);
    await endBookingByHost(machine.host, { bookingId: hand.id, reason: 'Power cut.' }, market.clock.world);
    await market.follow();
    await hand.say('ended');
    market.clock.pass(AVOID_SECONDS - 1);
    expect(await market.place()).toBe(0);
    market.clock.pass(1);
    expect(await market.place()).toBe(1);
  });

  it('keeps the others of its renter away from a machine that comes and goes', async () => {
    const market = await jobMarket({ machines: [{ gpuCount: 1 }, { gpuCount: 1 }] });
    const arrayId = await market.submit({ size: 4 });
    await market.place();
    const [first] = await market.jobsOf(arrayId);
    const hand = await market.handOf(first?.id ?? '');
    const { machineId: flapping } = await hand.booking();
    await goSilent(market, flapping);
    await market.follow();
    // It is back at once, with a free GPU: of the four none goes there.
    await clearAway(market);
    expect(await market.place()).toBe(0);
    const { report } = await db.jobArray.findUniqueOrThrow({ where: { id: arrayId } });
    expect(report).toMatchObject({
      fitting: 0,
      misfits: expect.arrayContaining([{ misfit: 'hostBlocked', machines: 1 }]),
    });
    market.clock.pass(AVOID_SECONDS);
    expect(await market.place()).toBe(1);
  });
});

describe('a job under which a machine’s container runtime was stopped', () => {
  it('is lost there and begins again elsewhere, whatever its program made of the signal', async () => {
    const market = await jobMarket({ machines: [{ gpuCount: 1 }, { gpuCount: 1 }] });
    const arrayId = await market.submit();
    await market.place();
    const hand = await market.handOf((await market.jobOf(arrayId)).id);
    await hand.connect();
    const stopped = { failure: { code: 'exited', detail: 'stopped' }, exitCode: null, runtimeStopped: true } as const;
    await hand.say('stopped', stopped);
    await market.follow();
    expect(await market.jobOf(arrayId)).toMatchObject({ observed: 'waiting', losses: 1, failures: 0 });
    expect(await market.place()).toBe(1);
    const again = await market.handOf((await market.jobOf(arrayId)).id);
    expect((await again.booking()).machineId).not.toBe((await hand.booking()).machineId);
  });
});

describe('a gang of which one machine went silent', () => {
  it('blames that one, and not the hosts of the others', async () => {
    const market = await jobMarket({ machines: [{ gpuCount: 1 }, { gpuCount: 1 }] });
    const arrayId = await market.submit({ machines: 2 });
    await market.place();
    const [well, dead] = await market.handsOf((await market.jobOf(arrayId)).id);
    if (well === undefined || dead === undefined) throw new Error('two machines');
    for (const hand of [well, dead]) await hand.connect();
    await market.follow();
    await goSilent(market, (await dead.booking()).machineId);
    await market.follow();
    expect(await dead.booking()).toMatchObject({ desired: 'ended', reason: 'machineLost' });
    expect(await well.booking()).toMatchObject({ desired: 'ended', reason: 'jobOver' });
  });
});

describe('a job whose image is not to be had for one machine', () => {
  const notHere = { failure: { code: 'imageNotFound', detail: 'no manifest for arm64' }, onlyHere: true } as const;

  it('is tried on another, at no cost, and uses up no retry', async () => {
    const market = await jobMarket({ machines: [{ gpuCount: 1 }, { gpuCount: 1 }] });
    const arrayId = await market.submit();
    await market.place();
    const first = await market.handOf((await market.jobOf(arrayId)).id);
    await first.say('failed', notHere);
    await market.follow();
    expect(await market.jobOf(arrayId)).toMatchObject({ observed: 'waiting', failures: 0, reason: 'imageNotHere' });
    expect(await market.place()).toBe(1);
    const second = await market.handOf((await market.jobOf(arrayId)).id);
    expect((await second.booking()).machineId).not.toBe((await first.booking()).machineId);
    await second.connect();
    await market.follow();
    expect(await market.jobOf(arrayId)).toMatchObject({ observed: 'running' });
  });

  it('is given up after three, and says what the last one said', async () => {
    const market = await jobMarket({ machines: Array.from({ length: 4 }, () => ({ gpuCount: 1 })) });
    const arrayId = await market.submit();
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      expect(await market.place()).toBe(1);
      await (await market.handOf((await market.jobOf(arrayId)).id)).say('failed', notHere);
      await market.follow();
    }
    const { outcome, reason, reasonDetail } = await market.jobOf(arrayId);
    expect({ outcome, reason }).toEqual({ outcome: 'failed', reason: 'neverBegan' });
    expect(reasonDetail).toContain('not to be had for this machine');
  });

  it('is given up at once where its registry has no such image for anybody', async () => {
    const market = await jobMarket({ machines: [{ gpuCount: 1 }, { gpuCount: 1 }] });
    const arrayId = await market.submit({ retries: 3 });
    await market.place();
    const hand = await market.handOf((await market.jobOf(arrayId)).id);
    await hand.say('failed', { failure: { code: 'imageNotFound', detail: 'manifest unknown' } });
    await market.follow();
    expect(await market.jobOf(arrayId)).toMatchObject({ outcome: 'failed', reason: 'imageNotFound', losses: 0 });
  });
});

describe('a job that no machine can begin', () => {
  it('is given up after three that answered, and says why the last one could not', async () => {
    const market = await jobMarket({ machines: Array.from({ length: 5 }, () => ({ gpuCount: 1 })) });
    const arrayId = await market.submit();
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      expect(await market.place()).toBe(1);
      const hand = await market.handOf((await market.jobOf(arrayId)).id);
      await hand.say('failed', { failure: { code: 'pullFailed', detail: 'too many parts' } });
      await market.follow();
    }
    const { observed, outcome, reason, reasonDetail, losses } = await market.jobOf(arrayId);
    expect({ observed, outcome, reason, losses }).toEqual({
      observed: 'ended',
      outcome: 'failed',
      reason: 'neverBegan',
      losses: 3,
    });
    expect(reasonDetail).toBe('The image could not be pulled.');
    expect(await market.place()).toBe(0);
  });
});
