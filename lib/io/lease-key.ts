import type { KeyObject } from 'node:crypto';
import { privateKeyFromPem, rawPublicKey, signPayload } from '#protocol/keys.ts';
import { DOMAINS, type Domain, type Signed } from '#protocol/words.ts';
import { env } from './env.ts';

/** The market's Ed25519 key: agents and gateways obey only leases that it signed. */
export type LeaseKey = {
  /** Raw, base64url: what agents get at enrolment and gateways are configured with. */
  readonly publicKey: string;
  /** Signs the exact text of a permit. */
  sign(permit: string): Signed;
  /** Signs exact text in another domain: what the market says of keys, terms, credits and bills. */
  signAs(domain: Domain, payload: string): Signed;
};

let read: { readonly pem: string; readonly key: LeaseKey } | undefined;

/** Read from SUBLET_LEASE_KEY at the first use; throws one sentence when it is missing or no Ed25519 key. */
export function leaseKey(): LeaseKey {
  const pem = env().leaseKeyPem;
  if (pem === undefined) throw new Error('SUBLET_LEASE_KEY is not set. See .env.example.');
  if (read?.pem !== pem) read = { pem, key: leaseKeyFrom(privateKeyFromPem(pem)) };
  return read.key;
}

function leaseKeyFrom(key: KeyObject): LeaseKey {
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('SUBLET_LEASE_KEY is not an Ed25519 key.');
  return {
    publicKey: rawPublicKey(key),
    sign: (permit) => signPayload(DOMAINS.lease, permit, key),
    signAs: (domain, payload) => signPayload(domain, payload, key),
  };
}
