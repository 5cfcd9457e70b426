import { afterAll, describe, expect, it } from 'vitest';
import { beatDoor } from '#lib/agents/beat-door.ts';
import { noteSilences } from '#lib/agents/note-silences.ts';
import { THE_MARKET } from '#lib/base/actor.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction } from '#lib/io/db.ts';
import { live, type Wake } from '#lib/io/live.ts';
import type { SelfTest } from '#protocol/specification.ts';
import { cutLive, sql } from '../support/database.ts';
import { connectedAgent, doorWorld, gpu, type HandAgent, post } from '../support/hand-agent.ts';
import { person } from '../support/people.ts';
import { listingOf, specificationOf } from '../support/stalls.ts';

const setting = doorWorld({ holdMs: 20_000 });
const quick = doorWorld({ holdMs: 150 });
afterAll(() => live.close());

const agentOf = async (on = setting) => connectedAgent(on, await person());

/** What a booking command does as far as an agent can tell: the generation moves and an event names the machine. */
const bump = (machineId: string) =>
  inTransaction('test: something should change', async (tx) => {
    await tx.machine.update({ where: { id: machineId }, data: { generation: { increment: 1 } } });
    await recordEvent(tx, THE_MARKET, { kind: 'booking.made', machineId }, setting.world.now());
  });

const machineRow = async (agent: HandAgent) => {
  const [row] = await sql('SELECT * FROM machines WHERE id = $1', [agent.machineId]);
  return row as Record<string, unknown>;
};
const gpusOf = async (agent: HandAgent) =>
  sql('SELECT id, uuid, removed_at IS NOT NULL AS gone FROM gpus WHERE machine_id = $1 ORDER BY position', [
    agent.machineId,
  ]);
const eventsOf = async (agent: HandAgent) =>
  (await sql(`SELECT kind FROM events WHERE machine_id = $1 ORDER BY id`, [agent.machineId])).map((row) => row.kind);

const selfTest = (passed: boolean, at = setting.world.now().toISOString()): SelfTest => ({
  at,
  passed,
  checks: [{ name: 'docker', passed, detail: 'Docker answers.', fix: null }],
});

describe('a heartbeat', () => {
  it('notes that the machine lives and how its clock goes, and tells nobody', async () => {
    const agent = await agentOf();
    await live.ready();
    const heard: Wake[] = [];
    const stop = live.subscribe((wake) => heard.push(wake));
    setting.pass(25);
    const { status, said } = await agent.sync({ now: new Date(setting.world.now().getTime() + 3_000).toISOString() });
    expect(status).toBe(200);
    expect(said).toMatchObject({ protocol: 1, generation: 0, workloads: [], stored: {}, messages: [] });
    expect(said.now).toBe(setting.world.now().toISOString());
    expect(await machineRow(agent)).toMatchObject({ last_sync_at: setting.world.now(), clock_drift_ms: 3_000 });
    await inTransaction('test: a mark', (tx) =>
      recordEvent(tx, THE_MARKET, { kind: 'setting.changed', userId: 'mark' }, setting.world.now()),
    );
    await expect.poll(() => heard.length).toBe(1);
    expect(heard).toEqual([expect.objectContaining({ user: 'mark' })]);
    stop();
  });

  it('with a wrong clock is told so', async () => {
    const agent = await agentOf();
    const { said } = await agent.sync({ now: new Date(setting.world.now().getTime() - 90_000).toISOString() });
    expect(said.messages).toEqual([expect.stringContaining('90 s behind')]);
    expect(await machineRow(agent)).toMatchObject({ clock_drift_ms: -90_000 });
    expect((await agent.sync({ now: '9999-12-31T23:59:59.999Z' })).status).toBe(200);
  });

  it('of a machine that was silent ends its silence and tells its host', async () => {
    const agent = await agentOf();
    await agent.sync();
    for (let turn = 0; turn < 30; turn += 1) {
      setting.pass(5);
      await beatDoor(setting.world);
    }
    await noteSilences(setting.world);
    setting.pass(7);
    await agent.sync();
    const silences = await sql('SELECT starts_at, ends_at FROM silences WHERE machine_id = $1', [agent.machineId]);
    expect(silences).toEqual([{ starts_at: expect.any(Date), ends_at: setting.world.now() }]);
    expect(await eventsOf(agent)).toEqual(['machine.enrolled', 'machine.connected', 'machine.silent', 'machine.back']);
  });

  it('of a machine that was silent before an outage of ours tells its host once of each', async () => {
    const agent = await agentOf();
    await agent.sync();
    const doorIsOpenFor = async (turns: number) => {
      for (let turn = 0; turn < turns; turn += 1) {
        setting.pass(5);
        await beatDoor(setting.world);
      }
    };
    await doorIsOpenFor(30);
    await noteSilences(setting.world);
    setting.pass(3_600);
    await doorIsOpenFor(30);
    expect(await noteSilences(setting.world)).toBeGreaterThan(0);
    setting.pass(3_600);
    await doorIsOpenFor(2);
    await agent.sync();
    expect(await eventsOf(agent)).toEqual(['machine.enrolled', 'machine.connected', 'machine.silent', 'machine.back']);
  });

  it('goes on for a host who is suspended: what runs there runs on', async () => {
    const host = await person();
    const agent = await connectedAgent(setting, host);
    await sql('UPDATE users SET suspended_at = now() WHERE id = $1', [host.userId]);
    expect((await agent.sync()).status).toBe(200);
  });
});

