import { afterAll, describe, expect, it, vi } from 'vitest';
import { clearCopiedIdentity } from '#lib/agents/clear-copied-identity.ts';
import { retireMachine } from '#lib/catalogue/retire-machine.ts';
import { forgetEnv } from '#lib/io/env.ts';
import { live } from '#lib/io/live.ts';
import { signPayload } from '#protocol/keys.ts';
import { DOMAINS } from '#protocol/words.ts';
import { sql } from '../support/database.ts';
import { connectedAgent, doorWorld, type HandAgent, handAgent, post } from '../support/hand-agent.ts';
import { person } from '../support/people.ts';
import { keyPair } from '../support/tunnel.ts';

const setting = doorWorld({ holdMs: 3_000 });
const { world } = setting;
afterAll(() => live.close());

async function enrolled(): Promise<HandAgent> {
  const agent = handAgent(setting);
  await agent.enrol(await person());
  return agent;
}

const flagged = async (agent: HandAgent) => {
  const [row] = await sql('SELECT identity_copied_at IS NOT NULL AS copied FROM machines WHERE id = $1', [
    agent.machineId,
  ]);
  return row?.copied;
};
const eventsOf = async (agent: HandAgent) =>
  (await sql(`SELECT kind FROM events WHERE machine_id = $1 ORDER BY id`, [agent.machineId])).map((row) => row.kind);

describe('an agent that connects', () => {
  it('signs a challenge once and speaks by its token from then on', async () => {
    const agent = await enrolled();
    vi.stubEnv(
      'SUBLET_GATEWAYS',
      '[{"name":"a","publicHost":"h","portFrom":2000,"portTo":3000,"tunnelUrl":"tcp://h:1","healthUrl":"http://h:2/health"}]',
    );
    forgetEnv();
    const answer = await agent.connect();
    expect(answer).toMatchObject({ status: 200, body: { gateways: [{ name: 'a', tunnelUrl: 'tcp://h:1' }] } });
    vi.unstubAllEnvs();
    forgetEnv();
    expect((await agent.sync()).status).toBe(200);
    expect(await sql('SELECT agent_version FROM machines WHERE id = $1', [agent.machineId])).toEqual([
      { agent_version: 'test-1' },
    ]);
  });

  it('cannot use a nonce twice, nor one that is old, foreign or made up', async () => {
    const agent = await enrolled();
    const nonce = await agent.challenge();
    expect((await agent.connectWith(nonce)).status).toBe(200);
    expect(await agent.connectWith(nonce)).toMatchObject({ status: 409, body: { reason: 'replayed' } });

    const late = doorWorld();
    const slow = handAgent(late);
    await slow.enrol(await person());
    const old = await slow.challenge();
    late.pass(61);
    expect(await slow.connectWith(old)).toMatchObject({ status: 401, body: { reason: 'signatureInvalid' } });

    const other = await enrolled();
    for (const wrong of [await other.challenge(), 'made up', `${nonce}x`, '']) {
      expect((await agent.connectWith(wrong)).status).toBeGreaterThanOrEqual(401);
    }
  });

  it('lets exactly one of many answers to one challenge in', async () => {
    const agent = await enrolled();
    const nonce = await agent.challenge();
    const answers = await Promise.all([1, 2, 3, 4].map(() => agent.connectWith(nonce)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409, 409, 409]);
  });

  it('must hold the key of that machine, and sign for this purpose', async () => {
    const agent = await enrolled();
    const thief = await agent.connectWith(await agent.challenge(), keyPair());
    expect(thief).toMatchObject({ status: 401, body: { reason: 'signatureInvalid' } });
    const nonce = await agent.challenge();
    const text = JSON.stringify([agent.machineId, nonce, agent.bootId]);
    const proof = signPayload(DOMAINS.tunnel, text, agent.keys.signing.privateKey).signature;
    const { machineId, bootId } = agent;
    const said = { protocol: 1, machineId, nonce, bootId, agentVersion: '1', proof };
    expect(await post(setting, 'connect', said)).toMatchObject({ status: 401, body: { reason: 'signatureInvalid' } });
    expect((await agent.connectWith(nonce)).status).toBe(200);
  });

  it('is unknown when it is not enrolled here, or was retired', async () => {
    const host = await person();
    const agent = handAgent(setting);
    await agent.enrol(host);
    const nonce = await agent.challenge();
    await retireMachine(host, { machineId: agent.machineId }, world);
    expect(await agent.connectWith(nonce)).toMatchObject({ status: 401, body: { reason: 'agentUnknown' } });
    for (const machineId of [agent.machineId, 'mch_nobody', "'; DROP TABLE machines; --"]) {
      expect(await post(setting, 'challenge', { protocol: 1, machineId })).toMatchObject({
        status: 401,
        body: { reason: 'agentUnknown' },
      });
    }
  });

  it('reconnects and restarts without any suspicion', async () => {
    const agent = await enrolled();
    await agent.connect();
    await agent.connect();
    agent.restart();
    await agent.connect();
    await agent.connect();
    agent.restart();
    expect((await agent.connect()).status).toBe(200);
    expect(await flagged(agent)).toBe(false);
    expect((await agent.sync()).said.messages).toEqual([]);
  });

  it('ends its connection before, whose held sync learns it at once', async () => {
    const agent = await connectedAgent(setting, await person());
    const [token, before] = [agent.token, agent.sync({ hold: true })];
    agent.restart();
    await agent.connect();
    expect(await before).toMatchObject({ status: 401, body: { reason: 'sessionOver' } });
    expect(await agent.sync({ sequence: 9 }, { token })).toMatchObject({
      status: 401,
      body: { reason: 'sessionOver' },
    });
    expect((await agent.sync({ sequence: 10 })).status).toBe(200);
  });
});

