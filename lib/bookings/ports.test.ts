import { describe, expect, it } from 'vitest';
import { codeLink, forwardLine, localPort, readPort, sshAddress } from './ports.ts';

const connection = {
  alias: 'sublet-abc',
  host: 'gateway.example',
  port: 20_001,
  user: 'root',
  hostKey: 'ssh-ed25519 AAAA',
  hostKeyFingerprint: null,
} as const;

describe('a port of a rental', () => {
  it('comes to one’s own computer by one line of ssh, under a number that needs no root', () => {
    expect(forwardLine(connection, 8_888)).toBe(
      'ssh -N -L 8888:localhost:8888 -p 20001 -o HostKeyAlias=sublet-abc root@gateway.example',
    );
    expect(forwardLine(connection, 80)).toContain('-L 8080:localhost:80 ');
    expect(localPort(443)).toBe(8_443);
  });

  it('is read as it is typed, and nothing else is', () => {
    expect([' 8888 ', '1', '65535'].map(readPort)).toEqual([8_888, 1, 65_535]);
    expect(['', '0', '65536', '-1', '80;rm', '1e3', '8.8'].map(readPort)).toEqual(Array(7).fill(null));
  });
});

describe('a rental in other programs', () => {
  it('has an address for editors and for ssh apps', () => {
    expect(codeLink(connection)).toBe('vscode://vscode-remote/ssh-remote+sublet-abc/root');
    expect(sshAddress(connection)).toBe('ssh://root@gateway.example:20001');
    expect(sshAddress({ ...connection, host: '::1' })).toBe('ssh://root@[::1]:20001');
  });
});
