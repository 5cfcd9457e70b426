import { hash } from 'node:crypto';

/** What is stored of a secret that a person or program carries: its SHA-256 in hex. Secrets are random, so no salt is needed. */
export function hashOfSecret(secret: string): string {
  return hash('sha256', secret, 'hex');
}
