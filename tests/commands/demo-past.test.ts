import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '#lib/base/actor.ts';
import { theWorld } from '#lib/base/time.ts';
import { cardEarnings } from '#lib/catalogue/market-now.ts';
import { occupancySteps } from '#lib/catalogue/price-advice.ts';
import { isEnough } from '#lib/catalogue/price-band.ts';
import { mergeCells } from '#lib/catalogue/price-day.ts';
import { marketNow } from '#lib/catalogue/queries/market-now.ts';
import { priceBands } from '#lib/catalogue/queries/price-bands.ts';
import { priceCells } from '#lib/catalogue/queries/price-facts.ts';
import { db } from '#lib/io/db.ts';
import { earningSpan } from '#lib/receipts/earnings.ts';
import { earningsIn, firstEarningMonth } from '#lib/receipts/queries/earnings.ts';
import { billFileOf } from '#lib/receipts/queries/receipts.ts';
import { check } from '#tests/support/bill-file.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { databaseUrl, sql } from '#tests/support/database.ts';
import { logAll } from '#tests/support/public-log.ts';

const run = promisify(execFile);
let folder = '';

/** The keys and gateways are those of this process: it verifies what the seed signs. */
async function seed() {
  const env = { ...process.env, DATABASE_URL: databaseUrl, SUBLET_DEMO: '1', SUBLET_DIR: folder };
  const done = await run(process.execPath, ['--disable-warning=ExperimentalWarning', 'prisma/seed.ts'], { env });
  expect(done.stderr).toBe('');
}

async function someone(email: string): Promise<Actor> {
  const { id } = await db.user.findUniqueOrThrow({ where: { email } });
  return { userId: id, sessionId: 'test', role: 'member', suspended: false };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sublet-past-'));
  await seed();
}, 180_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the past of the demo host', () => {
  it('is rentals of simulated machines whose bills all verify, in books that add up', async () => {
    await expectBooksBalance();
    await logAll({ world: theWorld });
    const bookings = await db.booking.findMany({ include: { lease: true, machine: true } });
    expect(bookings.length).toBeGreaterThanOrEqual(3);
    const renter = await someone('past-renter@hosts.demo.sublet.test');
    for (const booking of bookings) {
      expect(booking).toMatchObject({ renterId: renter.userId, observed: 'ended', machine: { simulated: true } });
      expect(booking.lease?.settledAt).not.toBeNull();
      const verified = await check(await billFileOf(renter, booking.id, theWorld.now()));
      expect(verified).toMatchObject({ bookingId: booking.id, final: true });
      expect(BigInt(verified.totals.chargedMicros)).toBe(booking.lease?.chargedMicros);
      expect(booking.lease?.chargedMicros).toBeGreaterThan(0n);
    }
  });

  it('shows in the earnings of the host, over several months, as old news that nobody is told of', async () => {
    const host = await someone('host@demo.sublet.test');
    const now = theWorld.now();
    const span = earningSpan({ span: 'all' }, await firstEarningMonth(host, now), now);
    if ('problems' in span) throw new Error('no span');
    const { months, total } = await earningsIn(host, span, now);
    expect(months.filter((month) => month.netMicros > 0n).length).toBeGreaterThan(1);
    expect(total.netMicros).toBeGreaterThan(0n);
    const told = await sql<{ count: number }>(
      'SELECT count(*)::int FROM unnoticed_events JOIN events ON id = event_id WHERE booking_id IS NOT NULL',
    );
    expect(told).toEqual([{ count: 0 }]);
    expect(await db.machine.count({ where: { lastSyncAt: { not: null } } })).toBe(0);
  });

  it('happened once, however often the market is laid out', async () => {
    const before = await db.booking.count();
    await seed();
    expect(await db.booking.count()).toBe(before);
  });
});

describe('the past of the demo market', () => {
  it('has thirty days of prices that label offers, and says what a card earned, all of it simulated', async () => {
    const now = theWorld.now();
    await db.machine.updateMany({ data: { lastSyncAt: now } });
    const bands = [...(await priceBands(now)).values()];
    expect(bands.every(({ simulated }) => simulated)).toBe(true);
    expect(bands.filter(isEnough).length).toBeGreaterThan(4);
    const { models } = await marketNow(now);
    const known = models.filter(({ past }) => cardEarnings(past, 1_000) !== null);
    expect(known.map(({ model }) => model)).toEqual(expect.arrayContaining(['RTX 4090', 'RTX 5090', 'H200']));
    // A machine that came since midnight, the only one of its model, has no day written down yet: whether there is one hangs on the hour.
    const withoutPast = models.filter(({ past }) => past === null);
    expect(withoutPast.length).toBeLessThan(models.length / 4);
    for (const { line, past } of models) expect((line?.points.length ?? 0) > 0).toBe(past !== null);
    const cells = await priceCells({ model: 'RTX 4090', simulated: true }, now);
    const steps = occupancySteps(mergeCells([cells]), 13) ?? [];
    expect(steps.length).toBeGreaterThan(1);
    const changed = await sql<{ count: number }>(
      'SELECT count(*)::int FROM (SELECT FROM listing_prices GROUP BY listing_id HAVING count(*) > 1) changed',
    );
    expect(changed[0]?.count).toBeGreaterThan(20);
    const asked = await sql(
      `SELECT l.id FROM listings l JOIN LATERAL (SELECT price_micros_per_gpu_hour AS price FROM listing_prices p
         WHERE p.listing_id = l.id ORDER BY since DESC, id DESC LIMIT 1) last ON true
       WHERE last.price <> l.price_micros_per_gpu_hour`,
    );
    expect(asked).toEqual([]);
  });
});
