import { execFile, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fillInstaller, isServed } from '#lib/agents/installation.ts';
import { bareHost, busyboxPrograms } from '#tests/support/bare-host.ts';
import { type MarketDouble, startMarketDouble } from '#tests/support/market-double.ts';
import { has } from '#tests/support/needs.ts';
import { bundleAgent } from '../../bin/lib/agent-bundle.mjs';

const ROOT = join(import.meta.dirname, '../..');
const TEMPLATE = readFileSync(join(ROOT, 'agent/install/install.sh'), 'utf8');
const NODE = join(ROOT, `node_modules/node-linux-${process.arch}/bin/node`);
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const execute = promisify(execFile);

// It unpacks a Node.js of 120 MB several times over.
vi.setConfig({ testTimeout: 120_000 });

let market: MarketDouble;
let folder: string;

beforeAll(async () => {
  market = await startMarketDouble();
  folder = mkdtempSync(join(tmpdir(), 'install test-'));
  const { path } = await bundleAgent(join(folder, 'dist'));
  serve({
    'agent.mjs': readFileSync(path),
    [`node-linux-${process.arch}.gz`]: gzipSync(readFileSync(NODE), { level: 1 }),
  });
});

afterAll(async () => {
  await market.down();
  rmSync(folder, { recursive: true });
});

function serve(files: Record<string, Buffer>): void {
  const stated = Object.entries(files).map(([name, bytes]) => ({ name, bytes: bytes.length, sha256: sha256(bytes) }));
  for (const [name, bytes] of Object.entries(files)) market.pages.set(`/downloads/${name}`, bytes);
  market.pages.set('/downloads/index.json', JSON.stringify({ files: stated }));
  market.pages.set('/install.sh', fillInstaller(TEMPLATE, market.url, stated));
}

const script = () => String(market.pages.get('/install.sh'));
let prefixes = 0;
function newPrefix(): string {
  prefixes += 1;
  return join(folder, `root ${prefixes}`);
}

