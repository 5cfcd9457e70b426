import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { addDays, dayOf, dayStart } from '#lib/base/day.ts';
import { newId } from '#lib/base/id.ts';
import { DAY, HOUR, MINUTE, type World } from '#lib/base/time.ts';
import { closePriceDays } from '#lib/catalogue/close-price-days.ts';
import { groupKey, percentileOf } from '#lib/catalogue/price-band.ts';
import { listingPrices } from '#lib/catalogue/queries/listing-prices.ts';
import { priceBands } from '#lib/catalogue/queries/price-bands.ts';
import { priceLines } from '#lib/catalogue/queries/price-lines.ts';
import { saveListing } from '#lib/catalogue/save-listing.ts';
import { db } from '#lib/io/db.ts';
import { databaseUrl, sql } from '#tests/support/database.ts';
import { type Person, person } from '#tests/support/people.ts';
import { listingOf, machineOf, NOW, type SomeMachine, spansOf, takenBy } from '#tests/support/stalls.ts';

/** The first day of this market: its machines are there since NOW, a Monday at noon. */
const FIRST = dayOf(NOW);
const worldAt = (at: Date): World => ({ now: () => at });
const noonOf = (days: number) => new Date(NOW.getTime() + days * DAY);

let host: Person;
let renter: Person;
beforeAll(async () => {
  [host, renter] = [await person(), await person()];
});

async function offered(price: bigint, change: SomeMachine = {}, until: Date | null = null) {
  const { machineId, gpuIds } = await machineOf(host, change);
  const listingId = await listingOf(host, machineId, { priceMicrosPerGpuHour: price });
  await spansOf(machineId, { offers: [{ startsAt: NOW, endsAt: until }] });
  return { machineId, gpuIds, listingId, hostId: host.userId };
}

const setPrice = (machineId: string, price: bigint, at: Date) =>
  saveListing(host, { machineId, price, diskPrice: 100_000n, minGpus: 1, endsAt: null }, worldAt(at));

describe('the prices of a listing', () => {
  it('are all known, whoever changes them and however', async () => {
    const { machineId, listingId } = await offered(400_000n, { model: 'Known' });
    await setPrice(machineId, 380_000n, noonOf(1));
    await setPrice(machineId, 380_000n, noonOf(2));
    await setPrice(machineId, 410_000n, noonOf(3));
    await sql('UPDATE listings SET price_micros_per_gpu_hour = 5 WHERE id = $1', [listingId]);
    const rows = await sql<{ since: Date; price: string }>(
      'SELECT since, price_micros_per_gpu_hour AS price FROM listing_prices WHERE listing_id = $1 ORDER BY id',
      [listingId],
    );
    expect(rows.map(({ price }) => price)).toEqual(['400000', '380000', '410000', '5']);
    expect(rows.slice(0, 3).map(({ since }) => since)).toEqual([NOW, noonOf(1), noonOf(3)]);
    // At a prompt, without saying when: now.
    expect(Math.abs((rows[3]?.since.getTime() ?? 0) - Date.now())).toBeLessThan(HOUR);
  });

  it('are shown since it was published, to whoever sees the listing', async () => {
    const { machineId, listingId } = await offered(400_000n, { model: 'Shown' });
    await setPrice(machineId, 350_000n, noonOf(2));
    const now = noonOf(4);
    await db.machine.update({ where: { id: machineId }, data: { lastSyncAt: now } });
    const prices = await listingPrices(null, listingId, now);
    expect(prices).toMatchObject({ priceMicrosPerGpuHour: 350_000n, from: NOW, label: null });
    expect(prices.changes).toEqual([
      { since: NOW, priceMicrosPerGpuHour: 400_000n },
      { since: noonOf(2), priceMicrosPerGpuHour: 350_000n },
    ]);
    await db.listing.update({ where: { id: listingId }, data: { state: 'withdrawn' } });
    await expect(listingPrices(renter, listingId, now)).rejects.toMatchObject({ reason: 'notFound' });
    expect((await listingPrices(host, listingId, now)).changes).toHaveLength(2);
  });
});

describe('a market from before prices were kept', () => {
  it('finds the earlier prices of its listings in what its hosts saved', async () => {
    const kept = await offered(400_000n, { model: 'Upgraded' });
    await setPrice(kept.machineId, 380_000n, noonOf(1));
    await setPrice(kept.machineId, 380_000n, noonOf(2));
    await setPrice(kept.machineId, 390_000n, noonOf(3));
    const bare = await offered(250_000n, { model: 'Upgraded' });
    const migration = await readFile('prisma/migrations/0170_price_history/migration.sql', 'utf8');
    const statements = migration
      .split(';')
      .filter((text) => /^\s*(--.*\n\s*)*INSERT INTO "listing_prices" .*\nSELECT/.test(text));
    expect(statements).toHaveLength(2);
    // A temporary table of the same name stands before the real one.
    const script = `BEGIN; CREATE TEMP TABLE listing_prices (LIKE listing_prices INCLUDING ALL) ON COMMIT DROP; ${statements.join(';')};
      SELECT listing_id, since, price_micros_per_gpu_hour::int AS price FROM listing_prices
      WHERE listing_id IN ('${kept.listingId}', '${bare.listingId}') ORDER BY id; COMMIT`;
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    const results = (await client.query(script)) as unknown as { rows: unknown[] }[];
    await client.end();
    expect(results.find(({ rows }) => rows.length > 0)?.rows).toEqual([
      { listing_id: kept.listingId, since: NOW, price: 380_000 },
      { listing_id: kept.listingId, since: noonOf(3), price: 390_000 },
      { listing_id: bare.listingId, since: NOW, price: 250_000 },
    ]);
  });
});

