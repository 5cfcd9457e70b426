import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createEnrolmentCode } from '#lib/agents/create-enrolment-code.ts';
import { onboardingOf } from '#lib/agents/queries/onboarding.ts';
import { retireMachine } from '#lib/catalogue/retire-machine.ts';
import { leaseKey } from '#lib/io/lease-key.ts';
import { sql } from '../support/database.ts';
import { doorWorld, enrolRequestFor, gpu, handAgent, post } from '../support/hand-agent.ts';
import { person } from '../support/people.ts';
import { specificationOf } from '../support/stalls.ts';
import { keyPair } from '../support/tunnel.ts';

const setting = doorWorld();
const { world } = setting;

describe('a host who lists a machine', () => {
  it('gets a code, pastes it, and sees the machine appear with what it is', async () => {
    const host = await person();
    const { code } = await createEnrolmentCode(host, world);
    expect(await onboardingOf(host, {}, world.now())).toMatchObject({
      machine: null,
      facts: { code: { state: 'waiting' }, machine: null },
    });
    const agent = handAgent(setting, specificationOf([gpu('GPU-a1'), gpu('GPU-a2')]));
    const answer = await agent.enrolWith(code);
    expect(answer).toMatchObject({ status: 200, body: { protocol: 1, leaseKey: leaseKey().publicKey } });
    expect(await onboardingOf(host, {}, world.now())).toMatchObject({
      machine: { id: agent.machineId, gpus: [{ model: 'RTX 4090' }, { model: 'RTX 4090' }] },
      facts: { code: null, machine: { lastSyncAt: null, test: null, priced: false } },
    });
    expect(
      await sql('SELECT name, host_id, simulated, retired_at FROM machines WHERE id = $1', [agent.machineId]),
    ).toEqual([{ name: 'box', host_id: host.userId, simulated: false, retired_at: null }]);
    expect(
      await sql('SELECT uuid, position, model FROM gpus WHERE machine_id = $1 ORDER BY position', [agent.machineId]),
    ).toEqual([
      { uuid: 'GPU-a1', position: 0, model: 'RTX 4090' },
      { uuid: 'GPU-a2', position: 1, model: 'RTX 4090' },
    ]);
    expect(await sql(`SELECT kind, user_id FROM events WHERE machine_id = $1`, [agent.machineId])).toEqual([
      { kind: 'machine.enrolled', user_id: host.userId },
    ]);
  });

  it('sees only codes of their own', async () => {
    await createEnrolmentCode(await person(), world);
    expect(await onboardingOf(await person(), {}, world.now())).toMatchObject({ machine: null, facts: { code: null } });
  });

  it('confirms the address and is not suspended first, and does not hoard codes', async () => {
    await expect(createEnrolmentCode(await person({ confirmed: false }), world)).rejects.toMatchObject({
      reason: 'emailUnconfirmed',
    });
    await expect(createEnrolmentCode({ ...(await person()), suspended: true }, world)).rejects.toMatchObject({
      reason: 'suspended',
    });
    const hoarder = await person();
    for (let count = 0; count < 50; count += 1) await createEnrolmentCode(hoarder, world);
    await expect(createEnrolmentCode(hoarder, world)).rejects.toMatchObject({ reason: 'tooManyAttempts' });
  });

  it('keeps no code that a reader of the database could use', async () => {
    const { code } = await createEnrolmentCode(await person(), world);
    const rows = await sql<{ all: string }>('SELECT row_to_json(c)::text AS all FROM enrolment_codes c');
    expect(rows.some((row) => row.all.includes(code))).toBe(false);
  });
});

describe('an enrolment code', () => {
  it('that was used is worth nothing to who stole it', async () => {
    const { code } = await createEnrolmentCode(await person(), world);
    expect((await handAgent(setting).enrolWith(code)).status).toBe(200);
    expect(await handAgent(setting).enrolWith(code)).toMatchObject({ status: 410, body: { reason: 'codeInvalid' } });
  });

  it('used again by the same machine, whose answer got lost, gives the same answer', async () => {
    const { code } = await createEnrolmentCode(await person(), world);
    const agent = handAgent(setting);
    const first = await agent.enrolWith(code);
    const second = await agent.enrolWith(code);
    expect(second.status).toBe(200);
    expect(second.body.machineId).toBe(first.body.machineId);
  });

  it('enrols one machine when two race with it', async () => {
    const { code } = await createEnrolmentCode(await person(), world);
    const answers = await Promise.all([1, 2, 3, 4].map(() => handAgent(setting).enrolWith(code)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 410, 410, 410]);
  });

  it('expires after an hour', async () => {
    const late = doorWorld();
    const host = await person();
    const { code } = await createEnrolmentCode(host, late.world);
    late.pass(3_600);
    expect(await handAgent(late).enrolWith(code)).toMatchObject({ status: 410, body: { reason: 'codeInvalid' } });
  });

  it('that nobody made is refused', async () => {
    expect(await handAgent(setting).enrolWith('guess')).toMatchObject({ status: 410 });
  });

  it('of a host who was suspended meanwhile is refused', async () => {
    const host = await person();
    const { code } = await createEnrolmentCode(host, world);
    await sql('UPDATE users SET suspended_at = now() WHERE id = $1', [host.userId]);
    expect(await handAgent(setting).enrolWith(code)).toMatchObject({ status: 403, body: { reason: 'suspended' } });
  });
});

