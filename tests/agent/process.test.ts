import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { ownGateway } from '#tests/support/agent.ts';
import { agentProcess, runAgent } from '#tests/support/agent-process.ts';
import { containerName, docker, toolsDirectory } from '#tests/support/docker.ts';
import { eventually } from '#tests/support/eventually.ts';
import { desiredWorkload } from '#tests/support/lease.ts';
import { type MarketDouble, startMarketDouble } from '#tests/support/market-double.ts';
import { has } from '#tests/support/needs.ts';

// Processes start slowly where much else runs.
vi.setConfig({ testTimeout: 120_000 });

let market: MarketDouble;
let folder: string;
beforeAll(async () => {
  market = await startMarketDouble();
  folder = mkdtempSync(join(tmpdir(), 'agent-process-'));
});
afterAll(async () => {
  await market.down();
  rmSync(folder, { recursive: true, force: true });
});

const bannerAt = (port: number) =>
  new Promise<string>((resolve, reject) => {
    const renter = connect(port, '127.0.0.1');
    renter.once('data', (chunk: Buffer) => {
      resolve(chunk.toString('latin1'));
      renter.destroy();
    });
    renter.once('error', reject);
    renter.once('close', () => reject(new Error('hung up')));
  });

describe.runIf(has('docker'))('the agent as a process, with real containers and a real gateway', () => {
  const leaseId = `lse_${process.pid}`;

  it('killed without warning goes on as if nothing had happened, and takes everything away when it is uninstalled', async () => {
    const dir = join(folder, 'machine');
    const codeFile = join(folder, 'code');
    writeFileSync(codeFile, `${market.newCode()}\n`);
    const words = ['run', '--dir', dir, '--market', market.url, '--code', codeFile];
    const run = () => agentProcess([...words, '--simulate-if-no-gpu', '--tools', dirname(toolsDirectory())]);
    const gateway = await ownGateway(market.leaseKeys);
    onTestFinished(() => market.up());
    onTestFinished(() => runAgent(['uninstall', '--dir', dir, '--force']).then(() => undefined));
    const first = run();
    await eventually(() => market.machines.size === 1);
    const [machine] = market.machines.values();
    if (machine === undefined) throw new Error('not enrolled');
    expect(machine.specification).toMatchObject({ simulated: true, docker: { version: expect.any(String) } });
    await eventually(() => machine.selfTest !== null);
    expect(machine.selfTest?.checks.filter(({ passed }) => !passed)).toEqual([]);

    const [gpu] = machine.specification?.gpus ?? [];
    const permit = {
      leaseId,
      machineId: machine.machineId,
      machineKey: machine.signingKey,
      gpuUuids: [gpu?.uuid ?? ''],
      gateways: [gateway.place],
      diskBytes: String(2 ** 30),
      limits: { cpuMillis: 1_000, memoryBytes: String(2 ** 28), pids: 128 },
    };
    market.want(machine.machineId, [desiredWorkload(market.leaseKeys, permit)]);
    await market.until(machine.machineId, ({ reports }) => reports.get(leaseId)?.phase === 'connectable');
    expect(await bannerAt(gateway.place.port)).toMatch(/^SSH-2\.0-OpenSSH/);
    const before = await docker.getContainer(containerName(leaseId)).inspect();

    expect(await runAgent(words)).toMatchObject({
      code: 1,
      said: expect.stringContaining('Another agent already runs from'),
    });

    await market.down();
    await first.end('SIGKILL');
    const second = run();
    await eventually(async () => (await bannerAt(gateway.place.port)).startsWith('SSH-2.0-OpenSSH'));
    const after = await docker.getContainer(containerName(leaseId)).inspect();
    expect([after.Id, after.State.StartedAt]).toEqual([before.Id, before.State.StartedAt]);
    await market.up();
    const syncs = machine.syncs.length;
    await market.until(machine.machineId, (one) => one.syncs.length > syncs);
    expect(machine.reports.get(leaseId)?.phase).toBe('connectable');

    expect(await second.end('SIGTERM')).toBe(0);
    expect((await docker.getContainer(containerName(leaseId)).inspect()).State.Running).toBe(true);
    expect(market.faults.complaints).toEqual([]);

    const refused = await runAgent(['uninstall', '--dir', dir]);
    expect(refused).toMatchObject({ code: 2, said: expect.stringContaining('A rental is on this machine') });
    const stated = () => machine.statements.get(leaseId)?.length ?? 0;
    const sofar = stated();
    expect(await runAgent(['uninstall', '--dir', dir, '--force'])).toMatchObject({
      code: 0,
      said: expect.stringContaining(`${market.url} was told: the machine is retired there.`),
    });
    expect(machine.left).toBe(true);
    expect(machine.reports.get(leaseId)?.phase).toBe('ended');
    expect(stated()).toBeGreaterThan(sofar);
    expect(() => readdirSync(dir)).toThrow();
    await expect(docker.getContainer(containerName(leaseId)).inspect()).rejects.toThrow(/no such container/i);
    const networks = await docker.listNetworks({ filters: { label: [`sublet.lease=${leaseId}`] } });
    expect(networks).toEqual([]);
    await gateway.close();
  });
});

