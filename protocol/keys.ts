import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { type Domain, type Hash, type Signed, signedText, type Verify } from './words.ts';

/** SHA-256, lower-case hex. */
export const sha256: Hash = (text) => createHash('sha256').update(text, 'utf8').digest('hex');

// A raw Ed25519 key as SubjectPublicKeyInfo: RFC 8410 fixes these twelve bytes before it.
const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * Checks an Ed25519 signature by a raw public key; false for anything that is not one, or that is written in another way than
 * base64url without padding: a signature that is taken here must be taken by every verifier of a bill.
 */
export const verifyEd25519: Verify = (publicKey, text, signature) => {
  const raw = Buffer.from(publicKey, 'base64url');
  const given = Buffer.from(signature, 'base64url');
  if (raw.length !== 32 || given.toString('base64url') !== signature) return false;
  const key = createPublicKey({ key: Buffer.concat([ED25519_SPKI, raw]), format: 'der', type: 'spki' });
  return verify(null, Buffer.from(text, 'utf8'), key, given);
};

/** Checks an Ed25519 signature by a raw key over bytes; false for what is no key. */
export function verifyBytes(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32) return false;
  const key = createPublicKey({ key: Buffer.concat([ED25519_SPKI, publicKey]), format: 'der', type: 'spki' });
  return verify(null, message, key, signature);
}

/** SHA-256 of UTF-8 text. */
export function sha256Text(text: string): Uint8Array {
  return new Uint8Array(hash('sha256', text, 'buffer'));
}

/** SHA-256 of bytes. */
export function sha256Bytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(hash('sha256', bytes, 'buffer'));
}

/** The raw public half of an Ed25519 or X25519 key, base64url. */
export function rawPublicKey(key: KeyObject): string {
  const jwk = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' });
  if (jwk.x === undefined) throw new TypeError('not an Ed25519 or X25519 key');
  return jwk.x;
}

export function newSigningKey(): KeyObject {
  return generateKeyPairSync('ed25519').privateKey;
}

export function privateKeyFromPem(pem: string): KeyObject {
  return createPrivateKey(pem);
}

/** Signs exact text in a domain. */
export function signPayload(domain: Domain, payload: string, key: KeyObject): Signed {
  return {
    payload,
    signature: sign(null, Buffer.from(signedText(domain, payload), 'utf8'), key).toString('base64url'),
  };
}

export function verifySigned(domain: Domain, message: Signed, publicKey: string): boolean {
  return verifyEd25519(publicKey, signedText(domain, message.payload), message.signature);
}
