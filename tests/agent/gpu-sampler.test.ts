import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { type Log, silentLog } from '#agent/log.ts';
import { GPU_FIELDS, readGpuLine } from '#agent/probes/gpu-line.ts';
import { type GpuSampler, nvidiaSampler } from '#agent/probes/gpu-sampler.ts';
import { eventually } from '#tests/support/eventually.ts';

const RECORDING = join(import.meta.dirname, '../../agent/fixtures/nvidia-smi/sampled/h200.csv');
const H200 = 'GPU-00000000-0000-4000-8000-0000000000f2';
const MIB = 2 ** 20;
const folder = mkdtempSync(join(tmpdir(), 'sampler-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a line of nvidia-smi', () => {
  it('is read as an H200 at work really prints it', () => {
    const lines = readFileSync(RECORDING, 'utf8').trim().split('\n');
    const loads = lines.map(readGpuLine);
    expect(loads).not.toContain(null);
    expect(loads[0]).toEqual({
      uuid: H200,
      utilisationPercent: 100,
      memoryUsedBytes: 22_131 * MIB,
      powerWatts: 692.32,
      temperatureCelsius: 58,
    });
  });

  it.each(['[N/A]', '[Not Supported]', '[Unknown Error]', 'ERR!', '', '1e9', '-1', '999999999'])(
    'says nothing where the driver says %j',
    (word) => {
      const line = [H200, '2026/11/27 02:14:35.104', word, word, word, word, word, word].join(', ');
      const load = readGpuLine(line);
      expect(load?.uuid).toBe(H200);
      expect([load?.utilisationPercent, load?.memoryUsedBytes, load?.powerWatts]).toEqual([null, null, null]);
    },
  );

  it('is never more than it is, whatever is printed', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(fc.string(), { maxLength: 12 }).map((words) => words.join(',')),
        ),
        (line) => {
          const load = readGpuLine(line);
          if (load !== null) expect(load.uuid).toMatch(/^GPU-/);
        },
      ),
    );
  });
});

/** A stand-in for nvidia-smi: a script that counts its starts and does what the test says. */
function program(name: string, body: string) {
  const path = join(folder, name);
  const starts = `${path}.starts`;
  writeFileSync(path, `#!/bin/sh\necho "$$ $*" >>'${starts}'\n${body}\n`);
  chmodSync(path, 0o755);
  const lines = () => (existsSync(starts) ? readFileSync(starts, 'utf8').trim().split('\n') : []);
  return {
    path,
    starts: () => lines().length,
    words: () => lines()[0]?.replace(/^\d+ /, ''),
    pid: () => Number(lines().at(-1)?.split(' ')[0]),
  };
}

const isAlive = (pid: number) => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0] !== 'Z';
  } catch {
    return false;
  }
};
const gpu = (uuid: string, load: number) =>
  `echo "${uuid}, 2026/11/27 02:14:35.104, ${load}, 23, 22131, 143771, 692.32, 58"`;

describe('the sampler of GPUs', () => {
  const open: GpuSampler[] = [];
  const sampler = (path: string, rest: Partial<Parameters<typeof nvidiaSampler>[0]> = {}) => {
    const made = nvidiaSampler({ log: silentLog, everyMs: 50, command: path, shortestPauseMs: 10, ...rest });
    open.push(made);
    return made;
  };
  afterEach(() => {
    for (const each of open.splice(0)) each.close();
  });

  it('is one process for all GPUs and all looks, and none while nobody needs it', async () => {
    const smi = program('one', `while :; do ${gpu('GPU-0000000a', 40)}; ${gpu('GPU-0000000b', 60)}; sleep 0.05; done`);
    const gpus = sampler(smi.path);
    expect(smi.starts()).toBe(0);
    gpus.want(true);
    await eventually(() => gpus.latest().size === 2);
    for (let looks = 0; looks < 20; looks += 1) {
      gpus.want(true);
      await eventually(() => gpus.latest().get('GPU-0000000b')?.utilisationPercent === 60);
    }
    expect(smi.starts()).toBe(1);
    expect(smi.words()).toBe(`--query-gpu=${GPU_FIELDS.join(',')} --format=csv,noheader,nounits -lms 50`);
    const pid = smi.pid();
    gpus.want(false);
    expect(gpus.latest().size).toBe(0);
    await eventually(() => !isAlive(pid));
    gpus.want(true);
    await eventually(() => gpus.latest().size === 2);
    expect(smi.starts()).toBe(2);
  });

  it('puts a line together that comes in pieces', async () => {
    const smi = program(
      'pieces',
      `printf 'GPU-0000000a, now, 4'; sleep 0.1; printf '2, 1, 7, 8, 9.5, 33\\nGPU-0000000b, no'; sleep 9`,
    );
    const gpus = sampler(smi.path, { everyMs: 10_000 });
    gpus.want(true);
    const loads = await eventually(() => (gpus.latest().size > 0 ? gpus.latest() : null));
    expect([...loads.values()]).toEqual([
      {
        uuid: 'GPU-0000000a',
        utilisationPercent: 42,
        memoryUsedBytes: 7 * MIB,
        powerWatts: 9.5,
        temperatureCelsius: 33,
      },
    ]);
  });

  it('starts it again when it ends, with growing pauses, says so once, and shows nothing stale meanwhile', async () => {
    const warnings: string[] = [];
    const log: Log = { ...silentLog, warn: (sentence) => void warnings.push(sentence) };
    const smi = program('ends', `${gpu('GPU-0000000a', 40)}; exit 3`);
    const gpus = sampler(smi.path, { log, shortestPauseMs: 40 });
    const began = performance.now();
    gpus.want(true);
    await eventually(() => smi.starts() >= 5, { everyMs: 5 });
    // 40 + 80 + 160 + 320 ms lie between five starts.
    expect(performance.now() - began).toBeGreaterThan(580);
    expect(warnings).toEqual([expect.stringMatching(/ended \(3\)/)]);
    gpus.want(false);
    expect(gpus.latest().size).toBe(0);
  });

  it('goes on without it where there is none', async () => {
    const warnings: string[] = [];
    const gpus = sampler(join(folder, 'no-such-program'), {
      log: { ...silentLog, warn: (text) => void warnings.push(text) },
    });
    gpus.want(true);
    await eventually(() => warnings.length === 1);
    expect(gpus.latest().size).toBe(0);
  });

  it('ends one that hangs, and takes another in its place', async () => {
    const smi = program(
      'hangs',
      `[ $(wc -l <"$0.starts") -gt 1 ] && { while :; do ${gpu('GPU-0000000a', 40)}; sleep 0.05; done; }\nexec sleep 600`,
    );
    // Long enough for a busy machine to start a shell in: one that is only slow would be ended as one that hangs.
    const gpus = sampler(smi.path, { silenceMs: 1_000 });
    gpus.want(true);
    const first = await eventually(() => smi.pid());
    await eventually(() => gpus.latest().size === 1);
    expect(smi.pid()).not.toBe(first);
    await eventually(() => !isAlive(first));
  });

  it('is ended with the sampler', async () => {
    const smi = program('closed', `while :; do ${gpu('GPU-0000000a', 40)}; sleep 0.05; done`);
    const gpus = sampler(smi.path);
    gpus.want(true);
    await eventually(() => gpus.latest().size === 1);
    const pid = smi.pid();
    gpus.close();
    await eventually(() => !isAlive(pid));
    expect(smi.starts()).toBe(1);
  });
});
