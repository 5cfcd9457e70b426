import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WorkloadFailure } from '#agent/act/runtime.ts';
import { defaultJobsOf } from '#agent/default-job.ts';
import { silentLog } from '#agent/log.ts';
import { signPayload } from '#protocol/keys.ts';
import { DOMAINS } from '#protocol/words.ts';
import { type EnrolledMachine, enrolledMachine } from '#tests/support/agent.ts';
import { eventually } from '#tests/support/eventually.ts';
import { desiredWorkload } from '#tests/support/lease.ts';
import { type MarketDouble, startMarketDouble } from '#tests/support/market-double.ts';
import { type ScriptedRuntime, scriptedRuntime } from '#tests/support/scripted-runtime.ts';
import { keyPair } from '#tests/support/tunnel.ts';

let market: MarketDouble;
let scripted: ScriptedRuntime;
let machine: EnrolledMachine;
beforeEach(async () => {
  market = await startMarketDouble();
  scripted = scriptedRuntime();
  machine = await enrolledMachine(market, scripted);
});
afterEach(async () => {
  await machine.remove();
  await market.down();
  expect(market.faults.complaints).toEqual([]);
});

const LEASE = 'lse_1';
const job = () => `default-${machine.machineId}`.slice(0, 64);
const offer = (change: object = {}) =>
  desiredWorkload(market.leaseKeys, {
    leaseId: LEASE,
    machineId: machine.machineId,
    machineKey: machine.keys.signingKey,
    gateways: [],
    ceilingMicros: '1000000000',
    ...change,
  });
const idle = (revision: number, image = 'folding:1') => market.wantIdle(machine.machineId, { image, revision });
const said = () => market.machines.get(machine.machineId)?.idle;
const state = (wanted: string) => eventually(() => said()?.state === wanted);

/** The job without an agent around it, on a clock that the test moves; it has been told what to run. */
function alone() {
  const { publicKey: leaseKey, privateKey } = market.leaseKeys;
  const gpus = ['GPU-1', 'GPU-2'];
  let nowMs = 0;
  const jobs = defaultJobsOf({
    trust: { machineId: machine.machineId, leaseKey },
    runtime: scripted.runtime,
    log: silentLog,
    monotonic: () => nowMs,
    room: (taken) => {
      const holds = gpus.filter((uuid) => taken !== 'all' && !taken.has(uuid));
      return holds.length === 0 ? null : { holds, gpuUuids: holds, limits: { cpuMillis: 1, memoryBytes: 1, pids: 1 } };
    },
    onChange: () => undefined,
  });
  const want = (revision: number) => {
    const text = { v: 1, machineId: machine.machineId, revision, image: `folding:${revision}`, command: null };
    jobs.apply(signPayload(DOMAINS.defaultJob, JSON.stringify(text), privateKey));
  };
  want(1);
  const starts = () => scripted.calls.filter((call) => call === `start ${job()}`).length;
  return {
    jobs,
    want,
    starts,
    /** So many seconds later somebody looks; answers how often it was started by then. */
    async later(seconds: number): Promise<number> {
      nowMs += seconds * 1_000;
      jobs.look(new Set());
      await jobs.idle();
      return starts();
    },
  };
}