describe('a machine is enrolled once', () => {
  it('by its keys', async () => {
    const host = await person();
    const agent = handAgent(setting);
    await agent.enrol(host);
    const other = handAgent(setting);
    other.keys.signing = agent.keys.signing;
    expect(await other.enrol(host)).toMatchObject({ status: 409, body: { reason: 'alreadyEnrolled' } });
  });

  it('by its GPUs, whoever says so, until it left the market', async () => {
    const host = await person();
    const first = handAgent(setting, specificationOf([gpu('GPU-once')]));
    await first.enrol(host);
    const second = handAgent(setting, specificationOf([gpu(), gpu('GPU-once')]));
    expect(await second.enrol(await person())).toMatchObject({
      status: 409,
      body: { reason: 'alreadyEnrolled', fields: { gpus: ['GPU-once'] } },
    });
    await retireMachine(host, { machineId: first.machineId }, world);
    expect((await second.enrol(host)).status).toBe(200);
  });

  it('also when two with one GPU enrol in the same instant', async () => {
    const host = await person();
    const answers = await Promise.all(
      [1, 2, 3].map(() => handAgent(setting, specificationOf([gpu('GPU-race')])).enrol(host)),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409, 409]);
    expect(await sql(`SELECT count(*)::int FROM gpus WHERE uuid = 'GPU-race' AND removed_at IS NULL`)).toEqual([
      { count: 1 },
    ]);
  });

  it('and a refused one leaves its code usable', async () => {
    const host = await person();
    await handAgent(setting, specificationOf([gpu('GPU-kept')])).enrol(host);
    const { code } = await createEnrolmentCode(host, world);
    const clash = handAgent(setting, specificationOf([gpu('GPU-kept')]));
    expect((await clash.enrolWith(code)).status).toBe(409);
    expect((await handAgent(setting).enrolWith(code)).status).toBe(200);
  });
});

describe('who asks to be enrolled', () => {
  const request = async () => {
    const { code } = await createEnrolmentCode(await person(), world);
    const keys = { signing: keyPair(), sealingKey: randomBytes(32).toString('base64url') };
    return enrolRequestFor(code, keys, specificationOf([gpu()]));
  };

  it('must hold the key that they show', async () => {
    const theirs = await request();
    const mine = await request();
    for (const stolen of [
      { ...theirs, signingKey: mine.signingKey },
      { ...theirs, sealingKey: mine.sealingKey },
      { ...theirs, code: mine.code },
      { ...theirs, proof: mine.proof },
    ]) {
      expect(await post(setting, 'enrol', stolen)).toMatchObject({ status: 401, body: { reason: 'signatureInvalid' } });
    }
  });

  it('is refused with a reason for every shape of rubbish, and never with a 500', async () => {
    const good = await request();
    const { specification } = good;
    const [card] = specification.gpus;
    const rubbish: unknown[] = [
      '',
      '{',
      'null',
      '[]',
      '"text"',
      `${'['.repeat(200_000)}`,
      { ...good, protocol: '1' },
      { ...good, code: '' },
      { ...good, code: 'x'.repeat(5_000) },
      { ...good, signingKey: 'AA' },
      { ...good, signingKey: 'not base64!' },
      { ...good, signingKey: Buffer.alloc(32).toString('base64url') },
      { ...good, sealingKey: 'AA' },
      { ...good, now: 'yesterday' },
      { ...good, specification: null },
      { ...good, specification: { ...specification, gpus: Array(65).fill(card) } },
      { ...good, specification: { ...specification, memoryBytes: -1 } },
      { ...good, specification: { ...specification, cpuThreads: 1.5 } },
      { ...good, specification: { ...specification, gpus: [{ ...card, vramBytes: 0 }] } },
      { ...good, specification: { ...specification, problems: ['x'.repeat(5_000)] } },
    ];
    for (const body of rubbish) {
      const answer = await post(setting, 'enrol', body);
      expect(answer.status, JSON.stringify(body).slice(0, 200)).toBeGreaterThanOrEqual(400);
      expect(answer.status, JSON.stringify(body).slice(0, 200)).toBeLessThan(500);
      expect(answer.body.reason).toEqual(expect.any(String));
      expect(answer.response.headers.get('content-type')).toBe('application/problem+json');
    }
    expect(await post(setting, 'enrol', 'x'.repeat(600_000))).toMatchObject({ status: 413 });
  });

  it('in another version of the protocol is told which one is spoken', async () => {
    expect(await post(setting, 'enrol', { protocol: 2, anything: true })).toMatchObject({
      status: 426,
      body: { reason: 'protocolOutdated', fields: { spoken: 2, understood: 1 } },
    });
  });

  it('may be called anything: script, emoji, 300 characters, control characters', async () => {
    for (const [hostname, name] of [
      ['<script>alert(1)</script>', '<script>alert(1)</script>'],
      ['🦄'.repeat(90), '🦄'.repeat(80)],
      ['a\u0000b\ud800', 'a\ufffdb\ufffd'],
      ['\u0007\u0007', 'Machine'],
    ]) {
      const agent = handAgent(setting, { ...specificationOf([gpu()]), hostname: hostname as string });
      expect((await agent.enrol(await person())).status).toBe(200);
      expect(await sql('SELECT name FROM machines WHERE id = $1', [agent.machineId])).toEqual([{ name }]);
    }
  });

  it('with a recording carries the word simulated from the first day', async () => {
    const agent = handAgent(setting, { ...specificationOf([gpu()]), simulated: true });
    await agent.enrol(await person());
    expect(await sql('SELECT simulated FROM machines WHERE id = $1', [agent.machineId])).toEqual([{ simulated: true }]);
  });
});

describe('the door for agents', () => {
  it('answers unknown paths and methods with a problem', async () => {
    expect(await post(setting, 'nothing', {})).toMatchObject({ status: 404, body: { reason: 'notFound' } });
    const got = await setting.door.request('/api/agent/v1/enrol');
    expect(got.status).toBe(404);
  });
});
