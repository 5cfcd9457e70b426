import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GET } from '#app/api/ready/route.ts';
import { beatWorker } from '#lib/events/beat-worker.ts';
import { db } from '#lib/io/db.ts';
import { forgetEnv } from '#lib/io/env.ts';
import { sql } from '#tests/support/database.ts';
import { person } from '#tests/support/people.ts';

let gateway: Server;
let gatewayStatus = 200;

beforeAll(async () => {
  gateway = createServer((_, response) => response.writeHead(gatewayStatus).end()).listen(0, '127.0.0.1');
  await once(gateway, 'listening');
  const { port } = gateway.address() as AddressInfo;
  const place = {
    name: 'local',
    publicHost: '127.0.0.1',
    portFrom: 40_000,
    portTo: 40_010,
    tunnelUrl: 'tcp://127.0.0.1:1',
  };
  process.env.SUBLET_GATEWAYS = JSON.stringify([{ ...place, healthUrl: `http://127.0.0.1:${port}/health` }]);
});
afterAll(() => gateway.close());

beforeEach(async () => {
  gatewayStatus = 200;
  process.env.SUBLET_LOCAL_AGENT = '0';
  forgetEnv();
  await beatWorker();
});

async function ready() {
  const answer = await GET();
  return { status: answer.status, ...(await answer.json()) };
}

const DOCKER = {
  version: '20.10.24',
  apiVersion: '1.41',
  storageDriver: 'overlay2',
  cgroupVersion: '1',
  gpuRuntime: false,
};

async function localMachine(docker: typeof DOCKER | null): Promise<{ machineId: string; hostId: string }> {
  const host = await person();
  const now = new Date();
  const machineId = `mch_${host.userId}`;
  await sql('UPDATE users SET demo = true WHERE id = $1', [host.userId]);
  await db.machine.create({
    data: {
      id: machineId,
      hostId: host.userId,
      name: 'this laptop',
      signingKey: machineId,
      sealingKey: machineId,
      agentVersion: '0.1.0',
      simulated: true,
      specification: { docker },
      selfTestedAt: now,
      selfTestPassed: docker !== null,
      lastSyncAt: now,
      enrolledAt: now,
      gpus: {
        create: { id: `gpu_${host.userId}`, uuid: `GPU-${host.userId}`, position: 0, model: 'RTX 4090', vramBytes: 1n },
      },
    },
  });
  const code = { id: `enr_${host.userId}`, hostId: host.userId, codeHash: machineId, machineId, usedAt: now };
  await db.enrolmentCode.create({ data: { ...code, createdAt: now, expiresAt: now } });
  return { machineId, hostId: host.userId };
}

async function publish({ machineId, hostId }: { machineId: string; hostId: string }): Promise<void> {
  const now = new Date();
  await db.listing.create({
    data: {
      id: `lst_${machineId}`,
      machineId,
      hostId,
      state: 'published',
      priceMicrosPerGpuHour: 200_000n,
      diskPriceMicrosPerGibMonth: 100_000n,
      publishedAt: now,
      createdAt: now,
      updatedAt: now,
    },
  });
}

describe('a market', () => {
  it('is ready when database, worker and gateway are up', async () => {
    expect(await ready()).toEqual({
      status: 200,
      ok: true,
      database: { ok: true },
      worker: { ok: true },
      gateways: [{ name: 'local', ok: true }],
      localMachine: null,
    });
  });

  it('is not when the worker is silent, the gateway is down, or a migration is missing, and says which', async () => {
    await sql("UPDATE beats SET at = now() - interval '31 seconds' WHERE name = 'worker'");
    expect(await ready()).toMatchObject({
      status: 503,
      ok: false,
      worker: { ok: false, detail: expect.stringContaining('silent since') },
    });
    await beatWorker();
    gatewayStatus = 503;
    expect(await ready()).toMatchObject({ status: 503, gateways: [{ name: 'local', ok: false }] });
    gatewayStatus = 200;
    await sql("UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = '0001_founding'");
    expect(await ready()).toMatchObject({
      status: 503,
      database: { ok: false, detail: 'not migrated: 0001_founding' },
    });
    await sql('UPDATE _prisma_migrations SET finished_at = now()');
    expect((await ready()).status).toBe(200);
  });

  it('waits for the agent of its own machine, and says why that cannot be booked', async () => {
    process.env.SUBLET_LOCAL_AGENT = '1';
    forgetEnv();
    expect(await ready()).toMatchObject({
      status: 503,
      localMachine: { synced: false, bookable: false, listingId: null },
    });
    await localMachine(null);
    expect(await ready()).toMatchObject({
      status: 200,
      localMachine: {
        synced: true,
        simulated: true,
        bookable: false,
        reason: expect.stringContaining('Docker does not run'),
      },
    });
    const withDocker = await localMachine(DOCKER);
    expect(await ready()).toMatchObject({
      status: 503,
      localMachine: { bookable: false, reason: expect.stringContaining('not published yet') },
    });
    await publish(withDocker);
    // Between its price and its publication it waits on; a draft that nothing will publish is waited for no longer.
    await sql("UPDATE listings SET state = 'draft', published_at = NULL");
    expect(await ready()).toMatchObject({ status: 503, localMachine: { settled: false } });
    await sql('UPDATE machines SET identity_copied_at = now()');
    expect(await ready()).toMatchObject({ status: 200, localMachine: { settled: true, bookable: false } });
    await sql(
      "UPDATE machines SET identity_copied_at = NULL; UPDATE listings SET state = 'published', published_at = now()",
    );
    expect((await ready()).localMachine).toMatchObject({
      machineId: withDocker.machineId,
      listingId: `lst_${withDocker.machineId}`,
      bookable: true,
      reason: null,
    });
    await sql("UPDATE machines SET last_sync_at = now() - interval '10 minutes'");
    expect(await ready()).toMatchObject({
      status: 503,
      localMachine: { synced: false, reason: expect.stringContaining('offline') },
    });
  });
});
