import { existsSync } from 'node:fs';
import type Docker from 'dockerode';
import type { Specification } from '../../../protocol/specification.ts';
import type { Owner } from '../shell/lease-files.ts';
import { engineMessage, engineProblem } from './engine.ts';

/** What does not change while the engine runs. */
export type EngineFacts = {
  cpus: number;
  /** As the kernel calls it (x86_64, aarch64). */
  architecture: string;
  /** Who owns files that a container's root must read, where the engine remaps users. */
  owner: Owner;
  /** The storage driver may be able to hold a container to a size; a first refusal settles it. */
  maySizeDisk: boolean;
};

const OLDEST_API = 1.41;
const NVIDIA_HOOKS = ['/usr/bin/nvidia-container-runtime-hook', '/usr/bin/nvidia-container-toolkit'];

type Info = {
  NCPU: number;
  Architecture: string;
  Driver: string;
  DriverStatus?: [string, string][];
  DockerRootDir: string;
  SecurityOptions?: string[];
  CgroupVersion?: string;
  InitBinary?: string;
  OSType: string;
  Runtimes?: Record<string, unknown>;
};

/** With userns-remap the engine keeps its data in a folder named after the first remapped user and group. */
function remappedOwner(info: Info): Owner {
  if (!(info.SecurityOptions ?? []).some((option) => option.includes('name=userns'))) return null;
  const [, uid, gid] = /\/(\d+)\.(\d+)$/.exec(info.DockerRootDir) ?? [];
  return uid === undefined || gid === undefined ? null : { uid: Number(uid), gid: Number(gid) };
}

export async function engineFacts(docker: Docker): Promise<EngineFacts> {
  const info = (await docker.info()) as Info;
  const backing = info.DriverStatus?.find(([name]) => name === 'Backing Filesystem')?.[1];
  return {
    cpus: info.NCPU,
    architecture: info.Architecture,
    owner: remappedOwner(info),
    maySizeDisk: ['btrfs', 'zfs'].includes(info.Driver) || (info.Driver === 'overlay2' && backing === 'xfs'),
  };
}

/** What the engine is, or why it cannot be used. */
export async function describeEngine(
  docker: Docker,
): Promise<{ docker: Specification['docker']; problem: string | null }> {
  try {
    const [version, info] = await Promise.all([docker.version(), docker.info() as Promise<Info>]);
    if (info.OSType !== 'linux')
      return { docker: null, problem: 'Docker Engine runs Windows containers here. Switch it to Linux containers.' };
    if (Number(version.ApiVersion) < OLDEST_API) {
      return { docker: null, problem: `Docker Engine ${version.Version} is too old. Install 20.10 or later.` };
    }
    return {
      docker: {
        version: version.Version,
        apiVersion: version.ApiVersion,
        storageDriver: info.Driver,
        cgroupVersion: info.CgroupVersion ?? '1',
        gpuRuntime: info.Runtimes?.nvidia !== undefined || NVIDIA_HOOKS.some((path) => existsSync(path)),
      },
      problem: null,
    };
  } catch (error) {
    const problem =
      engineProblem(error) ?? `Docker Engine answered with an error: ${engineMessage(error).slice(0, 300)}`;
    return { docker: null, problem };
  }
}
