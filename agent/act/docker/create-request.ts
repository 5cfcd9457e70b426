import { createHash } from 'node:crypto';
import type Docker from 'dockerode';
import type { WorkloadSpec } from '../runtime.ts';
import { LEASE_MOUNT, TOOLS_MOUNT } from '../shell/tools.ts';
import { parseEnvironment, type SplitEnvironment, splitEnvironment } from './environment.ts';

/** The part of an image's configuration that a container is made from; kept with the lease, so that the image may go. */
export type ImageConfiguration = {
  entrypoint: string[];
  command: string[];
  environment: Record<string, string>;
  volumes: string[];
};

/** What of this machine a container is made with. */
export type Surroundings = {
  market: string;
  containerName: string;
  networkName: string;
  /** The image to start from: the renter's, or the commit of what the lease had before. */
  imageId: string;
  leaseMount: string;
  toolsDirectory: string;
  cpus: number;
  gpus: 'nvidia' | 'simulated';
  /** Named volumes that the lease already has, by their path in the container. */
  volumes: Record<string, string>;
  /** The size of the writable layer, where the storage driver can hold to it. */
  sizedDisk: boolean;
};

/** What apt, pip, sudo, su and sshd (its audit record of a login included) need, and nothing that reaches beyond the container. */
export const CAPABILITIES = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'NET_BIND_SERVICE',
  'SETGID',
  'SETUID',
  'SYS_CHROOT',
];

/** Idles until it is told to end, in any image: the tools bring the program. */
const IDLE = [`${TOOLS_MOUNT}/bin/busybox`, 'sleep', 'inf'];

export function imageConfiguration(config: Docker.ImageInspectInfo['Config'] | null | undefined): ImageConfiguration {
  const list = (value: string | string[] | null | undefined) => (value == null ? [] : [value].flat());
  return {
    entrypoint: list(config?.Entrypoint),
    command: list(config?.Cmd),
    environment: parseEnvironment(config?.Env),
    volumes: Object.keys(config?.Volumes ?? {}),
  };
}

/** Two starts with the same shape may use the same container; any difference needs a new one. */
export function shapeOf(spec: WorkloadSpec): string {
  const { image, command, environment, gpuUuids, limits, diskBytes } = spec;
  const sorted = Object.entries(environment).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify([image, command, sorted, [...gpuUuids].sort(), limits, diskBytes]);
  return createHash('sha256').update(text).digest('hex');
}

/**
 * What runs first. A renter's command runs as `docker run` would run it, under the image's own entrypoint; without one the container idles,
 * so that a shell lives in every image, also in one whose command ends at once. Variables kept from the host's programs are added here.
 */
function processOf(spec: WorkloadSpec, image: ImageConfiguration, environment: SplitEnvironment): string[] {
  const own = spec.ownProgram === true && image.entrypoint.length + image.command.length > 0 ? image.command : null;
  const command = spec.command ?? own;
  if (command === null) return IDLE;
  const wanted = [...image.entrypoint, ...command];
  const inside = Object.entries(environment.inside).map(([name, value]) => `${name}=${value}`);
  return inside.length === 0 ? wanted : [`${TOOLS_MOUNT}/bin/busybox`, 'env', ...inside, ...wanted];
}

/** The whole request for `POST /containers/create`: what isolation a rental gets is said here and nowhere else. */
export function createRequest(
  spec: WorkloadSpec,
  image: ImageConfiguration,
  around: Surroundings,
): Docker.ContainerCreateOptions {
  const environment = splitEnvironment(image.environment, spec.environment, spec.gpuUuids);
  const [first = '', ...rest] = processOf(spec, image, environment);
  const bind = (source: string, target: string): Docker.MountSettings => ({
    Type: 'bind',
    Source: source,
    Target: target,
    ReadOnly: true,
    BindOptions: { Propagation: 'rprivate' },
  });
  const kept = Object.entries(around.volumes).map(
    ([target, name]): Docker.MountSettings => ({ Type: 'volume', Source: name, Target: target }),
  );
  const nanoCpus = Math.min(spec.limits.cpuMillis * 1_000_000, around.cpus * 1_000_000_000);
  return {
    name: around.containerName,
    Image: around.imageId,
    Hostname: `lease-${spec.leaseId.slice(-8).replace(/[^A-Za-z0-9]/g, '')}`,
    Entrypoint: [first],
    Cmd: rest,
    Env: environment.configured,
    ...(spec.command === null && spec.ownProgram !== true ? { User: '0:0', WorkingDir: '/' } : {}),
    Tty: false,
    OpenStdin: false,
    Healthcheck: { Test: ['NONE'] },
    Labels: {
      'sublet.lease': spec.leaseId,
      'sublet.run': String(spec.run),
      'sublet.market': around.market,
      'sublet.shape': shapeOf(spec),
      'sublet.tools': around.toolsDirectory,
    },
    HostConfig: {
      NetworkMode: around.networkName,
      Init: true,
      Privileged: false,
      CapDrop: ['ALL'],
      CapAdd: CAPABILITIES,
      // No seccomp entry: Docker's default profile holds. No no-new-privileges: sudo and su need their set-user-id bit.
      SecurityOpt: [],
      PidMode: '',
      IpcMode: 'private',
      UTSMode: '',
      PublishAllPorts: false,
      Mounts: [bind(around.toolsDirectory, TOOLS_MOUNT), bind(around.leaseMount, LEASE_MOUNT), ...kept],
      Tmpfs: { '/run/sshd': 'mode=0755,size=64k' },
      NanoCpus: Math.max(nanoCpus, 10_000_000),
      Memory: spec.limits.memoryBytes,
      MemorySwap: spec.limits.memoryBytes,
      PidsLimit: spec.limits.pids,
      ShmSize: Math.max(67_108_864, Math.floor(spec.limits.memoryBytes / 2)),
      Ulimits: [{ Name: 'core', Soft: 0, Hard: 0 }],
      LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
      // The agent decides what runs: after a reboot it starts again what a lease still covers.
      RestartPolicy: { Name: 'no' },
      ...(around.sizedDisk && spec.diskBytes > 0 ? { StorageOpt: { size: String(spec.diskBytes) } } : {}),
      ...(around.gpus === 'nvidia' && spec.gpuUuids.length > 0
        ? {
            DeviceRequests: [
              { Driver: 'nvidia', DeviceIDs: [...spec.gpuUuids], Capabilities: [['gpu', 'compute', 'utility']] },
            ],
          }
        : {}),
    },
  };
}
