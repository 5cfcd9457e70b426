import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { pipeline } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { memoryRuntime } from '#agent/act/memory.ts';
import { type LogPiece, WorkloadFailure, type WorkloadSpec } from '#agent/act/runtime.ts';
import { type PullProgress, pullProgress } from '#protocol/agent.ts';
import { runProgram } from '#tests/support/ssh-client.ts';

const spec: WorkloadSpec = {
  leaseId: 'lse_simulated',
  run: 1,
  image: 'pytorch/pytorch:latest',
  command: null,
  environment: {},
  gpuUuids: ['GPU-simulated'],
  limits: { cpuMillis: 1_000, memoryBytes: 2 ** 30, pids: 100 },
  diskBytes: 0,
  authorizedKeys: ['ssh-ed25519 AAAA'],
};
const never = new AbortController().signal;
const instantly = { pace: async () => {} };

describe('A simulated host', () => {
  it('pulls with progress that adds up, at the pace it is given, and the same image only once', async () => {
    const seen: PullProgress[] = [];
    let passed = 0;
    const runtime = memoryRuntime({
      pace: async (milliseconds) => {
        passed += milliseconds;
      },
    });
    await runtime.pull(spec, (progress) => seen.push(pullProgress.parse(progress)), never);
    expect(passed).toBeGreaterThan(0);
    const bytes = seen.map(({ bytesDone }) => bytesDone);
    expect(bytes).toEqual([...bytes].sort((a, b) => a - b));
    expect(seen.at(-1)?.bytesDone).toBe(seen.at(-1)?.bytesTotal);
    seen.length = 0;
    await runtime.pull(spec, (progress) => seen.push(progress), never);
    expect(seen).toEqual([]);
  });

  it('stops pulling when it is called off, and refuses what is no image name', async () => {
    const off = new AbortController();
    const runtime = memoryRuntime(instantly);
    const pull = runtime.pull(spec, () => off.abort(new Error('called off')), off.signal);
    await expect(pull).rejects.toThrow('called off');
    await expect(runtime.pull({ ...spec, image: 'a b' }, () => {}, never)).rejects.toMatchObject({
      code: 'imageNotFound',
    });
  });

  it('fails where it is asked to', async () => {
    const failure = new WorkloadFailure('diskFull', 'The disk is full.');
    const runtime = memoryRuntime({ ...instantly, failure: (_spec, step) => (step === 'start' ? failure : null) });
    await runtime.pull(spec, () => {}, never);
    await expect(runtime.start(spec)).rejects.toBe(failure);
  });

  it('goes through a rental: start, stop, start, end', async () => {
    const runtime = memoryRuntime(instantly);
    const exits: [string, number | null][] = [];
    runtime.watch((leaseId, code) => exits.push([leaseId, code]));
    const { hostKey } = await runtime.start(spec);
    expect(hostKey).toMatch(/^ssh-ed25519 [A-Za-z0-9+/]{68}$/);
    expect(await runtime.start(spec)).toEqual({ hostKey });
    await runtime.updateKeys(spec.leaseId, ['ssh-ed25519 BBBB']);
    expect(runtime.authorizedKeys(spec.leaseId)).toEqual(['ssh-ed25519 BBBB']);
    await runtime.stop(spec.leaseId, 1);
    expect(await runtime.list()).toEqual([{ leaseId: spec.leaseId, run: 1, running: false, exitCode: 143, hostKey }]);
    await expect(runtime.connect(spec.leaseId)).rejects.toMatchObject({ code: 'shellFailed' });
    expect(await runtime.start({ ...spec, run: 2 })).toEqual({ hostKey });
    runtime.exit(spec.leaseId, 3);
    expect(exits).toEqual([
      [spec.leaseId, 143],
      [spec.leaseId, 3],
    ]);
    await runtime.remove(spec.leaseId);
    expect(await runtime.list()).toEqual([]);
  });

  it('prints that nothing is executed, and the log ends with the rental', async () => {
    const runtime = memoryRuntime(instantly);
    await runtime.start(spec);
    const pieces: LogPiece[] = [];
    for await (const piece of runtime.logs(spec.leaseId, 0)) {
      pieces.push(piece);
      await runtime.stop(spec.leaseId, 0);
    }
    expect(pieces.map(({ text }) => text).join('')).toContain('Nothing is executed');
  });

  it('tells a renter with plain ssh, and anybody with a TCP client, that it is simulated', async () => {
    const runtime = memoryRuntime(instantly);
    await runtime.start(spec);
    const server = createServer({ allowHalfOpen: true }, (client) => {
      runtime.connect(spec.leaseId).then((shell) => {
        pipeline(client, shell, () => {});
        pipeline(shell, client, () => {});
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const port = String((server.address() as AddressInfo).port);
    const done = await runProgram('ssh', [
      '-F',
      '/dev/null',
      '-o',
      'BatchMode=yes',
      '-p',
      port,
      'root@127.0.0.1',
      'id',
    ]);
    server.close();
    expect(done.code).toBe(255);
    expect(done.stdout.toString()).toBe('');
    expect(done.stderr).toContain('This host is simulated');
    const shell = await runtime.connect(spec.leaseId);
    const [first] = (await once(shell, 'data')) as [Buffer];
    expect(first.toString('latin1')).toMatch(/^This host is simulated[^\r\n]*\r\nSSH-2\.0-/);
    shell.destroy();
  });
});
