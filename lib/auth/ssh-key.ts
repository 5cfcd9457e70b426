import { createHash } from 'node:crypto';

/** The kinds of SSH keys we accept, as OpenSSH names them. */
export const SSH_KEY_KINDS = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
] as const;
export type SshKeyKind = (typeof SSH_KEY_KINDS)[number];

export const RSA_MIN_BITS = 2_048;
const RSA_MAX_BITS = 16_384;
const LINE_MAX = 16_384;

/** A public key without its comment, which is the owner's and goes nowhere near a machine. */
export type SshKey = {
  readonly kind: SshKeyKind;
  readonly bits: number;
  readonly publicKey: string;
  readonly fingerprint: string;
  readonly comment: string;
};

/** A sentence that says what is wrong with the pasted text. */
export type SshKeyProblem = { readonly problem: string };

/**
 * Reads one line of a .pub file (RFC 4253 §6.6, RFC 5656, RFC 8709, OpenSSH PROTOCOL.u2f). Options, certificates, private
 * keys and anything left over are refused. The fingerprint is that of `ssh-keygen -lf`.
 */
export function readSshKey(text: string): SshKey | SshKeyProblem {
  const line = text.trim();
  if (line === '') return { problem: 'Paste the line from a .pub file.' };
  if (/PRIVATE KEY-----|^PuTTY-User-Key-File/m.test(line))
    return {
      problem:
        'This is a private key. Never give it to anyone, and not to us: paste the line from the .pub file beside it.',
    };
  if (line.length > LINE_MAX) return { problem: 'This is too long for an SSH public key.' };
  if (/[\r\n]/.test(line)) return { problem: 'Paste one key at a time, in one line.' };
  const [, word = '', base64 = '', comment = ''] = /^(\S+)[ \t]+(\S+)(?:[ \t]+(.*))?$/.exec(line) ?? [];
  if (/-cert-v\d+@openssh\.com$/.test(word))
    return { problem: 'This is a certificate. Paste the public key that it was made for.' };
  if (word === 'ssh-dss') return { problem: 'DSA keys are not safe any more. Make one with "ssh-keygen -t ed25519".' };
  const kind = SSH_KEY_KINDS.find((known) => known === word);
  if (kind === undefined)
    return { problem: 'The line must begin with the kind of the key, like "ssh-ed25519", without options before it.' };
  const blob = Buffer.from(base64, 'base64');
  if (blob.length === 0 || blob.toString('base64') !== base64)
    return { problem: 'The key is damaged: its middle part is not whole. Copy the line again.' };
  const bits = bitsOf(kind, fields(blob));
  if (bits === undefined)
    return { problem: 'The key is damaged: its contents do not fit its kind. Copy the line again.' };
  if (kind === 'ssh-rsa' && (bits < RSA_MIN_BITS || bits > RSA_MAX_BITS))
    return { problem: `RSA keys need ${RSA_MIN_BITS} to ${RSA_MAX_BITS} bits; this one has ${bits}.` };
  return {
    kind,
    bits,
    publicKey: `${kind} ${base64}`,
    fingerprint: `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`,
    comment: comment.trim(),
  };
}

/** The length-prefixed fields of an SSH wire blob; undefined when they do not fill it exactly. */
function fields(blob: Buffer): readonly Buffer[] | undefined {
  const found: Buffer[] = [];
  let at = 0;
  while (at < blob.length) {
    if (at + 4 > blob.length) return undefined;
    const length = blob.readUInt32BE(at);
    if (at + 4 + length > blob.length) return undefined;
    found.push(blob.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return found;
}

const CURVES: Record<string, readonly [name: string, bits: number]> = {
  'ecdsa-sha2-nistp256': ['nistp256', 256],
  'ecdsa-sha2-nistp384': ['nistp384', 384],
  'ecdsa-sha2-nistp521': ['nistp521', 521],
  'sk-ecdsa-sha2-nistp256@openssh.com': ['nistp256', 256],
};

/** How many bits the key has, or undefined when its fields are not those of its kind. */
function bitsOf(kind: SshKeyKind, parts: readonly Buffer[] | undefined): number | undefined {
  if (parts === undefined || parts[0]?.toString('latin1') !== kind) return undefined;
  const rest = parts.slice(1);
  if (kind.startsWith('sk-')) {
    const application = rest.pop();
    if (application === undefined || !/^ssh:[ -~]{0,200}$/.test(application.toString('latin1'))) return undefined;
  }
  if (kind === 'ssh-rsa') return rest.length === 2 ? rsaBits(rest[0], rest[1]) : undefined;
  const curve = CURVES[kind];
  if (curve === undefined) return rest.length === 1 && rest[0]?.length === 32 ? 256 : undefined;
  const [name, bits] = curve;
  const point = rest[1];
  const whole = point?.length === 1 + 2 * Math.ceil(bits / 8) && point[0] === 4;
  return rest.length === 2 && rest[0]?.toString('latin1') === name && whole ? bits : undefined;
}

function rsaBits(exponent: Buffer | undefined, modulus: Buffer | undefined): number | undefined {
  const e = positive(exponent);
  const n = positive(modulus);
  if (e === undefined || n === undefined || e < 3n || e % 2n === 0n || n % 2n === 0n) return undefined;
  return n.toString(2).length;
}

/** A positive mpint in its shortest form (RFC 4251 §5). */
function positive(bytes: Buffer | undefined): bigint | undefined {
  const [first, second] = bytes ?? [];
  if (bytes === undefined || first === undefined || first >= 128) return undefined;
  if (first === 0 && (second === undefined || second < 128)) return undefined;
  return bytes.length > RSA_MAX_BITS ? undefined : BigInt(`0x${bytes.toString('hex')}`);
}
