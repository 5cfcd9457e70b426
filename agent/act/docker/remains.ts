import { randomInt } from 'node:crypto';
import type Docker from 'dockerode';
import type { WorkloadSpec } from '../runtime.ts';
import { engineMessage, inspect, isConflict, unlessGone } from './engine.ts';

const COMMITS = 'sublet/lease';

const tagOf = (leaseId: string, run: number) => `${leaseId}-${run}`;

const TRIES = 64;

/**
 * A bridge of its own for each lease: containers of other leases cannot reach this one. Docker has some thirty networks to give by itself;
 * after that, small ones are cut out of 10.213.0.0/16.
 */
export async function ensureNetwork(docker: Docker, name: string, labels: Record<string, string>): Promise<void> {
  if (await hasNetwork(docker, name)) return;
  try {
    await docker.createNetwork({ Name: name, Driver: 'bridge', CheckDuplicate: true, Labels: labels });
  } catch (error) {
    if (/address pool|predefined/i.test(engineMessage(error))) await smallNetwork(docker, name, labels);
    else if (!isConflict(error)) throw error;
  }
}

/** A network of sixteen addresses that overlaps with no other of this engine. */
export async function smallNetwork(docker: Docker, name: string, labels: Record<string, string>): Promise<void> {
  let last: unknown;
  for (let tried = 0; tried < TRIES; tried += 1) {
    const Subnet = `10.213.${randomInt(256)}.${randomInt(16) * 16}/28`;
    try {
      await docker.createNetwork({
        Name: name,
        Driver: 'bridge',
        CheckDuplicate: true,
        Labels: labels,
        IPAM: { Driver: 'default', Config: [{ Subnet }] },
      });
      return;
    } catch (error) {
      if (isConflict(error)) return;
      if (!/overlap/i.test(engineMessage(error))) throw error;
      last = error;
    }
  }
  throw last;
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
