import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod/mini';
import { writePrivateFile } from './files.ts';

const LONGEST_BUNDLE = 300 * 1024 * 1024;
const folderName = z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/));
const noteSchema = z.object({ version: folderName, sha256: z.string() });
const manifestSchema = z.object({ version: folderName });
/** `GET /downloads/index.json`: what the market serves to machines, with its SHA-256. */
const downloadIndex = z.object({
  files: z.array(z.object({ name: z.string(), bytes: z.int(), sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)) })),
});

/** Where the newest bundle of ssh tools below `folder` lies; null when there is none. */
export function installedTools(
  folder: string,
  arch: string = process.arch,
): { directory: string; sha256: string } | null {
  try {
    const note = noteSchema.parse(JSON.parse(readFileSync(join(folder, `current-${arch}.json`), 'utf8')));
    const directory = join(folder, note.version);
    return existsSync(join(directory, 'manifest.json')) ? { directory, sha256: note.sha256 } : null;
  } catch {
    return null;
  }
}

/**
 * Brings the market's bundle of ssh tools below `folder` unless it is there; older ones stay, because running rentals use
 * them. Resolves to its folder; null when the market has none for this machine. Rejects with a sentence when it cannot be had.
 */
export async function bringTools(market: string, folder: string, arch: string = process.arch): Promise<string | null> {
  const name = `tools-${arch}.tar.gz`;
  const index = await fetchIndex(market);
  const wanted = index.files.find((file) => file.name === name);
  if (wanted === undefined) return null;
  const present = installedTools(folder, arch);
  if (present?.sha256 === wanted.sha256) return present.directory;
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const arriving = join(folder, `.arriving-${randomUUID()}`);
  const archive = `${arriving}.tar.gz`;
  try {
    const answer = await fetch(`${market}/downloads/${name}`, {
      redirect: 'error',
      signal: AbortSignal.timeout(600_000),
    });
    if (!answer.ok || answer.body === null) throw new Error(`the market answered ${answer.status}`);
    const sha256 = await save(Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]), archive);
    if (sha256 !== wanted.sha256) throw new Error('its SHA-256 is not the one that the market states');
    mkdirSync(arriving, { mode: 0o755 });
    await extract(archive, arriving);
    const { version } = manifestSchema.parse(JSON.parse(readFileSync(join(arriving, 'manifest.json'), 'utf8')));
    const directory = join(folder, version);
    if (!existsSync(directory)) renameSync(arriving, directory);
    writePrivateFile(join(folder, `current-${arch}.json`), `${JSON.stringify({ version, sha256 })}\n`);
    return directory;
  } catch (error) {
    throw new Error(`The ssh tools could not be brought from ${market}: ${(error as Error).message}.`);
  } finally {
    rmSync(archive, { force: true });
    rmSync(arriving, { recursive: true, force: true });
  }
}

async function fetchIndex(market: string): Promise<z.infer<typeof downloadIndex>> {
  try {
    const answer = await fetch(`${market}/downloads/index.json`, {
      redirect: 'error',
      signal: AbortSignal.timeout(20_000),
    });
    if (!answer.ok) throw new Error(`it answered ${answer.status}`);
    return downloadIndex.parse(await answer.json());
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new Error(`The market at ${market} does not say which ssh tools it has: ${(cause as Error).message}.`);
  }
}

async function save(body: Readable, path: string): Promise<string> {
  const hash = createHash('sha256');
  let size = 0;
  await pipeline(
    body,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        size += chunk.length;
        if (size > LONGEST_BUNDLE) throw new Error('it has no end');
        hash.update(chunk);
        yield chunk;
      }
    },
    createWriteStream(path, { mode: 0o600 }),
  );
  return hash.digest('hex');
}

function extract(archive: string, folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const tar = spawn('tar', ['-xzf', archive, '-C', folder, '--no-same-owner'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let complaint = '';
    tar.stderr.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString('utf8')).slice(0, 300);
    });
    tar.once('error', (error) => reject(new Error(`"tar" could not be run (${error.message})`)));
    tar.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`"tar" failed: ${complaint.trim()}`))));
  });
}
