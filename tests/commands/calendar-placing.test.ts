import '#tests/support/database.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { HOUR } from '#lib/base/time.ts';
import { setBlock } from '#lib/bookings/set-block.ts';
import { ALWAYS } from '#lib/catalogue/calendar.ts';
import { saveCalendar } from '#lib/catalogue/save-calendar.ts';
import { db } from '#lib/io/db.ts';
import { refusal } from '#tests/support/ask.ts';
import { type Bidding, bidding } from '#tests/support/bids.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { jobMarket } from '#tests/support/jobs.ts';
import { NOW } from '#tests/support/stalls.ts';

let market: Bidding;
beforeEach(async () => {
  market = await bidding();
});
afterEach(expectBooksBalance);

const inHours = (hours: number) => new Date(NOW.getTime() + hours * HOUR);

it('what is rented by a bid yields to a reserved window where that begins, and is told when it is time', async () => {
  const { hand } = await market.runningBid(market.renter, 3);
  const other = await market.renterWith(1_000);
  const { bookingId } = await market.bookAs(other, { startsAt: inHours(10), durationSeconds: 3_600, gpuCount: 2 });
  const reserved = await db.allocation.findMany({ where: { bookingId } });
  expect(reserved).toHaveLength(2);
  expect(await hand.booking()).toMatchObject({ desired: 'running', reason: null, endsAt: inHours(10) });
  expect((await hand.permit()).endsAt).toBe(inHours(10).toISOString());
});

it('a bid rents within the hours of its host only, until they end', async () => {
  // Monday, noon: closed until 14:00 UTC, then open until 18:00.
  const hours = [{ days: [1] as const, fromMinute: 14 * 60, toMinute: 18 * 60 }];
  await saveCalendar(market.host, { ...ALWAYS, machineId: market.machineId, hours }, market.clock.world);
  await market.bid(market.renter, 3);
  await market.beat();
  await market.clear();
  expect(await db.booking.count({ where: { machineId: market.machineId } })).toBe(0);
  market.clock.pass(2 * 3_600);
  await market.beat();
  await market.clear();
  const booking = await db.booking.findFirstOrThrow({ where: { machineId: market.machineId } });
  expect(booking).toMatchObject({ kind: 'interruptible', endsAt: inHours(6) });
});

it('a block of its host ends it there, after the notice that every bid has', async () => {
  const { hand } = await market.runningBid(market.renter, 3);
  const now = market.clock.now();
  const block = (seconds: number) =>
    setBlock(
      market.host,
      {
        machineId: market.machineId,
        kind: 'block',
        startsAt: new Date(now.getTime() + seconds * 1_000),
        endsAt: inHours(20),
        note: '',
      },
      market.clock.world,
    );
  expect((await refusal(block(119))).sentence).toContain('It yields after 2 minutes');
  expect(await block(120)).toMatchObject({ shortened: 1 });
  expect(await hand.booking()).toMatchObject({ reason: 'interrupted', endsAt: new Date(now.getTime() + 120_000) });
});

it('a job runs within the hours of a host only, and not where it would not end before they do', async () => {
  await db.listing.updateMany({ data: { state: 'withdrawn' } });
  const jobs = await jobMarket();
  const [machine] = jobs.machines;
  if (machine === undefined) throw new Error('a market without a machine');
  const hours = [{ days: [1] as const, fromMinute: 14 * 60, toMinute: 18 * 60 }];
  await saveCalendar(machine.host, { ...ALWAYS, machineId: machine.id, hours }, jobs.clock.world);
  const short = await jobs.submit({ runSeconds: 3 * 3_600 });
  expect(await jobs.place()).toBe(0);
  jobs.clock.pass(2 * 3_600);
  await jobs.beat();
  const long = await jobs.submit({ runSeconds: 5 * 3_600 });
  expect(await jobs.place()).toBe(1);
  expect((await jobs.jobOf(short)).observed).toBe('placed');
  expect((await jobs.jobOf(long)).observed).toBe('waiting');
  const { endsAt } = await (await jobs.handOf((await jobs.jobOf(short)).id)).booking();
  expect(endsAt.getTime()).toBeLessThanOrEqual(inHours(6).getTime());
});
