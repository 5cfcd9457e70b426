import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Clock, marketTime } from '#agent/clock.ts';
import { lockFolder } from '#agent/io/folder-lock.ts';
import { identityOf, keepIdentity, keysOf, thisMachineMark } from '#agent/io/identity.ts';
import { bringTools, installedTools } from '#agent/io/tools-bundle.ts';
import { logTo } from '#agent/log.ts';
import { verifySigned } from '#protocol/keys.ts';
import { seal, sealContext } from '#protocol/seal.ts';
import { DOMAINS } from '#protocol/words.ts';
import { type MarketDouble, startMarketDouble } from '#tests/support/market-double.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'identity-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const IDENTITY = {
  market: 'http://m',
  machineId: 'mch_1',
  leaseKey: 'abc',
  enrolledAt: '2026',
  machine: 'x',
  simulate: null,
};

describe('an identity', () => {
  it('is made once, readable by its owner only, and never shows its private halves', async () => {
    const dir = join(folder, 'state');
    const keys = keysOf(dir);
    keepIdentity(dir, IDENTITY);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(dir)) expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600);
    expect(keysOf(dir).signingKey).toBe(keys.signingKey);
    expect(identityOf(dir)).toEqual(IDENTITY);
    const { signingKeyPem, sealingPrivateKey } = JSON.parse(readFileSync(join(dir, 'keys.json'), 'utf8'));
    const shown = JSON.stringify(keys) + Object.values(keys).map(String).join();
    expect(shown).not.toContain(sealingPrivateKey);
    expect(shown).not.toContain(signingKeyPem.split('\n')[1]);
  });

  it('signs in one domain what passes in no other, and opens what is sealed to it for that lease alone', async () => {
    const keys = keysOf(folder);
    const signed = keys.sign(DOMAINS.statement, 'text');
    expect(verifySigned(DOMAINS.statement, signed, keys.signingKey)).toBe(true);
    expect(verifySigned(DOMAINS.connect, signed, keys.signingKey)).toBe(false);
    const sealed = await seal('secret', keys.sealingKey, sealContext('lse_1', 'mch_1'));
    await expect(keys.unseal(sealed, 'lse_1', 'mch_1')).resolves.toBe('secret');
    await expect(keys.unseal(sealed, 'lse_2', 'mch_1')).rejects.toThrow();
  });

  it('knows the machine it was made on, by a mark that gives its name away to nobody', () => {
    const path = join(folder, 'machine-id');
    writeFileSync(path, 'a1b2c3\n');
    const mark = thisMachineMark(path);
    expect(mark).toMatch(/^[0-9a-f]{32}$/);
    writeFileSync(path, 'other\n');
    expect(thisMachineMark(path)).not.toBe(mark);
    expect(thisMachineMark('/nowhere')).toBeNull();
  });

  it('that is damaged is said in a sentence, and never quietly made anew', () => {
    keysOf(folder);
    for (const damage of ['', '{', '{}', '[]']) {
      writeFileSync(join(folder, 'keys.json'), damage);
      expect(() => keysOf(folder)).toThrow(/restore it from a backup, or uninstall and enrol again/);
    }
  });

  it('is used by one agent at a time, and free again however that agent ends', () => {
    const unlock = lockFolder(folder);
    const other = `import('${join(import.meta.dirname, '../../agent/io/folder-lock.ts')}').then((m) => m.lockFolder(process.argv[1])).then(() => process.kill(process.pid, 'SIGKILL'))`;
    const run = () => execFileSync(process.execPath, ['-e', other, folder], { stdio: 'pipe' });
    expect(run).toThrow(/Another agent already runs from/);
    unlock();
    expect(run).toThrow(/SIGKILL/);
    lockFolder(folder)();
  });
});

describe('time', () => {
  const machine = { wall: 1_000_000, monotonic: 0, elapsed: 0 };
  const clock: Clock = { wall: () => machine.wall, monotonic: () => machine.monotonic, elapsed: () => machine.elapsed };

  it('goes on by itself, whatever the wall clock is set to, and follows the market when they differ', () => {
    const time = marketTime(clock);
    machine.wall = 99_000_000;
    machine.elapsed = 5_000;
    expect(time.now()).toBe(1_005_000);
    time.heard(1_006_500);
    expect(time.now()).toBe(1_005_000);
    time.heard(1_065_000);
    machine.elapsed = 6_000;
    expect(time.now()).toBe(1_066_000);
    expect(time.reading()).toEqual({ now: 1_066_000, monotonic: 0 });
  });
});

