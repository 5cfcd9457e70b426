import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import Docker from 'dockerode';
import { type DockerRuntimeOptions, dockerRuntime } from '#agent/act/docker/runtime.ts';
import { tarOf } from '#agent/act/docker/tar.ts';
import type { ContainerRuntime, WorkloadSpec } from '#agent/act/runtime.ts';
import { buildTools } from '../../bin/lib/tools.mjs';

export const docker = new Docker();
export const BUSYBOX = 'sublet/busybox:latest';

export const never = new AbortController().signal;
export const quietly = () => {};

/** The tools bundle of this checkout, built when it is missing; TEST_TOOLS names another one to run the same tests with. */
export function toolsDirectory(): string {
  if (process.env.TEST_TOOLS !== undefined) return process.env.TEST_TOOLS;
  return buildTools({ root: join(import.meta.dirname, '../../.sublet') }).directory;
}

/** An agent's runtime with a market of its own on the shared Docker Engine. `again` is what a restarted agent would have. */
export function ownRuntime(options: Partial<DockerRuntimeOptions> = {}) {
  const market = `test-${randomBytes(6).toString('hex')}`;
  const stateDirectory = mkdtempSync(join(tmpdir(), 'sublet-agent-'));
  const all = {
    docker,
    market,
    stateDirectory,
    toolsDirectory: toolsDirectory(),
    gpus: 'simulated',
    ...options,
  } as const;
  const runtime = dockerRuntime(all);
  return {
    runtime,
    market,
    stateDirectory,
    again: (changed: Partial<DockerRuntimeOptions> = {}): ContainerRuntime => dockerRuntime({ ...all, ...changed }),
    /** Removes every container, network and file that this runtime made. */
    async cleanUp() {
      const leases = join(stateDirectory, 'leases');
      const started = existsSync(leases) ? readdirSync(leases) : [];
      for (const leaseId of started) await runtime.remove(leaseId);
      rmSync(stateDirectory, { recursive: true, force: true });
    },
  };
}

export const containerName = (leaseId: string) => `sublet-${leaseId}`;

export function leaseSpec(changed: Partial<WorkloadSpec> = {}): WorkloadSpec {
  return {
    leaseId: `lse_${randomBytes(8).toString('hex')}`,
    run: 1,
    image: BUSYBOX,
    command: null,
    environment: {},
    gpuUuids: [],
    limits: { cpuMillis: 2_000, memoryBytes: 1_073_741_824, pids: 512 },
    diskBytes: 10_737_418_240,
    authorizedKeys: [],
    ...changed,
  };
}

/** Makes an image by `docker build` from a Dockerfile and files, without a network. */
export async function buildImage(name: string, files: Record<string, Buffer | string>): Promise<void> {
  const items = Object.entries(files).map(([path, content]) => ({
    name: path,
    mode: 0o755,
    content: Buffer.from(content),
  }));
  const stream = await docker.buildImage(Readable.from([tarOf(items)]), {
    t: name,
    networkmode: 'none',
    forcerm: true,
  });
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(stream, (error, lines) => {
      const failed = (lines as { error?: string }[] | null)?.find((line) => line.error !== undefined)?.error;
      if (error !== null) reject(error);
      else if (failed !== undefined) reject(new Error(failed));
      else resolve();
    });
  });
}

export async function removeImage(name: string): Promise<void> {
  await docker
    .getImage(name)
    .remove({ force: true })
    .catch(() => {});
}
