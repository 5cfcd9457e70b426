import { afterAll, describe, expect, it } from 'vitest';
import { agentDoor } from '#doors/agent/app.ts';
import { hashOfSecret } from '#lib/auth/secret.ts';
import { newId } from '#lib/base/id.ts';
import { db, inTransaction } from '#lib/io/db.ts';
import { live } from '#lib/io/live.ts';
import type { WorkloadReport } from '#protocol/agent.ts';
import { sql } from '../support/database.ts';
import { connectedAgent, type DoorWorld, doorWorld, type HandAgent, handAgent } from '../support/hand-agent.ts';
import { person } from '../support/people.ts';
import { HOST_KEY, rentalMarket } from '../support/rental.ts';
import { NOW } from '../support/stalls.ts';

const setting = doorWorld();
/** Another process that serves agents, of the same market. */
const elsewhere: DoorWorld = { ...setting, door: agentDoor(setting.world) };
afterAll(() => live.close());

const agentOf = async () => connectedAgent(setting, await person());
const agentsOf = (count: number) => Promise.all(Array.from({ length: count }, agentOf));

/** The same agent, as it asks another process. */
async function at<T>(place: DoorWorld, agent: HandAgent, ask: () => Promise<T>): Promise<T> {
  const mutable = agent as { setting: DoorWorld };
  mutable.setting = place;
  return ask().finally(() => {
    mutable.setting = setting;
  });
}

const machineOf = async ({ machineId }: HandAgent) => {
  const [row] = await sql<{ last_sync_at: Date; sync_sequence: number; written_by: string }>(
    'SELECT last_sync_at, sync_sequence, xmin::text AS written_by FROM machines WHERE id = $1',
    [machineId],
  );
  if (row === undefined) throw new Error('no machine');
  return row;
};

/** An agent of a machine whose handshake is not the subject. */
async function speakerFor(machineId: string): Promise<HandAgent> {
  const agent = handAgent(setting);
  agent.machineId = machineId;
  agent.token = `token-of-${machineId}`;
  const tokenHash = hashOfSecret(agent.token);
  await db.agentSession.create({
    data: { id: newId('agentSession', NOW), machineId, tokenHash, bootId: 'b', agentVersion: '1', createdAt: NOW },
  });
  await db.machine.update({ where: { id: machineId }, data: { sessionHash: tokenHash } });
  return agent;
}

describe('heartbeats that come together', () => {
  it('are one write, and each machine is noted', async () => {
    const agents = await agentsOf(12);
    setting.pass(10);
    const answers = await Promise.all(agents.map((agent) => agent.sync()));
    expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(200));
    const machines = await Promise.all(agents.map(machineOf));
    expect(machines.every(({ last_sync_at }) => last_sync_at.getTime() === setting.world.now().getTime())).toBe(true);
    expect(new Set(machines.map(({ written_by }) => written_by)).size).toBeLessThanOrEqual(3);
  });

  it('are refused one by one: what is wrong with one is not held against the others', async () => {
    const [good, replaying, retired, superseded] = (await agentsOf(4)) as [HandAgent, HandAgent, HandAgent, HandAgent];
    await replaying.sync({ sequence: 9 });
    await sql('UPDATE machines SET retired_at = now() WHERE id = $1', [retired.machineId]);
    const old = superseded.token;
    superseded.restart();
    await superseded.connect();
    const answers = await Promise.all([
      good.sync(),
      replaying.sync({ sequence: 9 }),
      retired.sync(),
      superseded.sync({}, { token: old }),
    ]);
    expect(answers.map(({ status, body }) => (status === 200 ? 'taken' : body.reason))).toEqual([
      'taken',
      'replayed',
      'agentUnknown',
      'sessionOver',
    ]);
  });

  it('do not wait for a machine that somebody works at; its own does', async () => {
    const [busy, idle] = (await agentsOf(2)) as [HandAgent, HandAgent];
    const locked = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const working = inTransaction('test: a long booking', async (tx) => {
      await tx.$executeRaw`SELECT 1 FROM machines WHERE id = ${busy.machineId} FOR UPDATE`;
      locked.resolve();
      await release.promise;
    });
    await locked.promise;
    let answered = false;
    const waiting = busy.sync().then((answer) => {
      answered = true;
      return answer;
    });
    expect((await idle.sync()).status).toBe(200);
    expect((await idle.sync()).status).toBe(200);
    expect(answered).toBe(false);
    release.resolve();
    await working;
    expect((await waiting).status).toBe(200);
  });
});

