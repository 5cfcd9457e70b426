import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryRuntime } from '#agent/act/memory.ts';
import { measureDiskWrite } from '#agent/probes/disk-speed.ts';
import { readHost } from '#agent/probes/host.ts';
import { measureDownload } from '#agent/probes/network-speed.ts';
import {
  type ProbeOptions,
  readSpecification,
  UNKNOWN_SPEEDS,
  withoutLiveFigures,
} from '#agent/probes/specification.ts';
import { runSelfTest, type Trials } from '#agent/self-test.ts';
import { selfTest, specification } from '#protocol/specification.ts';
import { plainSpecification } from '#tests/support/agent.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'probes-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const FIXTURES = join(import.meta.dirname, '../../agent/fixtures/nvidia-smi');
function nvidiaSmi(body: string): string {
  const path = join(folder, `nvidia-smi-${readdirSync(folder).length}`);
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}
const read = (rest: Partial<ProbeOptions>) =>
  readSpecification(
    {
      runtime: memoryRuntime(),
      gpuSource: { kind: 'driver' },
      machineKey: 'key',
      folder,
      nvidiaSmiTimeoutMs: 500,
      ...rest,
    },
    UNKNOWN_SPEEDS,
  );

describe('the specification of a machine', () => {
  it('is what the system, the driver and the container runtime say', async () => {
    const found = await read({ nvidiaSmi: nvidiaSmi(`cat "${join(FIXTURES, 'tesla-t4.xml')}"`) });
    expect(specification.safeParse(found).success).toBe(true);
    expect(found).toMatchObject({
      simulated: false,
      gpus: [{ model: 'Tesla T4', index: 0 }],
      docker: { version: 'simulated' },
      problems: [],
    });
    expect(found.memoryBytes).toBeGreaterThan(2 ** 28);
    expect(found.diskTotalBytes).toBeGreaterThan(found.diskFreeBytes);
  });

  it.each([
    ['missing', '/nowhere/nvidia-smi', /was not found/],
    ['hanging', 'sleep 30', /did not answer/],
    ['printing rubbish', 'echo Segmentation fault', /not its XML report/],
    ['failing', 'echo "no devices"; exit 6', /no devices/],
  ])('with nvidia-smi %s has no GPU and a sentence on it', async (_, body, expected) => {
    const found = await read({ nvidiaSmi: body.startsWith('/') ? body : nvidiaSmi(body) });
    expect(found.gpus).toEqual([]);
    expect(found.problems).toEqual([expect.stringMatching(expected)]);
    expect(specification.safeParse(found).success).toBe(true);
  });

  it('pretends to have a GPU only where that is wanted and there is none, and then says so', async () => {
    const pretends = await read({ nvidiaSmi: '/nowhere', gpuSource: { kind: 'driverElseRecording' } });
    expect(pretends).toMatchObject({ simulated: true, gpus: [{ model: 'NVIDIA GeForce RTX 3090' }], problems: [] });
    const real = nvidiaSmi(`cat "${join(FIXTURES, 'a10g.xml')}"`);
    const found = await read({ nvidiaSmi: real, gpuSource: { kind: 'driverElseRecording' } });
    expect(found).toMatchObject({ simulated: false, gpus: [{ model: 'NVIDIA A10G' }] });
  });

  it('without a container runtime says how to get one, and with one that cannot hand over GPUs what is missing', async () => {
    const real = nvidiaSmi(`cat "${join(FIXTURES, 'a10g.xml')}"`);
    const none = await read({ nvidiaSmi: real, runtime: memoryRuntime({ docker: null }) });
    expect(none).toMatchObject({ docker: null, problems: [expect.stringContaining('no container runtime')] });
    const docker = { version: '28', apiVersion: '1', storageDriver: 'x', cgroupVersion: '2', gpuRuntime: false };
    const plain = await read({ nvidiaSmi: real, runtime: memoryRuntime({ docker }) });
    expect(plain.problems).toEqual([expect.stringContaining('nvidia-ctk')]);
    const broken = { describe: () => Promise.reject(new Error('boom')) };
    expect((await read({ nvidiaSmi: real, runtime: broken })).problems).toEqual([expect.stringContaining('boom')]);
  });

  it('is news when a GPU goes, but not when it gets warm', () => {
    const [gpu, ...others] = plainSpecification.gpus;
    if (gpu === undefined) throw new Error('no gpu');
    const warm = { ...plainSpecification, diskFreeBytes: 1, gpus: [{ ...gpu, temperatureCelsius: 80 }, ...others] };
    expect(withoutLiveFigures(warm)).toEqual(withoutLiveFigures(plainSpecification));
    expect(withoutLiveFigures({ ...plainSpecification, gpus: others })).not.toEqual(
      withoutLiveFigures(plainSpecification),
    );
  });
});

