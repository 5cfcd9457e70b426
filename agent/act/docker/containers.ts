import { existsSync } from 'node:fs';
import type Docker from 'dockerode';
import { WorkloadFailure, type WorkloadSpec } from '../runtime.ts';
import type { LeaseFiles } from '../shell/lease-files.ts';
import { readTools } from '../shell/tools.ts';
import { createRequest, type ImageConfiguration, imageConfiguration, shapeOf } from './create-request.ts';
import type { EngineFacts } from './describe.ts';
import { architectureOf, inspect, isNotModified, unlessGone } from './engine.ts';
import { splitEnvironment } from './environment.ts';
import { furnish, readAccounts } from './image-files.ts';
import type { Kills } from './kills.ts';
import { LOG_START, type LogPosition } from './logs.ts';
import { commitLease, ensureNetwork, hasNetwork, volumesOf } from './remains.ts';

/** What is remembered of a lease beside its container: labels cannot be changed, and the image may be gone by the next start. */
export type LeaseNote = {
  run: number;
  image: ImageConfiguration;
  /** What the lease's container was last made from, when that was an earlier container of it. */
  kept?: Origin;
};

export type ContainerSetting = {
  docker: Docker;
  market: string;
  toolsDirectory: string;
  gpus: 'nvidia' | 'simulated';
  facts: EngineFacts;
  files: LeaseFiles;
  kills: Kills;
};

export const containerNameOf = (leaseId: string) => `sublet-${leaseId}`;

