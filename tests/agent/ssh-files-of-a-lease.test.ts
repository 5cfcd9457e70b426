import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { firstTarEntry, tarOf } from '#agent/act/docker/tar.ts';
import { accountFiles, parsePasswd, rootCandidates } from '#agent/act/shell/accounts.ts';
import { authorizedKeysFile, sshdConfiguration } from '#agent/act/shell/configuration.ts';
import { newHostKey } from '#agent/act/shell/host-key.ts';
import { leaseFiles } from '#agent/act/shell/lease-files.ts';
import { runProgram } from '#tests/support/ssh-client.ts';

const folder = mkdtempSync(join(tmpdir(), 'sublet-lease-'));
afterAll(() => rmSync(folder, { recursive: true }));

const tools = { directory: '/tools', version: '1', sessionProgram: true, authProgram: true };
const root = { shell: '/bin/sh', home: '/root' };

describe('A host key', () => {
  it('is one that OpenSSH reads, and its public line fits', async () => {
    const { privateFile, publicLine } = newHostKey();
    const path = join(folder, 'key');
    writeFileSync(path, privateFile, { mode: 0o600 });
    const done = await runProgram('ssh-keygen', ['-y', '-f', path]);
    expect(done.stdout.toString().trim().split(' ').slice(0, 2).join(' ')).toBe(publicLine);
    expect(newHostKey().publicLine).not.toBe(publicLine);
  });
});

describe('The accounts that sshd sees', () => {
  const passwd =
    'root:x:0:0:root:/root:/bin/bash\nsshd:x:101:65534::/run/sshd:/usr/sbin/nologin\nbob:x:1000:1000:Bob,,,:/home/bob:/bin/zsh\n';

  it('are the image’s, with a root that can log in and an sshd that nobody else is', () => {
    const files = accountFiles({ passwd, group: 'root:x:0:\nusers:x:100:bob\ntty:x:9:bob\n' }, root);
    expect(files.passwd).toBe(
      'root:x:0:0:root:/root:/bin/sh\nsshd:x:64022:64022::/run/sshd:/bin/false\nbob:x:1000:1000:Bob,,,:/home/bob:/bin/zsh\n',
    );
    expect(files.group).toBe('root:x:0:\ntty:x:5:bob\nsshd:x:64022:\nusers:x:100:bob\n');
    expect(files.shadow).toContain('root:*:');
  });

  it('offer root’s own shell first and never one that lets nobody in', () => {
    expect(rootCandidates(passwd)).toEqual({ shells: ['/bin/bash', '/bin/sh'], homes: ['/root'] });
    expect(rootCandidates('root:x:0:0::/:/sbin/nologin').shells).toEqual(['/bin/bash', '/bin/sh']);
    expect(rootCandidates('')).toEqual({ shells: ['/bin/bash', '/bin/sh'], homes: ['/root'] });
  });

  it('stay well-formed and keep root at 0, whatever an image’s files hold', () => {
    const line = fc.array(fc.string({ maxLength: 12 }), { maxLength: 8 }).map((fields) => fields.join(':'));
    const file = fc
      .array(
        fc.oneof(
          line,
          fc.constantFrom('root:x:5:5::/:/bin/sh', 'sshd:x:0:0::/:/x', 'a:x:-1:0::/:/x', 'a:x:0:99999999999::/:/x'),
        ),
        { maxLength: 20 },
      )
      .map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(file, file, (a, b) => {
        const files = accountFiles({ passwd: a, group: b }, root);
        for (const text of files.passwd.trimEnd().split('\n')) expect(text.split(':')).toHaveLength(7);
        for (const text of files.group.trimEnd().split('\n')) expect(text.split(':')).toHaveLength(4);
        const accounts = parsePasswd(files.passwd);
        expect(accounts.filter(({ name }) => name === 'root')).toEqual([expect.objectContaining({ uid: 0, gid: 0 })]);
        expect(accounts.find(({ name }) => name === 'sshd')?.uid).toBeGreaterThan(0);
      }),
    );
  });
});

describe('sshd’s configuration', () => {
  it('holds one setting a line, whatever the variables are', () => {
    const variables = fc.dictionary(
      fc.oneof(fc.constantFrom('A', 'PATH', 'SSH_X', 'a b', '1A'), fc.string({ maxLength: 6 })),
      fc.string({ maxLength: 30 }),
    );
    const plain = sshdConfiguration(tools, {}).split('\n').length;
    fc.assert(
      fc.property(variables, (environment) => {
        const lines = sshdConfiguration(tools, environment).split('\n');
        expect(lines).toHaveLength(plain);
        expect(lines.filter((line) => line.startsWith('SetEnv '))).toHaveLength(1);
      }),
    );
  });

  it('names the settings of newer versions only to them', () => {
    const old = sshdConfiguration({ ...tools, sessionProgram: false, authProgram: false }, {});
    expect(old).not.toMatch(/PerSourcePenalties|SshdSessionPath|SshdAuthPath/);
    expect(sshdConfiguration(tools, {})).toMatch(/PerSourcePenalties no[\s\S]*SshdSessionPath[\s\S]*SshdAuthPath/);
  });

  it('takes keys without options, comments or second lines', () => {
    const blob = 'AAAAC3NzaC1lZDI1NTE5AAAAIB0000000000000000000000000000000000000000000';
    const keys = [
      `ssh-ed25519 ${blob} me@there`,
      `command="x" ssh-ed25519 ${blob}`,
      `ssh-ed25519 ${blob}\nssh-rsa ${blob}`,
      'rubbish',
      '',
    ];
    expect(authorizedKeysFile(keys)).toBe(`ssh-ed25519 ${blob}\nssh-ed25519 ${blob}\n`);
  });
});

describe('The folder of a lease', () => {
  const files = leaseFiles(join(folder, 'leases'), null);

  it('hides the host key from everybody but root, and keeps it until the end', () => {
    const { mountSource, hostKey } = files.prepare('lse_1');
    expect(statSync(join(mountSource, 'host_key')).mode & 0o777).toBe(0o600);
    expect(files.prepare('lse_1').hostKey).toBe(hostKey);
    files.writeShell('lse_1', {
      tools,
      accounts: accountFiles({ passwd: '', group: '' }, root),
      environment: { SECRET: 's' },
      authorizedKeys: [],
    });
    expect(statSync(join(mountSource, 'sshd_config')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(mountSource, 'sshd_config'), 'utf8')).toContain('"SECRET=s"');
    files.remove('lse_1');
    expect(files.hostKey('lse_1')).toBeNull();
    expect(files.prepare('lse_1').hostKey).not.toBe(hostKey);
  });

  it.each(['..', '../x', 'a/b', '', '.', 'x'.repeat(100)])('is never made for %j', (leaseId) => {
    expect(() => files.prepare(leaseId)).toThrow(expect.objectContaining({ code: 'leaseInvalid' }));
  });
});

describe('A tar from a container', () => {
  it('is read as data: the first file or link, and rubbish is nothing', () => {
    const tar = tarOf([{ name: 'passwd', mode: 0o644, content: Buffer.from('root') }]);
    expect(firstTarEntry(tar)).toEqual({ kind: 'file', content: 'root' });
    expect(firstTarEntry(tarOf([{ name: 'etc/', mode: 0o755 }]))).toBeNull();
    fc.assert(fc.property(fc.uint8Array({ maxLength: 3_000 }), (bytes) => void firstTarEntry(Buffer.from(bytes))));
  });
});
