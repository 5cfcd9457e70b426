import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { newSigningKey, privateKeyFromPem, rawPublicKey, signPayload } from '../../protocol/keys.ts';
import { open, sealContext } from '../../protocol/seal.ts';
import { base64url, type Domain, type Signed, signedText, word } from '../../protocol/words.ts';
import { makePrivateFolder, writePrivateFile } from './files.ts';

/** The keys of a machine. Private halves stay inside: what leaves is signatures and opened bundles. */
export type Keys = {
  /** Raw public keys, base64url. */
  readonly signingKey: string;
  readonly sealingKey: string;
  sign(domain: Domain, payload: string): Signed;
  /** Only the signature over text in a domain, base64url. */
  signature(domain: Domain, text: string): string;
  unseal(sealed: string, leaseId: string, machineId: string): Promise<string>;
};

/** Who this machine is in which market. */
export type Identity = {
  readonly market: string;
  readonly machineId: string;
  /** The market's raw Ed25519 key: only its leases are obeyed. */
  readonly leaseKey: string;
  readonly enrolledAt: string;
  /** Which machine it was made on; null where a machine has no name for itself. */
  readonly machine: string | null;
  /** How GPUs are found when not by asking the driver; see simulate/. */
  readonly simulate: string | null;
};

const storedKeys = z.object({ signingKeyPem: z.string(), sealingPrivateKey: base64url, sealingPublicKey: base64url });
const storedIdentity = z.object({
  market: z.string(),
  machineId: word,
  leaseKey: base64url,
  enrolledAt: z.string(),
  machine: z._default(z.nullable(z.string()), null),
  simulate: z.nullable(z.string()),
});

export type StoredKeys = z.infer<typeof storedKeys>;

/** New keys: Ed25519 to sign, X25519 to open what is sealed to this machine. */
export function makeKeys(): StoredKeys {
  const sealing = generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' });
  if (sealing.d === undefined || sealing.x === undefined) throw new TypeError('no X25519 key was made');
  return {
    signingKeyPem: newSigningKey().export({ type: 'pkcs8', format: 'pem' }).toString(),
    sealingPrivateKey: sealing.d,
    sealingPublicKey: sealing.x,
  };
}

export function keysFrom(stored: StoredKeys): Keys {
  const signing: KeyObject = privateKeyFromPem(stored.signingKeyPem);
  return {
    signingKey: rawPublicKey(signing),
    sealingKey: stored.sealingPublicKey,
    sign: (domain, payload) => signPayload(domain, payload, signing),
    signature: (domain, text) =>
      sign(null, Buffer.from(signedText(domain, text), 'utf8'), signing).toString('base64url'),
    unseal: (sealed, leaseId, machineId) => open(sealed, stored.sealingPrivateKey, sealContext(leaseId, machineId)),
  };
}

/** The keys of this state folder, made at the first call. They outlive a failed enrolment, so that trying again is the same machine. */
export function keysOf(folder: string): Keys {
  const path = join(folder, 'keys.json');
  makePrivateFolder(folder);
  if (!existsSync(path)) writePrivateFile(path, `${JSON.stringify(makeKeys(), null, 2)}\n`);
  return keysFrom(readStored(path, storedKeys));
}

/** Null before enrolment. */
export function identityOf(folder: string): Identity | null {
  const path = join(folder, 'identity.json');
  return existsSync(path) ? readStored(path, storedIdentity) : null;
}

/** What tells this installation of an operating system from others, hashed; null where there is none (machine-id(5)). */
export function thisMachineMark(path = '/etc/machine-id'): string | null {
  try {
    const id = readFileSync(path, 'utf8').trim();
    return id === '' ? null : createHash('sha256').update(`sublet ${id}`).digest('hex').slice(0, 32);
  } catch {
    return null;
  }
}

/** Whether an identity was made on another machine than this one, as far as both have names. */
export function isCopied({ machine }: Pick<Identity, 'machine'>): boolean {
  const here = thisMachineMark();
  return machine !== null && here !== null && machine !== here;
}

export function keepIdentity(folder: string, identity: Identity): void {
  writePrivateFile(join(folder, 'identity.json'), `${JSON.stringify(identity, null, 2)}\n`);
}

function readStored<T>(path: string, schema: z.ZodMiniType<T>): T {
  let stored: unknown;
  try {
    stored = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(
      `${path} cannot be read (${(error as Error).message}); restore it from a backup, or uninstall and enrol again.`,
    );
  }
  const parsed = schema.safeParse(stored);
  if (parsed.success) return parsed.data;
  throw new Error(`${path} is damaged; restore it from a backup, or uninstall and enrol again.`);
}
