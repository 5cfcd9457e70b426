import '#tests/support/database.ts';
import { expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { person } from '#tests/support/people.ts';
import { offered } from '#tests/support/random-market.ts';

const bindings = { address: '203.0.113.9', cookieActor: null };

it('a search by the API says for each choice how many offers it would find with it', async () => {
  const host = await person();
  const now = new Date();
  await offered(host, { model: 'RTX 4090', country: 'DE', gpuCount: 4, lastSyncAt: now });
  await offered(host, { model: 'RTX 4090', country: 'IS', lastSyncAt: now, staffCheckedAt: now });
  await offered(host, { model: 'A100 SXM4', country: 'IS', lastSyncAt: now });
  const answer = await v1.request('/listings?model=RTX%204090&country=IS', {}, bindings);
  expect(await answer.json()).toMatchObject({
    total: 1,
    offered: 3,
    facets: {
      models: [
        { model: 'A100 SXM4', offers: 1 },
        { model: 'RTX 4090', offers: 1 },
      ],
      countries: [
        { country: 'DE', offers: 1 },
        { country: 'IS', offers: 1 },
      ],
      gpuCounts: expect.arrayContaining([
        { count: 1, offers: 1 },
        { count: 4, offers: 0 },
      ]),
      trust: { new: 0, selfTested: 0, checkedByStaff: 1 },
    },
  });
});

it('a workload in words is read, needs memory by stated formulas, and finds what holds it by cost', async () => {
  const host = await person();
  const now = new Date();
  const small = await offered(host, { model: 'RTX 3060', vramBytes: 12 * 2 ** 30, lastSyncAt: now });
  const dear = await offered(
    host,
    { model: 'H100 SXM', vramBytes: 80 * 2 ** 30, lastSyncAt: now },
    { priceMicrosPerGpuHour: 90_000_000n },
  );
  const cheap = await offered(
    host,
    { model: 'L40S', vramBytes: 48 * 2 ** 30, lastSyncAt: now },
    { priceMicrosPerGpuHour: 100_000n },
  );
  const told = await v1.request('/fit?q=run+llama+3.1+8b+for+8+users', {}, bindings);
  const fit = (await told.json()) as {
    job: string;
    workload: object;
    memoryBytes: { weights: number; split: number };
    models: { best: { offer: { listingId: string }; finish: { costMicros: { fast: string } } } }[];
  };
  expect(fit).toMatchObject({ understood: [{}, {}, {}], workload: { model: 'llama-3.1-8b', batch: '8' } });
  expect(fit.memoryBytes.weights).toBe(16_060_522_496);
  const best = fit.models.map(({ best: { offer } }) => offer.listingId);
  expect(best).toContain(cheap.listingId);
  expect(best).not.toContain(small.listingId);
  expect(best.indexOf(cheap.listingId)).toBeLessThan(best.indexOf(dear.listingId));
  expect(fit.models[0]?.best.finish.costMicros.fast).toMatch(/^\d+$/);

  const found = await v1.request(`/listings?job=${fit.job}&sort=cost`, {}, bindings);
  const { rows } = (await found.json()) as { rows: { listingId: string }[] };
  expect(rows[0]?.listingId).toBe(cheap.listingId);
  expect(rows.map(({ listingId }) => listingId)).not.toContain(small.listingId);
  for (const bad of ['job=nonsense', 'sort=cost'])
    expect((await v1.request(`/listings?${bad}`, {}, bindings)).status).toBe(422);
});
