/** Images that one click takes. Any other public image works too. */
export const IMAGE_PRESETS = [
  {
    image: 'ubuntu:24.04',
    label: 'Ubuntu 24.04',
    description: 'A plain system with apt. About 30 MB to pull.',
  },
  {
    image: 'pytorch/pytorch:2.9.1-cuda12.8-cudnn9-runtime',
    label: 'PyTorch',
    description: 'PyTorch with CUDA and cuDNN. Several GB to pull at first.',
  },
  {
    image: 'nvidia/cuda:12.8.1-devel-ubuntu24.04',
    label: 'CUDA toolkit',
    description: 'Compiler and libraries to build for NVIDIA GPUs. Several GB to pull at first.',
  },
  {
    image: 'sublet/busybox:latest',
    label: 'BusyBox, offline',
    description: 'A tiny image that this market makes itself: works without a network, for trying things out.',
  },
] as const;

/** A container image by its parts, as the distribution project writes references. */
export type ImageReference = {
  /** The registry, `docker.io` when none is named. */
  readonly domain: string;
  readonly path: string;
  readonly tag: string | null;
  readonly digest: string | null;
  /** As the renter wrote it, without spaces around: what is shown and what the runtime is given. */
  readonly text: string;
};

// The grammar of github.com/distribution/reference (reference.go), which Docker and containerd use:
//   reference := name [ ":" tag ] [ "@" digest ] ; name := [ domain "/" ] path-component *( "/" path-component )
const ALNUM = '[a-z0-9]+';
const SEPARATOR = '(?:[._]|__|-+)';
const PATH_COMPONENT = `${ALNUM}(?:${SEPARATOR}${ALNUM})*`;
const DOMAIN_LABEL = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const DOMAIN = `(?:${DOMAIN_LABEL}(?:\\.${DOMAIN_LABEL})*|\\[(?:[a-fA-F0-9:]+)\\])(?::[0-9]{1,5})?`;
const PATH = `${PATH_COMPONENT}(?:/${PATH_COMPONENT})*`;
const TAG = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
const DIGEST = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';

const REFERENCE = new RegExp(`^(${PATH})(?::(${TAG}))?(?:@(${DIGEST}))?$`);
const IS_DOMAIN = new RegExp(`^${DOMAIN}$`);
const LONGEST_NAME = 255;
const LONGEST_TEXT = 500;

/** Reads an image name, or says in a sentence what is wrong with it. */
export function readImage(input: string): ImageReference | { readonly problem: string } {
  const text = input.trim();
  if (text === '') return { problem: 'Name an image, for example "ubuntu:24.04".' };
  if (text.length > LONGEST_TEXT) return { problem: `An image name has at most ${LONGEST_TEXT} characters.` };
  if (/\s/.test(text)) return { problem: 'An image name has no spaces. Put arguments into the command.' };
  if (text.startsWith('-')) return { problem: 'An image name does not begin with a dash.' };
  const { domain, rest } = splitDomain(text);
  const match = REFERENCE.exec(rest);
  if (match === null)
    return { problem: 'This is not an image name. Write it like "ubuntu:24.04" or "ghcr.io/owner/name:tag".' };
  const [, path = '', tag = null, digest = null] = match;
  if (domain !== 'docker.io' && !validPort(domain))
    return { problem: 'The registry of this image has an impossible port.' };
  if (`${domain}/${path}`.length > LONGEST_NAME)
    return { problem: `The name of an image has at most ${LONGEST_NAME} characters.` };
  if (/^[0-9a-f]{64}$/.test(path)) return { problem: 'This is the id of an image. Name it by repository and tag.' };
  return { domain, path: domain === 'docker.io' && !path.includes('/') ? `library/${path}` : path, tag, digest, text };
}

// As reference.splitDockerDomain does: the first part is a registry when it cannot be a part of a path.
function splitDomain(text: string): { domain: string; rest: string } {
  const slash = text.indexOf('/');
  const first = slash === -1 ? '' : text.slice(0, slash);
  const named = first === 'localhost' || /[.:]/.test(first) || first !== first.toLowerCase();
  if (slash === -1 || !named || !IS_DOMAIN.test(first)) return { domain: 'docker.io', rest: text };
  const domain = first === 'index.docker.io' ? 'docker.io' : first;
  return { domain, rest: text.slice(slash + 1) };
}

function validPort(domain: string): boolean {
  const port = /:(\d+)$/.exec(domain.replace(/^\[.*\]/, ''))?.[1];
  return port === undefined || (Number(port) >= 1 && Number(port) <= 65_535);
}

/**
 * Whether a registry is named by an address that only the host's own network knows: loopback, private or link-local
 * (RFC 1918, 3927, 4193, 4291, 6598). A host's machine would fetch from it, so it is not a renter's to choose. Names that
 * lead to such an address are for the agent to refuse.
 */
export function isPrivateRegistry(reference: Pick<ImageReference, 'domain'>): boolean {
  const host = reference.domain
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase();
  if (host === 'localhost' || host.endsWith('.localhost') || host.endsWith('.local') || host.endsWith('.internal'))
    return true;
  if (host.includes(':')) return /^(::1?$|f[cd]|fe[89ab]|::ffff:)/.test(host);
  const parts = host.split('.');
  // Whatever a resolver may read as a number ("127.1", "0x7f.0.0.1", "2130706433") counts as private unless it is a plain public address.
  if (!parts.every((part) => /^(0x[0-9a-f]*|\d+)$/.test(part))) return parts.length === 1;
  if (parts.length !== 4 || parts.some((part) => !/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255)) return true;
  const [a = 0, b = 0] = parts.map(Number);
  return (
    a === 0 ||
    a === 10 ||
    a === 127 ||
    (a === 169 && b === 254) ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 100 && b >= 64 && b < 128)
  );
}

/** What is wrong with a command, as a sentence, or null. Each word is one argument: no shell reads it. */
export function commandProblem(command: readonly string[] | null): string | null {
  if (command === null) return null;
  if (command.length === 0) return 'A command has at least one word. Leave it out to get a shell only.';
  if (command.length > 100) return 'A command has at most 100 words.';
  if (command.some((word) => word.length > 8_192)) return 'A word of a command has at most 8,192 characters.';
  if (command.some((word) => word.includes('\0'))) return 'A command has no null characters.';
  return command[0] === '' ? 'A command begins with a program.' : null;
}

export const BOOKING_NAME_MAX = 80;

/** What is wrong with a name for a rental, as a sentence, or null. */
export function bookingNameProblem(name: string): string | null {
  const trimmed = name.trim();
  if (trimmed === '') return 'Give it a name.';
  if ([...trimmed].length > BOOKING_NAME_MAX) return `A name has at most ${BOOKING_NAME_MAX} characters.`;
  return /\p{Cc}/u.test(trimmed) ? 'A name has no control characters.' : null;
}