describe('closing the days', () => {
  it('waits until a day is over and settled, then writes it down once', async () => {
    await offered(300_000n, { model: 'Once', gpuCount: 2 });
    const midnight = dayStart(addDays(FIRST, 1));
    expect(await closePriceDays(worldAt(midnight))).toBe(0);
    expect(await closePriceDays(worldAt(new Date(midnight.getTime() + 9 * MINUTE)))).toBe(0);
    const settled = worldAt(new Date(midnight.getTime() + 10 * MINUTE));
    expect(await closePriceDays(settled)).toBe(1);
    const before = await sql('SELECT * FROM price_facts ORDER BY model, tier');
    expect(before.find((row) => row.model === 'Once')).toMatchObject({
      tier: 'selfTested',
      prices: ['300000'],
      listings: [1],
      offered_gpu_seconds: [String(2 * 12 * 3_600)],
      booked_gpu_seconds: ['0'],
    });
    expect(await closePriceDays(settled)).toBe(0);
    expect(await sql('SELECT * FROM price_facts ORDER BY model, tier')).toEqual(before);
  });

  it('makes up for days that were missed, whoever is first of two workers', async () => {
    const at = worldAt(noonOf(4));
    const [one, other] = await Promise.all([closePriceDays(at), closePriceDays(at)]);
    expect(one + other).toBe(3);
    const days = await sql<{ day: string }>('SELECT day::text FROM price_days ORDER BY day');
    expect(days.map(({ day }) => day)).toEqual([0, 1, 2, 3].map((count) => addDays(FIRST, count)));
  });

  it('counts what was booked on demand at the price that was agreed, and an interruptible rental as idle', async () => {
    const place = await offered(500_000n, { model: 'Booked', gpuCount: 2 });
    const day = dayStart(addDays(FIRST, 4));
    const [first = '', second = ''] = place.gpuIds;
    const firm = await takenBy(
      renter,
      { ...place, gpuIds: [first] },
      { from: day, to: new Date(day.getTime() + 6 * HOUR) },
    );
    await db.booking.update({ where: { id: firm }, data: { terms: { priceMicrosPerGpuHour: '450000' } } });
    const bid = await takenBy(
      renter,
      { ...place, gpuIds: [second] },
      { from: day, to: new Date(day.getTime() + 6 * HOUR) },
    );
    await sql('UPDATE allocations SET yields = true WHERE booking_id = $1', [bid]);
    expect(await closePriceDays(worldAt(noonOf(5)))).toBe(1);
    const [facts] = await sql("SELECT * FROM price_facts WHERE model = 'Booked' AND day = $1", [addDays(FIRST, 4)]);
    expect(facts).toMatchObject({
      prices: ['450000', '500000'],
      listings: [0, 1],
      offered_gpu_seconds: [String(6 * 3_600), String(42 * 3_600)],
      booked_gpu_seconds: [String(6 * 3_600), '0'],
    });
  });

  it('keeps tiers apart, and gives a check by staff to the days after it', async () => {
    await offered(700_000n, { model: 'Tiers', selfTestPassed: false });
    await offered(710_000n, { model: 'Tiers' });
    await offered(720_000n, { model: 'Tiers', staffCheckedAt: noonOf(6) });
    await closePriceDays(worldAt(noonOf(8)));
    const rows = await sql<{ day: string; tier: string; prices: string[] }>(
      "SELECT day::text, tier, prices FROM price_facts WHERE model = 'Tiers' ORDER BY day, tier",
    );
    const of = (day: number, tier: string) => rows.find((row) => row.day === addDays(FIRST, day) && row.tier === tier);
    expect(of(5, 'selfTested')?.prices).toEqual(['710000', '720000']);
    expect(of(6, 'selfTested')?.prices).toEqual(['710000']);
    expect(of(6, 'checkedByStaff')?.prices).toEqual(['720000']);
    expect(of(5, 'checkedByStaff')).toBeUndefined();
    expect(of(7, 'new')?.prices).toEqual(['700000']);
  });

  it('writes down a day on which nothing was offered too, so that it is not looked at again', async () => {
    const far = noonOf(40);
    await db.offer.updateMany({ data: { endsAt: noonOf(9) } });
    expect(await closePriceDays(worldAt(far))).toBe(32);
    expect(await sql('SELECT * FROM price_facts WHERE day > $1', [addDays(FIRST, 9)])).toEqual([]);
    expect(await closePriceDays(worldAt(far))).toBe(0);
  });
});