describe('reading the host', () => {
  it.each([
    ['PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n', 'Debian GNU/Linux 12 (bookworm)'],
    ['ID=x\nPRETTY_NAME=Alpine\n', 'Alpine'],
    ['PRETTY_NAME="\u001b[31mred\u0007"\n', '[31mred'],
    ['', 'Linux'],
  ])('takes the name of the system from %j', (text, expected) => {
    const path = join(folder, 'os-release');
    writeFileSync(path, text);
    expect(readHost(path).os).toBe(expected);
  });

  it('knows no name where there is no such file', () => {
    expect(readHost('/nowhere').os).toBe('linux');
  });
});

describe('measuring', () => {
  it('the disk gives a speed and leaves nothing behind', async () => {
    const before = readdirSync(folder);
    expect(await measureDiskWrite(folder, 8 * 2 ** 20)).toBeGreaterThan(100_000);
    expect(readdirSync(folder)).toEqual(before);
    expect(await measureDiskWrite('/nowhere')).toBeNull();
  });

  it('the line to a market on this very machine gives nothing, because it would mean nothing', async () => {
    expect(await measureDownload('http://127.0.0.1:1/x')).toBeNull();
    expect(await measureDownload('http://localhost:1/x')).toBeNull();
  });

  it('the line takes at most sixteen MiB, and nothing from an answer that is too short or an error', async () => {
    let sent = 0;
    const server = createServer((request, response) => {
      if (request.url === '/error') return void response.writeHead(500).end();
      if (request.url === '/short') return void response.end('x');
      const more = () => {
        while (!response.destroyed) {
          sent += 65_536;
          if (!response.write(Buffer.alloc(65_536))) return void response.once('drain', more);
        }
      };
      more();
    }).listen(0, '0.0.0.0');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const at = (path: string) => measureDownload(`http://0.0.0.0:${port}${path}`);
    expect(await at('/endless')).toBeGreaterThan(1_000_000);
    expect(sent).toBeLessThan(40 * 2 ** 20);
    expect(await at('/short')).toBeNull();
    expect(await at('/error')).toBeNull();
    server.close();
    server.closeAllConnections();
  });
});

