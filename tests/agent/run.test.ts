import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WorkloadFailure } from '#agent/act/runtime.ts';
import type { DesiredWorkload } from '#protocol/agent.ts';
import type { LeasePermit } from '#protocol/lease.ts';
import { seal, sealContext } from '#protocol/seal.ts';
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
/** What the market wants of the one lease. The window is counted from the test's beginning. */
function offer(permit: Partial<LeasePermit> = {}, rest: Partial<DesiredWorkload> = {}): DesiredWorkload {
  const { machineId, keys } = machine;
  const fields = { leaseId: LEASE, machineId, machineKey: keys.signingKey, gateways: [], diskBytes: '1000', ...permit };
  return desiredWorkload(market.leaseKeys, fields, rest);
}
const want = (...offers: DesiredWorkload[]) => market.want(machine.machineId, offers);
const phase = (wanted: string) =>
  market.until(machine.machineId, ({ reports }) => reports.get(LEASE)?.phase === wanted);
const report = () => market.machines.get(machine.machineId)?.reports.get(LEASE);
const stated = () => market.machines.get(machine.machineId)?.statements.get(LEASE) ?? [];
const seconds = (state = 'running') =>
  stated().reduce((sum, one) => sum + (one.state === state ? one.monotonicSeconds : 0), 0);
const rich = { ceilingMicros: '1000000000' };