describe('what a machine runs for its host', () => {
  it('keeps the GPUs that nobody rents, with their share of the machine, and goes at once from one that somebody does', async () => {
    await machine.start();
    idle(1);
    await state('running');
    const whole = scripted.specs.get(job())?.limits;
    const first = offer({ gpuUuids: ['GPU-1'] });
    market.want(machine.machineId, [first]);
    await eventually(() => scripted.specs.get(job())?.gpuUuids.join() === 'GPU-2' && said()?.state === 'running');
    const calls = scripted.calls;
    expect(calls.indexOf(`stop ${job()}`)).toBeLessThan(calls.indexOf(`start ${LEASE}`));
    expect(scripted.containers.get(LEASE)?.running).toBe(true);
    expect(scripted.specs.get(job())?.limits).toMatchObject({
      cpuMillis: (whole?.cpuMillis ?? 0) / 2,
      memoryBytes: Math.floor((whole?.memoryBytes ?? 0) / 2),
    });

    const second = offer({ leaseId: 'lse_2', gpuUuids: ['GPU-2'] });
    market.want(machine.machineId, [first, second]);
    await eventually(() => scripted.calls.includes('start lse_2'));
    expect(scripted.calls.lastIndexOf(`stop ${job()}`)).toBeLessThan(scripted.calls.indexOf('start lse_2'));
    await state('waiting');
    // Whoever has the other one is not disturbed.
    expect(scripted.calls.filter((call) => call === `stop ${LEASE}`)).toEqual([]);
  });

  it('begins from its image again before its container has too many layers of files', async () => {
    const { jobs } = alone();
    for (let at = 0; at < 70; at += 1) {
      jobs.look(new Set([at % 2 === 0 ? 'GPU-1' : 'GPU-2']));
      await jobs.idle();
    }
    expect(scripted.calls.filter((call) => call === `start ${job()}`)).toHaveLength(70);
    expect(scripted.calls.filter((call) => call === `remove ${job()}`)).toHaveLength(1);
  });

  it('has the whole machine again when nobody has rented for a minute, not sooner', async () => {
    await machine.start();
    idle(1);
    const rental = offer({ gpuUuids: ['GPU-1'] });
    market.want(machine.machineId, [rental]);
    await eventually(() => scripted.specs.get(job())?.gpuUuids.join() === 'GPU-2' && said()?.state === 'running');
    market.want(machine.machineId, [{ ...rental, desired: 'ended' }]);
    await eventually(() => !scripted.containers.has(LEASE));
    machine.pass(30);
    expect(scripted.specs.get(job())?.gpuUuids).toEqual(['GPU-2']);
    machine.pass(31);
    await eventually(() => scripted.specs.get(job())?.gpuUuids.join() === 'GPU-1,GPU-2' && said()?.state === 'running');
    // Its files go on with it.
    expect(scripted.calls).not.toContain(`remove ${job()}`);
  });

  it('runs with the whole machine and lets nobody in, and goes before a rental starts; after it, it runs again', async () => {
    await machine.start();
    idle(1);
    await state('running');
    expect(scripted.specs.get(job())).toMatchObject({
      image: 'folding:1',
      gpuUuids: ['GPU-1', 'GPU-2'],
      authorizedKeys: [],
      environment: {},
    });
    const rental = offer({ gpuUuids: ['GPU-1', 'GPU-2'] });
    market.want(machine.machineId, [rental]);
    await eventually(() => scripted.calls.includes(`start ${LEASE}`));
    const calls = scripted.calls;
    expect(calls.indexOf(`stop ${job()}`)).toBeLessThan(calls.indexOf(`start ${LEASE}`));
    expect(scripted.containers.get(job())?.running).toBe(false);
    await state('waiting');
    market.want(machine.machineId, [{ ...rental, desired: 'ended' }]);
    await state('running');
    expect(scripted.containers.has(LEASE)).toBe(false);
  });

  it('goes on beside a rental that begins only later', async () => {
    await machine.start();
    idle(1);
    await state('running');
    market.want(machine.machineId, [offer({ startsAt: new Date(machine.clock.wall() + 3_000_000).toISOString() })]);
    await market.until(machine.machineId, ({ reports }) => reports.get(LEASE)?.phase === 'accepted');
    expect(said()?.state).toBe('running');
    expect(scripted.calls).not.toContain(`stop ${job()}`);
  });

  it('is replaced when its host changes it, and removed when its host takes it away', async () => {
    await machine.start();
    idle(1);
    await state('running');
    idle(2, 'folding:2');
    await eventually(() => scripted.specs.get(job())?.image === 'folding:2' && said()?.state === 'running');
    expect(scripted.calls).toContain(`remove ${job()}`);
    market.wantIdle(machine.machineId, null);
    await eventually(() => !scripted.containers.has(job()) && said() === null);
  });

  it('that fails or ends says why, and is tried again in a minute or two', async () => {
    await machine.start();
    scripted.script.pull = async () => {
      throw new WorkloadFailure('imageNotFound', 'no such image');
    };
    idle(1);
    await state('failed');
    expect(said()?.detail).toContain('no such image');
    scripted.script.pull = async () => undefined;
    machine.pass(61);
    await state('running');
    scripted.exit(job(), 3);
    await state('ended');
    expect(said()?.detail).toContain('exit code 3');
    machine.pass(121);
    await state('running');
  });

  it('that ends again and again is tried ever more seldom, an hour apart at most; another one at once', async () => {
    const { jobs, later, want } = alone();
    expect(await later(0)).toBe(1);
    for (const [at, minutes] of [1, 2, 4, 8, 16, 32, 60, 60].entries()) {
      scripted.exit(job(), 3);
      expect(jobs.report()?.detail).toContain(minutes === 1 ? 'in a minute' : `in ${minutes} minutes`);
      expect(await later(minutes * 60 - 1)).toBe(at + 1);
      expect(await later(1)).toBe(at + 2);
    }
    // What ran for a while was well.
    await later(601);
    scripted.exit(job(), 3);
    expect(await later(60)).toBe(10);
    scripted.exit(job(), 3);
    expect(await later(1)).toBe(10);
    want(2);
    expect(await later(0)).toBe(11);
  });

  it('that its host changes while a rental comes: neither the old one nor the new has the GPU that is rented', async () => {
    const { jobs, want } = alone();
    let begin = () => {};
    scripted.script.start = () =>
      new Promise((resolve) => {
        begin = resolve;
      });
    jobs.look(new Set());
    await eventually(() => scripted.calls.includes(`start ${job()}`));
    want(2);
    jobs.look(new Set(['GPU-1']));
    scripted.script.start = async () => undefined;
    begin();
    const rental = jobs.yielding(scripted.runtime);
    await rental.start({
      leaseId: LEASE,
      run: 1,
      image: 'rented:1',
      command: null,
      environment: {},
      gpuUuids: ['GPU-1'],
      limits: { cpuMillis: 1, memoryBytes: 1, pids: 1 },
      diskBytes: 0,
      authorizedKeys: [],
    });
    await jobs.idle();
    const calls = scripted.calls.filter((call) => !call.startsWith('pull'));
    expect(calls.indexOf(`stop ${job()}`)).toBeLessThan(calls.indexOf(`start ${LEASE}`));
    expect(scripted.specs.get(job())).toMatchObject({ image: 'folding:2', gpuUuids: ['GPU-2'] });
    expect(jobs.report()).toMatchObject({ revision: 2, state: 'running' });
  });

  it('that ends before anybody could look has ended, and does not count as running', async () => {
    const { jobs, later } = alone();
    const { start } = scripted.runtime;
    scripted.runtime.start = async (spec) => {
      const started = await start(spec);
      scripted.exit(job(), 127);
      return started;
    };
    expect(await later(0)).toBe(1);
    expect(jobs.report()).toMatchObject({ state: 'ended', detail: expect.stringContaining('exit code 127') });
    scripted.runtime.start = async (spec) => {
      const started = await start(spec);
      scripted.containers.delete(job());
      return { ...started, exitCode: 5 };
    };
    expect(await later(60)).toBe(2);
    expect(jobs.report()).toMatchObject({ state: 'ended', detail: expect.stringContaining('exit code 5') });
    scripted.runtime.start = start;
    expect(await later(120)).toBe(3);
    expect(jobs.report()).toMatchObject({ state: 'running' });
  });

  it('that another than the market signed is not run, and what an earlier agent left of it is removed first', async () => {
    scripted.containers.set(job(), { leaseId: job(), run: 1, running: true, exitCode: null, hostKey: null });
    await machine.start();
    const text = JSON.stringify({ v: 1, machineId: machine.machineId, revision: 1, image: 'evil:1', command: null });
    const double = market.machines.get(machine.machineId);
    if (double !== undefined) double.defaultJob = signPayload(DOMAINS.defaultJob, text, keyPair().privateKey);
    market.want(machine.machineId, [offer()]);
    await eventually(() => scripted.calls.includes(`start ${LEASE}`));
    expect(scripted.containers.has(job())).toBe(false);
    expect(scripted.calls.filter((call) => call === `start ${job()}`)).toEqual([]);
  });
});
