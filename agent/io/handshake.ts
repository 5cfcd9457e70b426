import { type ConnectAnswer, connectText } from '../../protocol/agent.ts';
import { DOMAINS, PROTOCOL_VERSION } from '../../protocol/words.ts';
import type { Keys } from './identity.ts';
import type { Market } from './market.ts';

export type Handshake = {
  readonly market: Pick<Market, 'challenge' | 'connect'>;
  readonly machineId: string;
  readonly keys: Pick<Keys, 'signature'>;
  /** New at every start of an agent. */
  readonly bootId: string;
  readonly agentVersion: string;
};

/** Proves to the market which machine speaks; its token authenticates what follows. Rejects as {@link Market} does. */
export async function shakeHands({ market, machineId, keys, bootId, agentVersion }: Handshake): Promise<ConnectAnswer> {
  const { nonce } = await market.challenge(machineId);
  const proof = keys.signature(DOMAINS.connect, connectText(machineId, nonce, bootId));
  return market.connect({ protocol: PROTOCOL_VERSION, machineId, nonce, bootId, agentVersion, proof });
}
