import '#tests/support/database.ts';
import { describe, expect, it } from 'vitest';
import { db } from '#lib/io/db.ts';
import { deliverNotices } from '#lib/notices/deliver-notices.ts';
import { PROTOCOL_VERSION } from '#protocol/words.ts';
import { connectedAgent, doorWorld, type HandAgent, post } from '#tests/support/hand-agent.ts';
import { person } from '#tests/support/people.ts';
import { listingOf, NOW, takenBy } from '#tests/support/stalls.ts';

const setting = doorWorld();
const leave = (agent: HandAgent) => post(setting, 'leave', { protocol: PROTOCOL_VERSION }, { token: agent.token });

/** A published machine and its agent. */
async function offered() {
  const host = await person();
  const agent = await connectedAgent(setting, host);
  return { host, agent, listingId: await listingOf(host, agent.machineId) };
}

const machineOf = (agent: HandAgent) =>
  db.machine.findUniqueOrThrow({
    where: { id: agent.machineId },
    select: { retiredAt: true, listing: { select: { state: true } }, gpus: { select: { removedAt: true } } },
  });

const told = async (userId: string) => {
  await deliverNotices(setting.world);
  return (await db.notice.findMany({ where: { userId }, select: { title: true } })).map(({ title }) => title);
};

describe('an agent that is uninstalled', () => {
  it('has its machine retired: nothing of it is offered, its GPUs may be enrolled again, its host is told', async () => {
    const { host, agent } = await offered();
    expect(await leave(agent)).toMatchObject({ status: 200, body: { outcome: 'retired' } });
    const machine = await machineOf(agent);
    expect(machine).toMatchObject({ retiredAt: setting.world.now(), listing: { state: 'withdrawn' } });
    expect(machine.gpus.every(({ removedAt }) => removedAt !== null)).toBe(true);
    expect(await told(host.userId)).toContainEqual(expect.stringContaining('was retired'));
    expect((await agent.sync()).body).toMatchObject({ reason: 'agentUnknown' });
    const again = await connectedAgent(setting, host, agent.specification);
    expect(again.machineId).not.toBe(agent.machineId);
  });

  it('while something is rented on it is offered no more, and its host is told what to do', async () => {
    const { host, agent, listingId } = await offered();
    const { machineId } = agent;
    const place = { hostId: host.userId, machineId, listingId, gpuIds: [] };
    await takenBy(await person(), place, { from: NOW, to: new Date(NOW.getTime() + 3_600_000) });
    expect(await leave(agent)).toMatchObject({ status: 200, body: { outcome: 'rented' } });
    expect(await machineOf(agent)).toMatchObject({ retiredAt: null, listing: { state: 'withdrawn' } });
    expect(await told(host.userId)).toContainEqual(expect.stringContaining('was uninstalled'));
  });

  it('on a copy takes nothing from the machine that it was copied from', async () => {
    const { agent } = await offered();
    const copy = agent.copy();
    for (const one of [copy, agent]) {
      setting.pass(2);
      await one.connect();
    }
    copy.restart();
    setting.pass(2);
    expect((await copy.connect()).status).toBe(200);
    expect(await leave(copy)).toMatchObject({ status: 200, body: { outcome: 'copied' } });
    expect(await machineOf(agent)).toMatchObject({ retiredAt: null, listing: { state: 'published' } });
  });

  it('must show its token, and nobody else’s', async () => {
    const { agent } = await offered();
    const answer = await post(setting, 'leave', { protocol: PROTOCOL_VERSION }, { token: 'x'.repeat(40) });
    expect(answer).toMatchObject({ status: 401, body: { reason: 'agentUnknown' } });
    expect((await post(setting, 'leave', {}, { token: agent.token })).status).toBe(422);
    expect((await machineOf(agent)).retiredAt).toBeNull();
  });
});