describe('a machine that lacks something', () => {
  it('without Docker is enrolled and seen, and says what to do', async () => {
    const dir = join(folder, 'no-docker');
    const code = market.newCode();
    const environment = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };
    const words = [
      'run',
      '--dir',
      dir,
      '--market',
      market.url,
      '--code',
      code,
      '--tools',
      folder,
      '--simulate-if-no-gpu',
    ];
    const running = agentProcess(words, environment);
    const machine = () => [...market.machines.values()].at(-1);
    await eventually(() => machine()?.selfTest?.passed === false);
    expect(machine()?.specification).toMatchObject({
      docker: null,
      problems: [expect.stringMatching(/Docker.*[Ii]nstall/)],
    });
    expect(machine()?.selfTest?.checks.find(({ name }) => name === 'container runtime')).toMatchObject({
      passed: false,
      fix: expect.stringContaining('Install Docker'),
    });
    expect(await running.end('SIGTERM')).toBe(0);
    const tried = await runAgent(['self-test', '--dir', dir, '--tools', folder, '--simulate-if-no-gpu'], environment);
    expect(tried.code).toBe(1);
    expect(tried.printed).toMatch(/failed {2}container runtime:.*\n.*Install Docker/);
    await market.down();
    onTestFinished(() => market.up());
    expect(await runAgent(['uninstall', '--dir', dir], environment)).toMatchObject({
      code: 0,
      said: expect.stringMatching(/The market could not be told \(.* nothing listens there\.\) .* retire it there\./),
    });
    expect(existsSync(dir)).toBe(false);
  });

  it('without nvidia-smi is enrolled without GPUs, and says what to do', async () => {
    const dir = join(folder, 'no-gpu');
    const enrolled = await runAgent(['enrol', '--dir', dir, '--market', market.url, market.newCode()], {
      PATH: '/nowhere',
    });
    expect(enrolled).toMatchObject({ code: 0, said: expect.stringContaining('Install the NVIDIA driver') });
    expect([...market.machines.values()].at(-1)?.specification).toMatchObject({
      gpus: [],
      simulated: false,
      problems: expect.arrayContaining([expect.stringContaining('nvidia-smi was not found')]),
    });
  });
});

describe('an identity that was copied to another machine', () => {
  it.runIf(existsSync('/etc/machine-id'))('is refused there, in a sentence', async () => {
    const dir = join(folder, 'copied');
    await runAgent(['enrol', '--dir', dir, '--market', market.url, '--simulate-if-no-gpu', market.newCode()]);
    const path = join(dir, 'identity.json');
    const identity = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...identity, machine: 'another' }));
    expect(await runAgent(['run', '--dir', dir, '--tools', folder])).toMatchObject({
      code: 1,
      said: expect.stringContaining('was made on another machine'),
    });
  });
});

describe('the command line', () => {
  const rubbish = () => {
    const path = join(folder, 'rubbish.xml');
    writeFileSync(path, 'Segmentation fault');
    return path;
  };
  it.each([
    ['an unknown command', () => ['frobnicate'], 2, /There is no command "frobnicate"/],
    ['an unknown option', () => ['run', '--frob'], 2, /Unknown option '--frob'/],
    ['one word too many', () => ['run', 'now'], 2, /"now" is one word too many/],
    ['no market', () => ['enrol', 'code'], 2, /Say which market/],
    ['no code', () => ['enrol', '--market', 'http://127.0.0.1:1'], 2, /Say the enrolment code/],
    ['no address', () => ['enrol', '--market', 'market', 'code'], 1, /is not the address of a market/],
    [
      'a market that is away',
      () => ['enrol', '--market', 'http://127.0.0.1:65534', 'code'],
      75,
      /nothing listens there/,
    ],
    ['a code that is used', () => ['enrol', '--market', market.url, 'used'], 1, /code is used, expired or unknown/],
    ['no identity', () => ['run'], 2, /This machine is not enrolled/],
    ['a recording that is missing', () => ['run', '--simulate', '/nowhere.xml'], 2, /nowhere\.xml cannot be used/],
    ['a recording that is none', () => ['enrol', '--simulate', rubbish()], 2, /not what "nvidia-smi -q -x" prints/],
    ['a file as folder', () => ['enrol', '--market', market.url, '--dir', rubbish(), 'x'], 1, /is not a folder/],
  ])('with %s says so in a sentence', async (_, words, code, expected) => {
    const dir = join(folder, `cli-${Math.random()}`);
    const given = words();
    const all = given.includes('--dir') || given[0] === 'frobnicate' ? given : [...given, '--dir', dir];
    const ran = await runAgent(all);
    expect(ran.said.replaceAll('\\"', '"')).toMatch(expected);
    expect(ran.said).not.toMatch(/\n\s+at /);
    expect(ran.code).toBe(code);
  });

  it('explains itself', async () => {
    expect(await runAgent([])).toMatchObject({ code: 0, printed: expect.stringContaining('sublet-agent enrol') });
    expect(await runAgent(['--version'])).toMatchObject({
      code: 0,
      printed: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });
});
