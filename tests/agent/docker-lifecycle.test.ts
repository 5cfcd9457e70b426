import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallNetwork } from '#agent/act/docker/remains.ts';
import type { LogPiece } from '#agent/act/runtime.ts';
import {
  BUSYBOX,
  buildImage,
  containerName,
  docker,
  leaseSpec,
  never,
  ownRuntime,
  quietly,
  removeImage,
} from '#tests/support/docker.ts';
import { eventually } from '#tests/support/eventually.ts';
import { has } from '#tests/support/needs.ts';
import { doorTo, inTerminal, runProgram, sshPerson } from '#tests/support/ssh-client.ts';

describe.runIf(has('docker') && has('ssh'))('A rental on a real Docker Engine', () => {
  const { runtime, market, stateDirectory, again, cleanUp } = ownRuntime();
  const renter = sshPerson();
  const mine = (changed: Parameters<typeof leaseSpec>[0] = {}) =>
    leaseSpec({ authorizedKeys: [renter.publicKey], ...changed });

  /** Runs one command in the lease's shell, by whichever runtime. */
  async function inShell(leaseId: string, command: string, by = runtime): Promise<string> {
    const door = await doorTo(by, leaseId);
    const target = [...renter.options, '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'];
    const done = await runProgram('ssh', [...target, '-p', String(door.port), 'root@127.0.0.1', command]);
    door.close();
    if (done.code !== 0) throw new Error(`code ${done.code}: ${done.stderr}`);
    return done.stdout.toString();
  }

  beforeAll(async () => {
    await runtime.pull({ image: BUSYBOX, leaseId: 'lse_none' }, quietly, never);
  });

  afterAll(async () => {
    await cleanUp();
    renter.forget();
  });

  it('says what engine runs here', async () => {
    const { docker: engine, problem } = await runtime.describe();
    expect(problem).toBeNull();
    expect(engine?.version).toMatch(/^\d+\./);
    expect(['1', '2']).toContain(engine?.cgroupVersion);
  });

  it('is confined as asked: rights, limits, a network of its own, nothing published', async () => {
    const spec = mine({ limits: { cpuMillis: 500, memoryBytes: 268_435_456, pids: 64 } });
    await runtime.start(spec);
    const status = await inShell(spec.leaseId, 'cat /proc/self/status');
    expect(status).toMatch(/CapBnd:\t00000000200404fb/);
    expect(status).toMatch(/Seccomp:\t2/);
    const container = await docker.getContainer(containerName(spec.leaseId)).inspect();
    expect(Object.keys(container.NetworkSettings.Networks)).toEqual([containerName(spec.leaseId)]);
    expect(container.NetworkSettings.Ports).toEqual({});
    expect(container.HostConfig.Memory).toBe(268_435_456);
    const forks = inShell(spec.leaseId, 'for i in $(seq 200); do sleep 20 >/dev/null 2>&1 & done');
    await expect(forks).rejects.toThrow(/can't fork/);
    await runtime.remove(spec.leaseId);
  });

  it('cannot be reached by the container of another lease', async () => {
    const [one, other] = [mine(), mine()];
    await Promise.all([runtime.start(one), runtime.start(other)]);
    const networks = (await docker.getContainer(containerName(other.leaseId)).inspect()).NetworkSettings.Networks;
    const address = Object.values(networks)[0]?.IPAddress;
    const answer = await inShell(one.leaseId, `nc -w 2 ${address} 49022 </dev/null || echo unreachable`);
    expect(answer).toBe('unreachable\n');
    await Promise.all([runtime.remove(one.leaseId), runtime.remove(other.leaseId)]);
  });

  it('is adopted by an agent that restarts: nothing in it ends', async () => {
    const spec = mine();
    const { hostKey } = await runtime.start(spec);
    await inShell(spec.leaseId, 'sleep 4321 >/dev/null 2>&1 & echo started > /state');
    const before = await docker.getContainer(containerName(spec.leaseId)).inspect();
    const restarted = again();
    expect(await restarted.list()).toContainEqual({
      leaseId: spec.leaseId,
      run: 1,
      running: true,
      exitCode: null,
      hostKey,
    });
    expect(await restarted.start(spec)).toEqual({ hostKey });
    const after = await docker.getContainer(containerName(spec.leaseId)).inspect();
    expect([after.Id, after.State.StartedAt]).toEqual([before.Id, before.State.StartedAt]);
    expect(await inShell(spec.leaseId, 'ps | grep -c "[s]leep 4321"; cat /state', restarted)).toBe('1\nstarted\n');
    await restarted.remove(spec.leaseId);
  });

  it('keeps its files and its host key over a stop and a start', async () => {
    const spec = mine();
    const { hostKey } = await runtime.start(spec);
    await inShell(spec.leaseId, 'echo kept > /kept');
    await runtime.stop(spec.leaseId, 1);
    await runtime.stop(spec.leaseId, 1);
    expect(await runtime.list()).toContainEqual(expect.objectContaining({ leaseId: spec.leaseId, running: false }));
    await expect(runtime.connect(spec.leaseId)).rejects.toMatchObject({ code: 'shellFailed' });
    expect(await runtime.start({ ...spec, run: 2 })).toEqual({ hostKey });
    expect(await inShell(spec.leaseId, 'cat /kept')).toBe('kept\n');
    expect(await again().list()).toContainEqual(
      expect.objectContaining({ leaseId: spec.leaseId, run: 2, running: true }),
    );
    await runtime.remove(spec.leaseId);
  });

  it('keeps its files, volumes too, when it starts again on another GPU', async () => {
    const image = 'sublet-test/volumes';
    await buildImage(image, { Dockerfile: `FROM ${BUSYBOX}\nVOLUME /data\nENV FROM_IMAGE=yes\n` });
    const spec = mine({ image, gpuUuids: ['GPU-one'] });
    await runtime.start(spec);
    await inShell(spec.leaseId, 'echo 1 > /kept; echo 2 > /data/kept');
    await runtime.stop(spec.leaseId, 1);
    await again().start({ ...spec, run: 2, gpuUuids: ['GPU-two'] });
    const seen = await inShell(spec.leaseId, 'cat /kept /data/kept; echo $NVIDIA_VISIBLE_DEVICES $FROM_IMAGE');
    expect(seen).toBe('1\n2\nGPU-two yes\n');
    const { Mounts } = await docker.getContainer(containerName(spec.leaseId)).inspect();
    const volumes = Mounts.flatMap(({ Type, Name }) => (Type === 'volume' && Name !== undefined ? [Name] : []));
    await runtime.remove(spec.leaseId);
    for (const volume of volumes)
      await expect(docker.getVolume(volume).inspect()).rejects.toMatchObject({ statusCode: 404 });
    await removeImage(image);
  });

  it('keeps its files when the agent dies while it moves to another GPU', async () => {
    const spec = mine({ gpuUuids: ['GPU-one'] });
    await runtime.start(spec);
    await inShell(spec.leaseId, 'echo kept > /kept');
    await runtime.stop(spec.leaseId, 1);
    const dies = new Docker();
    dies.createContainer = async () => {
      throw new Error('the agent died here');
    };
    const moved = { ...spec, run: 2, gpuUuids: ['GPU-two'] };
    await expect(again({ docker: dies }).start(moved)).rejects.toThrow('the agent died here');
    await again().start(moved);
    expect(await inShell(spec.leaseId, 'cat /kept; echo $NVIDIA_VISIBLE_DEVICES')).toBe('kept\nGPU-two\n');
    await runtime.remove(spec.leaseId);
  });

  it('that yields has its program signalled, its shells told, and a file that says when; the next start takes it away', async () => {
    const script = 'trap "echo saved > /saved" TERM; while true; do sleep 0.2; done';
    const spec = mine({ command: ['sh', '-c', script] });
    await runtime.start(spec);
    const door = await doorTo(runtime, spec.leaseId);
    const target = [...renter.options, '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'];
    const line = ['ssh', ...target, '-tt', '-p', String(door.port), 'root@127.0.0.1', 'echo open; exec sleep 600'];
    const terminal = inTerminal(line.map((word) => `'${word}'`).join(' '));
    await terminal.sees(/open/);
    const endsAt = new Date('2027-01-01T00:02:00.000Z');
    const sentence = "It yields: don't $(touch /hurt) panic.";
    await runtime.warn(spec.leaseId, { endsAt, sentence, signal: true });
    await eventually(async () => (await inShell(spec.leaseId, 'cat /saved || true')) === 'saved\n');
    const seen = await inShell(spec.leaseId, 'cat /.lease/notice.json; ls /');
    expect(seen).toContain('{"endsAt":"2027-01-01T00:02:00.000Z"}');
    expect(seen).not.toContain('hurt');
    await eventually(() => terminal.seen().includes(sentence));
    terminal.kill();
    await runtime.warn(spec.leaseId, { endsAt: null, sentence: 'It goes on.', signal: false });
    expect(await inShell(spec.leaseId, 'ls /.lease')).not.toContain('notice.json');
    door.close();
    await runtime.stop(spec.leaseId, 1);
    await runtime.warn(spec.leaseId, { endsAt, sentence, signal: true });
    await runtime.start({ ...spec, run: 2 });
    expect(await inShell(spec.leaseId, 'cat /saved; ls /.lease')).not.toContain('notice.json');
    await runtime.remove(spec.leaseId);
    await runtime.warn(spec.leaseId, { endsAt, sentence, signal: true });
  });

  it('finds a network when Docker has none left to give by itself', async () => {
    const [one, two] = [containerName(mine().leaseId), containerName(mine().leaseId)];
    for (const name of [one, two]) await smallNetwork(docker, name, {});
    const subnets = await Promise.all(
      [one, two].map(async (name) => (await docker.getNetwork(name).inspect()).IPAM?.Config?.[0]?.Subnet),
    );
    expect(subnets[0]).toMatch(/^10\.213\.\d+\.\d+\/28$/);
    expect(subnets[0]).not.toBe(subnets[1]);
    for (const name of [one, two]) await docker.getNetwork(name).remove();
  });

  it('leaves nothing behind when it is removed', async () => {
    const spec = mine({ gpuUuids: ['GPU-one'] });
    await runtime.start(spec);
    await runtime.stop(spec.leaseId, 1);
    await runtime.start({ ...spec, run: 2, gpuUuids: ['GPU-two'] });
    await runtime.remove(spec.leaseId);
    await runtime.remove(spec.leaseId);
    const filters = { label: [`sublet.market=${market}`] };
    const names = (await docker.listContainers({ all: true, filters })).map(({ Labels }) => Labels['sublet.lease']);
    expect(names).not.toContain(spec.leaseId);
    const networks = await docker.listNetworks({ filters: { name: [containerName(spec.leaseId)] } });
    expect(networks).toEqual([]);
    const images = await docker.listImages({ filters: { reference: ['sublet/lease'] } });
    expect(images.flatMap(({ RepoTags }) => RepoTags ?? []).filter((tag) => tag.includes(spec.leaseId))).toEqual([]);
    expect(readdirSync(join(stateDirectory, 'leases'))).not.toContain(spec.leaseId);
  });

  it('gives a shell in an image whose own command ends at once', async () => {
    const image = 'sublet-test/ends-at-once';
    await buildImage(image, { Dockerfile: `FROM ${BUSYBOX}\nENTRYPOINT ["/bin/true"]\n` });
    const spec = mine({ image });
    await runtime.start(spec);
    expect(await inShell(spec.leaseId, 'echo alive')).toBe('alive\n');
    await runtime.remove(spec.leaseId);
    await removeImage(image);
  });

  it('runs the renter’s command as given and tells when it ends, and how', async () => {
    const spec = mine({ command: ['sh', '-c', 'while [ ! -e /go ]; do sleep 0.1; done; exit 5'] });
    const exits: [string, number | null][] = [];
    const stop = runtime.watch((leaseId, code) => exits.push([leaseId, code]));
    await runtime.start(spec);
    await inShell(spec.leaseId, 'touch /go');
    await eventually(() => exits.some(([leaseId, code]) => leaseId === spec.leaseId && code === 5));
    stop();
    await eventually(async () => {
      const found = (await runtime.list()).find(({ leaseId }) => leaseId === spec.leaseId);
      return found?.running === false && found.exitCode === 5;
    });
    await runtime.remove(spec.leaseId);
  });

  it.each([
    ['ended by itself, also by a signal of its own', 'while [ ! -e /go ]; do sleep 0.1; done; kill -TERM $$', false],
    ['stopped from outside, whatever it makes of that', 'trap "exit 0" TERM; while :; do sleep 0.1; done', true],
  ])('tells apart what %s', async (_, program, outside) => {
    const spec = mine({ command: ['sh', '-c', program] });
    const exits: boolean[] = [];
    const stop = runtime.watch((leaseId, __, ended) => {
      if (leaseId === spec.leaseId) exits.push(ended === true);
    });
    await runtime.start(spec);
    if (outside) await docker.getContainer(containerName(spec.leaseId)).stop({ t: 5 });
    else await inShell(spec.leaseId, 'touch /go');
    await eventually(() => exits.length > 0);
    expect(exits).toEqual([outside]);
    const listed = async () => (await runtime.list()).find(({ leaseId }) => leaseId === spec.leaseId)?.ended === true;
    expect(await listed()).toBe(outside);
    // Started anew and stopped by the agent itself it is not said to be from outside.
    await runtime.start({ ...spec, run: 2, command: null });
    expect(await listed()).toBe(false);
    await runtime.stop(spec.leaseId, 1);
    await eventually(() => exits.length > 1);
    expect(exits).toEqual([outside, false]);
    stop();
    await runtime.remove(spec.leaseId);
  });

  it('is heard of although Docker Engine was out of reach when it ended', async () => {
    const sockets = new Set<Socket>();
    const detour = createServer((client) => {
      const engine = connect('/var/run/docker.sock');
      for (const socket of [client, engine]) sockets.add(socket.on('error', () => {}));
      client.pipe(engine).pipe(client);
    }).listen(0, '127.0.0.1');
    await once(detour, 'listening');
    const { port } = detour.address() as AddressInfo;
    const far = again({ docker: new Docker({ protocol: 'http', host: '127.0.0.1', port }) });
    const spec = mine({ command: ['sh', '-c', 'while [ ! -e /go ]; do sleep 0.1; done; exit 6'] });
    await runtime.start(spec);
    const exits: [string, number | null][] = [];
    const stop = far.watch((leaseId, code) => exits.push([leaseId, code]));
    await eventually(() => sockets.size > 0);
    detour.close();
    for (const socket of sockets) socket.destroy();
    await inShell(spec.leaseId, 'touch /go');
    await eventually(async () =>
      (await runtime.list()).some(({ leaseId, exitCode }) => leaseId === spec.leaseId && exitCode === 6),
    );
    expect(exits).toEqual([]);
    detour.listen(port, '127.0.0.1');
    await eventually(() => exits.some(([leaseId, code]) => leaseId === spec.leaseId && code === 6));
    stop();
    for (const socket of sockets) socket.destroy();
    detour.close();
    await runtime.remove(spec.leaseId);
  });

  it('hands over what it printed once, with offsets, also to an agent that restarts', async () => {
    const spec = mine({
      command: [
        'sh',
        '-c',
        'echo one; echo two >&2; printf "grün\\0\\n"; while [ ! -e /go ]; do sleep 0.1; done; echo three',
      ],
    });
    await runtime.start(spec);
    const pieces: LogPiece[] = [];
    for await (const piece of runtime.logs(spec.leaseId, 0)) {
      pieces.push(piece);
      const text = pieces.map((each) => each.text).join('');
      if (text.includes('grün') && text.includes('two')) break;
    }
    const bytes = pieces.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
    expect(pieces.filter(({ stream }) => stream === 'stderr').map(({ text }) => text)).toEqual(['two\n']);
    expect(pieces.map(({ text }) => text).join('')).toContain('grün\ufffd\n');
    await inShell(spec.leaseId, 'touch /go');
    const rest: LogPiece[] = [];
    for await (const piece of again().logs(spec.leaseId, bytes)) rest.push(piece);
    expect(rest.map(({ text, offset, stream }) => ({ text, offset, stream }))).toEqual([
      { text: 'three\n', offset: bytes, stream: 'stdout' },
    ]);
    expect(Math.abs((rest[0]?.at.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
    const whole: LogPiece[] = [];
    for await (const piece of again().logs(spec.leaseId, 0)) whole.push(piece);
    expect(whole.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0)).toBe(bytes + 6);
    await runtime.remove(spec.leaseId);
  });

  it('says in a sentence why it cannot start', async () => {
    const start = (changed: Parameters<typeof leaseSpec>[0]) => {
      const spec = mine(changed);
      return runtime.start(spec).finally(() => runtime.remove(spec.leaseId));
    };
    const nowhere = mine({ image: 'sublet-test/nowhere' });
    await expect(runtime.start(nowhere)).rejects.toMatchObject({ code: 'pullFailed' });
    await runtime.remove(nowhere.leaseId);
    expect(await docker.listNetworks({ filters: { name: [containerName(nowhere.leaseId)] } })).toEqual([]);
    await expect(start({ image: 'sublet-test/nowhere' })).rejects.toMatchObject({ code: 'pullFailed' });
    await expect(start({ command: ['/no/such/program'] })).rejects.toMatchObject({ code: 'unrunnable' });
    await expect(start({ command: ['sh', '-c', 'exit 3'] })).rejects.toMatchObject({ code: 'exited' });
    await expect(runtime.start(mine({ leaseId: '../x' }))).rejects.toMatchObject({ code: 'leaseInvalid' });
    const real = again({ gpus: 'nvidia' });
    if ((await real.describe()).docker?.gpuRuntime === false) {
      const spec = mine({ gpuUuids: ['GPU-11111111-1111-1111-1111-111111111111'] });
      await expect(real.start(spec)).rejects.toMatchObject({ code: 'gpuMissing' });
      await real.remove(spec.leaseId);
    }
    const absent = again({ docker: new Docker({ socketPath: '/nowhere/docker.sock' }) });
    expect((await absent.describe()).problem).toMatch(/Docker Engine is not installed or not running/);
    await expect(absent.start(mine())).rejects.toMatchObject({ code: 'noContainerRuntime' });
    const toolless = mine();
    await expect(again({ toolsDirectory: stateDirectory }).start(toolless)).rejects.toMatchObject({
      code: 'shellFailed',
    });
    await runtime.remove(toolless.leaseId);
  });

  it('starts once when it is asked twice at the same time', async () => {
    const spec = mine();
    const [one, two] = await Promise.all([runtime.start(spec), runtime.start(spec)]);
    expect(one).toEqual(two);
    await runtime.remove(spec.leaseId);
    expect(existsSync(join(stateDirectory, 'leases', spec.leaseId))).toBe(false);
  });
});
