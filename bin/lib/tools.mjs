import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { preferredReleases, privateApt, runTool, ToolsUnavailable } from './tools-apt.mjs';
import { layOut, openToRead, PACKAGES, patchelfFrom, recordLicences } from './tools-bundle.mjs';

const DEBIAN_NAMES = { x64: 'amd64', arm64: 'arm64' };
const RECIPE = ['tools.mjs', 'tools-apt.mjs', 'tools-bundle.mjs', 'busybox-image.mjs'];

function recipeHash() {
  const hash = createHash('sha256');
  for (const file of RECIPE) hash.update(readFileSync(fileURLToPath(new URL(file, import.meta.url))));
  return hash.digest('hex');
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function requireBuilder(arch) {
  if (process.platform !== 'linux') {
    throw new ToolsUnavailable(
      'The tools bundle is built from Debian packages, which needs Linux. Build it on Debian or Ubuntu.',
    );
  }
  if (DEBIAN_NAMES[arch] === undefined) {
    throw new ToolsUnavailable(`The tools bundle exists for x64 and arm64, not for ${arch}.`);
  }
  for (const program of ['apt-get', 'apt-cache', 'dpkg-deb', 'tar']) {
    const found = (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, program)));
    if (!found) {
      throw new ToolsUnavailable(
        `The tools bundle is built from Debian packages, and there is no "${program}" here. Build it on Debian or Ubuntu.`,
      );
    }
  }
}

/** Builds from one release into a temporary folder; answers the manifest and where the files lie. */
function build(work, release, architecture, hostArchitecture) {
  const apt = privateApt(join(work, 'apt'), release, architecture, hostArchitecture);
  apt.update();
  const builder = ['patchelf', 'libstdc++6', 'libgcc-s1', 'libc6'].map((name) => `${name}:${hostArchitecture}`);
  apt.fetch(builder, join(work, 'builder-debs'), join(work, 'builder'));
  const root = join(work, 'root');
  const fetched = apt.fetch(apt.withLibraries(PACKAGES), join(work, 'debs'), root);
  const target = join(work, 'bundle');
  const patchelf = patchelfFrom(join(work, 'builder'), hostArchitecture);
  const { openssh, taken } = layOut({ root, target, architecture, patchelf });
  const packages = fetched
    .filter(({ files }) => [...taken].some((path) => files.has(path)))
    .map(({ files, ...named }) => named);
  recordLicences(root, target, packages);
  const server = packages.find(({ name }) => name === 'openssh-server');
  const upstream = server.version.replace(/^\d+:/, '').replace(/-.*$/, '');
  const listed = packages.map(({ name, version }) => `${name} ${version}`).join('\n');
  const digest = createHash('sha256').update(`${recipeHash()}\n${architecture}\n${listed}`).digest('hex').slice(0, 10);
  const manifest = {
    version: `openssh-${upstream}-${digest}`,
    release,
    architecture,
    openssh: { version: server.version, ...openssh },
    packages,
  };
  writeFileSync(join(target, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  openToRead(target);
  return { manifest, target };
}

/** The bundle goes in place by one rename, so that a half-written one is never seen. */
function install(target, toolsFolder, version) {
  const directory = join(toolsFolder, version);
  if (existsSync(join(directory, 'manifest.json'))) return directory;
  const arriving = join(toolsFolder, `.arriving-${process.pid}`);
  cpSync(target, arriving, { recursive: true, verbatimSymlinks: true });
  openToRead(arriving);
  renameSync(arriving, directory);
  return directory;
}

function pack(directory, distFolder, arch) {
  mkdirSync(distFolder, { recursive: true });
  const archive = join(distFolder, `tools-${arch}.tar.gz`);
  const arriving = `${archive}.${process.pid}`;
  const fixed = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mtime=@0', '--format=gnu'];
  runTool('tar', [...fixed, '--use-compress-program=gzip -n -6', '-cf', arriving, '-C', directory, '.']);
  renameSync(arriving, archive);
  return { archive, sha256: createHash('sha256').update(readFileSync(archive)).digest('hex') };
}

/**
 * Makes the tools bundle below `root` (usually `.sublet`) unless it is there already: `tools/<version>/` for the agent of this machine and
 * `dist/tools-<arch>.tar.gz` for agents elsewhere. `refresh` looks for newer packages. Throws {@link ToolsUnavailable} with a sentence.
 */
export function buildTools({ root = '.sublet', arch = process.arch, refresh = false, release, say = () => {} } = {}) {
  const folder = resolve(root);
  const toolsFolder = join(folder, 'tools');
  const note = join(toolsFolder, `current-${arch}.json`);
  const recipe = recipeHash();
  const current = readJson(note);
  const usable =
    current?.recipe === recipe &&
    (release === undefined || release === current.release) &&
    existsSync(join(toolsFolder, current.version, 'manifest.json')) &&
    existsSync(join(folder, 'dist', `tools-${arch}.tar.gz`));
  if (usable && !refresh) return { ...current, ...placesOf(folder, arch, current.version), built: false };

  requireBuilder(arch);
  const hostArchitecture = DEBIAN_NAMES[process.arch];
  const failures = [];
  for (const wanted of release === undefined ? preferredReleases() : [release]) {
    const work = mkdtempSync(join(tmpdir(), 'sublet-tools-'));
    try {
      say(`Building the ssh tools from ${wanted === 'trixie' ? 'Debian 13' : "this machine's"} packages …`);
      const { manifest, target } = build(work, wanted, DEBIAN_NAMES[arch], hostArchitecture);
      mkdirSync(toolsFolder, { recursive: true });
      const directory = install(target, toolsFolder, manifest.version);
      const { sha256 } = pack(directory, join(folder, 'dist'), arch);
      const made = { version: manifest.version, release: wanted, openssh: manifest.openssh.version, sha256, recipe };
      writeFileSync(`${note}.${process.pid}`, `${JSON.stringify(made, null, 2)}\n`);
      renameSync(`${note}.${process.pid}`, note);
      return { ...made, ...placesOf(folder, arch, manifest.version), built: true };
    } catch (error) {
      if (!(error instanceof ToolsUnavailable)) throw error;
      failures.push(error.message);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  throw new ToolsUnavailable(`The ssh tools could not be built. ${failures.join(' ')}`);
}

function placesOf(folder, arch, version) {
  return { directory: join(folder, 'tools', version), archive: join(folder, 'dist', `tools-${arch}.tar.gz`) };
}

export { ToolsUnavailable };
