import { describe, expect, it } from 'vitest';
import { askSelfTest } from '#lib/agents/ask-self-test.ts';
import { selfTestOf } from '#lib/agents/queries/self-test.ts';
import type { SelfTest } from '#protocol/specification.ts';
import { refusal } from '../support/ask.ts';
import { sql } from '../support/database.ts';
import { connectedAgent, doorWorld } from '../support/hand-agent.ts';
import { person } from '../support/people.ts';
import { NOW } from '../support/stalls.ts';

const result = (passed: boolean, asked?: number): SelfTest => ({
  at: NOW.toISOString(),
  passed,
  checks: [
    {
      name: 'disk',
      passed,
      warning: false,
      detail: '3 GiB free.',
      measured: '3 GiB free',
      wanted: '100 GiB free, at least 10 GiB',
      fix: passed ? null : 'Make room.',
    },
  ],
  ...(asked === undefined ? {} : { asked }),
});

describe('a self-test that its host asks for', () => {
  it('is told to the agent until it answers, and the host sees that it is awaited', async () => {
    const setting = doorWorld();
    const host = await person();
    const agent = await connectedAgent(setting, host);
    const { machineId } = agent;
    expect((await agent.sync({ selfTest: result(false) })).said.selfTestAsked).toBeUndefined();
    const before = agent.generation;
    await askSelfTest(host, { machineId }, setting.world);
    const { said } = await agent.sync();
    expect(said.generation).toBeGreaterThan(before);
    expect(said.selfTestAsked).toBe(1);
    const awaited = await selfTestOf(host, machineId, setting.world.now());
    expect(awaited).toMatchObject({ passed: false, awaited: true, whyNotAsk: 'It is testing itself already.' });
    // Another test that answers nothing leaves it awaited; so does one that answers what nobody asked.
    await agent.sync({ selfTest: result(false) });
    await agent.sync({ selfTest: result(false, 0) });
    expect((await selfTestOf(host, machineId, setting.world.now())).awaited).toBe(true);
    await agent.sync({ selfTest: result(true, 1) });
    expect(await selfTestOf(host, machineId, setting.world.now())).toMatchObject({ passed: true, awaited: false });
    agent.restart();
    await agent.connect();
    expect((await agent.sync()).said.selfTestAsked).toBeUndefined();
  });

  it('keeps what was measured and wanted, word for word', async () => {
    const setting = doorWorld();
    const host = await person();
    const agent = await connectedAgent(setting, host);
    await agent.sync({ selfTest: result(false) });
    const { test } = await selfTestOf(host, agent.machineId, setting.world.now());
    expect(test?.checks).toEqual(result(false).checks);
  });

  it('tells whoever looks that it answered, also when it came out as before', async () => {
    const setting = doorWorld();
    const host = await person();
    const agent = await connectedAgent(setting, host);
    const { machineId } = agent;
    await agent.sync({ selfTest: result(false) });
    await askSelfTest(host, { machineId }, setting.world);
    const events = () =>
      sql('SELECT id FROM events WHERE machine_id = $1 AND kind = $2', [machineId, 'machine.selfTested']);
    const count = (await events()).length;
    await agent.sync({
      selfTest: { ...result(false, 1), checks: [{ ...result(false).checks[0], detail: '2 GiB free.' }] as never },
    });
    expect((await events()).length).toBe(count);
    expect((await selfTestOf(host, machineId, setting.world.now())).test?.checks[0]?.detail).toBe('2 GiB free.');
  });

  it('is asked for once a minute, by its host, while it answers', async () => {
    const setting = doorWorld();
    const host = await person();
    const agent = await connectedAgent(setting, host);
    const { machineId } = agent;
    const ask = async (who = host) => (await refusal(askSelfTest(who, { machineId }, setting.world))).reason;
    expect(await ask()).toBe('machineNotReady');
    await agent.sync();
    expect(await ask(await person())).toBe('notFound');
    expect(await ask({ ...host, suspended: true })).toBe('suspended');
    await askSelfTest(host, { machineId }, setting.world);
    expect(await ask()).toBe('notNow');
    await agent.sync({ selfTest: result(true, 1) });
    expect(await ask()).toBe('tooManyAttempts');
    setting.pass(60);
    await agent.sync();
    await askSelfTest(host, { machineId }, setting.world);
    expect((await agent.sync()).said.selfTestAsked).toBe(2);
    expect((await refusal(selfTestOf(await person(), machineId, setting.world.now()))).reason).toBe('notFound');
  });

  it('never answers more than was asked, and was asked at some time', async () => {
    const { machineId } = await connectedAgent(doorWorld(), await person());
    const set = (columns: string) => sql(`UPDATE machines SET ${columns} WHERE id = $1`, [machineId]);
    await expect(set('self_test_answered = 1')).rejects.toThrow('machines_self_test_asked');
    await expect(set('self_test_asked = 1')).rejects.toThrow('machines_self_test_asked');
    await expect(set('self_test_asked_at = now()')).rejects.toThrow('machines_self_test_asked');
    await expect(set('self_test_asked = -1')).rejects.toThrow('machines_self_test_asked');
  });
});
