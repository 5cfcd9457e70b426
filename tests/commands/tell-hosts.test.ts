import '#tests/support/database.ts';
import { beforeEach, expect, it } from 'vitest';
import { answerRequest } from '#lib/bookings/answer-request.ts';
import { cancelStandingRequest } from '#lib/bookings/close-standing-request.ts';
import { TELL_HOSTS_EVERY_SECONDS, tellHosts } from '#lib/bookings/tell-hosts.ts';
import { blockRenter } from '#lib/catalogue/block-renter.ts';
import { db } from '#lib/io/db.ts';
import { deliverNotices } from '#lib/notices/deliver-notices.ts';
import { sql } from '#tests/support/database.ts';
import { type RentalMarket, rentalMarket, renterWith } from '#tests/support/rental.ts';
import { standing } from '#tests/support/standing.ts';

let market: RentalMarket;
beforeEach(async () => {
  await sql('TRUNCATE request_digests');
  await sql(`UPDATE standing_requests SET state = 'cancelled', closed_at = now() WHERE state = 'open'`);
  await sql(`UPDATE listings SET state = 'withdrawn'`);
  market = await rentalMarket();
});

/** Each a second after the one before, as people are. */
const ask = (change: object = {}) => {
  market.clock.pass(1);
  return standing(market.renter, market.clock, { mode: 'ask', ...change });
};
const tell = () => tellHosts(market.clock.world);
/** What the host of the market was told of requests, the oldest first. */
async function told(): Promise<{ title: string; link: string | null }[]> {
  await deliverNotices(market.clock.world);
  return db.notice.findMany({
    where: { userId: market.host.userId, kind: 'request.forHosts' },
    orderBy: { id: 'asc' },
    select: { title: true, link: true },
  });
}
const day = () => {
  market.clock.pass(TELL_HOSTS_EVERY_SECONDS);
  return market.beat();
};

it('a host hears once a day of what is new, however many requests came', async () => {
  expect(await tell()).toBe(0);
  await ask({ finishBy: new Date(market.clock.now().getTime() + 5 * 86_400_000) });
  expect(await tell()).toBe(1);
  expect(await told()).toEqual([{ title: 'A renter waits for what you have', link: '/host/requests' }]);
  await ask({ finishBy: new Date(market.clock.now().getTime() + 5 * 86_400_000) });
  await ask({ finishBy: new Date(market.clock.now().getTime() + 5 * 86_400_000) });
  expect(await tell()).toBe(0);
  await day();
  expect(await tell()).toBe(1);
  expect((await told()).map(({ title }) => title)).toEqual([
    'A renter waits for what you have',
    '2 renters wait for what you have',
  ]);
  // Nothing new came: the next day is quiet.
  await day();
  expect(await tell()).toBe(0);
});

it('two workers tell once', async () => {
  await ask();
  const counts = await Promise.all([tell(), tell(), tell()]);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
  expect(await told()).toHaveLength(1);
});

it('a host hears nothing of what their machines cannot serve, of requests that ask nobody, or that are over', async () => {
  await ask({ models: ['H100'] });
  await ask({ gpuCount: 3 });
  await standing(market.renter, market.clock, { mode: 'notify', maxPriceMicrosPerGpuHour: 1n });
  const over = await ask();
  await cancelStandingRequest(market.renter, { requestId: over }, market.clock.world);
  expect(await tell()).toBe(0);
  expect(await told()).toEqual([]);
});

it('a host hears of a request above all prices asked, and of none of a renter whom they block, or have answered', async () => {
  const cheap = await ask({ maxPriceMicrosPerGpuHour: 1_000_000n });
  const { bookingId } = await market.bookAs(market.renter, { durationSeconds: 3_600 });
  await blockRenter(market.host, { bookingId, reason: 'no more' }, market.clock.world);
  expect(await tell()).toBe(0);
  const other = await renterWith(100, market.clock);
  const answered = await standing(other, market.clock, { mode: 'ask' });
  await answerRequest(
    market.host,
    { requestId: answered, machineId: market.machineId, priceMicrosPerGpuHour: 3_000_000n, holdsSeconds: 3_600 },
    market.clock.world,
  );
  expect(await tell()).toBe(0);
  await standing(other, market.clock, { mode: 'ask', maxPriceMicrosPerGpuHour: 1_000_000n });
  expect(await tell()).toBe(1);
  expect(cheap).toMatch(/^srq_/);
});

it('what was told is kept for people of this market only', async () => {
  await expect(
    sql(`INSERT INTO request_digests (host_id, told_at, last_request_id) VALUES ('usr_none', now(), 'srq_1')`),
  ).rejects.toThrow('request_digests_host_id_fkey');
});
