import type { Lease } from '#agent/lease.ts';
import { readPermit } from '#agent/lease.ts';
import type { DesiredWorkload } from '#protocol/agent.ts';
import type { LeasePermit } from '#protocol/lease.ts';
import { type KeyPair, keyPair, type PermitFields, signedPermit } from '#tests/support/tunnel.ts';

/** A permit by itself, for rules that ask for no signature. */
export function permitWith(fields: Partial<LeasePermit> = {}): LeasePermit {
  const permit = readPermit(signedPermit(keyPair(), { gateways: [], machineKey: 'key', ...fields }));
  if (permit === null) throw new Error('the test made a permit that is none');
  return permit;
}

/** What a market says of one rental: running, unless told otherwise. */
export function desiredWorkload(
  market: KeyPair,
  permit: PermitFields,
  rest: Partial<Omit<DesiredWorkload, 'lease'>> = {},
): DesiredWorkload {
  return {
    lease: signedPermit(market, permit),
    desired: 'running',
    run: 1,
    command: null,
    sealedEnvironment: null,
    ...rest,
  };
}

export function leaseFrom(offered: DesiredWorkload): Lease {
  const { lease: signed, ...rest } = offered;
  const permit = readPermit(signed);
  if (permit === null) throw new Error('the test made a permit that is none');
  return { signed, permit, ...rest };
}
