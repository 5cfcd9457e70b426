import { createHmac, timingSafeEqual } from 'node:crypto';

/** A challenge must be answered within this time. */
export const CHALLENGE_SECONDS = 60;

// `<issued at, ms>.<random>.<HMAC>`: nothing is stored until somebody who holds the machine's key has answered, so asking costs us nothing.
const SHAPE = /^(\d{13})\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;

function mac(machineId: string, issuedAtMs: string, random: string, secret: string): string {
  return createHmac('sha256', secret)
    .update(`sublet/challenge/v1\n${machineId}\n${issuedAtMs}\n${random}`)
    .digest('base64url');
}

/** A nonce for this machine; `random` is 16 fresh random bytes in base64url. */
export function makeChallenge(machineId: string, random: string, secret: string, now: Date): string {
  const issuedAtMs = String(now.getTime());
  return `${issuedAtMs}.${random}.${mac(machineId, issuedAtMs, random, secret)}`;
}

/** When we issued this nonce to this machine; null when we did not, or too long ago. Whether it was used before, the caller must know. */
export function readChallenge(nonce: string, machineId: string, secret: string, now: Date): Date | null {
  const [, issuedAtMs = '', random = '', given = ''] = SHAPE.exec(nonce) ?? [];
  if (given === '') return null;
  const expected = mac(machineId, issuedAtMs, random, secret);
  if (!timingSafeEqual(Buffer.from(given), Buffer.from(expected))) return null;
  const ageMs = now.getTime() - Number(issuedAtMs);
  return ageMs >= 0 && ageMs <= CHALLENGE_SECONDS * 1_000 ? new Date(Number(issuedAtMs)) : null;
}
