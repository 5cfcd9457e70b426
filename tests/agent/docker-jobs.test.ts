import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogPiece } from '#agent/act/runtime.ts';
import { BUSYBOX, leaseSpec, never, ownRuntime, quietly } from '#tests/support/docker.ts';
import { eventually } from '#tests/support/eventually.ts';
import { has } from '#tests/support/needs.ts';

describe.runIf(has('docker'))('A command that runs to its end on a real Docker Engine', () => {
  const { runtime, cleanUp } = ownRuntime();
  const job = (command: string[], environment: Record<string, string> = {}) =>
    leaseSpec({ command, environment, untilExit: true, authorizedKeys: [] });

  async function printed(leaseId: string): Promise<string> {
    const pieces: LogPiece[] = [];
    for await (const piece of runtime.logs(leaseId, 0)) pieces.push(piece);
    return pieces.map(({ text }) => text).join('');
  }

  beforeAll(async () => {
    await runtime.pull({ image: BUSYBOX, leaseId: 'lse_none' }, quietly, never);
  });
  afterAll(cleanUp);

  it('is told its variables, and its exit is heard with its code', async () => {
    const spec = job(['sh', '-c', 'echo number $SUBLET_ARRAY_INDEX; sleep 2; exit 3'], { SUBLET_ARRAY_INDEX: '7' });
    const exits: (number | null)[] = [];
    const unwatch = runtime.watch((leaseId, code) => {
      if (leaseId === spec.leaseId) exits.push(code);
    });
    const { hostKey } = await runtime.start(spec);
    expect(hostKey).toMatch(/^ssh-ed25519 /);
    await eventually(() => exits.includes(3) || runtime.list().then((all) => all[0]?.exitCode === 3));
    expect(await printed(spec.leaseId)).toBe('number 7\n');
    unwatch();
    await runtime.remove(spec.leaseId);
  });

  it.each([
    ['true', ['true'], 0],
    ['what ends badly', ['sh', '-c', 'echo no; exit 9'], 9],
    ['a program that is not there', ['no-such-program'], 127],
  ])('that is over at once (%s) is no failure to start: its code is known', async (_, command, code) => {
    const spec = job(command);
    const started = await runtime.start(spec);
    // Its shell may have opened for a moment: then the engine says how it ended.
    const ended = async () => {
      const container = (await runtime.list()).find(({ leaseId }) => leaseId === spec.leaseId);
      return container?.running === false && container;
    };
    const exitCode = started.exitCode ?? (await eventually(ended)).exitCode;
    expect(exitCode).toBe(code);
    await runtime.remove(spec.leaseId);
  });

  it('has begun, and is paid for, when its container runs: also where its program holds up the shell that nobody needs', async () => {
    // Whatever begins in the container after the program is stopped: the ssh server says nothing.
    const holdsUp = 'kill -STOP $p 2>/dev/null';
    const script = `sleep 10 & s=$!
      (while :; do for p in /proc/[0-9]*; do p=\${p#/proc/}; [ $p -gt $((s + 1)) ] && ${holdsUp}; done; done) & wait $s; exit 4`;
    const spec = job(['sh', '-c', script]);
    const started = await runtime.start(spec);
    expect(started.exitCode).toBeUndefined();
    expect((await runtime.list()).find(({ leaseId }) => leaseId === spec.leaseId)?.running).toBe(true);
    await runtime.remove(spec.leaseId);
  });
});
