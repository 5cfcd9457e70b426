import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { env } from '#lib/io/env.ts';
import { fillInstaller, isServed, type ServedFile } from '../installation.ts';

const folder = () => join(env().dir, 'dist');
const hashes = new Map<string, { readonly mark: string; readonly sha256: Promise<string> }>();

/** What this market serves to machines, with the SHA-256 of each as it lies there now. */
export async function servedFiles(): Promise<ServedFile[]> {
  const names = await readdir(folder()).catch(() => []);
  const files = await Promise.all(names.filter(isServed).sort().map(servedFile));
  return files.flatMap((file) => (file === null ? [] : [{ name: file.name, bytes: file.bytes, sha256: file.sha256 }]));
}

/** One of them, or null. */
export async function servedFile(name: string): Promise<(ServedFile & { readonly path: string }) | null> {
  if (!isServed(name)) return null;
  const path = join(folder(), name);
  try {
    const { size, mtimeMs } = await stat(path);
    const mark = `${size} ${mtimeMs}`;
    const known = hashes.get(path);
    const sha256 = known?.mark === mark ? known.sha256 : hashOf(path);
    hashes.set(path, { mark, sha256 });
    return { name, bytes: size, sha256: await sha256, path };
  } catch {
    hashes.delete(path);
    return null;
  }
}

/** The installer that a host pipes into a shell. */
export async function installer(): Promise<string> {
  const template = await readFile(join(process.cwd(), 'agent/install/install.sh'), 'utf8');
  return fillInstaller(template, env().publicUrl, await servedFiles());
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
