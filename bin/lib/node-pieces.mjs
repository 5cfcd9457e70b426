import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { access, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { HOME } from './home.mjs';
import { run } from './run.mjs';

const ARCHES = ['x64', 'arm64'];

/**
 * Makes `node-linux-<arch>.gz` below `folder` for machines that have no Node.js of their own: from the installed package, or for another kind of machine
 * from the registry, checked against the lock file. Resolves to `{ arch: sentence }` for those that could not be made.
 */
export async function makeNodePieces(folder) {
  await mkdir(folder, { recursive: true });
  const lock = JSON.parse(await readFile(join(HOME, 'package-lock.json'), 'utf8'));
  const missing = {};
  for (const arch of ARCHES) {
    const locked = lock.packages[`node_modules/node-linux-${arch}`];
    try {
      await makePiece(folder, arch, locked);
    } catch (error) {
      missing[arch] = error.message;
    }
  }
  return missing;
}

async function makePiece(folder, arch, { version, integrity }) {
  const piece = join(folder, `node-linux-${arch}.gz`);
  const note = join(folder, `node-linux-${arch}.version`);
  if ((await readFile(note, 'utf8').catch(() => '')).trim() === version && (await exists(piece))) return;
  const work = await mkdtemp(join(tmpdir(), 'sublet-node-'));
  const half = join(folder, `.node-linux-${arch}.${process.pid}.half`);
  try {
    const installed = join(HOME, 'node_modules', `node-linux-${arch}`, 'bin', 'node');
    const source = (await exists(installed)) ? installed : await fetchNode(work, arch, version, integrity);
    // No time of day in it, so that the same Node gives the same bytes.
    await pipeline(createReadStream(source), createGzip({ level: 6 }), createWriteStream(half, { mode: 0o644 }));
    await rename(half, piece);
    await writeFile(note, `${version}\n`);
  } finally {
    await rm(work, { recursive: true, force: true });
    await rm(half, { force: true });
  }
}

async function fetchNode(work, arch, version, integrity) {
  const cli = process.env.npm_execpath;
  const npm = cli?.endsWith('.js') ? [process.execPath, cli] : ['npm'];
  const { code, output } = await run([...npm, 'pack', `node-linux-${arch}@${version}`, '--pack-destination', work], {
    cwd: work,
  });
  if (code !== 0) throw new Error(`npm could not fetch node-linux-${arch}: ${output.trim().split('\n').at(-1)}`);
  const archive = join(work, `node-linux-${arch}-${version}.tgz`);
  const hash = createHash('sha512');
  await pipeline(createReadStream(archive), hash);
  if (`sha512-${hash.digest('base64')}` !== integrity)
    throw new Error(`node-linux-${arch} is not the package that the lock file names.`);
  await extract(archive, work);
  return join(work, 'package', 'bin', 'node');
}

function extract(archive, folder) {
  return new Promise((resolve, reject) => {
    const tar = spawn('tar', ['-xzf', archive, '-C', folder, 'package/bin/node'], { stdio: 'ignore' });
    tar.once('error', reject);
    tar.once('close', (code) => (code === 0 ? resolve() : reject(new Error('tar could not unpack Node.js.'))));
  });
}

const exists = (path) =>
  access(path).then(
    () => true,
    () => false,
  );
