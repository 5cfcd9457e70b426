import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { freePort } from '../../bin/lib/postgres.mjs';
import { eventually } from '../support/eventually.ts';
import { needs } from '../support/needs.ts';

const home = mkdtempSync(join(tmpdir(), 'sublet start '));
const servers: Server[] = [];
let started: ChildProcess | undefined;

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  started?.kill('SIGTERM');
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

type Settings = Record<string, string>;
const settingsFor = (name: string, more: Settings = {}): Settings => ({
  SUBLET_DIR: join(home, name),
  DATABASE_URL: '',
  SUBLET_DEMO: '',
  PORT: '0',
  HOST: '',
  NODE_ENV: '',
  LOG_LEVEL: 'info',
  ...more,
});

/** Runs `npm start` to its end, for starts that are expected to say no. */
function refusal(settings: Settings, node: readonly string[] = []): { status: number | null; words: string } {
  const { status, stderr, stdout } = spawnSync(process.execPath, [...node, 'bin/start.mjs'], {
    env: { ...process.env, ...settings },
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, words: `${stdout}${stderr}` };
}

async function listening(onSocket: (socket: Socket) => void = () => {}): Promise<number> {
  const server = createServer(onSocket).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  return (server.address() as { port: number }).port;
}

/** Speaks just enough of PostgreSQL's protocol to name a version. */
async function pretendPostgres(version: string, number: string): Promise<number> {
  const message = (type: string, body: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length + 4);
    return Buffer.concat([Buffer.from(type), length, body]);
  };
  const text = (value: string) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(value.length);
    return Buffer.concat([length, Buffer.from(value)]);
  };
  const column = (name: string) =>
    Buffer.concat([Buffer.from(`${name}\0`), Buffer.from('00000000000000000019ffffffffffff0000', 'hex')]);
  const ready = message('Z', Buffer.from('I'));
  return listening((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.write(Buffer.concat([message('R', Buffer.alloc(4)), ready]));
      socket.on('data', (data) => {
        if (data[0] !== 0x51) return;
        const description = message('T', Buffer.concat([Buffer.from([0, 2]), column('text'), column('number')]));
        const row = message('D', Buffer.concat([Buffer.from([0, 2]), text(version), text(number)]));
        socket.write(Buffer.concat([description, row, message('C', Buffer.from('SELECT 1\0')), ready]));
      });
    });
  });
}