/** Pipes the installer into a shell, as the page's line does. */
async function install(prefix: string, words: string[], { path = process.env.PATH ?? '', text = script() } = {}) {
  const shell = spawn('/bin/sh', ['-s', '--', ...words], {
    env: { ...process.env, PATH: path, PREFIX: prefix },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [shell.stdout, shell.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  }
  shell.stdin.on('error', () => undefined).end(text);
  const [code] = await once(shell, 'close');
  return { code: code as number, said };
}

const left = (prefix: string) =>
  readdirSync(prefix, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));

describe('the installer', () => {
  it('lays out and enrols the agent, keeps its secrets to its owner, updates it, and its uninstall leaves nothing', async () => {
    const prefix = newPrefix();
    const before = market.machines.size;
    const first = await install(prefix, [market.newCode(), '--simulate-if-no-gpu', '--no-start']);
    expect(first).toMatchObject({ code: 0 });
    expect(market.machines.size).toBe(before + 1);
    const machine = [...market.machines.values()].at(-1);
    expect(machine?.specification).toMatchObject({ simulated: true, architecture: expect.any(String) });
    expect(machine?.specification?.gpus).toHaveLength(1);
    const state = join(prefix, 'var/lib/sublet-agent');
    expect(statSync(state).mode & 0o777).toBe(0o700);
    for (const name of ['keys.json', 'identity.json']) expect(statSync(join(state, name)).mode & 0o777).toBe(0o600);
    const agent = join(prefix, 'usr/local/bin/sublet-agent');
    expect((await execute(agent, ['version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);

    const again = await install(prefix, ['--no-start']);
    expect(again).toMatchObject({
      code: 0,
      said: expect.stringContaining('enrolled already; its agent is up to date'),
    });
    const second = await execute(agent, ['enrol', '--market', market.url, 'another-code']).catch((error) => error);
    expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining('This machine is already enrolled') });
    expect(market.machines.size).toBe(before + 1);

    await execute(agent, ['uninstall']);
    expect(machine?.left).toBe(true);
    expect(left(prefix)).toEqual([]);
  });

  it('works with nothing but busybox, and brings Node.js when there is none', async () => {
    const programs = join(folder, 'programs');
    busyboxPrograms(programs);
    const prefix = newPrefix();
    const { code, said } = await install(prefix, [market.newCode(), '--simulate-if-no-gpu', '--no-start'], {
      path: programs,
    });
    expect({ code, said }).toMatchObject({
      code: 0,
      said: expect.stringContaining('Bringing Node.js from the market'),
    });
    expect(sha256(readFileSync(join(prefix, 'opt/sublet-agent/node')))).toBe(sha256(readFileSync(NODE)));
    await execute(join(prefix, 'usr/local/bin/sublet-agent'), ['uninstall'], {
      env: { ...process.env, PATH: programs },
    });
    expect(left(prefix)).toEqual([]);
  });

  it('does not take a Node.js that is too old', async () => {
    const programs = join(folder, 'old');
    busyboxPrograms(programs);
    const old = join(folder, 'old-node');
    spawnSync('sh', ['-c', `printf '#!/bin/sh\\necho 20\\n' > "$0"`, old]);
    chmodSync(old, 0o755);
    symlinkSync(old, join(programs, 'node'));
    const { said } = await install(newPrefix(), [market.newCode(), '--no-start'], { path: programs });
    expect(said).toContain('Bringing Node.js from the market');
  });

  it('takes its GPUs from a recording when asked to, and remembers it', async () => {
    const prefix = newPrefix();
    const recording = join(ROOT, 'agent/fixtures/nvidia-smi/a10g.xml');
    await install(prefix, [market.newCode(), '--simulate', recording, '--no-start']);
    const machine = [...market.machines.values()].at(-1);
    expect(machine?.specification).toMatchObject({ simulated: true, gpus: [{ model: 'NVIDIA A10G' }] });
    expect(readFileSync(join(prefix, 'var/lib/sublet-agent/simulated-gpus.xml'))).toEqual(readFileSync(recording));
  });

  it('refuses a piece that arrives damaged, before anything is laid out', async () => {
    const prefix = newPrefix();
    const whole = market.pages.get('/downloads/agent.mjs') as Buffer;
    market.pages.set('/downloads/agent.mjs', Buffer.concat([whole, Buffer.from('\n//')]));
    const { code, said } = await install(prefix, [market.newCode(), '--no-start']);
    market.pages.set('/downloads/agent.mjs', whole);
    expect({ code, said }).toMatchObject({ code: 1, said: expect.stringContaining('its SHA-256 is wrong') });
    expect(() => readdirSync(prefix)).toThrow();
  });

  it('says what is wrong with a code, a market that is away, and a word that it does not know', async () => {
    const canary = join(folder, 'canary');
    const attacks = [`$(touch "${canary}")`, `'; touch '${canary}`, 'a b', '`id`', '../../x'];
    for (const attack of attacks) {
      expect(await install(newPrefix(), [attack])).toMatchObject({
        code: 1,
        said: expect.stringContaining('not an enrolment code'),
      });
    }
    expect(() => statSync(canary)).toThrow();
    expect(await install(newPrefix(), ['used-code', '--no-start'])).toMatchObject({
      code: 1,
      said: expect.stringContaining('This enrolment code is used, expired or unknown.'),
    });
    expect(await install(newPrefix(), ['some-code', '--wrong'])).toMatchObject({
      code: 1,
      said: expect.stringContaining('"--wrong"'),
    });
    expect(await install(newPrefix(), [])).toMatchObject({
      code: 1,
      said: expect.stringContaining('give the enrolment code'),
    });
    const away = script().replaceAll(market.url, 'http://127.0.0.1:1');
    const { said } = await install(newPrefix(), ['some-code'], { text: away });
    expect(said).toMatch(/could not be downloaded\. Check that this machine reaches the market/);
  });

  it('cut off anywhere does nothing at all', async () => {
    for (const part of [0.3, 0.7, 0.95, 0.999]) {
      const prefix = newPrefix();
      const text = script().slice(0, Math.floor(script().length * part));
      await install(prefix, [market.newCode(), '--no-start'], { text });
      expect(() => readdirSync(prefix)).toThrow();
    }
  });

  it('is never made for an address that could end its quotes', () => {
    for (const address of [
      "http://x'; reboot; '",
      'http://x/$(id)',
      'http://x`id`',
      'http://x\nreboot',
      'file:///etc',
    ]) {
      expect(() => fillInstaller(TEMPLATE, address, [])).toThrow(/SUBLET_PUBLIC_URL/);
    }
    expect(['../../etc/passwd', 'agent.mjs.sha256', 'secrets', 'x/agent.mjs'].filter(isServed)).toEqual([]);
  });
});

describe('without systemd', () => {
  it('the agent runs in the foreground until it is ended', async () => {
    const prefix = newPrefix();
    const shell = spawn('/bin/sh', ['-s', '--', market.newCode(), '--simulate-if-no-gpu'], {
      env: { ...process.env, PREFIX: prefix },
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    shell.stdin.end(script());
    const machines = market.machines.size;
    await expect.poll(() => market.machines.size).toBe(machines + 1);
    const machine = [...market.machines.values()].at(-1);
    await market.until(machine?.machineId ?? '', ({ held }) => held > 0).catch(() => undefined);
    await expect.poll(() => machine?.syncs.length ?? 0).toBeGreaterThan(0);
    shell.kill('SIGTERM');
    const [code] = await once(shell, 'close');
    expect(code).toBe(0);
  });
});

describe.runIf(has('docker'))('on the barest machine, with systemd', () => {
  it('installs a service that runs, survives its restart as the same machine, and is gone after uninstall', async () => {
    const host = bareHost(NODE);
    const machines = market.machines.size;
    const ran = spawn(
      'docker',
      host.runLater(`
        set -e
        wget -qO- ${market.url}/install.sh | sh -s -- ${market.newCode()} --simulate-if-no-gpu
        cat /etc/systemd/system/sublet-agent.service
        tries=0
        until grep -q 'runs for' /var/log/agent || [ $tries = 300 ]; do tries=$((tries+1)); sleep 0.2; done
        kill -9 "$(cat /run/agent.pid)"
        systemctl restart sublet-agent.service
        tries=0
        until [ "$(grep -c 'runs for' /var/log/agent)" = 1 ] || [ $tries = 300 ]; do tries=$((tries+1)); sleep 0.2; done
        cat /var/log/agent
        sublet-agent uninstall
        cat /var/log/systemctl
        echo "left: $(find / -xdev -name '*sublet*' -not -path '/proc/*' | tr '\\n' ' ')"
      `),
    );
    let said = '';
    for (const stream of [ran.stdout, ran.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
    }
    const [code] = await once(ran, 'close');
    host.remove();
    expect({ code, said }).toMatchObject({ code: 0, said: expect.stringMatching(/left: \n/) });
    expect(said).toContain('Restart=always');
    expect(said).toMatch(/enable sublet-agent\.service[\s\S]*disable --now sublet-agent\.service[\s\S]*daemon-reload/);
    expect(market.machines.size).toBe(machines + 1);
    expect([...market.machines.values()].at(-1)?.specification?.os).toBe('Bare Linux 1');
  });
});
