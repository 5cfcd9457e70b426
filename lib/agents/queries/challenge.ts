import { createHash, randomBytes } from 'node:crypto';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { db } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { makeChallenge } from '../challenge.ts';

/** What challenges are authenticated with: derived from the market's lease key, so that every process has the same. */
export function challengeSecret(): string {
  const pem = env().leaseKeyPem;
  if (pem === undefined) throw new Error('SUBLET_LEASE_KEY is not set. See .env.example.');
  return createHash('sha256').update(`sublet/challenge-secret/v1\n${pem}`).digest('base64url');
}

/** A nonce for an enrolled machine to sign. Nothing is stored. Refuses with `agentUnknown`. */
export async function challengeFor(machineId: string, world: World = theWorld): Promise<string> {
  const machine = await db.machine.findUnique({ where: { id: machineId }, select: { retiredAt: true } });
  if (machine === null || machine.retiredAt !== null) throw new Refusal('agentUnknown');
  return makeChallenge(machineId, randomBytes(16).toString('base64url'), challengeSecret(), world.now());
}