describe('with several processes that serve agents', () => {
  it('a message that was taken by one is a replay at every other, also when both get it at once', async () => {
    const agent = await agentOf();
    await agent.sync({ sequence: 5 });
    expect(await at(elsewhere, agent, () => agent.sync({ sequence: 5 }))).toMatchObject({ status: 409 });
    for (let sequence = 6; sequence < 16; sequence += 1) {
      const here = agent.sync({ sequence });
      const there = at(elsewhere, agent, () => agent.sync({ sequence }));
      expect((await Promise.all([here, there])).map(({ status }) => status).sort()).toEqual([200, 409]);
    }
  });

  it('a connection that ended at one is over at all of them', async () => {
    const agent = await agentOf();
    await agent.sync();
    const old = agent.token;
    agent.restart();
    await at(elsewhere, agent, () => agent.connect());
    expect(await agent.sync({}, { token: old })).toMatchObject({ status: 401, body: { reason: 'sessionOver' } });
    expect((await agent.sync()).status).toBe(200);
  });

  it('reports that repeat themselves are taken in again when another process heard others in between', async () => {
    const { machineId, book } = await rentalMarket();
    const rental = await book();
    await rental.connect();
    const agent = await speakerFor(machineId);
    const seen = async () => (await rental.booking()).observed;
    const { run } = await rental.booking();
    const says = (phase: WorkloadReport['phase']) => ({
      workloads: [
        { leaseId: rental.leaseId, revision: 1, run, phase, failure: null, progress: null, hostKey: HOST_KEY },
      ],
    });
    await agent.sync(says('connectable'));
    await agent.sync(says('connectable'));
    expect(await seen()).toBe('connectable');
    await at(elsewhere, agent, () => agent.sync(says('stopping')));
    expect(await seen()).toBe('stopping');
    await agent.sync(says('connectable'));
    expect(await seen()).toBe('connectable');
    // And what only repeats itself costs no transaction of its own: nobody looks at the booking.
    await sql(`UPDATE bookings SET observed = 'stopping' WHERE id = $1`, [rental.id]);
    await agent.sync(says('connectable'));
    expect(await seen()).toBe('stopping');
    await sql('UPDATE machines SET generation = generation + 1 WHERE id = $1', [machineId]);
    await agent.sync(says('connectable'));
    expect(await seen()).toBe('connectable');
  });

  it('news reach a machine wherever it waits, and are told once', async () => {
    const agent = await agentOf();
    await agent.sync();
    for (const place of [setting, elsewhere]) {
      const before = agent.generation;
      const held = at(place, agent, () => agent.sync({ hold: true }));
      await expect.poll(async () => (await machineOf(agent)).sync_sequence).toBe(agent.sequence);
      await sql('UPDATE machines SET generation = generation + 1 WHERE id = $1', [agent.machineId]);
      await sql(`SELECT pg_notify('sublet', json_build_object('machine', $1::text)::text)`, [agent.machineId]);
      expect((await held).said.generation).toBe(before + 1);
    }
  });
});

describe('the database', () => {
  it('lets one connection speak for one machine only, and numbers never be negative', async () => {
    const [one, other] = (await agentsOf(2)) as [HandAgent, HandAgent];
    await expect(
      sql('UPDATE machines SET session_hash = (SELECT session_hash FROM machines WHERE id = $1) WHERE id = $2', [
        one.machineId,
        other.machineId,
      ]),
    ).rejects.toThrow(/machines_session_hash_key/);
    await expect(sql('UPDATE machines SET sync_sequence = -1 WHERE id = $1', [one.machineId])).rejects.toThrow(
      /machines_sync_sequence_grows/,
    );
  });
});
