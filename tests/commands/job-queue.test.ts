import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { withdrawListing } from '#lib/catalogue/withdraw-listing.ts';
import { db } from '#lib/io/db.ts';
import { cancelArray } from '#lib/jobs/cancel-jobs.ts';
import { choosePolicy } from '#lib/jobs/choose-policy.ts';
import { MOST_JOBS } from '#lib/jobs/job.ts';
import { placeJobs } from '#lib/jobs/place-jobs.ts';
import { policyNow } from '#lib/jobs/queries/policy.ts';
import { queueNow } from '#lib/jobs/queries/queue.ts';
import { planPlacements } from '#lib/scheduler/plan.ts';
import { recordPlan, replayRecord } from '#lib/scheduler/record.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { sql } from '#tests/support/database.ts';
import { closeJobMarkets, exitedWith, jobMarket } from '#tests/support/jobs.ts';
import { renterWith } from '#tests/support/rental.ts';

afterEach(async () => {
  await expectBooksBalance();
  await closeJobMarkets();
});

/** What must hold of all jobs and bookings, whatever happened: read past every rule of the product. */
async function expectSound(): Promise<void> {
  const twice = await sql(`
    SELECT 1 FROM allocations a JOIN allocations b ON a.gpu_id = b.gpu_id AND a.id < b.id
    WHERE tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at)`);
  expect(twice, 'GPUs booked twice').toEqual([]);
  const torn = await sql(`
    SELECT t.id FROM job_attempts t JOIN jobs j ON j.id = t.job_id JOIN job_arrays a ON a.id = j.array_id
    LEFT JOIN attempt_bookings p ON p.attempt_id = t.id LEFT JOIN bookings b ON b.id = p.booking_id
    GROUP BY t.id, a.id HAVING count(DISTINCT b.machine_id) <> a.machines`);
  expect(torn, 'attempts without all of their machines').toEqual([]);
  const counts = await sql(`
    SELECT j.id FROM jobs j LEFT JOIN job_attempts t ON t.job_id = j.id
    GROUP BY j.id HAVING count(t.id) <> j.attempts OR (j.observed IN ('placed', 'running')) <> (count(t.id) FILTER (WHERE t.ended_at IS NULL) = 1)`);
  expect(counts, 'jobs whose attempts do not fit their state').toEqual([]);
  const wrongHolds = await sql(`
    SELECT b.id FROM attempt_bookings p JOIN bookings b ON b.id = p.booking_id JOIN leases l ON l.booking_id = b.id
    WHERE b.started_at IS NULL AND b.desired = 'running' AND b.at_exit = 'end' AND l.held_micros <> l.ceiling_micros`);
  expect(wrongHolds, 'holds that are not what can be charged').toEqual([]);
}

