import '#tests/support/database.ts';
import { describe, expect, it } from 'vitest';
import { GET as getKey } from '#app/log/key/route.ts';
import { GET as getWitnesses } from '#app/log/witnesses/route.ts';
import { db } from '#lib/io/db.ts';
import { logSigner } from '#lib/io/log-key.ts';
import { logHealth, logKeyOf, signedHead } from '#lib/receipts/queries/log.ts';
import { sha256Bytes } from '#protocol/keys.ts';
import { type LogKey, signCheckpoint } from '#protocol/log-checkpoint.ts';
import { PROTOCOL_VERSION } from '#protocol/words.ts';
import { connectedAgent, doorWorld, handAgent, post } from '#tests/support/hand-agent.ts';
import { person } from '#tests/support/people.ts';
import { logAll } from '#tests/support/public-log.ts';

const setting = doorWorld();
const note = async () => (await signedHead())?.note ?? '';

describe('a machine tells what it saw of the public log', () => {
  it('and everybody can hold that against what they saw', async () => {
    const agent = await connectedAgent(setting, await person());
    await logAll(setting);
    const said = { protocol: PROTOCOL_VERSION, checkpoint: await note(), refused: null };
    expect((await post(setting, 'witness', said, { token: agent.token })).status).toBe(200);
    expect(await (await getWitnesses()).text()).toBe(said.checkpoint);
    expect((await (await getKey()).text()).trim()).toBe((await logKeyOf())?.line);
    expect(await logHealth(setting.world.now())).toMatchObject({ witnesses: 1, witnessesUpToDate: 1, refusals: 0 });
  });

  it('and a refusal is reported to its host and to staff, once', async () => {
    const agent = await connectedAgent(setting, await person());
    await logAll(setting);
    const refused = { checkpoint: 'what it was shown', why: 'The market’s log shows two histories: it did.' };
    const said = { protocol: PROTOCOL_VERSION, checkpoint: await note(), refused };
    for (let times = 0; times < 3; times += 1) await post(setting, 'witness', said, { token: agent.token });
    expect(await db.logWitness.findUnique({ where: { machineId: agent.machineId } })).toMatchObject({
      problem: refused.why,
      refused: refused.checkpoint,
    });
    const events = await db.event.findMany({ where: { kind: 'log.refused' } });
    expect(events).toMatchObject([{ machineId: agent.machineId, reason: refused.why }]);
    expect(await logHealth(setting.world.now())).toMatchObject({ refusals: 1 });
  });

  it('and a head that this log signed but does not have is found out here too', async () => {
    const agent = await connectedAgent(setting, await person());
    await logAll(setting);
    const signer = logSigner();
    const key = (await logKeyOf())?.key as LogKey;
    const head = { size: 2, root: sha256Bytes(Uint8Array.of(1)) };
    const other = signCheckpoint(sha256Bytes, head, key, (message) => signer?.sign(message) as Uint8Array);
    const said = { protocol: PROTOCOL_VERSION, checkpoint: other, refused: null };
    expect((await post(setting, 'witness', said, { token: agent.token })).status).toBe(200);
    expect(await db.logWitness.findUnique({ where: { machineId: agent.machineId } })).toMatchObject({
      problem: 'It saw a checkpoint that is not here.',
      refused: other,
    });
  });

  it('and what is not signed by this log, or not from a connected machine, is refused', async () => {
    const agent = await connectedAgent(setting, await person());
    const say = (checkpoint: unknown, token: string) =>
      post(setting, 'witness', { protocol: PROTOCOL_VERSION, checkpoint, refused: null }, { token });
    for (const bad of ['', 'x', (await note()).replace('\n', 'x\n'), '\u0000'])
      expect((await say(bad, agent.token)).status).toBe(422);
    expect((await say(7, agent.token)).status).toBe(422);
    expect((await say('x'.repeat(20_000), agent.token)).status).toBe(422);
    expect((await say(await note(), 'nobody')).status).toBe(401);
    expect((await say(await note(), handAgent(setting).token)).status).toBe(401);
  });
});