describe('a message that comes twice', () => {
  it('is taken once: the sequence must grow', async () => {
    const agent = await agentOf();
    await agent.sync({ sequence: 5 });
    for (const sequence of [5, 4, 0]) {
      expect(await agent.sync({ sequence })).toMatchObject({ status: 409, body: { reason: 'replayed' } });
    }
    expect((await agent.sync({ sequence: 6 })).status).toBe(200);
  });

  it('is taken once also when both arrive together', async () => {
    const agent = await agentOf();
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => agent.sync({ sequence: 1 })));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409, 409, 409, 409]);
  });
});

describe('a held sync', () => {
  it('is answered within 100 ms of the news, wherever it is held', async () => {
    const agent = await agentOf();
    await live.ready();
    const times: number[] = [];
    for (let turn = 1; turn <= 9; turn += 1) {
      const held = agent.sync({ hold: true });
      await expect.poll(async () => (await machineRow(agent)).last_sync_at).toEqual(setting.world.now());
      await bump(agent.machineId);
      const began = performance.now();
      expect((await held).said.generation).toBe(turn);
      times.push(performance.now() - began);
    }
    // The quickest of them: how busy the test's own machine is is not the question.
    expect(Math.min(...times)).toBeLessThan(100);
  });

  it('is answered at once when the agent has not heard the news yet, or asks not to be held', async () => {
    const agent = await agentOf();
    await bump(agent.machineId);
    const began = performance.now();
    expect((await agent.sync({ hold: true })).said.generation).toBe(1);
    expect((await agent.sync({ hold: true, generation: 7 })).said.generation).toBe(1);
    expect((await agent.sync({ hold: false })).said.generation).toBe(1);
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('misses no news that falls between its reading and its waiting', async () => {
    const agent = await agentOf();
    for (let turn = 1; turn <= 10; turn += 1) {
      const held = agent.sync({ hold: true, generation: turn - 1 });
      await bump(agent.machineId);
      expect((await held).said.generation).toBe(turn);
    }
  });

  it('is not answered by what happens on other machines, nor by events that change nothing for it', async () => {
    const agent = await agentOf();
    const other = await agentOf();
    let answered = false;
    const held = agent.sync({ hold: true }).then((answer) => {
      answered = true;
      return answer;
    });
    await bump(other.machineId);
    await inTransaction('test: an event', (tx) =>
      recordEvent(tx, THE_MARKET, { kind: 'booking.phase', machineId: agent.machineId }, setting.world.now()),
    );
    expect((await other.sync()).said.generation).toBe(1);
    expect(answered).toBe(false);
    await bump(agent.machineId);
    expect((await held).said.generation).toBe(1);
  });

  it('is answered when its time is over', async () => {
    const agent = await agentOf(quick);
    const began = performance.now();
    expect((await agent.sync({ hold: true })).status).toBe(200);
    expect(performance.now() - began).toBeGreaterThanOrEqual(140);
  });

  it('survives a lost database connection', async () => {
    const agent = await agentOf();
    await live.ready();
    const held = agent.sync({ hold: true });
    await cutLive();
    await bump(agent.machineId);
    expect((await held).said.generation).toBe(1);
  });

  it('lets go when the agent hangs up', async () => {
    const agent = await agentOf();
    const caller = new AbortController();
    const began = performance.now();
    const held = agent.sync({ hold: true }, { signal: caller.signal });
    caller.abort();
    await held.catch(() => undefined);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});

describe('what a machine says it is', () => {
  it('is kept; an event only when it is news', async () => {
    const agent = await agentOf();
    const { specification } = agent;
    const [card] = specification.gpus;
    await agent.sync({ specification: { ...specification, diskFreeBytes: 5 } });
    const warm = [{ ...(card as NonNullable<typeof card>), temperatureCelsius: 80, utilisationPercent: 99 }];
    await agent.sync({ specification: { ...specification, gpus: warm } });
    expect(await eventsOf(agent)).toEqual(['machine.enrolled', 'machine.connected']);
    await agent.sync({ specification: { ...specification, docker: null, problems: ['Docker does not run.'] } });
    expect(await eventsOf(agent)).toEqual(['machine.enrolled', 'machine.connected', 'machine.described']);
    expect(await machineRow(agent)).toMatchObject({ specification: { docker: null } });
  });

  it('loses a GPU and gets it back: it is the same one', async () => {
    const [one, two] = [gpu(), gpu()];
    const agent = await connectedAgent(setting, await person(), specificationOf([one, two]));
    const before = await gpusOf(agent);
    await agent.sync({ specification: specificationOf([one]) });
    expect((await gpusOf(agent)).map((row) => row.gone)).toEqual([false, true]);
    await agent.sync({ specification: specificationOf([one, two]) });
    expect(await gpusOf(agent)).toEqual(before);
    await agent.sync({ specification: specificationOf([]) });
    expect((await gpusOf(agent)).map((row) => row.gone)).toEqual([true, true]);
  });

  it('cannot take a GPU that another machine has: it is left out, and said', async () => {
    const theirs = gpu();
    await connectedAgent(setting, await person(), specificationOf([theirs]));
    const agent = await agentOf();
    const mine = agent.specification.gpus.map(({ uuid, model, vramBytes }) => ({ uuid, model, vramBytes }));
    const { status, said } = await agent.sync({ specification: specificationOf([...mine, theirs, theirs]) });
    expect(status).toBe(200);
    expect(said.messages).toEqual([expect.stringContaining(theirs.uuid)]);
    expect(await gpusOf(agent)).toHaveLength(1);
  });

  it('stays simulated once it was', async () => {
    const agent = await connectedAgent(setting, await person(), { ...specificationOf([gpu()]), simulated: true });
    await agent.sync({ specification: { ...agent.specification, simulated: false } });
    expect(await machineRow(agent)).toMatchObject({ simulated: true });
  });

  it('and how its self-test went decides whether its listing is visible', async () => {
    const host = await person();
    const agent = await connectedAgent(setting, host);
    await listingOf(host, agent.machineId);
    const offered = async () =>
      (await sql('SELECT 1 FROM offers WHERE machine_id = $1 AND ends_at IS NULL', [agent.machineId])).length;
    await agent.sync({ selfTest: selfTest(true) });
    expect(await machineRow(agent)).toMatchObject({ self_test_passed: true, self_tested_at: setting.world.now() });
    expect(await offered()).toBe(1);
    await agent.sync({ selfTest: selfTest(true) });
    await agent.sync({ selfTest: selfTest(false, '0000-01-01T00:00:00Z') });
    expect(await machineRow(agent)).toMatchObject({ self_test_passed: false });
    expect(await offered()).toBe(0);
    expect((await eventsOf(agent)).filter((kind) => kind === 'machine.selfTested')).toHaveLength(2);
  });
});

describe('rubbish in a sync', () => {
  it('is refused with a reason, never with a 500', async () => {
    const agent = await agentOf();
    const good = agent.syncBody();
    const report = {
      leaseId: 'x',
      revision: 1,
      run: 1,
      phase: 'connectable',
      failure: null,
      progress: null,
      hostKey: null,
    };
    const rubbish: unknown[] = [
      {},
      [],
      'x',
      { ...good, sequence: -1 },
      { ...good, sequence: 2 ** 40 },
      { ...good, sequence: 1.5 },
      { ...good, sequence: '1' },
      { ...good, now: '' },
      { ...good, hold: 'yes' },
      { ...good, workloads: [{ ...report, phase: 'dancing' }] },
      { ...good, workloads: Array(257).fill(report) },
      { ...good, statements: Array(101).fill({ payload: '{}', signature: 'AA' }) },
      { ...good, statements: [{ payload: 'x'.repeat(70_000), signature: 'AA' }] },
    ];
    for (const body of rubbish) {
      const answer = await post(setting, 'sync', body, { token: agent.token });
      expect([400, 422], JSON.stringify(body).slice(0, 100)).toContain(answer.status);
      expect(answer.body.reason).toEqual(expect.any(String));
    }
    expect((await post(setting, 'sync', 'x'.repeat(5_000_000), { token: agent.token })).status).toBe(413);
    expect((await agent.sync()).status).toBe(200);
  });

  it('about leases that are not this machine’s changes nothing', async () => {
    const agent = await agentOf();
    const report = {
      leaseId: 'lse_nobody',
      revision: 2 ** 50,
      run: 2 ** 50,
      failure: null,
      progress: null,
      hostKey: null,
    };
    const { status, said } = await agent.sync({
      workloads: [{ ...report, phase: 'connectable' }],
      statements: [
        { payload: '{}', signature: 'AA' },
        { payload: 'not json', signature: 'AA' },
      ],
    });
    expect(status).toBe(200);
    expect(said.stored).toEqual({});
  });

  it('without a token, or with a wrong one, is not listened to', async () => {
    const agent = await agentOf();
    const body = agent.syncBody();
    expect(await post(setting, 'sync', body)).toMatchObject({ status: 401, body: { reason: 'agentUnknown' } });
    for (const token of ['x', 'ö', '', 'x'.repeat(10_000)]) {
      const answer = await post(setting, 'sync', body, { token: encodeURIComponent(token) });
      expect(answer).toMatchObject({ status: 401 });
    }
  });
});
