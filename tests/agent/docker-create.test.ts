import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CAPABILITIES, createRequest, imageConfiguration, shapeOf } from '#agent/act/docker/create-request.ts';
import { splitEnvironment } from '#agent/act/docker/environment.ts';
import { parseReference } from '#agent/act/docker/reference.ts';
import { leaseSpec } from '#tests/support/docker.ts';

const FIRST = 'GPU-11111111-1111-1111-1111-111111111111';
const SECOND = 'GPU-22222222-2222-2222-2222-222222222222';

const around = {
  market: 'market',
  containerName: 'sublet-lse_1',
  networkName: 'sublet-lse_1',
  imageId: 'sha256:1',
  leaseMount: '/state/leases/lse_1/ssh',
  toolsDirectory: '/state/tools/1',
  cpus: 8,
  gpus: 'nvidia' as const,
  volumes: {},
  sizedDisk: false,
};

function request(changed: Parameters<typeof leaseSpec>[0], image: object = {}) {
  return createRequest(leaseSpec(changed), imageConfiguration(image as never), around);
}

describe('A booking of one of two GPUs', () => {
  const made = request({ gpuUuids: [SECOND] });

  it('asks Docker for exactly that one, by its UUID', () => {
    expect(made.HostConfig?.DeviceRequests).toEqual([
      { Driver: 'nvidia', DeviceIDs: [SECOND], Capabilities: [['gpu', 'compute', 'utility']] },
    ]);
    expect(JSON.stringify(made)).not.toContain(FIRST);
  });

  it('says to programs inside that this one is visible', () => {
    expect(made.Env).toContain(`NVIDIA_VISIBLE_DEVICES=${SECOND}`);
  });

  it('gets no other, whatever image or renter say', () => {
    const tricks = ['NVIDIA_VISIBLE_DEVICES=all', 'NVIDIA_DRIVER_CAPABILITIES=all', 'NVIDIA_MIG_CONFIG_DEVICES=all'];
    const renter = { NVIDIA_VISIBLE_DEVICES: `${FIRST},${SECOND}`, NVIDIA_IMEX_CHANNELS: '0' };
    const env = request({ gpuUuids: [SECOND], environment: renter }, { Env: tricks }).Env ?? [];
    expect(env.filter((entry) => entry.startsWith('NVIDIA_') && entry.includes('=')).sort()).toEqual([
      'NVIDIA_DRIVER_CAPABILITIES=compute,utility',
      `NVIDIA_VISIBLE_DEVICES=${SECOND}`,
    ]);
  });

  it('hands over no device when there is none in the lease, or when GPUs are simulated', () => {
    const none = request({ gpuUuids: [] });
    expect(none.HostConfig?.DeviceRequests).toBeUndefined();
    expect(none.Env).toContain('NVIDIA_VISIBLE_DEVICES=void');
    const spec = leaseSpec({ gpuUuids: [FIRST] });
    const simulated = createRequest(spec, imageConfiguration(null), { ...around, gpus: 'simulated' });
    expect(simulated.HostConfig?.DeviceRequests).toBeUndefined();
  });
});

describe('The environment of a container', () => {
  const image = {
    Env: ['PATH=/opt/bin', 'LD_PRELOAD=/evil.so', 'LD_LIBRARY_PATH=/cuda', 'NVIDIA_REQUIRE_CUDA=cuda>=12', 'A=image'],
  };

  it('keeps what loaders and hooks of the host read out of its configuration, by removing the image’s entry', () => {
    const env = request({}, image).Env ?? [];
    expect(env).toContain('LD_PRELOAD');
    expect(env).toContain('LD_LIBRARY_PATH');
    expect(env.some((entry) => /^(LD_|NVIDIA_REQUIRE).*=/.test(entry))).toBe(false);
  });

  it('gives it to the renter’s own processes inside', () => {
    const made = request(
      { command: ['python', 'train.py'], environment: { A: 'renter' } },
      { ...image, Entrypoint: ['/entry'] },
    );
    expect([made.Entrypoint, made.Cmd].flat()).toEqual([
      '/.tools/bin/busybox',
      'env',
      'LD_PRELOAD=/evil.so',
      'LD_LIBRARY_PATH=/cuda',
      'NVIDIA_REQUIRE_CUDA=cuda>=12',
      '/entry',
      'python',
      'train.py',
    ]);
    const { session } = splitEnvironment({ LD_LIBRARY_PATH: '/cuda', HOME: '/home/user' }, { A: 'renter' }, []);
    expect(session).toMatchObject({ LD_LIBRARY_PATH: '/cuda', A: 'renter' });
    expect(session).not.toHaveProperty('HOME');
  });

  it('never lets any guarded name through with a value, whatever the input', () => {
    const name = fc.oneof(
      fc.constantFrom('LD_AUDIT', 'LD_X', 'NVIDIA_VISIBLE_DEVICES', 'NVIDIA_X', 'GLIBC_TUNABLES', 'OK'),
      fc.stringMatching(/^[A-Z_]{1,8}$/),
    );
    const variables = fc.dictionary(
      name,
      fc.string({ maxLength: 20 }).filter((text) => !text.includes('\0')),
    );
    fc.assert(
      fc.property(variables, variables, (fromImage, fromRenter) => {
        const { configured } = splitEnvironment(fromImage, fromRenter, [FIRST]);
        const guarded = configured.filter((entry) => /^(LD_|NVIDIA_|GLIBC_TUNABLES)[^=]*=/.test(entry)).sort();
        expect(guarded).toEqual(['NVIDIA_DRIVER_CAPABILITIES=compute,utility', `NVIDIA_VISIBLE_DEVICES=${FIRST}`]);
      }),
    );
  });

  it('is refused with a sentence when it cannot be given to a process', () => {
    for (const environment of [{ 'a b': '1' }, { A: 'x\0y' }, { A: 'x'.repeat(200_000) }]) {
      expect(() => request({ environment })).toThrow(/environment variable/);
    }
    const large = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`A${index}`, 'x'.repeat(100_000)]));
    expect(() => request({ environment: large })).toThrow(/1 MiB/);
  });
});