/** True for a container that this market made for that lease; an image can carry labels too, so the name counts as well. */
export function isOurs(name: string, labels: Record<string, string> | undefined, market: string): boolean {
  const leaseId = labels?.['sublet.lease'];
  return (
    leaseId !== undefined &&
    labels?.['sublet.market'] === market &&
    name.replace(/^\//, '') === containerNameOf(leaseId)
  );
}

async function imageFor(
  spec: WorkloadSpec,
  { docker, facts }: ContainerSetting,
): Promise<{ id: string; config: ImageConfiguration }> {
  const image = await unlessGone(docker.getImage(spec.image).inspect());
  if (image === null) {
    throw new WorkloadFailure(
      'pullFailed',
      `The image "${spec.image.slice(0, 200)}" is not on this machine. It has to be pulled first.`,
    );
  }
  const machine = architectureOf(facts.architecture);
  if (image.Architecture !== '' && image.Architecture !== machine) {
    throw new WorkloadFailure(
      'unrunnable',
      `"${spec.image}" is built for ${image.Architecture}, and this machine is ${machine}. Choose an image that is built for it.`,
      undefined,
      { onlyHere: true },
    );
  }
  const config = imageConfiguration(image.Config);
  if (config.volumes.some((path) => path.startsWith('/var/run/nvidia-container-devices'))) {
    throw new WorkloadFailure(
      'unrunnable',
      'This image asks for GPUs by a volume of its own, which is not allowed here.',
    );
  }
  return { id: image.Id, config };
}

/** Reads what the resting container holds, writes what sshd needs to know, and starts it. */
async function startContainer(
  setting: ContainerSetting,
  container: Docker.Container,
  spec: WorkloadSpec,
  image: ImageConfiguration,
): Promise<void> {
  const { files, toolsDirectory } = setting;
  await furnish(container);
  const { session } = splitEnvironment(image.environment, spec.environment, spec.gpuUuids);
  files.writeShell(spec.leaseId, {
    tools: readTools(toolsDirectory),
    accounts: await readAccounts(container),
    environment: session,
    authorizedKeys: spec.authorizedKeys,
  });
  const note = files.readNote(spec.leaseId, 'state') as LeaseNote | null;
  files.writeNote(spec.leaseId, 'state', { ...note, run: spec.run, image } satisfies LeaseNote);
  await container.start().catch((error) => {
    if (!isNotModified(error)) throw error;
  });
}

/** What a new container is made from. */
type Origin = { imageId: string; image: ImageConfiguration; volumes: Record<string, string> };

/** The renter's image; or, when the lease ran before, all that it had, moved out of its old container without a moment in which a crash would lose it. */
async function originOf(
  setting: ContainerSetting,
  spec: WorkloadSpec,
  before: Docker.ContainerInspectInfo | null,
): Promise<Origin> {
  const { docker, files } = setting;
  const note = files.readNote(spec.leaseId, 'state') as LeaseNote | null;
  if (before === null) {
    const kept = note?.kept;
    if (kept !== undefined && (await unlessGone(docker.getImage(kept.imageId).inspect())) !== null) {
      return { ...kept, image: note?.image ?? kept.image };
    }
    const { id, config } = await imageFor(spec, setting);
    return { imageId: id, image: config, volumes: {} };
  }
  const image = note?.image ?? (await imageFor(spec, setting)).config;
  const kept = { imageId: await commitLease(docker, spec, before), image, volumes: volumesOf(before) };
  files.writeNote(spec.leaseId, 'state', { run: note?.run ?? spec.run, image, kept } satisfies LeaseNote);
  await docker.getContainer(before.Id).remove({ force: true });
  const logs = (files.readNote(spec.leaseId, 'logs') as LogPosition | null) ?? LOG_START;
  files.writeNote(spec.leaseId, 'logs', { ...LOG_START, base: logs.offset, offset: logs.offset });
  return kept;
}

/** A new container from the image, or from what the lease's container before had written. */
async function makeContainer(
  setting: ContainerSetting,
  spec: WorkloadSpec,
  before: Docker.ContainerInspectInfo | null,
): Promise<void> {
  const { docker, facts, files, market, toolsDirectory, gpus } = setting;
  const name = containerNameOf(spec.leaseId);
  const { mountSource } = files.prepare(spec.leaseId);
  const network = ensureNetwork(docker, name, { 'sublet.lease': spec.leaseId, 'sublet.market': market });
  // Both are waited for, also when one fails: a network must not appear after the lease was removed.
  const [origin] = await Promise.allSettled([originOf(setting, spec, before), network]);
  if (origin.status === 'rejected') throw origin.reason;
  await network;
  const { image, ...from } = origin.value;
  const around = {
    market,
    containerName: name,
    networkName: name,
    leaseMount: mountSource,
    toolsDirectory,
    gpus,
    ...from,
  };
  const create = (sizedDisk: boolean) =>
    docker.createContainer(createRequest(spec, image, { ...around, cpus: facts.cpus, sizedDisk }));
  const container = await create(facts.maySizeDisk).catch((error) => {
    if (!facts.maySizeDisk || !/storage-opt/i.test(String(error))) throw error;
    facts.maySizeDisk = false;
    return create(false);
  });
  await startContainer(setting, container, spec, image);
}

/**
 * Has the lease's container running. One that runs already is adopted; one that rests is started again when it fits, with its files;
 * one that does not fit (other GPUs, other limits, tools or network gone) is replaced by a new one with the same files.
 */
export async function bringUpContainer(
  setting: ContainerSetting,
  spec: WorkloadSpec,
): Promise<{ justStarted: boolean }> {
  const { docker, files, market, kills } = setting;
  const name = containerNameOf(spec.leaseId);
  const there = await inspect(docker, name);
  if (there === null) {
    await makeContainer(setting, spec, null);
    return { justStarted: true };
  }
  const labels = there.Config.Labels;
  if (!isOurs(there.Name, labels, market)) {
    throw new WorkloadFailure(
      'startFailed',
      `A container named ${name} that this agent did not make is in the way. Remove it.`,
    );
  }
  const note = files.readNote(spec.leaseId, 'state') as LeaseNote | null;
  const fits =
    note !== null &&
    files.hostKey(spec.leaseId) !== null &&
    labels['sublet.shape'] === shapeOf(spec) &&
    existsSync(labels['sublet.tools'] ?? '') &&
    (await hasNetwork(docker, name));
  if (!fits) {
    if (there.State.Running) await kills.ours(spec.leaseId, () => docker.getContainer(there.Id).stop({ t: 10 }));
    await makeContainer(setting, spec, there);
    return { justStarted: true };
  }
  if (there.State.Running) {
    files.writeKeys(spec.leaseId, spec.authorizedKeys);
    files.writeNote(spec.leaseId, 'state', { ...note, run: spec.run } satisfies LeaseNote);
    return { justStarted: false };
  }
  const container = docker.getContainer(there.Id);
  await startContainer(
    { ...setting, toolsDirectory: labels['sublet.tools'] ?? setting.toolsDirectory },
    container,
    spec,
    note.image,
  );
  return { justStarted: true };
}
