import type Docker from 'dockerode';
import type { WorkloadSpec } from '../runtime.ts';
import { inspect, isConflict, unlessGone } from './engine.ts';

const COMMITS = 'sublet/lease';

const tagOf = (leaseId: string, run: number) => `${leaseId}-${run}`;

/** A bridge of its own for each lease: containers of other leases cannot reach this one. */
export async function ensureNetwork(docker: Docker, name: string, labels: Record<string, string>): Promise<void> {
  if (await hasNetwork(docker, name)) return;
  try {
    await docker.createNetwork({ Name: name, Driver: 'bridge', CheckDuplicate: true, Labels: labels });
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
}

export async function hasNetwork(docker: Docker, name: string): Promise<boolean> {
  return (await unlessGone(docker.getNetwork(name).inspect())) !== null;
}

/** The anonymous volumes that an image's VOLUME lines made, by their path: they are no part of a commit. */
export function volumesOf(container: Docker.ContainerInspectInfo): Record<string, string> {
  const volumes = container.Mounts.filter(({ Type }) => Type === 'volume');
  return Object.fromEntries(
    volumes.flatMap(({ Destination, Name }) => (Name === undefined ? [] : [[Destination, Name]])),
  );
}

/** Keeps what a lease wrote as an image, so that a container made otherwise (other GPUs) can go on from it. */
export async function commitLease(
  docker: Docker,
  spec: WorkloadSpec,
  from: Docker.ContainerInspectInfo,
): Promise<string> {
  const tag = tagOf(spec.leaseId, spec.run);
  await docker.getContainer(from.Id).commit({ repo: COMMITS, tag, pause: false });
  return `${COMMITS}:${tag}`;
}

/** Removes container, volumes, network and commits of a lease: whatever of them is there. */
export async function removeRemains(docker: Docker, name: string, leaseId: string): Promise<void> {
  const container = await inspect(docker, name);
  if (container !== null) {
    await unlessGone(docker.getContainer(container.Id).remove({ force: true, v: true }));
    for (const volume of Object.values(volumesOf(container))) await unlessGone(docker.getVolume(volume).remove());
  }
  await unlessGone(docker.getNetwork(name).remove());
  const images = await docker.listImages({ filters: { reference: [COMMITS] } });
  for (const image of images) {
    const tags = (image.RepoTags ?? []).filter((tag) => tag.startsWith(`${COMMITS}:${leaseId}-`));
    for (const tag of tags) await unlessGone(docker.getImage(tag).remove());
  }
}