describe('the log', () => {
  it('is a line an event, which nothing from outside can break or colour', () => {
    const lines: string[] = [];
    const stream = { write: (text: string) => lines.push(text) };
    const evil = 'a\nb\u001b[2Jc\u0007';
    logTo(stream, 'words').warn('It said', { what: evil });
    logTo(stream, 'json').info(evil, { of: 1 });
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d warn: It said what=a bc \n$/);
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ level: 'info', message: evil, of: 1 });
    expect(lines[1]?.indexOf('\n')).toBe((lines[1]?.length ?? 0) - 1);
  });
});

describe('the ssh tools', () => {
  let market: MarketDouble;
  beforeEach(async () => {
    market = await startMarketDouble();
  });
  afterEach(() => market.down());

  function serveTools(version: string, sha256?: string) {
    const source = join(folder, `source-${version}`);
    mkdirSync(join(source, 'bin'), { recursive: true });
    writeFileSync(join(source, 'manifest.json'), JSON.stringify({ version }));
    writeFileSync(join(source, 'bin/sshd'), version);
    const archive = execFileSync('tar', ['-czf', '-', '-C', source, '.']);
    const sum = sha256 ?? createHash('sha256').update(archive).digest('hex');
    const name = `tools-${process.arch}.tar.gz`;
    market.pages.set(`/downloads/${name}`, archive);
    market.pages.set(
      '/downloads/index.json',
      JSON.stringify({ files: [{ name, bytes: archive.length, sha256: sum }] }),
    );
  }

  it('are brought once, and a newer bundle beside the older, which rentals may use', async () => {
    const tools = join(folder, 'tools');
    expect(installedTools(tools)).toBeNull();
    serveTools('one');
    const first = await bringTools(market.url, tools);
    expect(first).toBe(join(tools, 'one'));
    expect(readFileSync(join(tools, 'one/bin/sshd'), 'utf8')).toBe('one');
    market.pages.delete(`/downloads/tools-${process.arch}.tar.gz`);
    expect(await bringTools(market.url, tools)).toBe(first);
    serveTools('two');
    expect(await bringTools(market.url, tools)).toBe(join(tools, 'two'));
    expect(installedTools(tools)?.directory).toBe(join(tools, 'two'));
    expect(readdirSync(tools).sort()).toEqual([`current-${process.arch}.json`, 'one', 'two']);
  });

  it('that are damaged, missing, or in a version that leads elsewhere are not taken', async () => {
    const tools = join(folder, 'tools');
    serveTools('bad', '0'.repeat(64));
    await expect(bringTools(market.url, tools)).rejects.toThrow(/its SHA-256 is not the one/);
    expect(readdirSync(tools)).toEqual([]);
    market.pages.set('/downloads/index.json', JSON.stringify({ files: [] }));
    expect(await bringTools(market.url, tools)).toBeNull();
    market.pages.set('/downloads/index.json', 'rubbish');
    await expect(bringTools(market.url, tools)).rejects.toThrow(/does not say which ssh tools/);
    const source = join(folder, 'source-evil');
    mkdirSync(source);
    writeFileSync(join(source, 'manifest.json'), JSON.stringify({ version: '../../evil' }));
    const archive = execFileSync('tar', ['-czf', '-', '-C', source, '.']);
    const name = `tools-${process.arch}.tar.gz`;
    market.pages.set(`/downloads/${name}`, archive);
    const sha256 = createHash('sha256').update(archive).digest('hex');
    market.pages.set('/downloads/index.json', JSON.stringify({ files: [{ name, bytes: 1, sha256 }] }));
    await expect(bringTools(market.url, tools)).rejects.toThrow(/could not be brought/);
    expect(readdirSync(folder).sort()).toEqual(['source-bad', 'source-evil', 'tools']);
  });
});
