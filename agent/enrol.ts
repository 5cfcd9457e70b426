import { enrolText } from '../protocol/agent.ts';
import type { Specification } from '../protocol/specification.ts';
import { DOMAINS, PROTOCOL_VERSION } from '../protocol/words.ts';
import type { Clock } from './clock.ts';
import type { Identity, Keys } from './io/identity.ts';
import type { Market } from './io/market.ts';

export type EnrolOptions = {
  market: Market;
  keys: Keys;
  code: string;
  specification: Specification;
  agentVersion: string;
  clock: Clock;
};

/** Trades a one-time code for a place in the market. With the same keys the same code may be tried again after a lost answer. */
export async function enrol(options: EnrolOptions): Promise<Omit<Identity, 'simulate' | 'machine'>> {
  const { market, keys, specification, agentVersion, clock } = options;
  const code = options.code.trim();
  const { signingKey, sealingKey } = keys;
  const answer = await market.enrol({
    protocol: PROTOCOL_VERSION,
    code,
    signingKey,
    sealingKey,
    agentVersion,
    now: new Date(clock.wall()).toISOString(),
    specification,
    proof: keys.signature(DOMAINS.enrol, enrolText(code, signingKey, sealingKey)),
  });
  const { machineId, leaseKey } = answer;
  return { market: market.url, machineId, leaseKey, enrolledAt: new Date(clock.wall()).toISOString() };
}
