import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProbeFailure } from '#agent/probes/failure.ts';
import { parseNvidiaSmi } from '#agent/probes/nvidia-smi.ts';
import { runNvidiaSmi } from '#agent/probes/run-nvidia-smi.ts';
import { gpuSpecification } from '#protocol/specification.ts';

const FOLDER = join(import.meta.dirname, '../../agent/fixtures/nvidia-smi');
const RECORDINGS = readdirSync(FOLDER).filter((name) => name.endsWith('.xml'));
const read = (name: string) => readFileSync(join(FOLDER, name), 'utf8');
const MIB = 1_048_576;

const EXPECTED: Record<string, object> = {
  'a100-sxm4-v12.xml': {
    uuid: 'GPU-513536b6-7d19-9063-b049-1e69664bb298',
    model: 'NVIDIA A100-SXM4-80GB',
    vramBytes: 81_920 * MIB,
    driverVersion: '535.54.03',
    cudaVersion: '12.2',
    pcieGeneration: 4,
    pcieWidth: 16,
    powerLimitWatts: 500,
    temperatureCelsius: 27,
    utilisationPercent: null,
    ecc: true,
    mig: true,
    powerWatts: 67.03,
    uncorrectedErrors: 0,
    retiredPages: null,
  },
  'a10g.xml': {
    uuid: 'GPU-9a9a6c50-2a47-2f51-a902-b82c3b127e94',
    model: 'NVIDIA A10G',
    vramBytes: 23_028 * MIB,
    driverVersion: '515.105.01',
    cudaVersion: '11.7',
    pcieGeneration: 4,
    pcieWidth: 8,
    powerLimitWatts: 300,
    temperatureCelsius: 17,
    utilisationPercent: 0,
    ecc: true,
    mig: null,
    powerWatts: 25.58,
    uncorrectedErrors: 0,
    retiredPages: 0,
  },
  'gtx-1070-ti.xml': {
    uuid: 'GPU-f9ba66fc-a7f5-94c5-da19-019ef2f9c665',
    model: 'GeForce GTX 1070 Ti',
    vramBytes: 4_096 * MIB,
    driverVersion: null,
    cudaVersion: null,
    pcieGeneration: 1,
    pcieWidth: 16,
    powerLimitWatts: null,
    temperatureCelsius: 39,
    utilisationPercent: 0,
    ecc: null,
    mig: null,
    powerWatts: null,
    uncorrectedErrors: null,
    retiredPages: null,
  },
  'gtx-1660-ti.xml': {
    uuid: 'GPU-304a277d-3545-63b8-3a36-dfde3c992989',
    model: 'Graphics Device',
    vramBytes: 5_912 * MIB,
    driverVersion: '418.43',
    cudaVersion: '10.1',
    pcieGeneration: 3,
    pcieWidth: 16,
    powerLimitWatts: 130,
    temperatureCelsius: 40,
    utilisationPercent: 0,
    ecc: null,
    mig: null,
    powerWatts: 8.93,
    uncorrectedErrors: null,
    retiredPages: null,
  },
  'rtx-3080-v12.xml': {
    uuid: 'GPU-19d6d965-2acc-f646-00f8-4c76979aabb4',
    model: 'NVIDIA GeForce RTX 3080',
    vramBytes: 10_240 * MIB,
    driverVersion: '536.40',
    cudaVersion: '12.2',
    pcieGeneration: 4,
    pcieWidth: 16,
    powerLimitWatts: 336,
    temperatureCelsius: 31,
    utilisationPercent: 0,
    ecc: null,
    mig: null,
    powerWatts: 22.78,
    uncorrectedErrors: null,
    retiredPages: null,
  },
  'rtx-3080-v13.xml': {
    uuid: 'GPU-19d6d965-2acc-f646-00f8-4c76979aabb4',
    model: 'NVIDIA GeForce RTX 3080',
    vramBytes: 10_240 * MIB,
    driverVersion: '595.58.03',
    cudaVersion: '13.2',
    pcieGeneration: 4,
    pcieWidth: 16,
    powerLimitWatts: 320,
    temperatureCelsius: 27,
    utilisationPercent: 65,
    ecc: null,
    mig: null,
    powerWatts: 142.33,
    uncorrectedErrors: null,
    retiredPages: null,
  },
  'rtx-3090-v12.xml': {
    uuid: 'GPU-12345678-aaaa-bbbb-cccc-0123456789ab',
    model: 'NVIDIA GeForce RTX 3090',
    vramBytes: 24_576 * MIB,
    driverVersion: '525.147.05',
    cudaVersion: '12.0',
    pcieGeneration: 4,
    pcieWidth: 16,
    powerLimitWatts: 200,
    temperatureCelsius: 37,
    utilisationPercent: 0,
    ecc: null,
    mig: null,
    powerWatts: 27.23,
    uncorrectedErrors: null,
    retiredPages: null,
  },
  'rtx-4000-sff-ada-v13.xml': {
    uuid: 'GPU-37037c3f-65c8-ec4d-24a9-420204ad8026',
    model: 'NVIDIA RTX 4000 SFF Ada Generation',
    vramBytes: 20_475 * MIB,
    driverVersion: '595.84',
    cudaVersion: '13.2',
    pcieGeneration: 4,
    pcieWidth: 16,
    powerLimitWatts: 70,
    temperatureCelsius: 38,
    utilisationPercent: 0,
    ecc: false,
    mig: null,
    powerWatts: 8.44,
    uncorrectedErrors: null,
    retiredPages: 0,
  },
  'h100-v13.xml': {
    uuid: 'GPU-00000000-0000-4000-8000-0000000000f1',
    model: 'NVIDIA H100 80GB HBM3',
    vramBytes: 81_559 * MIB,
    driverVersion: '580.159.04',
    cudaVersion: '13.0',
    pcieGeneration: 5,
    pcieWidth: 16,
    powerLimitWatts: 700,
    temperatureCelsius: 68,
    utilisationPercent: 100,
    ecc: true,
    mig: false,
    powerWatts: 781.19,
    uncorrectedErrors: 0,
    retiredPages: 0,
  },
  'h200-v13.xml': {
    uuid: 'GPU-00000000-0000-4000-8000-0000000000f2',
    model: 'NVIDIA H200',
    vramBytes: 143_771 * MIB,
    driverVersion: '580.159.04',
    cudaVersion: '13.0',
    pcieGeneration: 5,
    pcieWidth: 16,
    powerLimitWatts: 700,
    temperatureCelsius: 58,
    utilisationPercent: 100,
    ecc: true,
    mig: false,
    powerWatts: 707.78,
    uncorrectedErrors: 0,
    retiredPages: 0,
  },
  'tesla-t4.xml': {
    uuid: 'GPU-d37e67a5-91dd-3774-a5cb-99096249601a',
    model: 'Tesla T4',
    vramBytes: 15_360 * MIB,
    driverVersion: '515.105.01',
    cudaVersion: '11.7',
    pcieGeneration: 3,
    pcieWidth: 8,
    powerLimitWatts: 70,
    temperatureCelsius: 40,
    utilisationPercent: 0,
    ecc: true,
    mig: null,
    powerWatts: 26.78,
    uncorrectedErrors: 0,
    retiredPages: 0,
  },
};

