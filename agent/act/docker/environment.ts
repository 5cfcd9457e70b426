import { WorkloadFailure } from '../runtime.ts';

/** One environment, split by who may see it. */
export type SplitEnvironment = {
  /** For the container's configuration, which programs of the host read while they set it up. A bare name removes the image's variable. */
  configured: string[];
  /** For the renter's own processes only: given to them inside, when the container already runs. */
  inside: Record<string, string>;
  /** Everything that an ssh session sees. */
  session: Record<string, string>;
};

const NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
/**
 * Read by the loader or by NVIDIA's container toolkit, which run as root on the host while a container is set up:
 * an image's LD_PRELOAD escaped that way (CVE-2025-23266), and NVIDIA_VISIBLE_DEVICES=all asks for other renters' GPUs.
 */
const GUARDED = /^(LD_|NVIDIA_|GLIBC_TUNABLES$)/;
const OURS = new Set(['NVIDIA_VISIBLE_DEVICES', 'NVIDIA_DRIVER_CAPABILITIES']);
/** Of the image's own user, not of the one who logs in. */
const OF_THE_IMAGE_USER = new Set(['HOME', 'USER', 'LOGNAME', 'SHELL']);
const MOST_BYTES = 1_048_576;
/** Linux takes no longer single string on an exec (MAX_ARG_STRLEN). */
const LONGEST_BYTES = 131_000;

/** The variables of an image's configuration, which are data from a stranger. */
export function parseEnvironment(entries: string[] | null | undefined): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const entry of entries ?? []) {
    const equals = entry.indexOf('=');
    if (equals > 0 && NAME.test(entry.slice(0, equals))) variables[entry.slice(0, equals)] = entry.slice(equals + 1);
  }
  return variables;
}

function refuseUnfit(renter: Record<string, string>): void {
  let bytes = 0;
  for (const [name, value] of Object.entries(renter)) {
    const size = Buffer.byteLength(name) + Buffer.byteLength(value);
    bytes += size;
    if (!NAME.test(name) || value.includes('\0')) {
      throw new WorkloadFailure(
        'unrunnable',
        `The environment variable "${name.slice(0, 80)}" cannot be set: its name or value holds characters that no process can be given.`,
      );
    }
    if (size > LONGEST_BYTES) {
      throw new WorkloadFailure(
        'unrunnable',
        `The environment variable "${name.slice(0, 80)}" is longer than ${LONGEST_BYTES} bytes. Put it into a file.`,
      );
    }
  }
  if (bytes > MOST_BYTES) {
    throw new WorkloadFailure(
      'unrunnable',
      'The environment is larger than 1 MiB in all. Put large values into files.',
    );
  }
}

/** Splits image and renter variables; the renter's win, and which GPUs are visible is said by the lease alone. */
export function splitEnvironment(
  image: Record<string, string>,
  renter: Record<string, string>,
  gpuUuids: string[],
): SplitEnvironment {
  refuseUnfit(renter);
  const merged = { ...image, ...renter };
  const guarded = Object.keys(merged).filter((name) => GUARDED.test(name));
  const inside = Object.fromEntries(
    guarded.filter((name) => !OURS.has(name)).map((name) => [name, merged[name] ?? '']),
  );
  const gpus = {
    NVIDIA_VISIBLE_DEVICES: gpuUuids.length > 0 ? gpuUuids.join(',') : 'void',
    NVIDIA_DRIVER_CAPABILITIES: 'compute,utility',
  };
  const plain = Object.entries(merged).filter(([name]) => !GUARDED.test(name));
  const ofImageUser = ([name]: [string, string]) => OF_THE_IMAGE_USER.has(name) && renter[name] === undefined;
  return {
    configured: [
      ...plain.map(([name, value]) => `${name}=${value}`),
      ...guarded.filter((name) => !OURS.has(name)),
      ...Object.entries(gpus).map(([name, value]) => `${name}=${value}`),
    ],
    inside,
    session: { ...Object.fromEntries(plain.filter((entry) => !ofImageUser(entry))), ...inside, ...gpus },
  };
}
