import { generateKeyPairSync, randomBytes } from 'node:crypto';

/** New secrets of a market as lines for its `.env`. Nothing is written anywhere. */
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const log = generateKeyPairSync('ed25519').privateKey;
const lines = {
  NEXTAUTH_SECRET: randomBytes(32).toString('base64url'),
  SUBLET_SECRETS_KEY: randomBytes(32).toString('base64url'),
  SUBLET_LEASE_KEY: privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
  SUBLET_LOG_KEY: log.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
  SUBLET_LEASE_PUBLIC_KEY: publicKey.export({ format: 'jwk' }).x,
  POSTGRES_PASSWORD: randomBytes(24).toString('base64url'),
};
for (const [name, value] of Object.entries(lines)) console.log(`${name}=${value}`);