describe('the queue', () => {
  it('takes an array of ten thousand at once, refuses one more in words, and lets each job know its number', async () => {
    const market = await jobMarket({ machines: [{ gpuCount: 2 }] });
    const arrayId = await market.submit({ size: MOST_JOBS });
    expect(await db.job.count({ where: { arrayId } })).toBe(MOST_JOBS);
    await expect(market.submit({ size: MOST_JOBS + 1 })).rejects.toMatchObject({
      reason: 'badInput',
      detail: { size: expect.stringContaining('At most 10,000 jobs at once; this asks for 10,001') },
    });
    expect(await market.place()).toBe(2);
    const placed = (await market.jobsOf(arrayId)).filter(({ observed }) => observed === 'placed');
    expect(placed.map(({ index }) => index)).toEqual([0, 1]);
    const { report } = await db.jobArray.findUniqueOrThrow({ where: { id: arrayId } });
    expect(report).toMatchObject({ fitting: 0, misfits: [{ misfit: 'gpusTaken', machines: 1 }] });
    const another = await market.submit({ size: MOST_JOBS });
    await expect(market.submit({ size: 3 })).rejects.toMatchObject({ reason: 'tooManyJobs' });
    for (const id of [arrayId, another]) await cancelArray(market.renter, { arrayId: id }, market.clock.world);
    await market.follow();
    expect(await db.job.count({ where: { arrayId: { in: [arrayId, another] }, outcome: 'cancelled' } })).toBe(
      2 * MOST_JOBS,
    );
    await expectSound();
  }, 180_000);

  it('submits once for one key, however often it is sent at once', async () => {
    const market = await jobMarket();
    const ids = await Promise.all([1, 2, 3].map(() => market.submit({ idempotencyKey: 'the-same-key' })));
    expect(new Set(ids).size).toBe(1);
    expect(await db.job.count({ where: { arrayId: ids[0] ?? '' } })).toBe(1);
  });

  it('does not take another submission under a key that was used', async () => {
    const market = await jobMarket();
    const first = await market.submit({ idempotencyKey: 'the-same-key', size: 2 });
    expect(await market.submit({ idempotencyKey: 'the-same-key', size: 2 })).toBe(first);
    for (const other of [{ size: 3 }, { command: ['other'], size: 2 }])
      await expect(market.submit({ idempotencyKey: 'the-same-key', ...other })).rejects.toMatchObject({
        reason: 'conflict',
      });
  });

  it('is told at once what nothing can ever meet, with what comes nearest; submitted anyway it waits', async () => {
    const market = await jobMarket({ machines: [{ gpuCount: 2, model: 'RTX 4090' }] });
    await expect(market.submit({ gpuCount: 4 })).rejects.toMatchObject({
      reason: 'nothingFits',
      sentence: expect.stringContaining('Nearest: 2 × RTX 4090: has fewer GPUs'),
    });
    await expect(market.submit({ models: ['H100'], maxPriceMicrosPerGpuHour: '1' })).rejects.toMatchObject({
      reason: 'nothingFits',
      detail: { nearest: ['2 × RTX 4090: another GPU model, costs more than the most you pay, cap included'] },
    });
    await expect(market.submit({ machines: 2 })).rejects.toMatchObject({
      sentence: expect.stringContaining('Only 1 machine of this market could ever run it; it needs 2 at once'),
    });
    const arrayId = await market.submit({ gpuCount: 4, anyway: true });
    expect(await market.place()).toBe(0);
    const { report } = await db.jobArray.findUniqueOrThrow({ where: { id: arrayId } });
    expect(report).toMatchObject({ misfits: [{ misfit: 'tooFewGpus', machines: 1 }] });
  });

  it('shares fairly: of two renters who want the same, neither gets ahead by more than one job', async () => {
    const market = await jobMarket({ machines: Array.from({ length: 5 }, () => ({ gpuCount: 1 })) });
    const other = await renterWith(1_000, market.clock);
    const first = await market.submit({ size: 50 });
    market.clock.pass(60);
    const second = await market.submit({ size: 50 }, other);
    await market.place();
    const count = async (arrayId: string) => db.job.count({ where: { arrayId, observed: 'placed' } });
    expect(Math.abs((await count(first)) - (await count(second)))).toBeLessThanOrEqual(1);
    expect((await count(first)) + (await count(second))).toBe(5);
  });

  it('places a job on several machines at once, each on another one, or on none', async () => {
    const market = await jobMarket({ machines: [{ gpuCount: 4 }, { gpuCount: 1 }, { gpuCount: 1 }] });
    const gang = await market.submit({ machines: 3 });
    market.clock.pass(1);
    const tooBig = await market.submit({ machines: 3, gpuCount: 1 });
    expect(await market.place()).toBe(1);
    const job = await market.jobOf(gang);
    const hands = await market.handsOf(job.id);
    expect(new Set(await Promise.all(hands.map(async (hand) => (await hand.booking()).machineId))).size).toBe(3);
    expect((await market.jobOf(tooBig)).observed).toBe('waiting');
    // One machine that gives up ends the others; the whole begins again.
    for (const hand of hands) await hand.connect();
    await market.follow();
    await hands[1]?.say('stopped', exitedWith(1));
    await market.follow();
    expect(await market.jobOf(gang)).toMatchObject({ observed: 'ended', outcome: 'failed', exitCode: 1 });
    for (const hand of hands) expect((await hand.booking()).desired).toBe('ended');
    await expectSound();
  });

  it('does not wait for a machine that left the market, and expires at its deadline', async () => {
    const market = await jobMarket({ machines: [{ gpuCount: 1 }] });
    const [machine] = market.machines;
    const deadline = new Date(market.clock.now().getTime() + 3_600_000).toISOString();
    const arrayId = await market.submit({ deadline });
    if (machine !== undefined) await withdrawListing(machine.host, { machineId: machine.id }, market.clock.world);
    expect(await market.place()).toBe(0);
    market.clock.pass(3_601);
    await market.follow();
    expect(await market.jobOf(arrayId)).toMatchObject({ outcome: 'expired', reason: 'deadlinePassed' });
  });

  it('gives a job no longer than its deadline, and holds for that only', async () => {
    const market = await jobMarket();
    const deadline = new Date(market.clock.now().getTime() + 600_000);
    const arrayId = await market.submit({ deadline: deadline.toISOString(), runSeconds: 36_000 });
    await market.place();
    const hand = await market.handOf((await market.jobOf(arrayId)).id);
    const booking = await hand.booking();
    expect(booking.endsAt).toEqual(deadline);
    expect(booking.lease?.heldMicros).toBeLessThan(700_000n);
  });

  it('says so where variables do not open any more, and places the others', async () => {
    const market = await jobMarket();
    const locked = await market.submit({ environment: { TOKEN: 'secret' } });
    const [row] = await sql<{ encrypted_environment: string }>(
      'SELECT encrypted_environment FROM job_arrays WHERE id = $1',
      [locked],
    );
    expect(row?.encrypted_environment).not.toContain('secret');
    // Bound to its submission: moved to another it does not open, as under another key.
    const other = await market.submit();
    await sql('UPDATE job_arrays SET encrypted_environment = $2 WHERE id = $1', [other, row?.encrypted_environment]);
    expect(await market.place()).toBe(1);
    expect((await market.jobOf(locked)).observed).toBe('placed');
    const { report } = await db.jobArray.findUniqueOrThrow({ where: { id: other } });
    expect(report).toMatchObject({ hold: expect.stringContaining('cannot be opened any more') });
  });

  it('gives a plan that follows from a snapshot and nothing else: its record comes out again, bit for bit', async () => {
    const market = await jobMarket({ machines: [{ gpuCount: 4 }, { gpuCount: 2 }, { gpuCount: 1 }] });
    await market.submit({ size: 3 });
    await market.submit({ size: 2, gpuCount: 2 });
    await market.submit({ machines: 2 });
    await choosePolicy(market.clock.world);
    const queue = await queueNow(market.clock.now());
    if (queue === null) throw new Error('nobody waits');
    const policy = await policyNow();
    const line = recordPlan(queue.snapshot, policy, planPlacements(queue.snapshot, policy));
    expect(replayRecord(line).same).toBe(true);
    expect(queue.snapshot.expected.length).toBeGreaterThan(0);
  });
});