describe('the self-test', () => {
  const trials = (rest: Partial<Trials> = {}): Trials => ({
    tools: async () => 'tools',
    container: async () => 'container',
    gateways: async () => 'gateways',
    folder,
    ...rest,
  });
  const test = (machine = plainSpecification, rest: Partial<Trials> = {}) =>
    runSelfTest(machine, trials(rest), new Date());
  const failures = (result: Awaited<ReturnType<typeof test>>) =>
    result.checks.filter(({ passed }) => !passed).map(({ name }) => name);

  it('says of what it measured what it should be', async () => {
    const { checks } = await test({ ...plainSpecification, diskWriteBytesPerSecond: 250e6 });
    expect(checks.find(({ name }) => name === 'disk speed')).toMatchObject({
      passed: true,
      warning: false,
      measured: '250 MB/s',
      wanted: expect.stringContaining('100 MB/s'),
      fix: null,
    });
  });

  const [plainGpu] = plainSpecification.gpus;
  const gpus = (lacks: object) => ({
    gpus: [{ ...plainGpu, driverVersion: '550.54', cudaVersion: '12.4', ...lacks }] as never,
  });
  it.each([
    ['container runtime', { docker: { ...plainSpecification.docker, cgroupVersion: '1' } as never }, /cgroup v1/],
    ['GPU driver', gpus({ driverVersion: '470.1' }), /470\.1/],
    ['GPU memory', gpus({ vramBytes: 4 * 2 ** 30 }), /4\.0 GiB/],
    ['PCIe link', gpus({ pcieGeneration: 4, pcieWidth: 1 }), /1 lanes/],
    ['PCIe link', gpus({ pcieGeneration: 2, pcieWidth: 16 }), /generation 2/],
    ['GPU health', gpus({ uncorrectedErrors: 1 }), /1 uncorrected/],
    ['GPU health', gpus({ retiredPages: 2 }), /2 retired/],
    ['GPU health', gpus({ temperatureCelsius: 91 }), /91 °C/],
    ['disk', { diskFreeBytes: 20 * 2 ** 30 }, /20 GiB/],
    ['disk speed', { diskWriteBytesPerSecond: 30e6 }, /30 MB/],
    ['memory', { memoryBytes: 4 * 2 ** 30 }, /4\.0 GiB/],
    ['network', { networkDownBitsPerSecond: 20e6 }, /20 Mbit/],
  ])('asks for a look at %s, and passes all the same', async (name, lacks, measured) => {
    const result = await test({ ...plainSpecification, ...lacks });
    expect(result.passed).toBe(true);
    const check = result.checks.find((each) => each.name === name);
    expect(check).toMatchObject({ passed: true, warning: true, measured: expect.stringMatching(measured) });
    expect(check?.fix).toEqual(expect.any(String));
    expect(check?.wanted).toEqual(expect.any(String));
  });

  it.each([
    ['container runtime', { docker: { ...plainSpecification.docker, version: '19.03.1' } as never }],
    ['GPU driver', gpus({ driverVersion: '390.157' })],
    ['GPUs', gpus({ mig: true })],
  ])('fails where %s cannot carry a rental', async (name, lacks) => {
    expect(failures(await test({ ...plainSpecification, ...lacks }))).toContain(name);
  });

  it('looks at the clock once the market told its time, and not at GPUs that are simulated', async () => {
    const clock = async (offsetMs: number | null) => {
      const { checks } = await test(plainSpecification, { clockOffsetMs: () => offsetMs });
      return checks.find(({ name }) => name === 'clock');
    };
    expect(await clock(-61_000)).toMatchObject({ warning: true, measured: '61.0 s behind' });
    expect(await clock(900)).toMatchObject({ warning: false, measured: '0.9 s ahead' });
    expect(await clock(null)).toMatchObject({ passed: true, measured: null });
    const pretended = await test({ ...plainSpecification, simulated: true, ...gpus({ pcieWidth: 1, mig: true }) });
    expect(pretended.checks.filter(({ warning, passed }) => warning || !passed)).toEqual([]);
  });

  it('passes on a machine that has everything, in the form of the protocol', async () => {
    const result = await test();
    expect(failures(result)).toEqual([]);
    expect(result.passed).toBe(true);
    expect(selfTest.safeParse(result).success).toBe(true);
  });

  it.each([
    ['container runtime', { docker: null, problems: ['Docker is not running. Start it.'] }, /Docker is not running/],
    ['GPUs', { gpus: [], problems: ['nvidia-smi was not found.'] }, /nvidia-smi was not found/],
    ['GPUs', { docker: { ...plainSpecification.docker, gpuRuntime: false } as never }, /cannot hand them over/],
    ['disk', { diskFreeBytes: 2 ** 30 }, /1 GiB free/],
    ['memory', { memoryBytes: 2 ** 29 }, /0\.5 GiB/],
  ])('fails in %s with what is wrong and how to mend it', async (name, lacks, detail) => {
    const result = await test({ ...plainSpecification, ...lacks });
    expect(result.passed).toBe(false);
    const check = result.checks.find((each) => each.name === name);
    expect(check).toMatchObject({ passed: false, detail: expect.stringMatching(detail), fix: expect.any(String) });
  });

  it('tries no container where the tools are missing, and says what a gateway’s trouble is', async () => {
    const fails = async () => {
      throw new Error('no such thing');
    };
    expect(failures(await test(plainSpecification, { tools: fails, gateways: fails }))).toEqual([
      'ssh tools',
      'container starts',
      'gateway reachable',
    ]);
    expect(failures(await test(plainSpecification, { folder: '/nowhere' }))).toEqual(['own folder']);
  });
});