describe('npm start says in one sentence', () => {
  it('that Node is too old', () => {
    const old =
      'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"18.20.4"}})';
    const { status, words } = refusal(settingsFor('old'), ['--import', old]);
    expect(words.trim()).toBe(
      'Sublet needs Node.js 20.19 or newer to start; this is 18.20.4. Install a newer one from https://nodejs.org.',
    );
    expect(status).toBe(1);
  });

  it('that the port is used by another program', async () => {
    const port = await listening();
    const { status, words } = refusal(settingsFor('busy', { PORT: String(port) }));
    expect(words).toContain(`Port ${port} is used by another program. End it, or choose another port:`);
    expect(status).toBe(1);
  });

  it('that PORT is no port', () => {
    expect(refusal(settingsFor('bad', { PORT: '70000' }))).toMatchObject({ status: 1 });
    expect(refusal(settingsFor('bad', { PORT: 'http' })).words).toContain(
      'PORT must be a number from 1 to 65535, not "http".',
    );
  });

  it.each([
    ['mysql://root@127.0.0.1/x', 'DATABASE_URL must name a PostgreSQL'],
    ['postgresql://me:hunter2@127.0.0.1:1/market', '(127.0.0.1:1/market) cannot be reached: nothing listens there.'],
    ['postgresql://me:hunter2@no-such-host.invalid/market', '(no-such-host.invalid:5432/market) cannot be reached:'],
  ])('that %s is no database for it', async (url, sentence) => {
    const port = String(await freePort());
    const { status, words } = refusal(settingsFor('foreign', { DATABASE_URL: url, PORT: port }));
    expect(words).toContain(sentence);
    expect(words).not.toContain('hunter2');
    expect(status).toBe(1);
  });

  it('that the database is older than PostgreSQL 15, or only looks like one', async () => {
    const said = async (version: string, number: string) => {
      const port = await pretendPostgres(version, number);
      const url = `postgresql://me@127.0.0.1:${port}/market`;
      // Not spawnSync: the pretended server lives in this process.
      const child = spawn(process.execPath, ['bin/start.mjs'], {
        env: { ...process.env, ...settingsFor('ancient', { DATABASE_URL: url, PORT: String(await freePort()) }) },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let words = '';
      child.stderr.setEncoding('utf8').on('data', (text) => {
        words += text;
      });
      const status = await new Promise((resolve) => child.once('close', resolve));
      return { status, words };
    };
    expect((await said('PostgreSQL 14.9 on x86_64', '140009')).words).toContain(
      'is PostgreSQL 14.9; Sublet needs 15 or newer.',
    );
    expect((await said('CockroachDB CCL v24', '150000')).words).toContain(
      'is not PostgreSQL: it says "CockroachDB CCL v24"',
    );
  });

  it('that the registry cannot be reached, when packages are missing', () => {
    const bare = join(home, 'bare');
    mkdirSync(join(bare, 'agent'), { recursive: true });
    for (const path of ['bin', 'package.json', 'package-lock.json', 'agent/package.json', '.npmrc'])
      cpSync(path, join(bare, path), { recursive: true });
    const { status, stderr } = spawnSync(process.execPath, ['bin/start.mjs'], {
      cwd: bare,
      encoding: 'utf8',
      env: {
        ...process.env,
        npm_config_registry: 'http://127.0.0.1:1/',
        npm_config_cache: join(home, 'empty-cache'),
        npm_config_fetch_retries: '0',
        npm_config_replace_registry_host: 'always',
      },
    });
    expect(stderr).toMatch(/The npm registry.* cannot be reached, and packages must be fetched from it once\./);
    expect(status).toBe(1);
    expect(existsSync(join(bare, 'node_modules', 'next'))).toBe(false);
  });

  it.runIf(needs.root)('that the disk is full', async () => {
    const small = join(home, 'small');
    mkdirSync(small);
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=20m', 'tmpfs', small]).status).toBe(0);
    try {
      const { status, words } = refusal(settingsFor('small', { PORT: String(await freePort()) }));
      expect(words).toContain(
        `The disk of ${small} has only 20 MB free; Sublet needs 300 MB. Free some space and start again.`,
      );
      expect(status).toBe(1);
    } finally {
      spawnSync('umount', [small]);
    }
  });

  it('that .env or the command line is not understood', () => {
    const { stderr, status } = spawnSync(process.execPath, ['bin/start.mjs', '--prod'], { encoding: 'utf8' });
    expect(stderr).toContain('npm start knows --dev and --verbose, not --prod.');
    expect(status).toBe(1);
  });
});

/** Programs that were started for this data folder: they carry it in their environment or on their command line. */
function processesOf(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => ['environ', 'cmdline'].some((file) => read(`/proc/${pid}/${file}`).includes(folder)))
    .map((pid) => read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim())
    .filter((line) => line !== '' && !line.includes('containerd-shim'));
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

type Run = { child: ChildProcess; words: () => string; ended: Promise<number | null>; url: string };

async function start(settings: Settings): Promise<Run> {
  const child = spawn(process.execPath, ['bin/start.mjs'], {
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started = child;
  let words = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text) => {
      words += text;
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, words: () => words, ended, url: `http://127.0.0.1:${settings.PORT}` };
}

async function isUp(run: Run): Promise<void> {
  const up = eventually(() => run.words().includes('end everything: Ctrl-C'), { withinSeconds: 280 });
  up.catch(() => {});
  const early = run.ended.then((code) => Promise.reject(new Error(`It ended with ${code}:\n${run.words()}`)));
  early.catch(() => {});
  await Promise.race([up, early]);
}

describe('npm start', { timeout: 400_000 }, () => {
  const folder = join(home, 'whole product');
  let settings: Settings;

  it('brings the whole product up, for its owner only, and Ctrl-C leaves no process', async () => {
    settings = settingsFor('whole product', { PORT: String(await freePort()) });
    const run = await start(settings);
    await isUp(run);
    const ready = await fetch(`${run.url}/api/ready`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({ ok: true, database: { ok: true }, worker: { ok: true } });
    for (const account of ['renter', 'host', 'admin']) expect(run.words()).toContain(`${account}@demo.sublet.test`);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(join(folder, 'secrets'))) {
      expect(statSync(join(folder, 'secrets', name)).mode & 0o777).toBe(0o600);
    }
    expect(refusal(settings).words).toMatch(
      /Sublet already runs from this folder at http:\/\/127\.0\.0\.1:\d+ \(process \d+\)/,
    );
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(0);
    expect(processesOf(folder)).toEqual([]);
  });

  it('is quick the second time and still has its data', async () => {
    const before = readFileSync(join(folder, 'ports.json'), 'utf8');
    const began = performance.now();
    const run = await start(settings);
    await isUp(run);
    expect((performance.now() - began) / 1_000).toBeLessThan(60);
    expect(run.words()).not.toContain('building the pages');
    expect(readFileSync(join(folder, 'ports.json'), 'utf8')).toBe(before);
    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(0);
    expect(processesOf(folder)).toEqual([]);
  });

  it('leaves no process even when it is killed without a chance to end', async () => {
    const run = await start(settings);
    await eventually(() => processesOf(folder).some((line) => line.includes('gateway/main.ts')), {
      withinSeconds: 120,
    });
    run.child.kill('SIGKILL');
    await eventually(() => processesOf(folder).length === 0);
  });

  it('starts a program again that ended by itself', async () => {
    const run = await start(settings);
    await isUp(run);
    const gateways = () =>
      readdirSync('/proc').filter(
        (pid) =>
          read(`/proc/${pid}/cmdline`).includes('gateway/main.ts') && read(`/proc/${pid}/environ`).includes(folder),
      );
    const [first] = gateways();
    process.kill(Number(first), 'SIGKILL');
    await eventually(() => {
      const [now] = gateways();
      return now !== undefined && now !== first;
    });
    await eventually(async () => (await fetch(`${run.url}/api/ready`)).status === 200);
    expect(run.words()).toContain('gateway ended (SIGKILL); it starts again in 0.5 s.');
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(0);
    expect(processesOf(folder)).toEqual([]);
  });
});

describe('a secret', () => {
  it('that the environment gives is not made again', () => {
    const folder = join(home, 'given');
    mkdirSync(join(folder, 'secrets'), { recursive: true });
    writeFileSync(join(folder, 'secrets', 'session'), 'kept', { mode: 0o644 });
    const { words } = refusal(settingsFor('given', { SUBLET_LEASE_KEY: 'not a key', PORT: '3458' }));
    expect(words).toContain('SUBLET_LEASE_KEY must be an Ed25519 private key');
    expect(readFileSync(join(folder, 'secrets', 'session'), 'utf8')).toBe('kept');
    expect(statSync(join(folder, 'secrets', 'session')).mode & 0o777).toBe(0o600);
    expect(existsSync(join(folder, 'secrets', 'lease-key.pem'))).toBe(false);
  });
});