describe('the band of a model and tier', () => {
  it('is P25 to P75 of one price for each listing and day of the 30 days before today, and labels from n = 20 on', async () => {
    const start = noonOf(50);
    const prices = [200_000n, 300_000n, 300_000n, 400_000n];
    for (const price of prices) {
      const { machineId } = await offered(price, { model: 'Band' });
      await db.offer.deleteMany({ where: { machineId } });
      await spansOf(machineId, { offers: [{ startsAt: start, endsAt: null }] });
    }
    const group = groupKey({ model: 'Band', tier: 'selfTested', simulated: false });
    const bandAt = async (days: number) => {
      const now = noonOf(50 + days);
      await closePriceDays(worldAt(now));
      return (await priceBands(now)).get(group);
    };
    expect(await bandAt(0)).toBeUndefined();
    expect(await bandAt(4)).toMatchObject({ n: 16, listings: 4 });
    expect(await bandAt(5)).toMatchObject({
      n: 20,
      p25Micros: 200_000n,
      medianMicros: 300_000n,
      p75Micros: 300_000n,
      lowestMicros: 200_000n,
      highestMicros: 400_000n,
      to: addDays(dayOf(noonOf(55)), -1),
      from: addDays(dayOf(noonOf(55)), -30),
    });
    expect(await bandAt(10)).toMatchObject({ n: 40 });
    expect(await bandAt(45)).toMatchObject({ n: 120 });
  });

  it('is seen by the line of the same days, whose percentiles are those of the rule', async () => {
    const now = noonOf(60);
    const [line, ...others] = await priceLines({ model: 'Band', days: 15 }, now);
    expect(others).toEqual([]);
    expect(line).toMatchObject({ model: 'Band', tier: null, simulated: false });
    expect(line?.points.map(({ day }) => day)).toEqual(
      Array.from({ length: 10 }, (_, index) => addDays(dayOf(noonOf(50)), index)),
    );
    const asked = [200_000n, 300_000n, 300_000n, 400_000n].map((price) => ({ priceMicrosPerGpuHour: price, count: 1 }));
    for (const point of line?.points ?? [])
      expect(point).toMatchObject({
        listings: 4,
        p25Micros: percentileOf(asked, 25),
        medianMicros: percentileOf(asked, 50),
        p75Micros: percentileOf(asked, 75),
      });
    const tiers = await priceLines({ model: 'Tiers', byTier: true, days: 90 }, now);
    expect(tiers.map(({ tier }) => tier).sort()).toEqual(['checkedByStaff', 'new', 'selfTested']);
  });
});

describe('the database, as the last witness', () => {
  const fact = `INSERT INTO price_facts (day, model, tier, simulated, prices, listings, offered_gpu_seconds, booked_gpu_seconds)
    VALUES ($1, $2, $3, false, $4, $5, $6, $7)`;
  const refused = (text: string, values: readonly unknown[], why: RegExp) =>
    expect(sql(text, values)).rejects.toThrow(why);

  it('never changes, forgets or empties what was written down', async () => {
    for (const table of ['price_days', 'price_facts', 'listing_prices']) {
      await refused(`DELETE FROM ${table}`, [], /never changed or deleted/);
      await refused(`TRUNCATE ${table} CASCADE`, [], /never changed or deleted/);
    }
    await refused('UPDATE price_days SET closed_at = closed_at', [], /never changed/);
    await refused("UPDATE price_facts SET model = 'x'", [], /never changed/);
    await refused('UPDATE listing_prices SET price_micros_per_gpu_hour = 1', [], /never changed/);
  });

  it('refuses a day that is not over', async () => {
    await refused('INSERT INTO price_days VALUES ($1, $2)', ['2027-06-02', '2027-06-02T23:59:59Z'], /price_days_over/);
  });

  it('refuses facts that cannot be', async () => {
    const wrong: readonly (readonly [unknown, unknown, unknown, unknown])[] = [
      [[], [], [], []],
      [null, null, null, null],
      [
        [2, 1],
        [1, 1],
        [1, 1],
        [0, 0],
      ],
      [
        [1, 1],
        [1, 1],
        [1, 1],
        [0, 0],
      ],
      [[0], [1], [1], [0]],
      [[1], [1], [1], [2]],
      [[1], [-1], [1], [0]],
      [[1, 2], [1], [1, 1], [0, 0]],
    ];
    for (const [index, cells] of wrong.entries())
      await refused(fact, [FIRST, `Wrong ${index}`, 'new', ...cells], /price_facts_sound/);
    await refused(fact, [FIRST, 'Wrong', 'best', [1], [1], [1], [0]], /price_facts_tier/);
    await refused(fact, ['2020-01-01', 'Wrong', 'new', [1], [1], [1], [0]], /price_facts_day_fkey/);
    await refused(
      'INSERT INTO listing_prices (listing_id, since, price_micros_per_gpu_hour) VALUES ($1, now(), 1)',
      [newId('listing')],
      /listing_prices_listing_id_fkey/,
    );
    await refused(
      'INSERT INTO listing_prices (listing_id, since, price_micros_per_gpu_hour) SELECT id, now(), 0 FROM listings LIMIT 1',
      [],
      /listing_prices_positive/,
    );
  });
});
