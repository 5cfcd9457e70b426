import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { PullProgress } from '../../../protocol/agent.ts';
import { isPublicRegistry } from '../../../protocol/registries.ts';
import { WorkloadFailure } from '../runtime.ts';
import { asPullFailure, engineMessage, unlessGone } from './engine.ts';
import { type PullMessage, pullProgress } from './pull-progress.ts';
import type { PulledImages } from './pulled-images.ts';
import { BUSYBOX_NAME, type ImageReference, parseReference } from './reference.ts';

const REPORT_EVERY_MS = 250;

export type PullOptions = {
  onProgress: (progress: PullProgress) => void;
  signal: AbortSignal;
  /** What may be used without asking a registry. */
  pulled: PulledImages;
  /** Where the tools bundle lies: the offline image is made from it. */
  toolsDirectory: string;
  /** A pull that does not move for so long has failed. Docker itself tries a broken layer again for some 75 seconds. */
  stallSeconds?: number;
};

/** The image's id when it is on this machine. */
export async function imageId(docker: Docker, image: string): Promise<string | null> {
  return (await unlessGone(docker.getImage(image).inspect()))?.Id ?? null;
}

/** Makes an image present. One that was pulled for a rental before is used as it is, so that a machine without a network can still run it. */
export async function pullImage(docker: Docker, image: string, options: PullOptions): Promise<void> {
  const reference = parseReference(image);
  if (reference === null) {
    throw new WorkloadFailure(
      'imageNotFound',
      `"${image.slice(0, 200)}" is not an image name. Write it like "ubuntu:24.04".`,
    );
  }
  try {
    if (reference.localOnly) return await makeLocalImage(docker, reference, options.toolsDirectory);
    if (options.pulled.has(reference) && (await imageId(docker, image)) !== null) return;
    await pullFromRegistry(docker, image, reference, options);
    options.pulled.add(reference);
  } catch (error) {
    if (options.signal.aborted) throw options.signal.reason;
    throw pullFailure(error, image);
  }
}

/** The busybox image comes from the tools bundle; no other name of ours can be had, though commits of leases bear one. */
async function makeLocalImage(docker: Docker, { name, tag }: ImageReference, toolsDirectory: string): Promise<void> {
  if (name !== BUSYBOX_NAME) {
    throw new WorkloadFailure(
      'imageNotFound',
      `There is no image "${name}:${tag}" to book: names below "sublet/" are made on the machine itself.`,
    );
  }
  if ((await imageId(docker, `${name}:${tag}`)) !== null) return;
  const tar = join(toolsDirectory, 'share/busybox-image.tar');
  if (!existsSync(tar)) {
    throw new WorkloadFailure(
      'pullFailed',
      'The ssh tools of this machine are missing, and the offline image with them. The host can restore both by restarting the agent.',
    );
  }
  const answer = await docker.importImage(createReadStream(tar), {
    repo: name,
    tag,
    changes: ['CMD ["/bin/sh"]', 'ENV PATH=/bin'],
  });
  for await (const line of createInterface({ input: answer as Readable })) {
    const { error } = JSON.parse(line) as PullMessage;
    if (error !== undefined) throw new WorkloadFailure('startFailed', `The busybox image could not be made: ${error}`);
  }
}

async function pullFromRegistry(
  docker: Docker,
  image: string,
  reference: ImageReference,
  { onProgress, signal, stallSeconds = 300 }: PullOptions,
): Promise<void> {
  const stalled = new AbortController();
  const fromImage = reference.name;
  const stream = (await docker.createImage({
    fromImage,
    tag: reference.tag,
    abortSignal: AbortSignal.any([signal, stalled.signal]),
  })) as Readable;
  const progress = pullProgress();
  let reportedAt = Number.NEGATIVE_INFINITY;
  let watchdog = setTimeout(() => stalled.abort(), stallSeconds * 1_000);
  try {
    for await (const line of createInterface({ input: stream })) {
      const message = JSON.parse(line) as PullMessage;
      if (message.status?.startsWith('Retrying') !== true) {
        clearTimeout(watchdog);
        watchdog = setTimeout(() => stalled.abort(), stallSeconds * 1_000);
      }
      if (message.error !== undefined) throw new Error(message.error);
      const at = performance.now();
      progress.take(message, at);
      if (at - reportedAt >= REPORT_EVERY_MS) {
        reportedAt = at;
        onProgress(progress.now());
      }
    }
  } catch (error) {
    if (stalled.signal.aborted) {
      throw new WorkloadFailure(
        'pullFailed',
        `The registry sent nothing for ${stallSeconds} seconds while "${image}" was pulled. Start again to go on where it stopped.`,
      );
    }
    throw error;
  } finally {
    clearTimeout(watchdog);
    stream.destroy();
  }
  if (stalled.signal.aborted || signal.aborted || (await imageId(docker, image)) === null) {
    throw new WorkloadFailure(
      'pullFailed',
      `The pull of "${image}" was cut off before its end. Start again to go on where it stopped.`,
    );
  }
  onProgress(progress.now());
}

/** What went wrong with a pull: `imageNotFound` where what was booked is not to be had, whoever asks, and otherwise a fault of the way to it. */
export function pullFailure(error: unknown, image: string): WorkloadFailure {
  if (error instanceof WorkloadFailure) return error;
  const message = engineMessage(error);
  if (/manifest.*(unknown|not found)|not found: manifest|name unknown|NAME_UNKNOWN/i.test(message)) {
    return new WorkloadFailure('imageNotFound', `The registry has no image "${image}". Check name and tag.`, error);
  }
  if (
    /unauthorized|authentication required|no basic auth|access (?:is )?denied|access to the resource is denied|forbidden|docker login/i.test(
      message,
    )
  ) {
    return new WorkloadFailure(
      'imageNotFound',
      `The registry does not give "${image}" to this machine: it does not exist, or it is private. Only public images can be booked.`,
      error,
    );
  }
  if (/no matching manifest for/i.test(message)) {
    return new WorkloadFailure(
      'imageNotFound',
      `"${image}" does not exist for this machine's processor. Choose an image that does.`,
      error,
      { onlyHere: true },
    );
  }
  // Only the name that the renter wrote is theirs: a proxy, a mirror, or a registry of everybody's that is not found is the machine's network.
  if (namesNoRegistry(message, image)) {
    return new WorkloadFailure(
      'imageNotFound',
      `There is no registry of the name in "${image}", as far as this machine can tell. Check it.`,
      error,
      { onlyHere: true },
    );
  }
  if (/no such host|server misbehaving|Temporary failure in name resolution/i.test(message)) {
    return new WorkloadFailure(
      'pullFailed',
      `The registry of "${image}" could not be looked up from this machine. Try again in a moment.`,
      error,
    );
  }
  return asPullFailure(error, `"${image}" could not be pulled to the end. Start again to go on where it stopped.`);
}

/** Whether the host that nobody knows is the registry in an image's name. */
function namesNoRegistry(message: string, image: string): boolean {
  const host = /lookup (\S+?)(?: on \S+)?: no such host/i.exec(message)?.[1]?.toLowerCase();
  const registry = image.includes('/') ? image.split('/')[0]?.replace(/:\d+$/, '').toLowerCase() : undefined;
  return host !== undefined && host.replace(/\.$/, '') === registry && !isPublicRegistry(registry);
}