describe('The isolation of a container', () => {
  const { HostConfig: host, ...made } = request({ limits: { cpuMillis: 1_500, memoryBytes: 2 ** 30, pids: 99 } });

  it('drops every capability but those of apt, sudo and sshd, and adds no privilege', () => {
    expect(host?.CapDrop).toEqual(['ALL']);
    expect(host?.CapAdd).toEqual(CAPABILITIES);
    for (const name of ['SYS_ADMIN', 'NET_ADMIN', 'NET_RAW', 'MKNOD', 'SYS_PTRACE', 'SETFCAP', 'DAC_READ_SEARCH']) {
      expect(CAPABILITIES).not.toContain(name);
    }
    expect(host?.Privileged).toBe(false);
    expect(host?.SecurityOpt).toEqual([]);
    expect(host?.Devices).toBeUndefined();
    expect(host?.Binds).toBeUndefined();
    expect(host?.PublishAllPorts).toBe(false);
    expect(host?.PortBindings).toBeUndefined();
  });

  it('mounts only the tools and the lease’s files, both read-only', () => {
    expect(host?.Mounts?.map(({ Source, Target, ReadOnly }) => [Source, Target, ReadOnly])).toEqual([
      ['/state/tools/1', '/.tools', true],
      ['/state/leases/lse_1/ssh', '/.lease', true],
    ]);
  });

  it('limits processors, memory without swap, processes and logs', () => {
    expect(host).toMatchObject({ NanoCpus: 1_500_000_000, Memory: 2 ** 30, MemorySwap: 2 ** 30, PidsLimit: 99 });
    expect(host?.LogConfig).toEqual({ Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } });
    const wide = request({ limits: { cpuMillis: 64_000, memoryBytes: 2 ** 30, pids: 99 } });
    expect(wide.HostConfig?.NanoCpus).toBe(8_000_000_000);
  });

  it('bears the marks by which a restarted agent finds it', () => {
    expect(made.Labels).toMatchObject({ 'sublet.market': 'market', 'sublet.run': '1' });
    expect(made.Labels?.['sublet.lease']).toMatch(/^lse_/);
    expect(host?.RestartPolicy).toEqual({ Name: 'no' });
    expect(host?.Init).toBe(true);
  });

  it('has a shape that any change of the booking changes, and the order of variables does not', () => {
    const spec = leaseSpec({ environment: { A: '1', B: '2' }, gpuUuids: [FIRST, SECOND] });
    const same = { ...spec, run: 2, authorizedKeys: ['x'], environment: { B: '2', A: '1' }, gpuUuids: [SECOND, FIRST] };
    expect(shapeOf(same)).toBe(shapeOf(spec));
    expect(shapeOf({ ...spec, gpuUuids: [FIRST] })).not.toBe(shapeOf(spec));
    expect(shapeOf({ ...spec, environment: { A: '1' } })).not.toBe(shapeOf(spec));
  });
});

describe('An image name', () => {
  it.each([
    ['ubuntu', 'ubuntu', 'latest'],
    ['ubuntu:24.04', 'ubuntu', '24.04'],
    ['ghcr.io/owner/name:v1.2', 'ghcr.io/owner/name', 'v1.2'],
    ['127.0.0.1:5000/a/b', '127.0.0.1:5000/a/b', 'latest'],
    [`debian@sha256:${'a'.repeat(64)}`, 'debian', `sha256:${'a'.repeat(64)}`],
  ])('%s is read as Docker reads it', (image, name, tag) => {
    expect(parseReference(image)).toEqual({ name, tag, localOnly: false });
  });

  it.each(['', 'UPPER', 'a b', '--privileged', 'a:b:c', '../x', 'a//b', 'x'.repeat(600), 'a@sha256:1', 'a\n'])(
    '%j is none',
    (image) => {
      expect(parseReference(image)).toBeNull();
    },
  );

  it('of ours is local only', () => {
    expect(parseReference('sublet/busybox:latest')?.localOnly).toBe(true);
  });
});

describe('A host’s own job', () => {
  it('runs the image’s own program as the image says, its command in place of the image’s, or idles where there is none', () => {
    const image = { Entrypoint: ['/fold'], Cmd: ['--all'] };
    const own = request({ ownProgram: true }, image);
    expect([own.Entrypoint, own.Cmd, own.User]).toEqual([['/fold'], ['--all'], undefined]);
    const other = request({ ownProgram: true, command: ['--one'] }, image);
    expect([other.Entrypoint, other.Cmd]).toEqual([['/fold'], ['--one']]);
    expect(request({ ownProgram: true }).Cmd).toEqual(request({}).Cmd);
    expect(request({}, image).Cmd).toEqual(['sleep', 'inf']);
  });
});
