import { generateKeyPairSync } from 'node:crypto';
import { newSigningKey, privateKeyFromPem, rawPublicKey } from '#protocol/keys.ts';

/** The keys of a simulated machine, as its agent keeps them. */
export type MachineKeys = {
  readonly signingKeyPem: string;
  /** Raw X25519 keys, base64url. */
  readonly sealingPrivateKey: string;
  readonly sealingPublicKey: string;
};

export function makeKeys(): MachineKeys {
  const sealing = generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' });
  if (sealing.d === undefined || sealing.x === undefined) throw new TypeError('no X25519 key was made');
  return {
    signingKeyPem: newSigningKey().export({ type: 'pkcs8', format: 'pem' }).toString(),
    sealingPrivateKey: sealing.d,
    sealingPublicKey: sealing.x,
  };
}

/** What the market knows of them. */
export function publicKeys(keys: MachineKeys): { readonly signingKey: string; readonly sealingKey: string } {
  return { signingKey: rawPublicKey(privateKeyFromPem(keys.signingKeyPem)), sealingKey: keys.sealingPublicKey };
}
