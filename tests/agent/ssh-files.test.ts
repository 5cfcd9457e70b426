import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUSYBOX, containerName, docker, leaseSpec, never, ownRuntime, quietly } from '#tests/support/docker.ts';
import { eventually } from '#tests/support/eventually.ts';
import { has } from '#tests/support/needs.ts';
import { doorTo, runProgram, sshPerson } from '#tests/support/ssh-client.ts';
import { freePort } from '#tests/support/tunnel.ts';

const MIB = 1_048_576;

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

// Once over the container's address and once over `docker exec`, which serves where no address can be reached.
describe.runIf(has('docker') && has('ssh')).each([
  { reach: 'address' as const, big: 200 * MIB },
  { reach: 'exec' as const, big: 20 * MIB },
])('Files and forwarding in a busybox image, reached by $reach', ({ reach, big }) => {
  const { runtime, cleanUp } = ownRuntime({ reach });
  const renter = sshPerson();
  const spec = leaseSpec({ authorizedKeys: [renter.publicKey] });
  let common: string[];
  let port: number;
  let close = () => {};

  const ssh = (command: string, options: string[] = []) =>
    runProgram('ssh', [...common, ...options, '-p', String(port), 'root@127.0.0.1', command]);
  const scp = (...words: string[]) => runProgram('scp', [...common, '-P', String(port), ...words]);

  /** Runs `work` while an ssh without a command holds a forwarding open. */
  async function forwarding(options: string[], work: () => Promise<void>): Promise<void> {
    const words = [...common, '-o', 'ExitOnForwardFailure=yes', '-N', ...options, '-p', String(port), 'root@127.0.0.1'];
    const child = spawn('ssh', words, { stdio: 'ignore' });
    try {
      await work();
    } finally {
      child.kill();
      if (child.exitCode === null) await once(child, 'exit');
    }
  }

  beforeAll(async () => {
    await runtime.pull({ image: BUSYBOX, leaseId: spec.leaseId }, quietly, never);
    const { hostKey } = await runtime.start(spec);
    const door = await doorTo(runtime, spec.leaseId);
    ({ port, close } = door);
    common = [...renter.options, ...renter.trusting('lease', hostKey)];
  });

  afterAll(async () => {
    close();
    renter.forget();
    await cleanUp();
  });

  it('carries a big file up and down with scp, unchanged', { timeout: 120_000 }, async () => {
    const up = join(renter.home, 'up.bin');
    const down = join(renter.home, 'down.bin');
    const block = randomBytes(MIB);
    writeFileSync(
      up,
      Buffer.concat(
        Array.from({ length: big / MIB }, (_, index) =>
          Buffer.concat([Buffer.from(`${index}`.padEnd(16)), block.subarray(16)]),
        ),
      ),
    );
    const expected = await sha256(up);
    expect((await scp(up, 'root@127.0.0.1:/big.bin')).code).toBe(0);
    expect((await ssh('sha256sum /big.bin')).stdout.toString()).toBe(`${expected}  /big.bin\n`);
    expect((await scp('root@127.0.0.1:/big.bin', down)).code).toBe(0);
    expect(await sha256(down)).toBe(expected);
    await ssh('rm /big.bin');
  });

  it('also speaks the old scp protocol', async () => {
    const file = join(renter.home, 'old.bin');
    writeFileSync(file, randomBytes(300_000));
    expect((await scp('-O', file, 'root@127.0.0.1:/old.bin')).code).toBe(0);
    expect((await ssh('cat /old.bin')).stdout.equals(readFileSync(file))).toBe(true);
  });

  it('does with sftp all that a file manager does', async () => {
    const file = join(renter.home, 'a file.txt');
    writeFileSync(file, 'one\ntwo\n');
    const batch = [
      'mkdir /work',
      'cd /work',
      `put "${file}" first`,
      'rename first second',
      'chmod 640 second',
      'symlink second third',
      'ln second fourth',
      'ls -l',
      `get third "${join(renter.home, 'back.txt')}"`,
      'rm fourth',
      'rm third',
      'rm second',
      'cd /',
      'rmdir /work',
    ];
    const done = await runProgram(
      'sftp',
      [...common, '-b', '-', '-P', String(port), 'root@127.0.0.1'],
      batch.join('\n'),
    );
    expect(done.stderr).toBe('');
    expect(done.code).toBe(0);
    expect(done.stdout.toString()).toMatch(/-rw-r-----.* second/);
    expect(readFileSync(join(renter.home, 'back.txt'), 'utf8')).toBe('one\ntwo\n');
  });

  it('reaches a server on the loopback of the container with -L', async () => {
    await ssh('mkdir -p /www; echo from-inside > /www/index.html; httpd -p 127.0.0.1:8888 -h /www');
    const local = await freePort();
    await forwarding(['-L', `${local}:127.0.0.1:8888`], async () => {
      const text = await eventually(async () => (await fetch(`http://127.0.0.1:${local}/index.html`)).text());
      expect(text).toBe('from-inside\n');
    });
  });

  it('lets the container reach a server of the renter with -R', async () => {
    const server = createServer((_request, answer) => answer.end('from-outside\n')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const outside = (server.address() as AddressInfo).port;
    await forwarding(['-R', `9009:127.0.0.1:${outside}`], async () => {
      const text = await eventually(
        async () => (await ssh('wget -qO- http://127.0.0.1:9009/')).stdout.toString() || null,
      );
      expect(text).toBe('from-outside\n');
    });
    server.close();
  });

  it('forwards the renter’s unix socket and key agent', async () => {
    const inside = join(renter.home, 'http.sock');
    const server = createServer((_request, answer) => answer.end('socket\n')).listen(inside);
    await once(server, 'listening');
    await ssh('mkdir -p /sockets');
    await forwarding(['-R', `/sockets/there:${inside}`], async () => {
      await eventually(async () => (await ssh('test -S /sockets/there')).code === 0);
    });
    server.close();
    const agent = spawn('ssh-agent', ['-D', '-a', join(renter.home, 'agent.sock')], { stdio: 'ignore' });
    try {
      const env = { ...process.env, SSH_AUTH_SOCK: join(renter.home, 'agent.sock') };
      await eventually(async () => {
        const added = spawn('ssh-add', ['-q', join(renter.home, 'id_ed25519')], { env, stdio: 'ignore' });
        return ((await once(added, 'exit')) as [number])[0] === 0;
      });
      const words = [
        `SSH_AUTH_SOCK=${env.SSH_AUTH_SOCK}`,
        'ssh',
        '-A',
        ...common,
        '-p',
        String(port),
        'root@127.0.0.1',
        'ssh-add -L',
      ];
      const listed = await runProgram('env', words);
      expect(listed.stderr + listed.stdout.toString()).toContain(renter.publicKey.split(' ')[1]);
    } finally {
      agent.kill();
    }
  });

  // Over exec there is no ssh server to kill: each stream starts one.
  if (reach === 'address') {
    it('comes back when the ssh server inside was killed', async () => {
      const killer = await docker
        .getContainer(containerName(spec.leaseId))
        .exec({ Cmd: ['sh', '-c', 'killall -9 sshd'], User: '0' });
      await killer.start({});
      await eventually(async () => (await killer.inspect()).Running === false);
      expect((await ssh('echo back')).stdout.toString()).toBe('back\n');
    });
  }
});
