import { generateKeyPairSync, randomBytes } from 'node:crypto';

/** A host key: the file that sshd reads, and the public line that goes into a renter's known_hosts. */
export type HostKey = { privateFile: string; publicLine: string };

const KIND = 'ssh-ed25519';

function text(value: Buffer | string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** Ones, twos, threes …: how OpenSSH fills the private part up to whole blocks of eight bytes. */
function padded(bytes: Buffer): Buffer {
  const missing = (8 - (bytes.length % 8)) % 8;
  return Buffer.concat([bytes, Buffer.from(Array.from({ length: missing }, (_, index) => index + 1))]);
}

/**
 * A new Ed25519 host key in OpenSSH's own format (PROTOCOL.key of the OpenSSH source, unencrypted), which every sshd since 6.5 reads;
 * PKCS#8 would need 9.6.
 */
export function newHostKey(): HostKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { d, x } = privateKey.export({ format: 'jwk' });
  const seed = Buffer.from(d ?? '', 'base64url');
  const point = Buffer.from(x ?? '', 'base64url');
  const publicBlob = Buffer.concat([text(KIND), text(point)]);
  const check = randomBytes(4);
  const secret = Buffer.concat([check, check, text(KIND), text(point), text(Buffer.concat([seed, point])), text('')]);
  const file = Buffer.concat([
    Buffer.from('openssh-key-v1\0', 'latin1'),
    text('none'),
    text('none'),
    text(''),
    Buffer.from([0, 0, 0, 1]),
    text(publicBlob),
    text(padded(secret)),
  ]);
  const lines = file.toString('base64').match(/.{1,70}/g) ?? [];
  return {
    privateFile: ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n'),
    publicLine: `${KIND} ${publicBlob.toString('base64')}`,
  };
}
