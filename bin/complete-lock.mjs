/**
 * After adding a dependency from a registry mirror that lacks the packages of other platforms: npm then leaves these out of package-lock.json, and `npm ci`
 * refuses the file. This writes them back, with the version their parent pins.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HOME } from './lib/home.mjs';

const path = join(HOME, 'package-lock.json');
const lock = JSON.parse(readFileSync(path, 'utf8'));

/** npm looks beside the package first, then one folder up, and so on. */
function isLocked(from, name) {
  for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf('/node_modules/')))) {
    if (lock.packages[`${base === '' ? '' : `${base}/`}node_modules/${name}`] !== undefined) return true;
    if (base === '') return false;
  }
}

function entryOf(name, version, dev) {
  const os = /android|darwin|linux|win32|freebsd|openbsd|netbsd|sunos/.exec(name)?.[0];
  const cpu = /wasm32|arm64|x64|arm/.exec(name)?.[0];
  if (cpu === undefined || !/^\d+\.\d+\.\d+$/.test(version))
    throw new Error(`Add ${name}@${version} to the lock file by hand.`);
  return {
    version,
    cpu: [cpu],
    ...(dev ? { dev: true } : {}),
    ...(os === 'linux' ? { libc: [name.includes('musl') ? 'musl' : 'glibc'] } : {}),
    optional: true,
    ...(os === undefined ? {} : { os: [os] }),
  };
}

for (const [from, { optionalDependencies = {}, dev }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    if (isLocked(from, name)) continue;
    lock.packages[`node_modules/${name}`] = entryOf(name, version, dev);
    console.log(`added ${name}@${version}`);
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