describe('one identity on two machines', () => {
  it('is found out when the first comes back; it keeps the identity, both are told, nothing new is rented there', async () => {
    const host = await person();
    const original = await connectedAgent(setting, host);
    setting.pass(60);
    const copy = original.copy();
    await copy.connect();
    expect(await flagged(original)).toBe(false);
    expect(await original.sync()).toMatchObject({ status: 401, body: { reason: 'sessionOver' } });
    setting.pass(1);

    expect((await original.connect()).status).toBe(200);
    expect(await flagged(original)).toBe(true);
    expect((await original.sync()).said.messages.join()).toContain('Two machines use the identity');
    expect(await copy.sync()).toMatchObject({ status: 401, body: { reason: 'sessionOver' } });
    setting.pass(1);
    expect(await copy.connect()).toMatchObject({ status: 409, body: { reason: 'identityCopied' } });
    expect((await original.sync()).status).toBe(200);
    expect(
      await sql(`SELECT user_id FROM events WHERE kind = 'machine.identityCopied' AND machine_id = $1`, [
        original.machineId,
      ]),
    ).toEqual([{ user_id: host.userId }]);
  });

  it('is said once, however long the two quarrel', async () => {
    const original = await connectedAgent(setting, await person());
    const copy = original.copy();
    for (let turn = 0; turn < 4; turn += 1) {
      setting.pass(2);
      await copy.connect();
      setting.pass(2);
      await original.connect();
      copy.restart();
    }
    expect((await original.sync()).status).toBe(200);
    expect((await eventsOf(original)).filter((kind) => kind === 'machine.identityCopied')).toHaveLength(1);
  });

  it('is resolved by its host, and found out again if the copy lives on', async () => {
    const host = await person();
    const original = await connectedAgent(setting, host);
    const copy = original.copy();
    setting.pass(2);
    await copy.connect();
    setting.pass(2);
    await original.connect();
    await expect(clearCopiedIdentity(await person(), { machineId: original.machineId }, world)).rejects.toMatchObject({
      reason: 'notFound',
    });
    await clearCopiedIdentity(host, { machineId: original.machineId }, world);
    expect(await flagged(original)).toBe(false);
    expect((await original.sync()).said.messages).toEqual([]);
    setting.pass(2);
    await copy.connect();
    setting.pass(2);
    await original.connect();
    expect(await flagged(original)).toBe(true);
    expect((await original.sync()).status).toBe(200);
  });

  it('is not seen in an answer that was only late', async () => {
    const agent = await connectedAgent(setting, await person());
    const late = agent.copy();
    late.bootId = agent.bootId;
    const nonce = await late.challenge();
    setting.pass(5);
    agent.restart();
    await agent.connect();
    expect(await late.connectWith(nonce)).toMatchObject({ status: 409, body: { reason: 'replayed' } });
    expect(await flagged(agent)).toBe(false);
    expect((await agent.sync()).status).toBe(200);
  });
});
