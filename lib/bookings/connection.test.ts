import { execFileSync, type StdioOptions } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { connectionOf, hostBlock, knownHostsLine, sshLine } from './connection.ts';

const HOST_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG8WnUY8WHTO0P3dZ1GvKkpTlnLzTLD4PFTFbHbYgXgL';
const BOOKING = 'bkg_06d3k2p4v7q8r9s0t1vwxyz234';

const connection = connectionOf(BOOKING, { host: 'gw.example.org', port: 21_007, hostKey: `${HOST_KEY} comment` });
const QUIET: { encoding: 'utf8'; stdio: StdioOptions } = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
const folder = mkdtempSync(join(tmpdir(), 'sublet-ssh-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function asSshReads(configuration: string, name: string): Map<string, string> {
  const file = join(folder, 'config');
  writeFileSync(file, configuration);
  const read = execFileSync('ssh', ['-G', '-F', file, name], QUIET);
  return new Map(read.split('\n').map((line) => [line.split(' ')[0] ?? '', line.slice(line.indexOf(' ') + 1)]));
}

describe('the way into a rental', () => {
  it('is one line', () => {
    expect(sshLine(connection)).toBe('ssh -p 21007 -o HostKeyAlias=sublet-vwxyz234 root@gw.example.org');
  });

  it('is a block that ssh reads as meant', () => {
    const read = asSshReads(hostBlock(connection), connection.alias);
    expect(read.get('hostname')).toBe('gw.example.org');
    expect(read.get('port')).toBe('21007');
    expect(read.get('user')).toBe('root');
    expect(read.get('hostkeyalias')).toBe(connection.alias);
  });

  it('names the key to expect as ssh-keygen does, under the name of the booking and not of the address', () => {
    const file = join(folder, 'known_hosts');
    writeFileSync(file, `${knownHostsLine(connection)}\n`);
    const found = execFileSync('ssh-keygen', ['-l', '-F', connection.alias, '-f', file], QUIET);
    expect(found).toContain(connection.hostKeyFingerprint);
    expect(() => execFileSync('ssh-keygen', ['-F', '[gw.example.org]:21007', '-f', file], QUIET)).toThrow();
  });

  it('says nothing of a fingerprint that cannot be read', () => {
    expect(connectionOf(BOOKING, { host: 'a', port: 1, hostKey: 'rubbish' }).hostKeyFingerprint).toBeNull();
  });
});
