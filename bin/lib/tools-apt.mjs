import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A reason why the tools cannot be built here: its message is a sentence for the person at the terminal. */
export class ToolsUnavailable extends Error {}

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const ONLY_DEPENDS = [
  '--no-recommends',
  '--no-suggests',
  '--no-conflicts',
  '--no-breaks',
  '--no-replaces',
  '--no-enhances',
];

/** Runs a program and returns its output; a failure is a {@link ToolsUnavailable} with the last lines it printed. */
export function runTool(command, args, options = {}) {
  const done = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28, ...options });
  if (done.error) throw new ToolsUnavailable(`The program "${command}" could not be run (${done.error.message}).`);
  if (done.status !== 0) {
    const said = `${done.stderr}${done.stdout}`.trim().split('\n').slice(-3).join(' ');
    throw new ToolsUnavailable(`"${command} ${args[0] ?? ''}" failed: ${said}`);
  }
  return done.stdout;
}

/** Where this machine takes its Debian packages from, so that a configured mirror is used here too. */
function configuredMirror(pattern, otherwise) {
  const folder = '/etc/apt/sources.list.d';
  const files = [
    '/etc/apt/sources.list',
    ...(existsSync(folder) ? readdirSync(folder).map((f) => join(folder, f)) : []),
  ];
  for (const file of files) {
    if (!existsSync(file)) continue;
    const found = readFileSync(file, 'utf8').match(pattern);
    if (found) return found[0].replace(/\/$/, '');
  }
  return otherwise;
}

function debian13Sources() {
  const main = configuredMirror(/https?:\/\/[^\s]+\/debian\/?(?=\s)/, 'http://deb.debian.org/debian');
  const security = configuredMirror(
    /https?:\/\/[^\s]+\/debian-security\/?(?=\s)/,
    'http://deb.debian.org/debian-security',
  );
  return [
    `deb [signed-by=${KEYRING}] ${main} trixie main`,
    `deb [signed-by=${KEYRING}] ${security} trixie-security main`,
    '',
  ].join('\n');
}

/**
 * An apt of its own below `folder`: its own lists, cache and status, so that it needs no root and changes nothing on the machine.
 * `release` is `trixie` (Debian 13) or `host` (whatever this machine is set up with).
 */
export function privateApt(folder, release, architecture, hostArchitecture) {
  for (const path of ['lists/partial', 'archives/partial', 'etc/apt.conf.d', 'etc/preferences.d']) {
    mkdirSync(join(folder, path), { recursive: true });
  }
  writeFileSync(join(folder, 'status'), '');
  if (release === 'trixie') writeFileSync(join(folder, 'etc', 'sources.list'), debian13Sources());
  const configuration = join(folder, 'apt.conf');
  const lines = [
    `Dir::State "${folder}";`,
    `Dir::State::Lists "${folder}/lists";`,
    `Dir::State::status "${folder}/status";`,
    `Dir::Cache "${folder}";`,
    `Dir::Cache::archives "${folder}/archives";`,
    ...(release === 'trixie' ? [`Dir::Etc "${folder}/etc";`, `Dir::Etc::sourceparts "${folder}/none";`] : []),
    `APT::Architecture "${architecture}";`,
    `APT::Architectures { "${architecture}"; "${hostArchitecture}"; };`,
    'APT::Sandbox::User "";',
    'Acquire::Languages "none";',
    'Acquire::Retries "3";',
    'Acquire::http::Timeout "20";',
  ];
  writeFileSync(configuration, `${lines.join('\n')}\n`);
  const env = { ...process.env, APT_CONFIG: configuration, LC_ALL: 'C' };
  const run = (command, args, cwd = folder) => runTool(command, args, { env, cwd });

  return {
    update: () => run('apt-get', ['update', '-qq', '--error-on=any']),

    /** The packages with every library they depend on, by name. */
    withLibraries(packages) {
      const known = new Set(packages);
      let fresh = [...packages];
      while (fresh.length > 0) {
        const text = run('apt-cache', ['depends', ...ONLY_DEPENDS, ...fresh]);
        const names = [...text.matchAll(/^ *\|?(?:Pre)?Depends: (\S+)$/gm)].map((match) => match[1]);
        fresh = names.filter((name) => /^(lib(?!pam-(modules|runtime))|zlib1g)/.test(name) && !known.has(name));
        fresh = [...new Set(fresh)];
        for (const name of fresh) known.add(name);
      }
      return [...known].sort();
    },

    /** Downloads into `target`, unpacks into `root` and says what came. apt checks every package against the signed lists. */
    fetch(packages, target, root) {
      mkdirSync(target, { recursive: true });
      mkdirSync(root, { recursive: true });
      run('apt-get', ['download', '-qq', ...packages], target);
      return readdirSync(target)
        .filter((file) => file.endsWith('.deb'))
        .sort()
        .map((file) => {
          const path = join(target, file);
          runTool('dpkg-deb', ['-x', path, root]);
          const fields = ['Package', 'Version', 'Architecture', 'source:Package', 'source:Version'];
          const show = `--showformat=${fields.map((field) => `\${${field}}\\n`).join('')}`;
          const [name, version, arch, source, sourceVersion] = runTool('dpkg-deb', ['-W', show, path]).split('\n');
          const files = [...runTool('dpkg-deb', ['-c', path]).matchAll(/ \.\/(\S+)(?: -> .*)?$/gm)].map(
            (match) => match[1],
          );
          return { name, version, architecture: arch, source, sourceVersion, files: new Set(files) };
        });
    },
  };
}

/** `trixie` where Debian's keys are installed (any Debian), else what the machine itself uses. */
export function preferredReleases() {
  return existsSync(KEYRING) ? ['trixie', 'host'] : ['host'];
}
