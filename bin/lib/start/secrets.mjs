import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Stop } from '../say.mjs';

/** The market's secrets: from the environment where it names them, else made once in `secrets/`, mode 0600. Resolves to the variables that carry them. */
export async function readSecrets(dir) {
  const folder = join(dir, 'secrets');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const keep = async (name, make) => {
    const path = join(folder, name);
    const present = await readFile(path, 'utf8').catch(() => '');
    if (present.trim() !== '') {
      await chmod(path, 0o600);
      return { path, text: present };
    }
    const text = make();
    await writeFile(path, text, { mode: 0o600 });
    return { path, text };
  };
  const random = () => randomBytes(32).toString('base64url');
  const session = process.env.NEXTAUTH_SECRET || (await keep('session', random)).text.trim();
  const sealing = process.env.SUBLET_SECRETS_KEY || (await keep('sealing', random)).text.trim();
  const signing = () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
  const lease = process.env.SUBLET_LEASE_KEY || (await keep('lease-key.pem', signing)).path;
  const log = process.env.SUBLET_LOG_KEY || (await keep('log-key.pem', signing)).path;
  return {
    NEXTAUTH_SECRET: session,
    SUBLET_SECRETS_KEY: sealing,
    SUBLET_LEASE_KEY: lease,
    SUBLET_LOG_KEY: log,
    SUBLET_LEASE_PUBLIC_KEY: await publicKeyOf(lease),
  };
}

/** The raw public half in base64url: what gateways check permits with. */
export async function publicKeyOf(lease) {
  try {
    const { x, crv } = createPublicKey(await privateKeyOf(lease)).export({ format: 'jwk' });
    if (crv !== 'Ed25519') throw new Error('not Ed25519');
    return x;
  } catch {
    throw new Stop(
      'SUBLET_LEASE_KEY must be an Ed25519 private key as PKCS8 PEM, or the path of a file that holds one.',
    );
  }
}

/** PEM text, its one line of base64 alone, or the path of a file with it. */
async function privateKeyOf(lease) {
  if (lease.startsWith('-----BEGIN')) return lease.replaceAll('\\n', '\n');
  if (lease.startsWith('MC4CAQAw')) return { key: Buffer.from(lease, 'base64'), format: 'der', type: 'pkcs8' };
  return readFile(lease, 'utf8');
}
