import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUSYBOX, leaseSpec, never, ownRuntime, quietly } from '#tests/support/docker.ts';
import { eventually } from '#tests/support/eventually.ts';
import { has } from '#tests/support/needs.ts';
import { doorTo, inTerminal, runProgram, sshPerson } from '#tests/support/ssh-client.ts';

// The image holds a busybox and nothing else: no ssh, no /etc/passwd, no /tmp, no home.
describe.runIf(has('docker') && has('ssh'))('A renter with plain ssh in a busybox image', () => {
  const { runtime, cleanUp } = ownRuntime();
  const renter = sshPerson();
  const odd = { QUOTED: 'two words "q" \\ $HOME #x \'s\'', UNICODE: 'grün 🚀', EMPTY: '', LD_LIBRARY_PATH: '/opt/lib' };
  const spec = leaseSpec({ authorizedKeys: [renter.publicKey], environment: odd });
  let target: string[];
  let close = () => {};

  beforeAll(async () => {
    await runtime.pull({ image: BUSYBOX, leaseId: spec.leaseId }, quietly, never);
    const { hostKey } = await runtime.start(spec);
    const door = await doorTo(runtime, spec.leaseId);
    close = door.close;
    target = [...renter.options, ...renter.trusting('lease', hostKey), '-p', String(door.port), 'root@127.0.0.1'];
  });

  afterAll(async () => {
    close();
    renter.forget();
    await cleanUp();
  });

  it('gets the exit code, and stdout and stderr apart', async () => {
    const done = await runProgram('ssh', [...target, 'echo out; echo err >&2; exit 42']);
    expect([done.code, done.stdout.toString(), done.stderr]).toEqual([42, 'out\n', 'err\n']);
  });

  it('pipes binary data through a command and gets the same bytes back', async () => {
    const sent = randomBytes(5_000_000);
    const done = await runProgram('ssh', [...target, 'cat'], sent);
    expect(done.code).toBe(0);
    expect(done.stdout.equals(sent)).toBe(true);
  });

  it('sees the variables of the booking exactly as they were given', async () => {
    const names = Object.keys(odd);
    const done = await runProgram('ssh', [...target, names.map((name) => `printf '%s\\0' "$${name}"`).join('; ')]);
    expect(done.stdout.toString('utf8').split('\0').slice(0, -1)).toEqual(Object.values(odd));
  });

  it('is told by which signal a command died', async () => {
    const done = await runProgram('ssh', ['-o', 'LogLevel=DEBUG1', ...target, 'kill -TERM $$']);
    expect(done.stderr).toMatch(/rtype exit-signal/);
  });

  it('works interactively: the size of the window, its changes, Ctrl-C and the exit code', async () => {
    const line = ['ssh', '-tt', ...target].map((word) => `'${word}'`).join(' ');
    const terminal = inTerminal(`stty rows 40 cols 123; ${line}`);
    try {
      await terminal.sees(/# /);
      terminal.type('stty size; echo at-$((40+2))\n');
      await terminal.sees(/40 123[\s\S]*at-42/);
      await terminal.resize(91, 33);
      terminal.type('sleep 0.2; stty size\n');
      await terminal.sees(/33 91/);
      terminal.type('echo before-$((1+1)); sleep 1000; echo code-$?\n');
      await terminal.sees(/before-2/);
      terminal.type('\x03');
      terminal.type('echo after-$((2+1))\n');
      await terminal.sees(/after-3/);
      terminal.type('exit 9\n');
      expect(await terminal.ended).toBe(9);
    } finally {
      terminal.kill();
    }
  });

  it('loses what runs in the terminal when the connection is cut', async () => {
    const line = ['ssh', '-tt', ...target, 'sleep 7654'].map((word) => `'${word}'`).join(' ');
    const terminal = inTerminal(line);
    const running = async () => {
      const { stdout } = await runProgram('ssh', [...target, 'ps | grep -c "[s]leep 7654"']);
      return stdout.toString().trim();
    };
    await eventually(async () => (await running()) === '1');
    terminal.kill();
    await eventually(async () => (await running()) === '0');
  });

  it('may use many channels of one connection', async () => {
    const control = `${renter.home}/control`;
    const shared = ['-o', 'ControlMaster=auto', '-o', `ControlPath=${control}`, '-o', 'ControlPersist=20', ...target];
    await runProgram('ssh', [...shared, 'true']);
    const all = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        runProgram('ssh', [...shared, `head -c 100000 /dev/zero | wc -c; echo ${index}`]),
      ),
    );
    expect(all.map((done) => done.stdout.toString())).toEqual(all.map((_, index) => `100000\n${index}\n`));
    await runProgram('ssh', ['-O', 'exit', ...shared]);
  });

  it('is refused with another key, and by a host that is not the leased one', async () => {
    const stranger = sshPerson();
    const asStranger = [...stranger.options, ...target.slice(renter.options.length), 'true'];
    expect((await runProgram('ssh', asStranger)).code).toBe(255);
    const wrongHost = [...target, 'true'].map((word) => (word === 'HostKeyAlias=lease' ? 'HostKeyAlias=other' : word));
    expect((await runProgram('ssh', wrongHost)).code).toBe(255);
    stranger.forget();
  });

  it('changes keys without a restart: the new one opens, the old one no longer', async () => {
    const newcomer = sshPerson();
    const asNewcomer = [...newcomer.options, ...target.slice(renter.options.length), 'echo in'];
    try {
      await runtime.updateKeys(spec.leaseId, [newcomer.publicKey]);
      expect((await runProgram('ssh', asNewcomer)).stdout.toString()).toBe('in\n');
      expect((await runProgram('ssh', [...target, 'true'])).code).toBe(255);
    } finally {
      await runtime.updateKeys(spec.leaseId, [renter.publicKey]);
      newcomer.forget();
    }
    expect((await runProgram('ssh', [...target, 'true'])).code).toBe(0);
  });

  it('cannot change the tools or the files of the lease', async () => {
    const tries = [
      'touch /.tools/x',
      'touch /.lease/x',
      'echo k >> /.lease/authorized_keys',
      'umount /.tools',
      'mount -o remount,rw /.tools',
    ];
    for (const attempt of tries) expect((await runProgram('ssh', [...target, attempt])).code, attempt).not.toBe(0);
  });
});
