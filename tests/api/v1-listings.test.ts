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
