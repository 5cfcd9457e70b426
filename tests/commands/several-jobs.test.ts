import '#tests/support/database.ts';
import { expect, it } from 'vitest';
import { addSeconds } from '#lib/base/time.ts';
import { readTerms, runningCost } from '#lib/bookings/terms.ts';
import { cancelSeveral } from '#lib/jobs/cancel-several.errand.ts';
import { arraysOf } from '#lib/jobs/queries/arrays.ts';
import { sql } from '#tests/support/database.ts';
import { jobMarket } from '#tests/support/jobs.ts';
import { person } from '#tests/support/people.ts';

it('shows of submissions what runs of them costs an hour and uses, and cancels several, each by itself', async () => {
  const market = await jobMarket({ machines: [{ gpuCount: 2 }] });
  const trains = await market.submit({ name: 'train', size: 2 });
  expect(await market.place()).toBe(2);
  for (const job of await market.jobsOf(trains)) await (await market.handOf(job.id)).connect();
  await market.follow();
  const waits = await market.submit({ name: 'evaluate' });
  const hands = await Promise.all((await market.jobsOf(trains)).map(({ id }) => market.handOf(id)));
  const at = market.clock.now();
  for (const [index, hand] of hands.entries())
    await sql(
      `INSERT INTO metric_samples (booking_id, at, gpu_utilisation_percent, gpu_memory_used_bytes, gpu_power_watts, gpu_temperature_celsius)
       VALUES ($1, $2, $3::smallint[], '{1073741824}', '{1}', '{1}')`,
      [hand.id, at, `{${index === 0 ? 20 : 80}}`],
    );

  const list = async (ask = {}, who = market.renter) =>
    (await arraysOf(who, { state: 'live', ...ask }, addSeconds(at, 1))).rows;
  const rows = await list();
  const first = rows.find(({ id }) => id === trains);
  const second = rows.find(({ id }) => id === waits);
  const terms = readTerms((await hands[0]?.booking())?.terms);
  expect(first).toMatchObject({ id: trains, microsPerHour: 2n * runningCost(terms, 3_600) });
  expect(first?.usage).toMatchObject({ gpuUtilisationPercent: 50, gpuMemoryUsedBytes: 2 ** 31 });
  expect(second).toMatchObject({ id: waits, microsPerHour: 0n, usage: null });
  expect((await list({ find: 'EVAL' })).map(({ id }) => id)).toEqual([waits]);
  expect(await list({ ids: [waits] }, await person())).toEqual([]);

  expect(await cancelSeveral(await person(), { arrayIds: [waits] }, market.clock.world)).toMatchObject([
    { done: false },
  ]);
  const results = await cancelSeveral(
    market.renter,
    { arrayIds: [waits, trains, 'job_none', waits] },
    market.clock.world,
  );
  expect(results.map(({ id, done }) => [id, done])).toEqual([
    [waits, true],
    [trains, true],
    ['job_none', false],
  ]);
  const [again] = await cancelSeveral(market.renter, { arrayIds: [waits] }, market.clock.world);
  expect(again).toMatchObject({ done: false, sentence: 'All of it has ended already.' });
});
