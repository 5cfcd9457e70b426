import { describe, expect, it } from 'vitest';
import { defaultJobOf } from '#lib/agents/queries/default-job.ts';
import { setDefaultJob } from '#lib/agents/set-default-job.ts';
import { leaseKey } from '#lib/io/lease-key.ts';
import { verifySigned } from '#protocol/keys.ts';
import { DOMAINS } from '#protocol/words.ts';
import { refusal } from '../support/ask.ts';
import { sql } from '../support/database.ts';
import { connectedAgent, doorWorld } from '../support/hand-agent.ts';
import { person } from '../support/people.ts';

const setting = doorWorld();

describe('the default job of a machine', () => {
  it('is told to its agent, signed, and how it is comes back to its host', async () => {
    const host = await person();
    const agent = await connectedAgent(setting, host);
    const { machineId } = agent;
    expect((await agent.sync()).said.defaultJob).toBeNull();
    const before = agent.generation;
    await setDefaultJob(host, { machineId, image: 'folding:1', command: ['fold'] }, setting.world);
    const { said } = await agent.sync();
    expect(said.generation).toBeGreaterThan(before);
    const signed = said.defaultJob;
    expect(signed && verifySigned(DOMAINS.defaultJob, signed, leaseKey().publicKey)).toBe(true);
    expect(JSON.parse(signed?.payload ?? '')).toEqual({
      v: 1,
      machineId,
      revision: 1,
      image: 'folding:1',
      command: ['fold'],
    });
    await agent.sync({ defaultJob: { revision: 1, state: 'failed', detail: 'no such image' } });
    expect(await defaultJobOf(host, machineId)).toMatchObject({
      image: 'folding:1',
      state: 'failed',
      detail: 'no such image',
    });
    await setDefaultJob(host, { machineId, image: 'folding:2', command: null }, setting.world);
    await agent.sync({ defaultJob: { revision: 1, state: 'running', detail: null } });
    expect(await defaultJobOf(host, machineId)).toMatchObject({ image: 'folding:2', state: null });
    await setDefaultJob(host, { machineId, image: null, command: null }, setting.world);
    expect((await agent.sync()).said.defaultJob).toBeNull();
    expect(await defaultJobOf(host, machineId)).toBeNull();
    expect(await sql('SELECT id FROM bookings WHERE machine_id = $1', [machineId])).toEqual([]);
  });

  it('is nobody else’s to see or to set, and names an image', async () => {
    const host = await person();
    const { machineId } = await connectedAgent(setting, host);
    const other = await person();
    const set = (who: typeof host, image: string) =>
      refusal(setDefaultJob(who, { machineId, image, command: null }, setting.world));
    expect((await set(other, 'x:1')).reason).toBe('notFound');
    expect((await refusal(defaultJobOf(other, machineId))).reason).toBe('notFound');
    expect((await set(host, 'NOT AN IMAGE')).reason).toBe('imageInvalid');
    await sql('UPDATE machines SET retired_at = now() WHERE id = $1', [machineId]);
    expect((await set(host, 'x:1')).reason).toBe('notNow');
  });

  it('has a revision above zero, always', async () => {
    const { machineId } = await connectedAgent(setting, await person());
    await expect(
      sql(`INSERT INTO default_jobs (machine_id, revision, set_at) VALUES ($1, 0, now())`, [machineId]),
    ).rejects.toThrow('default_jobs_revision');
  });
});