function gate() {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

describe('a rental', () => {
  it('is brought up step by step, and is billed from the moment that a renter can connect', async () => {
    const { promise: starts, resolve: letStart } = gate();
    scripted.script.start = () => starts;
    await machine.start();
    want(offer(rich));
    await phase('starting');
    letStart();
    const seen = await phase('connectable');
    expect(seen.phases.get(LEASE)?.filter((each) => each !== 'accepted')).toEqual([
      'pulling',
      'starting',
      'connectable',
    ]);
    expect(report()).toMatchObject({ run: 1, revision: 1, failure: null, hostKey: `ssh-ed25519 ${LEASE}` });
    expect(machine.tunnels.carried.has(LEASE)).toBe(true);
    expect(stated()).toEqual([]);
    await machine.passing(61, () => seconds() >= 61);
    expect(stated()[0]).toMatchObject({ sequence: 0, state: 'running', gpuUuids: ['GPU-1'] });
    expect(stated()[0]?.gpuSeconds).toBe(stated()[0]?.monotonicSeconds);
  });

  it('gives back its GPU when it is stopped, keeps its disk at its price, and comes back as another run', async () => {
    await machine.start();
    want(offer(rich));
    await phase('connectable');
    machine.pass(30);
    want(offer({ ...rich, revision: 2 }, { desired: 'stopped' }));
    await phase('stopped');
    await eventually(() => seconds() === 30);
    expect(scripted.containers.get(LEASE)?.running).toBe(false);
    await machine.passing(600, () => seconds('stopped') >= 600);
    want(offer({ ...rich, revision: 3 }, { run: 2 }));
    await phase('connectable');
    expect(report()?.run).toBe(2);
    await machine.passing(60, () => seconds() >= 90);
  });

  it('that yields is told once, its program by a signal, an idle one not, and is stopped when its window ends', async () => {
    await machine.start();
    want(offer(rich, { command: ['train'] }));
    await phase('connectable');
    const endsAt = new Date(machine.clock.wall() + 120_000).toISOString();
    const yielding = { ...rich, revision: 2, endsAt };
    want(offer(yielding, { command: ['train'], notice: { endsAt } }));
    await eventually(() => scripted.calls.includes(`warn ${LEASE} ${endsAt} signal`));
    expect(report()?.phase).toBe('connectable');
    await market.down();
    machine.pass(121);
    await eventually(() => scripted.containers.get(LEASE)?.running === false);
    await market.up();
    await phase('stopped');
    expect(report()?.failure?.code).toBe('windowEnded');
    expect(scripted.calls.filter((call) => call.startsWith('warn'))).toHaveLength(1);
    want(offer({ ...rich, revision: 3 }, { run: 2 }));
    await phase('connectable');
    const later = new Date(machine.clock.wall() + 120_000).toISOString();
    want(offer({ ...rich, revision: 4, endsAt: later }, { run: 2, notice: { endsAt: later } }));
    await eventually(() => scripted.calls.includes(`warn ${LEASE} ${later}`));
  });

  it('has its image pulled before its window begins, and starts when it does', async () => {
    await machine.start();
    const startsAt = new Date(machine.clock.wall() + 60_000).toISOString();
    want(offer({ ...rich, startsAt }));
    await eventually(() => scripted.calls.includes(`pull ${LEASE}`));
    await phase('accepted');
    expect(scripted.calls).not.toContain(`start ${LEASE}`);
    await market.down();
    await machine.passing(61, () => scripted.calls.includes(`start ${LEASE}`));
    await market.up();
  });

  it('that ends leaves nothing, says its last seconds, and is forgotten when the market has them', async () => {
    const { journal } = await machine.start();
    want(offer(rich));
    await phase('connectable');
    machine.pass(7);
    want(offer({ ...rich, revision: 2 }, { desired: 'ended' }));
    await phase('ended');
    expect(scripted.containers.size).toBe(0);
    await eventually(() => seconds() === 7);
    want();
    await eventually(() => journal.rentals(machine.machineId).length === 0);
  });

  it('that its renter ends by exiting is stopped with its disk kept, and its exit code told', async () => {
    await machine.start();
    want(offer(rich));
    await phase('connectable');
    machine.pass(12);
    scripted.exit(LEASE, 3);
    await phase('stopped');
    expect(report()?.failure).toEqual({ code: 'exited', detail: 'The workload ended by itself with exit code 3.' });
    await eventually(() => seconds() === 12);
    want(offer({ ...rich, revision: 2 }, { run: 2 }));
    await phase('connectable');
  });

  it('whose image cannot be had fails with the reason, and costs nothing', async () => {
    scripted.script.pull = async () => {
      throw new WorkloadFailure('imageNotFound', 'There is no image "nope".');
    };
    await machine.start();
    want(offer(rich));
    await phase('failed');
    expect(report()?.failure).toEqual({ code: 'imageNotFound', detail: 'There is no image "nope".' });
    machine.pass(600);
    expect(stated()).toEqual([]);
  });

  it('that is ended in the middle of its pull ends at once', async () => {
    scripted.script.pull = () => new Promise(() => undefined);
    await machine.start();
    want(offer(rich));
    await phase('pulling');
    want(offer({ ...rich, revision: 2 }, { desired: 'ended' }));
    await phase('ended');
  });

  it('that no gateway lets anybody into fails before long, unbilled', async () => {
    machine.tunnels.state.open = false;
    await machine.start();
    want(offer(rich));
    await phase('starting');
    await machine.passing(121, () => report()?.phase === 'failed');
    expect(report()?.failure?.code).toBe('gatewayFailed');
    expect(scripted.containers.get(LEASE)?.running).toBe(false);
    expect(stated()).toEqual([]);
  });

  it('stops by itself at its ceiling, to the second', async () => {
    await machine.start();
    want(offer({ priceMicrosPerGpuHour: '3600000', ceilingMicros: '90000', diskPriceMicrosPerGibMonth: '0' }));
    await phase('connectable');
    await machine.passing(89, () => seconds() >= 89);
    expect(report()?.phase).toBe('connectable');
    machine.pass(30);
    await phase('stopped');
    expect(report()?.failure?.code).toBe('ceilingReached');
    await eventually(() => seconds() === 90);
  });

  it('stops by itself at the end of its window, even while the market is away', async () => {
    await machine.start();
    want(offer({ ...rich, endsAt: new Date(machine.clock.wall() + 100_000).toISOString() }));
    await phase('connectable');
    await market.down();
    machine.pass(200);
    await eventually(() => scripted.containers.get(LEASE)?.running === false);
    await market.up();
    await phase('stopped');
    expect(report()?.failure?.code).toBe('windowEnded');
    await eventually(() => seconds() > 95);
    expect(seconds()).toBeLessThanOrEqual(100);
  });

  it('gets its new keys and its new permit without being touched', async () => {
    await machine.start();
    want(offer(rich));
    await phase('connectable');
    want(offer({ ...rich, revision: 2, authorizedKeys: ['ssh-ed25519 AAAA'] }));
    await eventually(() => scripted.calls.includes(`keys ${LEASE} ssh-ed25519 AAAA`));
    await market.until(machine.machineId, () => report()?.revision === 2);
    expect(scripted.calls.filter((call) => call.startsWith('start') || call.startsWith('stop'))).toEqual([
      `start ${LEASE}`,
    ]);
    expect(machine.tunnels.carried.get(LEASE)?.payload).toContain('"revision":2');
  });

  it('gets the environment that was sealed to this machine, and none that was sealed to another', async () => {
    await machine.start();
    const sealTo = (sealingKey: string) =>
      seal(JSON.stringify({ TOKEN: 'secret' }), sealingKey, sealContext(LEASE, machine.machineId));
    want(offer(rich, { sealedEnvironment: await sealTo(machine.keys.sealingKey) }));
    await phase('connectable');
    expect(scripted.specs.get(LEASE)?.environment).toEqual({ TOKEN: 'secret' });
    const { sealingKey: foreign } = await enrolledMachine(market, scripted).then(async (other) => {
      await other.remove();
      return other.keys;
    });
    want(offer({ ...rich, revision: 2 }, { run: 2, sealedEnvironment: await sealTo(foreign) }));
    await phase('failed');
    expect(report()?.failure).toMatchObject({
      code: 'startFailed',
      detail: expect.stringContaining('could not be opened'),
    });
  });

  it('is tried again when something breaks that should not, and given up with the reason when it goes on', async () => {
    let times = 0;
    scripted.script.start = async () => {
      times += 1;
      throw new Error('socket hang up');
    };
    await machine.start();
    want(offer(rich));
    for (let seen = 1; seen < 4; seen += 1) {
      await eventually(() => times === seen);
      expect(report()?.failure ?? null).toBeNull();
      machine.pass(60);
    }
    await phase('failed');
    expect(report()?.failure).toMatchObject({ code: 'startFailed', detail: expect.stringContaining('socket hang up') });
    expect(times).toBe(4);
  });

  it('of a GPU that is not in the machine is not started', async () => {
    await machine.start();
    want(offer({ ...rich, gpuUuids: ['GPU-elsewhere'] }));
    await phase('failed');
    expect(report()?.failure?.code).toBe('gpuMissing');
  });

  it('prints what the market can show', async () => {
    scripted.script.logs = [
      { offset: 0, at: new Date(), stream: 'stdout', text: 'hello ' },
      { offset: 6, at: new Date(), stream: 'stdout', text: 'x'.repeat(70_000) },
    ];
    const { journal } = await machine.start();
    want(offer(rich));
    await market.until(machine.machineId, ({ printed }) => printed === `hello ${'x'.repeat(70_000)}`);
    await eventually(() => journal.logOffset(LEASE) === 70_006);
  });
});

describe('an agent that restarts', () => {
  it('finds its rental again, without the market, and neither loses nor doubles what it had written down', async () => {
    await machine.start();
    want(offer(rich));
    await phase('connectable');
    await machine.passing(60, () => seconds() >= 60);
    machine.pass(25);
    await market.down();
    await machine.kill();
    machine.pass(1_000);
    await machine.start();
    await eventually(() => scripted.calls.at(-1) === `adopt ${LEASE}`);
    machine.pass(60);
    machine.jump(-86_400);
    await market.up();
    await market.until(machine.machineId, () => seconds() >= 120);
    expect(report()?.phase).toBe('connectable');
    expect(seconds()).toBeLessThan(125);
    expect(scripted.calls.filter((call) => !call.startsWith('pull'))).toEqual([`start ${LEASE}`, `adopt ${LEASE}`]);
  });

  it('does not say that its rental is only starting, and nothing before it knows', async () => {
    await machine.start();
    want(offer(rich));
    const { phases } = await phase('connectable');
    await machine.kill();
    const before = phases.get(LEASE)?.length ?? 0;
    const { promise: asked, resolve: answer } = gate();
    scripted.script.list = () => asked;
    const starting = machine.start();
    answer();
    await starting;
    await eventually(() => scripted.calls.at(-1) === `adopt ${LEASE}`);
    await machine.passing(61, () => seconds() >= 60);
    expect(phases.get(LEASE)).toHaveLength(before);
  });

  it('while the container runtime does not answer does nothing and says nothing about its rental', async () => {
    await machine.start();
    want(offer(rich));
    await phase('connectable');
    await machine.kill();
    const calls = scripted.calls.length;
    scripted.script.list = async () => {
      throw new Error('the engine is away');
    };
    const { agent } = await machine.start();
    await market.until(machine.machineId, ({ syncs }) => syncs.at(-1)?.workloads.length === 0);
    expect(agent.rentals.problems()).toEqual([expect.stringContaining('the engine is away')]);
    expect(scripted.calls).toHaveLength(calls);
    scripted.script.list = async () => undefined;
    machine.pass(31);
    await phase('connectable');
    await eventually(() => scripted.calls.at(-1) === `adopt ${LEASE}`);
  });

  it('says what passed before it went, when it goes in peace', async () => {
    await machine.start();
    want(offer(rich));
    await phase('connectable');
    machine.pass(17);
    await machine.stop();
    expect(scripted.containers.get(LEASE)?.running).toBe(true);
    await machine.start();
    await eventually(() => seconds() >= 17);
    expect(seconds()).toBeLessThan(20);
  });

  it('starts again what only a restart of the whole machine had stopped', async () => {
    await machine.start();
    want(offer(rich));
    await phase('connectable');
    await machine.kill();
    scripted.containers.set(LEASE, { leaseId: LEASE, run: 1, running: false, exitCode: 255, hostKey: null });
    await machine.start('boot-2');
    await eventually(() => scripted.containers.get(LEASE)?.running === true);
    await phase('connectable');
  });

  it('told to rest stops what runs, says so, bills nothing of it, and goes on with it next time', async () => {
    const { agent } = await machine.start();
    want(offer(rich));
    await phase('connectable');
    machine.pass(17);
    await agent.rest();
    expect(scripted.containers.get(LEASE)?.running).toBe(false);
    expect(report()).toMatchObject({ run: 1, phase: 'accepted', failure: null });
    expect(seconds()).toBe(17);
    await machine.stop();
    machine.pass(600);
    await machine.start();
    await phase('connectable');
    expect(scripted.containers.get(LEASE)?.running).toBe(true);
    await machine.passing(5, () => scripted.calls.filter((call) => call === `start ${LEASE}`).length === 2);
    await machine.stop();
    await machine.start();
    await eventually(() => seconds() >= 22);
    // The ten minutes of rest are not among them, however slow this machine is.
    expect(seconds()).toBeLessThan(200);
    expect(seconds('stopped')).toBe(0);
  });

  it('told to rest does not wait long for a market that does not answer', async () => {
    const { agent } = await machine.start();
    want(offer(rich));
    await phase('connectable');
    await market.down();
    const began = performance.now();
    await agent.rest();
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(scripted.containers.get(LEASE)?.running).toBe(false);
  });

  it('tells of a workload that ended while nobody looked', async () => {
    await machine.start();
    want(offer(rich));
    await phase('connectable');
    await machine.kill();
    scripted.containers.set(LEASE, { leaseId: LEASE, run: 1, running: false, exitCode: 9, hostKey: null });
    await machine.start();
    await phase('stopped');
    expect(report()?.failure?.detail).toContain('exit code 9');
  });

  it('does not start again what its ceiling had stopped', async () => {
    await machine.start();
    want(offer({ priceMicrosPerGpuHour: '3600000', ceilingMicros: '20000' }));
    await phase('connectable');
    machine.pass(30);
    await phase('stopped');
    await machine.kill();
    await machine.start('boot-2');
    await market.until(machine.machineId, ({ syncs }) => syncs.at(-1)?.sequence === 1);
    expect(report()).toMatchObject({ phase: 'stopped', failure: { code: 'ceilingReached' } });
    expect(scripted.calls.filter((call) => call.startsWith('start'))).toHaveLength(1);
  });
});

describe('a lease', () => {
  const refusedLease = async (bad: DesiredWorkload) => {
    await machine.start();
    want(bad);
    await phase('failed');
    expect(report()?.failure?.code).toBe('leaseInvalid');
    expect(scripted.calls).toEqual([]);
  };

  it('that another than the market signed is refused', async () => {
    const { machineId, keys } = machine;
    const fields = { leaseId: LEASE, machineId, machineKey: keys.signingKey, gateways: [] };
    await refusedLease(desiredWorkload(keyPair(), fields));
  });

  it('for another machine is refused', async () => {
    await refusedLease(offer({ machineId: 'mch_other' }));
  });

  it('of an older revision, or changed under the same one, cannot take a rental back in time', async () => {
    await machine.start();
    want(offer({ ...rich, revision: 5 }));
    await phase('connectable');
    want(offer({ ...rich, revision: 4, ceilingMicros: '0' }));
    want(offer({ ...rich, revision: 5, ceilingMicros: '0' }));
    want(offer({ ...rich, revision: 6 }));
    await market.until(machine.machineId, () => report()?.revision === 6);
    expect(report()?.phase).toBe('connectable');
    expect(scripted.calls).not.toContain(`stop ${LEASE}`);
  });
});

describe('statements', () => {
  it('are sent again until the market has stored them, without asking on and on', async () => {
    await machine.start();
    want(offer(rich));
    await phase('connectable');
    market.faults.storeNothing = true;
    machine.pass(60);
    const { syncs } = await market.until(machine.machineId, (one) => (one.syncs.at(-1)?.statements.length ?? 0) > 0);
    const before = syncs.length;
    await eventually(() => (market.machines.get(machine.machineId)?.held ?? 0) > 0);
    expect(syncs.length - before).toBeLessThan(4);
    market.faults.storeNothing = false;
    machine.pass(60);
    await market.until(machine.machineId, () => seconds() >= 120);
  });

  it('count no second by a wall clock that somebody sets', async () => {
    await machine.start();
    want(offer({ ...rich, endsAt: new Date(machine.clock.wall() + 10_000_000).toISOString() }));
    await phase('connectable');
    machine.jump(7_200);
    machine.pass(60);
    await market.until(machine.machineId, () => seconds() >= 60);
    machine.jump(-86_400);
    machine.pass(60);
    await market.until(machine.machineId, () => seconds() >= 120);
    expect(seconds()).toBeLessThan(125);
  });

  it('of a full disk are billed once it takes them again, and the owner is told', async () => {
    const { journal, agent } = await machine.start();
    want(offer(rich));
    await phase('connectable');
    const append = journal.append;
    journal.append = () => {
      throw new Error('database or disk is full');
    };
    await machine.passing(61, () => agent.rentals.problems().some((problem) => problem.includes('disk is full')));
    expect(seconds()).toBe(0);
    journal.append = append;
    await market.until(machine.machineId, () => seconds() >= 61);
    expect(agent.rentals.problems()).toEqual([]);
  });
});