describe('any number of workers', () => {
  it('place each job once, no GPU twice and no gang in part, while jobs end and are cancelled beside them', async () => {
    const someJob = fc.record({
      size: fc.integer({ min: 1, max: 6 }),
      gpuCount: fc.integer({ min: 1, max: 3 }),
      machines: fc.integer({ min: 1, max: 3 }),
      cancelled: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 5 }),
        fc.array(someJob, { minLength: 1, maxLength: 4 }),
        async (sizes, wanted) => {
          await closeJobMarkets();
          const market = await jobMarket({ machines: sizes.map((gpuCount) => ({ gpuCount })) });
          const arrays: { id: string; cancelled: boolean }[] = [];
          for (const { cancelled, ...rest } of wanted) {
            arrays.push({ id: await market.submit({ ...rest, anyway: true }), cancelled });
            market.clock.pass(1);
          }
          for (let round = 0; round < 3; round += 1) {
            await market.beat();
            await Promise.all([
              placeJobs(market.clock.world),
              placeJobs(market.clock.world),
              ...(round === 1
                ? arrays
                    .filter(({ cancelled }) => cancelled)
                    .map(({ id }) =>
                      // All of it may have ended before.
                      cancelArray(market.renter, { arrayId: id }, market.clock.world).catch((error) =>
                        expect(error).toMatchObject({ reason: 'notNow' }),
                      ),
                    )
                : []),
            ]);
            await expectSound();
            // Whoever is next and fits alone does not wait, whatever else there is.
            const [next] = wanted;
            const fits = next !== undefined && sizes.filter((size) => size >= next.gpuCount).length >= next.machines;
            if (round === 0 && fits) {
              const [first] = await market.jobsOf(arrays[0]?.id ?? '');
              expect(first?.observed).toBe('placed');
            }
            const open = await db.job.findMany({
              where: { arrayId: { in: arrays.map(({ id }) => id) }, observed: { in: ['placed', 'running'] } },
            });
            for (const [at, { id }] of open.entries()) {
              if (at % 2 === 1) continue;
              for (const hand of await market.handsOf(id)) {
                await hand.connect();
                await hand.say('stopped', exitedWith(at % 4 === 0 ? 0 : 1));
                await hand.say('ended');
              }
            }
            market.clock.pass(5);
            await Promise.all([market.follow(), market.follow()]);
            await expectSound();
          }
        },
      ),
      { numRuns: process.env.SUBLET_LONG === '1' ? 60 : 4 },
    );
  }, 600_000);
});

