import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { env } from './env.ts';

const VERSION = 'v1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Whether this market has a key to encrypt with (SUBLET_SECRETS_KEY). */
export function keepsSecrets(): boolean {
  return env().secretsKey !== undefined;
}

/**
 * Encrypts text for the database (AES-256-GCM under SUBLET_SECRETS_KEY), bound to `context`: moved to another row it does not
 * open. Whoever holds database and key can read it: only what must wait for its machine is kept so.
 */
export function encryptSecret(text: string, context: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', theKey(), nonce);
  cipher.setAAD(Buffer.from(context));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return `${VERSION}.${Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString('base64url')}`;
}

/** Opens what {@link encryptSecret} made; throws when key, context or text differ. */
export function decryptSecret(kept: string, context: string): string {
  const [version, body = ''] = kept.split('.');
  const bytes = Buffer.from(body, 'base64url');
  if (version !== VERSION || bytes.length < NONCE_BYTES + TAG_BYTES) throw new Error('this is no encrypted secret');
  const decipher = createDecipheriv('aes-256-gcm', theKey(), bytes.subarray(0, NONCE_BYTES));
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  return decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
}

function theKey(): Buffer {
  const key = env().secretsKey;
  if (key === undefined) throw new Error('SUBLET_SECRETS_KEY is not set. See .env.example.');
  return key;
}
