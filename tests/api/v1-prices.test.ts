import '#tests/support/database.ts';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { createApiToken } from '#lib/auth/create-api-token.ts';
import { DAY, theWorld } from '#lib/base/time.ts';
import { closePriceDays } from '#lib/catalogue/close-price-days.ts';
import { db } from '#lib/io/db.ts';
import { type Person, person } from '#tests/support/people.ts';
import { listingOf, machineOf, NOW, spansOf, takenBy } from '#tests/support/stalls.ts';

const bindings = { address: '203.0.113.9', cookieActor: null };
const LATER = new Date(NOW.getTime() + 31 * DAY);
const at = (days: number) => new Date(NOW.getTime() + days * DAY);

let host: Person;
let stranger: Person;
let machineIds: string[];
let listingIds: string[];
const tokens = new Map<Person, string>();

/** Three alike at $0.30, $0.40 and $0.50; the cheapest is booked for 20 of 30 days, the next for 10, the dearest never. */
beforeAll(async () => {
  [host, stranger] = [await person(), await person()];
  machineIds = [];
  listingIds = [];
  for (const [index, price] of [300_000n, 400_000n, 500_000n].entries()) {
    const { machineId, gpuIds } = await machineOf(host, { lastSyncAt: LATER });
    const listingId = await listingOf(host, machineId, { priceMicrosPerGpuHour: price });
    await spansOf(machineId, { offers: [{ startsAt: NOW, endsAt: null }] });
    const place = { hostId: host.userId, machineId, listingId, gpuIds };
    const days = [20, 10, 0][index] ?? 0;
    if (days > 0) {
      const id = await takenBy(stranger, place, { from: at(0.5), to: at(0.5 + days) });
      await db.booking.update({ where: { id }, data: { terms: { priceMicrosPerGpuHour: price.toString() } } });
    }
    machineIds.push(machineId);
    listingIds.push(listingId);
  }
  await closePriceDays({ now: () => LATER });
  for (const who of [host, stranger]) tokens.set(who, (await createApiToken(who, { label: 'test', days: 60 })).token);
});
beforeEach(() => {
  vi.spyOn(theWorld, 'now').mockReturnValue(LATER);
});

async function ask(path: string, who?: Person) {
  const token = who === undefined ? undefined : tokens.get(who);
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answer = await v1.request(path, { headers }, bindings);
  return { status: answer.status, body: await answer.json() };
}

describe('prices at the API', () => {
  it('say to anybody what a model costs now, cost before, and earned its hosts', async () => {
    const { status, body } = await ask('/prices');
    expect(status).toBe(200);
    expect(body).toMatchObject({ machinesOnline: 3, simulatedOnline: 0, feeBasisPoints: 1_000 });
    expect(body.models).toHaveLength(1);
    const [model] = body.models;
    expect(model).toMatchObject({
      model: 'RTX 4090',
      offers: 3,
      fromMicros: '300000',
      cheapestListingId: listingIds[0],
      past: { n: 90, p25Micros: '300000', medianMicros: '400000', p75Micros: '500000' },
    });
    // $0.30 × 20 days and $0.40 × 10, of 30 days that were booked and 90 that were offered.
    const booked = (300_000 * 20 + 400_000 * 10) / 30;
    expect(Number(model.earnings.bookedMicrosPerGpuHour)).toBe(Math.floor(booked));
    expect(model.earnings.bookedBasisPoints).toBe(3_333);
    expect(Math.abs(Number(model.earnings.netMicrosPerMonth) - (booked * 720 * 0.9) / 3)).toBeLessThan(1_000);
  });

  it('give the band by which offers are labelled, and its days', async () => {
    const { body } = await ask('/price-bands?model=RTX%204090');
    expect(body.rows).toMatchObject([
      { tier: 'selfTested', n: 90, listings: 3, p25Micros: '300000', p75Micros: '500000', enough: true },
    ]);
    expect((await ask('/price-bands?model=none')).body.rows).toEqual([]);
    const lines = (await ask('/price-history?days=10&byTier=true')).body.rows;
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ tier: 'selfTested', simulated: false });
    expect(lines[0].points).toHaveLength(10);
    expect(lines[0].points[0]).toMatchObject({ listings: 3, medianMicros: '400000' });
    expect((await ask('/price-history?days=366')).status).toBe(422);
    expect((await ask('/price-history?model=%00')).status).toBe(422);
  });

  it('give every price that a listing asked, with its label', async () => {
    const { body } = await ask(`/listings/${listingIds[0]}/prices`);
    expect(body).toMatchObject({
      listingId: listingIds[0],
      label: 'typical',
      band: { n: 90 },
      changes: [{ since: NOW.toISOString(), priceMicrosPerGpuHour: '300000' }],
    });
    await db.listing.update({
      where: { id: listingIds[0] ?? '' },
      data: { priceMicrosPerGpuHour: 299_999n, updatedAt: at(30.5) },
    });
    const cheaper = (await ask(`/listings/${listingIds[0]}/prices`)).body;
    expect(cheaper).toMatchObject({ label: 'low', changes: [{}, { priceMicrosPerGpuHour: '299999' }] });
    expect((await ask('/listings/lst_none/prices')).status).toBe(404);
  });
});

describe('advice about a price', () => {
  const path = () => `/machines/${machineIds[2]}/price-advice`;

  it('is for the host of the machine and nobody else', async () => {
    expect((await ask(path())).status).toBe(401);
    expect((await ask(path(), stranger)).status).toBe(404);
    expect((await ask(path(), host)).status).toBe(200);
  });

  it('shows what was booked at which price, suggests one, and says what a month at any would bring', async () => {
    const { body } = await ask(path(), host);
    expect(body).toMatchObject({
      gpuCount: 1,
      currentMicros: '500000',
      wattsPerGpu: 300,
      knownGpuDays: 90,
      band: { n: 90 },
      occupancy: {
        of: 'tier',
        steps: [
          { fromMicros: '300000', basisPoints: 6_666 },
          { fromMicros: '400000', basisPoints: 3_333 },
          { fromMicros: '500000', basisPoints: 0 },
        ],
      },
      // 0.30 × 2/3 is more than 0.40 × 1/3.
      suggestedMicros: '300000',
      month: { priceMicrosPerGpuHour: '500000', basisPoints: 0, netMicros: '0' },
    });
    const tried = (await ask(`${path()}?price=0.40&watts=500&kwh=0.9`, host)).body;
    expect(tried).toMatchObject({
      month: { basisPoints: 3_333, netMicrosPerGpuHour: '-90000' },
    });
    expect(tried.month.netMicros).toMatch(/^-\d+$/);
    expect((await ask(`${path()}?price=0.51`, host)).body.month).toMatchObject({ basisPoints: null, netMicros: null });
    const refused = await ask(`${path()}?price=cheap&kwh=-1`, host);
    expect(refused.status).toBe(422);
    expect(Object.keys(refused.body.fields)).toEqual(['price', 'kwh']);
  });

  it('is honest where a machine is the first of its kind', async () => {
    const alone = await machineOf(host, { model: 'Rare 1', lastSyncAt: LATER });
    const { body } = await ask(`/machines/${alone.machineId}/price-advice`, host);
    expect(body).toMatchObject({ band: null, occupancy: null, knownGpuDays: 0, suggestedMicros: null, month: null });
  });
});