describe('a recording of nvidia-smi', () => {
  it.each(RECORDINGS)('%s is read in full', (name) => {
    const { gpus } = parseNvidiaSmi(read(name));
    expect(gpus).toEqual([{ index: 0, ...EXPECTED[name] }]);
    expect(gpuSpecification.safeParse(gpus[0]).success).toBe(true);
  });

  it('counts what a GPU lost for good, under the names of old and of new documents', () => {
    const lost = (name: string, pairs: readonly [string, string][]) => {
      const xml = pairs.reduce((text, [from, to]) => text.replaceAll(from, to), read(name));
      const [gpu] = parseNvidiaSmi(xml).gpus;
      return [gpu?.uncorrectedErrors, gpu?.retiredPages];
    };
    expect(lost('tesla-t4.xml', [['<dram_uncorrectable>0', '<dram_uncorrectable>3']])).toEqual([3, 0]);
    expect(
      lost('h100-v13.xml', [
        ['<sram_uncorrectable_secded>0', '<sram_uncorrectable_secded>2'],
        ['<remapped_row_unc>0', '<remapped_row_unc>5'],
      ]),
    ).toEqual([2, 5]);
    expect(lost('tesla-t4.xml', [['<retired_count>0', '<retired_count>4']])).toEqual([0, 8]);
  });

  it('with MIG on says how to offer the GPU whole', () => {
    expect(parseNvidiaSmi(read('a100-sxm4-v12.xml')).problems).toEqual([expect.stringContaining('-mig 0')]);
  });

  it('of several GPUs keeps their order, and leaves out one without a UUID and one that repeats a UUID, saying so', () => {
    const gpu = (uuid: string) =>
      `<gpu><product_name>X</product_name>${uuid}<fb_memory_usage><total>8 GiB</total></fb_memory_usage></gpu>`;
    const { gpus, problems } = parseNvidiaSmi(
      `<nvidia_smi_log>${gpu('<uuid>GPU-a</uuid>')}${gpu('<uuid>N/A</uuid>')}${gpu('<uuid>GPU-a</uuid>')}${gpu('<uuid>GPU-b</uuid>')}</nvidia_smi_log>`,
    );
    expect(gpus.map(({ index, uuid }) => [index, uuid])).toEqual([
      [0, 'GPU-a'],
      [3, 'GPU-b'],
    ]);
    expect(gpus[0]?.vramBytes).toBe(8_192 * MIB);
    expect(problems).toHaveLength(2);
  });

  it('without a GPU is a machine without a GPU, with a sentence', () => {
    expect(parseNvidiaSmi('<nvidia_smi_log><attached_gpus>0</attached_gpus></nvidia_smi_log>')).toEqual({
      gpus: [],
      problems: ['nvidia-smi works but reports no GPU.'],
    });
  });

  it.each([
    ['', 'nothing'],
    ['Segmentation fault', 'plain text'],
    ['<html><body>404</body></html>', 'another document'],
    ['<nvidia_smi_log><gpu>', 'half a document'],
    ['<!DOCTYPE a [<!ENTITY b "cccc">]><nvidia_smi_log>', 'entities'],
  ])('%j (%s) is a problem in words', (rubbish) => {
    expect(() => parseNvidiaSmi(rubbish)).toThrow(ProbeFailure);
  });

  it('however mutilated, is read or refused but never breaks the agent', () => {
    const pieces = ['<', '>', '</gpu>', '<gpu>', 'N/A', '', '-1 MiB', '1e999 W', '&x;', '\u0000', '__proto__', '💥'];
    const mutation = fc.record({
      recording: fc.constantFrom(...RECORDINGS),
      cuts: fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(60), fc.constantFrom(...pieces)), {
        minLength: 1,
        maxLength: 6,
      }),
    });
    fc.assert(
      fc.property(mutation, ({ recording, cuts }) => {
        let xml = read(recording);
        for (const [place, length, piece] of cuts) {
          const from = Math.floor(place * xml.length);
          xml = xml.slice(0, from) + piece + xml.slice(from + length);
        }
        let reading: ReturnType<typeof parseNvidiaSmi>;
        try {
          reading = parseNvidiaSmi(xml);
        } catch (error) {
          expect(error).toBeInstanceOf(ProbeFailure);
          return;
        }
        for (const gpu of reading.gpus) expect(gpuSpecification.safeParse(gpu).success).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});

describe('running nvidia-smi', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nvidia-smi-'));
  const script = (name: string, body: string) => {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n${body}\n`);
    chmodSync(path, 0o755);
    return path;
  };
  beforeAll(() => writeFileSync(join(folder, 'not-executable'), 'x'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('gives what it printed', async () => {
    await expect(runNvidiaSmi(script('works', 'echo "<x/> $1 $2"'))).resolves.toBe('<x/> -q -x\n');
  });

  it('that is missing says to install the driver', async () => {
    await expect(runNvidiaSmi(join(folder, 'absent'))).rejects.toThrow(/was not found.*Install the NVIDIA driver/);
  });

  it('that cannot be executed says so', async () => {
    await expect(runNvidiaSmi(join(folder, 'not-executable'))).rejects.toThrow(/could not be started/);
  });

  it('that fails repeats its own words', async () => {
    const failing = script('fails', 'echo "couldn\'t communicate with the NVIDIA driver"; exit 9');
    await expect(runNvidiaSmi(failing)).rejects.toThrow(/couldn't communicate with the NVIDIA driver/);
  });

  it('that hangs is given up, and nothing of it keeps running', async () => {
    const pidFile = join(folder, 'pid');
    const hanging = script('hangs', `sleep 60 & echo $! > ${pidFile}; wait`);
    // Given up only after it began: on a busy machine the shell of the script may not have come so far in the first moment.
    let pid = 0;
    for (let waitedMs = 400; pid === 0; waitedMs *= 2) {
      await expect(runNvidiaSmi(hanging, waitedMs)).rejects.toThrow(/did not answer/);
      pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : 0;
    }
    await expect.poll(() => isAlive(pid)).toBe(false);
  });

  it('that prints without end is cut off', async () => {
    await expect(runNvidiaSmi(script('floods', 'yes'), 10_000)).rejects.toThrow(/without end/);
  });
});

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
