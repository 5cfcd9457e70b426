import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTools } from '#agent/act/shell/tools.ts';
import { docker, removeImage } from '#tests/support/docker.ts';
import { has } from '#tests/support/needs.ts';
import { ensureBusyboxImage } from '../../bin/lib/busybox-image.mjs';
import { buildTools } from '../../bin/lib/tools.mjs';

const canBuild = spawnSync('apt-get', ['--version']).error === undefined;
const script = join(import.meta.dirname, '../../bin/build-tools.mjs');

describe.runIf(canBuild)('The tools bundle', () => {
  const root = join(mkdtempSync(join(tmpdir(), 'sublet tools ')), 'a b');
  let made: ReturnType<typeof buildTools>;

  beforeAll(() => {
    made = buildTools({ root });
  }, 120_000);

  afterAll(() => rmSync(dirname(root), { recursive: true }));

  it('holds what a container needs, readable and runnable by everybody', () => {
    for (const name of ['bin/sshd', 'bin/scp', 'bin/rsync', 'bin/busybox', 'libexec/sftp-server']) {
      expect(statSync(join(made.directory, name)).mode & 0o777, name).toBe(0o755);
    }
    expect(statSync(made.directory).mode & 0o777).toBe(0o755);
    expect(readTools(made.directory).version).toBe(made.version);
  });

  it('takes nothing from the image it runs in: its own loader and libraries by DT_RPATH', () => {
    const sshd = readFileSync(join(made.directory, 'bin/sshd')).toString('latin1');
    expect(sshd).toMatch(/\/\.tools\/lib\/ld-linux-/);
    expect(sshd).toContain('libnss_wrapper.so');
  });

  it('names the version, source and licence of every package in it', () => {
    const { packages } = JSON.parse(readFileSync(join(made.directory, 'manifest.json'), 'utf8'));
    const names = packages.map(({ name }: { name: string }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['openssh-server', 'busybox-static', 'rsync', 'libnss-wrapper', 'libc6']),
    );
    const sources = readFileSync(join(made.directory, 'share/SOURCES'), 'utf8');
    const licences = readdirSync(join(made.directory, 'share/licenses'));
    for (const { name, version, source, sourceVersion } of packages) {
      expect(version, name).toMatch(/\d/);
      expect(sources).toContain(`${name} ${version}: https://snapshot.debian.org/package/${source}/${sourceVersion}/`);
      expect(licences).toContain(name);
    }
  });

  it('is packed for agents elsewhere, with its SHA-256', () => {
    expect(createHash('sha256').update(readFileSync(made.archive)).digest('hex')).toBe(made.sha256);
    const listed = spawnSync('tar', ['-tzf', made.archive], { encoding: 'utf8' }).stdout;
    expect(listed).toContain('./manifest.json');
  });

  it('is not built twice', () => {
    const began = performance.now();
    expect(buildTools({ root })).toMatchObject({ built: false, version: made.version, sha256: made.sha256 });
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('says in a sentence why it cannot be built', () => {
    const elsewhere = join(dirname(root), 'elsewhere');
    const run = (args: string[], env: NodeJS.ProcessEnv) =>
      spawnSync(process.execPath, [script, '--root', elsewhere, ...args], { encoding: 'utf8', env });
    const bare = run([], { ...process.env, PATH: dirname(process.execPath) });
    expect([bare.status, bare.stderr]).toEqual([
      1,
      expect.stringMatching(/there is no "apt-get" here. Build it on Debian or Ubuntu/),
    ]);
    expect(run(['--arch', 'mips'], process.env).stderr).toMatch(/exists for x64 and arm64/);
    expect(existsSync(elsewhere)).toBe(false);
  });

  it.runIf(has('docker'))('makes the offline image once, without a network', async () => {
    const image = 'sublet/busybox:test-made-by-start';
    expect(await ensureBusyboxImage({ toolsDirectory: made.directory, image })).toEqual({ made: true });
    expect(await ensureBusyboxImage({ toolsDirectory: made.directory, image })).toEqual({ made: false });
    const { Config, RootFS } = await docker.getImage(image).inspect();
    expect([Config.Cmd, RootFS.Layers?.length]).toEqual([['/bin/sh'], 1]);
    await removeImage(image);
  });
});
