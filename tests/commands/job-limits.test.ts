import '#tests/support/database.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { ALWAYS } from '#lib/catalogue/calendar.ts';
import { saveCalendar } from '#lib/catalogue/save-calendar.ts';
import { db } from '#lib/io/db.ts';
import { arrayOf, arraysOf } from '#lib/jobs/queries/arrays.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { closeJobMarkets, exitedWith, type JobMarket, jobMarket } from '#tests/support/jobs.ts';

afterEach(async () => {
  await expectBooksBalance();
  await closeJobMarkets();
});

describe('a cap', () => {
  it('that pays no minute anywhere is told at once, with the least that does', async () => {
    const market = await jobMarket({
      machines: [{ gpuCount: 2 }, { gpuCount: 2, listing: { priceMicrosPerGpuHour: 7_200_000n } }],
    });
    await expect(market.submit({ capMicros: '1' })).rejects.toMatchObject({
      reason: 'badInput',
      detail: { capMicros: expect.stringContaining('$0.06') },
    });
    await expect(market.submit({ capMicros: '359999', machines: 2, gpuCount: 2 })).rejects.toMatchObject({
      detail: { capMicros: expect.stringContaining('$0.48') },
    });
    await market.submit({ capMicros: '60000' });
    await market.submit({ capMicros: '1', anyway: true });
  });

  it('of one job that is nearly used up does not keep the others of its array waiting', async () => {
    const market = await jobMarket({ machines: [{ gpuCount: 1 }] });
    const dear = market.machines[0];
    if (dear === undefined) throw new Error('no machine');
    const arrayId = await market.submit({ size: 3, capMicros: '200000', retries: 1 });
    await market.place();
    const [first] = await market.jobsOf(arrayId);
    const hand = await market.handOf(first?.id ?? '');
    await hand.connect();
    await hand.run(100);
    await hand.say('stopped', exitedWith(1));
    await market.follow();
    await hand.say('ended');
    // What is left pays a minute at what it cost; then the price goes up.
    expect((await market.jobsOf(arrayId))[0]).toMatchObject({ observed: 'waiting', failures: 1 });
    await db.listing.updateMany({ where: { machineId: dear.id }, data: { priceMicrosPerGpuHour: 7_200_000n } });
    market.clock.pass(11);
    expect(await market.place()).toBe(1);
    expect((await market.jobsOf(arrayId)).map(({ observed }) => observed)).toEqual(['waiting', 'placed', 'waiting']);
    // The price is back: it goes on as well.
    await db.listing.updateMany({ where: { machineId: dear.id }, data: { priceMicrosPerGpuHour: 3_600_000n } });
  });
});

describe('a highest price', () => {
  it('that is the price is enough; a retry waits while it is higher, and goes on when it is back', async () => {
    const market = await jobMarket({ machines: [{ gpuCount: 1 }] });
    const arrayId = await market.submit({ maxPriceMicrosPerGpuHour: '3600000', retries: 1 });
    expect(await market.place()).toBe(1);
    const hand = await market.handOf((await market.jobOf(arrayId)).id);
    await hand.connect();
    await hand.say('stopped', exitedWith(1));
    await market.follow();
    await hand.say('ended');
    await db.listing.updateMany({ where: { state: 'published' }, data: { priceMicrosPerGpuHour: 3_600_001n } });
    market.clock.pass(11);
    expect(await market.place()).toBe(0);
    const { report } = await db.jobArray.findUniqueOrThrow({ where: { id: arrayId } });
    expect(report).toMatchObject({ fitting: 0, misfits: [{ misfit: 'price', machines: 1 }] });
    await db.listing.updateMany({ where: { state: 'published' }, data: { priceMicrosPerGpuHour: 3_600_000n } });
    expect(await market.place()).toBe(1);
  });
});

describe('a time for which no host rents', () => {
  it('is told at once, unless a deadline makes it shorter while it waits', async () => {
    const market = await jobMarket({ machines: [{ gpuCount: 1 }] });
    const [machine] = market.machines;
    if (machine === undefined) throw new Error('no machine');
    const rules = { ...ALWAYS, leastSeconds: 7_200, mostSeconds: 86_400 };
    await saveCalendar(machine.host, { ...rules, machineId: machine.id }, market.clock.world);
    await expect(market.submit({ runSeconds: 2 * 86_400 })).rejects.toMatchObject({
      reason: 'nothingFits',
      sentence: expect.stringContaining('not open or free for long enough'),
    });
    await expect(market.submit({ runSeconds: 600 })).rejects.toMatchObject({
      sentence: expect.stringContaining('rented only for longer'),
    });
    const deadline = new Date(market.clock.now().getTime() + 2 * 86_400_000).toISOString();
    await market.submit({ runSeconds: 2 * 86_400, deadline });
    await market.submit({ runSeconds: 7_200 });
  });
});

describe('how much one renter may have open', () => {
  it('is kept by any number of submissions sent at once', async () => {
    const market = await jobMarket();
    const sent = await Promise.allSettled(Array.from({ length: 4 }, () => market.submit({ size: 10_000 })));
    expect(sent.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(await db.job.count({ where: { renterId: market.renter.userId } })).toBe(20_000);
  });
});

describe('why a job waits', () => {
  const said = async (market: JobMarket, arrayId: string) =>
    (await arrayOf(market.renter, arrayId, market.clock.now())).waiting;

  it('is said while it rests after a failure, and in counts of machines again after that', async () => {
    const market = await jobMarket({ machines: [{ gpuCount: 1 }] });
    const arrayId = await market.submit({ retries: 2 });
    await market.place();
    const hand = await market.handOf((await market.jobOf(arrayId)).id);
    await hand.connect();
    await hand.say('stopped', exitedWith(1));
    await market.follow();
    const rests = 'Its program failed. It rests, and is tried again in 10 seconds.';
    expect(await said(market, arrayId)).toMatchObject({ sentence: rests, report: null, since: null });
    expect((await arraysOf(market.renter, {}, market.clock.now())).rows[0]?.waiting?.sentence).toBe(rests);
    await market.submit();
    expect(await market.place()).toBe(1);
    market.clock.pass(10);
    expect(await market.place()).toBe(0);
    expect(await said(market, arrayId)).toMatchObject({
      sentence: expect.stringContaining('its GPUs are taken now (1)'),
      report: { misfits: [{ misfit: 'gpusTaken', machines: 1 }] },
    });
  });

  it('is said of a renter who is suspended, whose jobs nothing begins', async () => {
    const market = await jobMarket({ machines: [{ gpuCount: 1 }] });
    const arrayId = await market.submit();
    await db.user.update({ where: { id: market.renter.userId }, data: { suspendedAt: market.clock.now() } });
    expect(await market.place()).toBe(0);
    const suspended = { ...market.renter, suspended: true };
    const { waiting } = await arrayOf(suspended, arrayId, market.clock.now());
    expect(waiting?.sentence).toContain('suspended');
  });
});
