import { describe, expect, it } from 'vitest';
import { LOG_KEPT_BYTES } from '#lib/bookings/log-keeping.ts';
import type { LogsRequest } from '#protocol/agent.ts';
import { sql } from '../support/database.ts';
import { type Answer, connectedAgent, doorWorld, type HandAgent, post } from '../support/hand-agent.ts';
import { rented } from '../support/hand-rental.ts';
import { person } from '../support/people.ts';
import { NOW } from '../support/stalls.ts';

const setting = doorWorld();

/** What commands do: what is desired changes, and the machine's generation with it. */
const set = async (bookingId: string, desired: string, observed: string) => {
  await sql('UPDATE bookings SET desired = $2, observed = $3 WHERE id = $1', [bookingId, desired, observed]);
  await sql(
    'UPDATE machines SET generation = generation + 1 WHERE id = (SELECT machine_id FROM bookings WHERE id = $1)',
    [bookingId],
  );
};

describe('what should be on a machine', () => {
  it('is its rentals with their signed permits, byte for byte, until both sides know that they are over', async () => {
    const { agent, bookingId, leaseId } = await rented(setting);
    await sql(`UPDATE bookings SET command = '["sleep","60"]', sealed_environment = 'a.b', run = 3 WHERE id = $1`, [
      bookingId,
    ]);
    const { said } = await agent.sync();
    expect(said.workloads).toEqual([
      {
        lease: { payload: `{"permit of":"${leaseId}"}`, signature: 'c2lnbmVk' },
        desired: 'running',
        run: 3,
        command: ['sleep', '60'],
        sealedEnvironment: 'a.b',
      },
    ]);
    for (const [desired, observed, count] of [
      ['stopped', 'stopped', 1],
      ['ended', 'stopping', 1],
      ['ended', 'failed', 1],
      ['ended', 'ended', 0],
    ] as const) {
      await set(bookingId, desired, observed);
      expect((await agent.sync()).said.workloads.map((workload) => workload.desired)).toEqual(
        Array(count).fill(desired),
      );
    }
  });

  it('is told to nobody else', async () => {
    await rented(setting);
    const other = await connectedAgent(setting, await person());
    expect((await other.sync()).said.workloads).toEqual([]);
  });
});

describe('what a workload prints', () => {
  const send = (
    agent: HandAgent,
    leaseId: string,
    chunks: LogsRequest['chunks'],
    token = agent.token,
  ): Promise<Answer> => post(setting, 'logs', { protocol: 1, leaseId, chunks }, { token });
  const chunk = (offset: number, text: string, at = NOW.toISOString()) => ({
    offset,
    at,
    stream: 'stdout' as const,
    text,
  });
  const kept = (bookingId: string) =>
    sql('SELECT "offset", text FROM log_chunks WHERE booking_id = $1 ORDER BY "offset"', [bookingId]);

  it('is kept once, however often it is sent', async () => {
    const { agent, bookingId, leaseId } = await rented(setting);
    expect((await send(agent, leaseId, [chunk(0, 'one\n'), chunk(4, 'two\n')])).status).toBe(200);
    expect((await send(agent, leaseId, [chunk(4, 'two\n'), chunk(8, 'three\n')])).status).toBe(200);
    await Promise.all([1, 2, 3].map(() => send(agent, leaseId, [chunk(14, 'four\n')])));
    expect((await kept(bookingId)).map((row) => row.text).join('')).toBe('one\ntwo\nthree\nfour\n');
  });

  it('may be binary, empty, from another age, and longer than an integer counts', async () => {
    const { agent, bookingId, leaseId } = await rented(setting);
    expect((await send(agent, leaseId, [])).status).toBe(200);
    const far = 2 ** 40;
    const odd = [chunk(far, 'a\u0000b\ud800\u0007<script>'), chunk(far + 20, 'late', '0000-01-01T00:00:00.000Z')];
    expect((await send(agent, leaseId, odd)).status).toBe(200);
    expect(await kept(bookingId)).toEqual([
      { offset: String(far), text: 'a\ufffdb\ufffd\u0007<script>' },
      { offset: String(far + 20), text: 'late' },
    ]);
  });

  it('makes room for what is newer', async () => {
    const { agent, bookingId, leaseId } = await rented(setting);
    await send(agent, leaseId, [chunk(0, 'old')]);
    await send(agent, leaseId, [chunk(Number(LOG_KEPT_BYTES) - 1, 'edge')]);
    expect(await kept(bookingId)).toHaveLength(2);
    await send(agent, leaseId, [chunk(Number(LOG_KEPT_BYTES) + 3, 'new')]);
    expect((await kept(bookingId)).map((row) => row.text)).toEqual(['edge', 'new']);
  });

  it('is never more than the quota, whatever offsets a machine tells', async () => {
    const { agent, bookingId, leaseId } = await rented(setting);
    const big = 'x'.repeat(60_000);
    for (let round = 0; round < 4; round += 1)
      await send(
        agent,
        leaseId,
        Array.from({ length: 50 }, (_, index) => chunk(round * 50 + index, big)),
      );
    expect(await kept(bookingId)).toHaveLength(1);
    await send(agent, leaseId, [chunk(60_000, 'next\n'), chunk(59_999, 'before'), chunk(60_002, 'inside')]);
    expect((await kept(bookingId)).map((row) => row.text.slice(0, 6))).toEqual(['xxxxxx', 'next\n']);
  });

  it('is taken from its own machine only', async () => {
    const { leaseId } = await rented(setting);
    const other = await connectedAgent(setting, await person());
    expect(await send(other, leaseId, [chunk(0, 'forged')])).toMatchObject({
      status: 404,
      body: { reason: 'notFound' },
    });
    expect((await send(other, 'lse_nobody', [chunk(0, 'x')])).status).toBe(404);
    expect((await send(other, leaseId, [chunk(0, 'x')], 'guess')).status).toBe(401);
    const { token } = other;
    other.restart();
    await other.connect();
    expect(await send(other, leaseId, [chunk(0, 'x')], token)).toMatchObject({
      status: 401,
      body: { reason: 'sessionOver' },
    });
  });

  it('is refused when it has no shape', async () => {
    const { agent, leaseId } = await rented(setting);
    for (const chunks of [
      [chunk(-1, 'x')],
      [chunk(0.5, 'x')],
      [chunk(0, 'x'.repeat(70_000))],
      [{ ...chunk(0, 'x'), stream: 'telepathy' }],
      Array(201).fill(chunk(0, 'x')),
      'text',
    ]) {
      expect((await send(agent, leaseId, chunks as LogsRequest['chunks'])).status).toBe(422);
    }
  });
});
