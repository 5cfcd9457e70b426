import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, relative } from 'node:path';
import { busyboxImage } from './busybox-image.mjs';
import { runTool, ToolsUnavailable } from './tools-apt.mjs';

/** Where the bundle lies inside every container. */
const MOUNT = '/.tools';
const LOADERS = { amd64: 'ld-linux-x86-64.so.2', arm64: 'ld-linux-aarch64.so.1' };
const TRIPLETS = { amd64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' };

export const PACKAGES = [
  'openssh-server',
  'openssh-client',
  'openssh-sftp-server',
  'libnss-wrapper',
  'busybox-static',
  'rsync',
];

// [name in the bundle, where Debian and Ubuntu keep it, needs the passwd wrapper, may be missing]
const PROGRAMS = [
  ['bin/sshd', 'usr/sbin/sshd', true, false],
  ['bin/scp', 'usr/bin/scp', true, false],
  ['bin/ssh-add', 'usr/bin/ssh-add', true, false],
  ['bin/rsync', 'usr/bin/rsync', false, false],
  ['libexec/sftp-server', 'usr/lib/openssh/sftp-server', true, false],
  // OpenSSH 9.8 split sshd in two, 10.0 in three.
  ['libexec/sshd-session', 'usr/lib/openssh/sshd-session', true, true],
  ['libexec/sshd-auth', 'usr/lib/openssh/sshd-auth', true, true],
];

function findLibrary(root, triplet, name) {
  for (const folder of [`usr/lib/${triplet}`, `lib/${triplet}`, 'usr/lib', 'lib', 'usr/lib64', 'lib64']) {
    const path = join(root, folder, name);
    if (existsSync(path)) return realpathSync(path);
  }
  throw new ToolsUnavailable(`The library ${name} is in none of the downloaded packages.`);
}

/** Copies what the programs need, and what that needs. */
function collectLibraries(patchelf, find, files, target) {
  const waiting = files.flatMap((file) => patchelf(['--print-needed', file]).split('\n')).concat('libnss_wrapper.so');
  const have = new Set();
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (name === '' || have.has(name)) continue;
    have.add(name);
    const copy = join(target, name);
    cpSync(find(name), copy);
    chmodSync(copy, 0o755);
    waiting.push(...patchelf(['--print-needed', copy]).split('\n'));
  }
  return [...have].sort();
}

/** A patchelf that runs here without being installed. */
export function patchelfFrom(root, architecture) {
  const libraries = join(root, 'usr/lib', TRIPLETS[architecture]);
  const loader = findLibrary(root, TRIPLETS[architecture], LOADERS[architecture]);
  return (args) => runTool(loader, ['--library-path', libraries, join(root, 'usr/bin/patchelf'), ...args]);
}

/**
 * Lays out the bundle in `target` from packages unpacked in `root`: programs that run from `/.tools` in any image, with their own loader and libraries.
 * DT_RPATH and not RUNPATH, so that an image's LD_LIBRARY_PATH cannot swap a library; the passwd wrapper is linked in because an image may have no /etc/passwd.
 */
export function layOut({ root, target, architecture, patchelf }) {
  const loader = LOADERS[architecture];
  const triplet = TRIPLETS[architecture];
  const taken = new Set();
  const take = (path) => {
    taken.add(relative(realpathSync(root), path));
    return path;
  };
  const library = (name) => take(findLibrary(root, triplet, name));
  for (const folder of ['bin', 'lib', 'libexec', 'share/licenses'])
    mkdirSync(join(target, folder), { recursive: true });

  const programs = [];
  for (const [name, from, wrapped, optional] of PROGRAMS) {
    const source = join(root, from);
    if (!existsSync(source)) {
      if (optional) continue;
      throw new ToolsUnavailable(`The program ${from} is in none of the downloaded packages.`);
    }
    cpSync(take(realpathSync(source)), join(target, name));
    chmodSync(join(target, name), 0o755);
    programs.push({ path: join(target, name), wrapped });
  }
  const paths = programs.map((program) => program.path);
  const libraries = collectLibraries(patchelf, library, paths, join(target, 'lib'));
  if (!libraries.includes(loader)) cpSync(library(loader), join(target, 'lib', loader));
  chmodSync(join(target, 'lib', loader), 0o755);

  for (const { path } of programs) {
    patchelf(['--set-interpreter', `${MOUNT}/lib/${loader}`, '--force-rpath', '--set-rpath', `${MOUNT}/lib`, path]);
  }
  for (const name of libraries.filter((library) => library !== loader)) {
    patchelf(['--force-rpath', '--set-rpath', `${MOUNT}/lib`, join(target, 'lib', name)]);
  }
  for (const { path, wrapped } of programs) if (wrapped) patchelf(['--add-needed', 'libnss_wrapper.so', path]);

  const busybox = ['usr/bin/busybox', 'bin/busybox'].map((path) => join(root, path)).find(existsSync);
  if (busybox === undefined) throw new ToolsUnavailable('The package busybox-static holds no busybox.');
  cpSync(take(realpathSync(busybox)), join(target, 'bin/busybox'));
  chmodSync(join(target, 'bin/busybox'), 0o755);
  symlinkSync('busybox', join(target, 'bin/sh'));
  writeFileSync(join(target, 'share/busybox-image.tar'), busyboxImage(readFileSync(busybox)));
  return {
    openssh: {
      sessionProgram: existsSync(join(target, 'libexec/sshd-session')),
      authProgram: existsSync(join(target, 'libexec/sshd-auth')),
    },
    taken,
  };
}

/** Copies each package's copyright file and says where its source is. */
export function recordLicences(root, target, packages) {
  for (const { name } of packages) {
    cpSync(realpathSync(join(root, 'usr/share/doc', name, 'copyright')), join(target, 'share/licenses', name));
  }
  const lines = packages.map(
    ({ name, version, source, sourceVersion }) =>
      `${name} ${version}: https://snapshot.debian.org/package/${source}/${sourceVersion}/`,
  );
  writeFileSync(
    join(target, 'share/SOURCES'),
    [
      'These programs and libraries are those of the Debian (or Ubuntu) packages below, unmodified but for',
      'the loader path, the library path and one added library name in their ELF headers (patchelf), and the',
      `removal of what is not needed. They run from ${MOUNT} inside a container. Licences: share/licenses.`,
      'Complete corresponding source code, for each package:',
      '',
      ...lines,
      '',
    ].join('\n'),
  );
}

/** Everything in the bundle readable by everybody, whatever umask it was made under. */
export function openToRead(folder) {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) openToRead(path);
    else if (entry.isFile() && !['bin', 'lib', 'libexec'].includes(basename(folder))) chmodSync(path, 0o644);
  }
}
