import '#tests/support/database.ts';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpMarket } from '#agent/io/market.ts';
import { silentLog } from '#agent/log.ts';
import { startHosts } from '#agent/simulate/hosts.ts';
import { agentDoor } from '#doors/agent/app.ts';
import { createEnrolmentCode } from '#lib/agents/create-enrolment-code.ts';
import type { Actor } from '#lib/base/actor.ts';
import { theWorld } from '#lib/base/time.ts';
import { logsOf } from '#lib/bookings/queries/logs.ts';
import { publishListing } from '#lib/catalogue/publish-listing.ts';
import { saveListing } from '#lib/catalogue/save-listing.ts';
import { db } from '#lib/io/db.ts';
import { live } from '#lib/io/live.ts';
import { cancelArray } from '#lib/jobs/cancel-jobs.ts';
import { followJobs } from '#lib/jobs/follow-jobs.ts';
import { placeJobs } from '#lib/jobs/place-jobs.ts';
import { jobOf, jobsOf } from '#lib/jobs/queries/jobs.ts';
import { submitJobsInput } from '#lib/jobs/schema.ts';
import { submitJobs } from '#lib/jobs/submit-jobs.ts';
import { topUpWallet } from '#lib/payments/top-up-wallet.ts';
import { plainSpecification } from '#tests/support/agent.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { eventually } from '#tests/support/eventually.ts';
import '#tests/support/jobs.ts';
import { person } from '#tests/support/people.ts';
import { serveDoor } from '#tests/support/serve-door.ts';

describe('jobs on simulated hosts, by the real door and the real agent, without Docker', () => {
  const folder = mkdtempSync(join(tmpdir(), 'jobs-'));
  const stopping = new AbortController();
  let door: Awaited<ReturnType<typeof serveDoor>>;
  let hosts: Awaited<ReturnType<typeof startHosts>>;
  let renter: Actor;

  beforeAll(async () => {
    door = await serveDoor(agentDoor(theWorld));
    const owner = await person({ now: theWorld.now() });
    renter = await person({ now: theWorld.now() });
    await topUpWallet(renter, { amountMicros: 500_000_000n, idempotencyKey: 'jobs-on-simulated' });
    const simulated = [];
    for (const index of [0, 1]) {
      const { code } = await createEnrolmentCode(owner);
      const gpus = plainSpecification.gpus.map((gpu) => ({ ...gpu, uuid: `${gpu.uuid}-${index}` }));
      simulated.push({
        code,
        specification: { ...plainSpecification, hostname: `box-${index}`, gpus, simulated: true },
      });
    }
    hosts = await startHosts({
      hosts: simulated,
      market: httpMarket(door.url),
      dir: folder,
      log: silentLog,
      signal: stopping.signal,
      staggerMs: 5,
    });
    await eventually(async () => (await db.machine.count({ where: { selfTestPassed: true } })) === 2);
    for (const { id } of await db.machine.findMany({ select: { id: true } })) {
      const terms = { price: 3_600_000n, diskPrice: 0n, minGpus: 1, endsAt: null };
      await saveListing(owner, { machineId: id, ...terms });
      await publishListing(owner, { machineId: id });
    }
  }, 60_000);

  afterAll(async () => {
    stopping.abort();
    await hosts?.stop();
    await door?.close();
    await live.close();
    rmSync(folder, { recursive: true });
    await expectBooksBalance();
  }, 30_000);

  const submit = async (wanted: Record<string, unknown>) => {
    const input = submitJobsInput.parse({ image: 'ubuntu:24.04', diskBytes: 1_073_741_824, ...wanted });
    return (await submitJobs(renter, { ...input, idempotencyKey: randomBytes(8).toString('hex') })).arrayId;
  };
  /** The worker's two sweeps, until all of an array is where it should be. */
  const until = (arrayId: string, isSo: (states: readonly string[]) => boolean) =>
    eventually(
      async () => {
        await placeJobs();
        await followJobs();
        const { rows } = await jobsOf(renter, arrayId);
        return isSo(rows.map(({ observed, outcome }) => outcome ?? observed));
      },
      { withinSeconds: 90, everyMs: 200 },
    );

  it('run to their end, more of them than there are GPUs, each with its number, its code, its lines and its bill', async () => {
    const script =
      'echo number $SUBLET_ARRAY_INDEX of $SUBLET_ARRAY_SIZE, $GREETING; sleep 2; exit $SUBLET_ARRAY_INDEX';
    const arrayId = await submit({ size: 6, command: ['sh', '-c', script], environment: { GREETING: 'hello' } });
    await until(arrayId, (states) => states.every((state) => ['succeeded', 'failed'].includes(state)));
    const { rows } = await jobsOf(renter, arrayId);
    expect(rows.map(({ outcome, exitCode }) => [outcome, exitCode])).toEqual([
      ['succeeded', 0],
      ...[1, 2, 3, 4, 5].map((code) => ['failed', code]),
    ]);
    for (const index of [0, 5]) {
      const job = await jobOf(renter, arrayId, index);
      const bookingId = job.tries[0]?.bookings[0]?.bookingId ?? '';
      const said = await eventually(async () => {
        const text = (await logsOf(renter, bookingId, {})).map((piece) => piece.text).join('');
        return text.includes('number') && text;
      });
      expect(said).toContain(`number ${index} of 6, hello`);
    }
    // A second or two was stated and charged, and the rest came back.
    await eventually(async () => (await db.lease.count({ where: { settledAt: null } })) === 0);
    const { _sum } = await db.lease.aggregate({ _sum: { chargedMicros: true, heldMicros: true, gpuSeconds: true } });
    expect(_sum.heldMicros).toBe(0n);
    expect(_sum.gpuSeconds).toBeGreaterThanOrEqual(6n);
    expect(_sum.chargedMicros).toBe((_sum.gpuSeconds ?? 0n) * 1_000n);
  }, 120_000);

  it('end when they are cancelled while they run', async () => {
    const arrayId = await submit({ size: 2, command: ['sleep', '100000'], runSeconds: 200_000 });
    await until(arrayId, (states) => states.every((state) => state === 'running'));
    await cancelArray(renter, { arrayId });
    await until(arrayId, (states) => states.every((state) => state === 'cancelled'));
    const open = { attempt: { attempt: { job: { arrayId } } }, observed: { not: 'ended' } };
    await eventually(async () => (await db.booking.count({ where: open })) === 0);
  }, 120_000);
});
