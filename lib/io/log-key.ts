import { sign } from 'node:crypto';
import { fromBase64url } from '#protocol/base64.ts';
import { privateKeyFromPem, rawPublicKey } from '#protocol/keys.ts';
import { env } from './env.ts';

/** The Ed25519 key that signs the checkpoints of the public log, and nothing else. */
export type LogSigner = {
  /** Raw, 32 bytes. */
  readonly publicKey: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
};

let read: { readonly pem: string; readonly signer: LogSigner } | undefined;

/** Read from SUBLET_LOG_KEY at the first use; null when it is not set. Throws one sentence when it is no Ed25519 key. */
export function logSigner(): LogSigner | null {
  const pem = env().logKeyPem;
  if (pem === undefined) return null;
  if (read?.pem !== pem) read = { pem, signer: signerFrom(pem) };
  return read.signer;
}

function signerFrom(pem: string): LogSigner {
  const key = privateKeyFromPem(pem);
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('SUBLET_LOG_KEY is not an Ed25519 key.');
  return {
    publicKey: fromBase64url(rawPublicKey(key)) ?? new Uint8Array(),
    sign: (message) => new Uint8Array(sign(null, message, key)),
  };
}
