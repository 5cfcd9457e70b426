import { posix } from 'node:path';
import type Docker from 'dockerode';
import { type AccountFiles, accountFiles, rootCandidates } from '../shell/accounts.ts';
import { LEASE_MOUNT, TOOLS_MOUNT } from '../shell/tools.ts';
import { isNotFound } from './engine.ts';
import { firstTarEntry, type TarItem, tarOf } from './tar.ts';

const LARGEST_BYTES = 2_097_152;
const MOST_LINKS = 5;

async function readTar(container: Docker.Container, path: string): Promise<Buffer | null> {
  try {
    const stream = await container.getArchive({ path });
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of stream) {
      size += chunk.length;
      if (size > LARGEST_BYTES) return null;
      chunks.push(chunk as Buffer);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

/** A small text file of a container as data, never through the host's file system; '' when there is none. Links are followed inside the container. */
async function readText(container: Docker.Container, path: string): Promise<string> {
  let wanted = path;
  for (let links = 0; links < MOST_LINKS; links += 1) {
    const tar = await readTar(container, wanted);
    const entry = tar === null ? null : firstTarEntry(tar);
    if (entry === null) return '';
    if (entry.kind === 'file') return entry.content;
    wanted = posix.resolve(posix.dirname(wanted), entry.target);
  }
  return '';
}

async function exists(container: Docker.Container, path: string): Promise<boolean> {
  try {
    await container.infoArchive({ path });
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

/** What sshd is told of users in this container. The container should not run meanwhile: then nobody changes what is read. */
export async function readAccounts(container: Docker.Container): Promise<AccountFiles> {
  const [passwd, group] = await Promise.all([readText(container, '/etc/passwd'), readText(container, '/etc/group')]);
  const { shells, homes } = rootCandidates(passwd);
  const [shell, home] = await Promise.all([firstThatExists(container, shells), firstThatExists(container, homes)]);
  return accountFiles({ passwd, group }, { shell: shell ?? `${TOOLS_MOUNT}/bin/sh`, home: home ?? '/' });
}

async function firstThatExists(container: Docker.Container, paths: string[]): Promise<string | undefined> {
  const there = await Promise.all(paths.map((path) => exists(container, path)));
  return paths.find((_, index) => there[index]);
}

/**
 * Puts in what a shell needs and the image lacks: /tmp, a home for root, and one line in /etc/profile.d, because Debian's /etc/profile forgets PATH
 * for root, so that `python` of an image would be gone in a login shell. What is there is left alone.
 */
export async function furnish(container: Docker.Container): Promise<void> {
  const places = ['/tmp', '/root', '/etc/profile.d'];
  const [tmp, home, profiles] = await Promise.all(places.map((path) => exists(container, path)));
  const items: TarItem[] = [];
  if (!tmp) items.push({ name: 'tmp/', mode: 0o1777 });
  if (!home) items.push({ name: 'root/', mode: 0o700 });
  if (profiles) {
    const content = Buffer.from(`[ -r ${LEASE_MOUNT}/profile.sh ] && . ${LEASE_MOUNT}/profile.sh\n`);
    items.push({ name: 'etc/profile.d/zz-sublet.sh', mode: 0o644, content });
  }
  if (items.length > 0) await container.putArchive(tarOf(items), { path: '/' });
}