describe('the database', () => {
  it('refuses a second open attempt of a job, an end without an outcome, and an array without jobs or beyond ten thousand', async () => {
    const market = await jobMarket();
    const arrayId = await market.submit();
    await market.place();
    const job = await market.jobOf(arrayId);
    await expect(
      sql(`INSERT INTO job_attempts (id, job_id, number, placed_at) VALUES ('jat_x', $1, 2, now())`, [job.id]),
    ).rejects.toThrow(/job_attempts_one_open/);
    await expect(sql(`UPDATE jobs SET observed = 'ended' WHERE id = $1`, [job.id])).rejects.toThrow(/jobs_ended/);
    await expect(sql(`UPDATE jobs SET observed = 'waiting', desired = 'end' WHERE id = $1`, [job.id])).rejects.toThrow(
      /jobs_ended/,
    );
    await expect(sql(`UPDATE jobs SET observed = 'asleep' WHERE id = $1`, [job.id])).rejects.toThrow(/jobs_observed/);
    await expect(sql(`UPDATE jobs SET desired = 'rest' WHERE id = $1`, [job.id])).rejects.toThrow(/jobs_desired/);
    await expect(sql(`UPDATE jobs SET outcome = 'lucky' WHERE id = $1`, [job.id])).rejects.toThrow(
      /jobs_outcome|jobs_ended/,
    );
    await expect(sql(`UPDATE job_attempts SET outcome = 'lost' WHERE job_id = $1`, [job.id])).rejects.toThrow(
      /job_attempts_outcome/,
    );
    for (const change of [
      'size = 0',
      'size = 10001',
      'machines = 0',
      'retries = -1',
      'run_seconds = 0',
      'cap_micros = 0',
    ])
      await expect(sql(`UPDATE job_arrays SET ${change} WHERE id = $1`, [arrayId])).rejects.toThrow(/job_arrays_sizes/);
    await expect(sql(`UPDATE bookings SET at_exit = 'perhaps'`)).rejects.toThrow(/bookings_at_exit/);
    await expect(
      sql(
        `INSERT INTO jobs (id, array_id, index, renter_id, desired, observed, asked_at, observed_at)
         SELECT 'job_x', array_id, index, renter_id, 'run', 'waiting', now(), now() FROM jobs WHERE id = $1`,
        [job.id],
      ),
    ).rejects.toThrow(/jobs_array_id_index_key/);
    await expect(
      sql(`INSERT INTO attempt_bookings SELECT attempt_id, rank + 1, booking_id FROM attempt_bookings`),
    ).rejects.toThrow(/attempt_bookings_booking_id_key/);
  });
});
