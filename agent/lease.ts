import type { DesiredWorkload } from '../protocol/agent.ts';
import { verifySigned } from '../protocol/keys.ts';
import { type LeasePermit, leasePermit } from '../protocol/lease.ts';
import { DOMAINS, type Signed } from '../protocol/words.ts';

/** What this machine was last told about one rental, and can prove: kept on disk, obeyed without asking anybody. */
export type Lease = {
  signed: Signed;
  permit: LeasePermit;
  desired: DesiredWorkload['desired'];
  run: number;
  command: string[] | null;
  sealedEnvironment: string | null;
  /** It yields at this instant; not kept on disk: its window ends then anyway. */
  notice?: { endsAt: string } | undefined;
};

/** Whose permits a machine obeys: the market's key, for this machine and no other. */
export type Trust = { leaseKey: string; machineId: string; machineKey: string };

export type Judged = { lease: Lease; refusal: null } | { lease: null; refusal: string };

/**
 * Decides whether a workload from the market replaces what is known of its lease. Refuses what is not signed by the
 * market, is for another machine, or is older than what is known: nothing on the wire can take a rental back in time.
 */
export function judgeOffer(offered: DesiredWorkload, known: Lease | null, trust: Trust): Judged {
  const refuse = (refusal: string): Judged => ({ lease: null, refusal });
  const permit = readPermit(offered.lease);
  if (permit === null) return refuse('The lease is not in a form that this agent understands.');
  if (!verifySigned(DOMAINS.lease, offered.lease, trust.leaseKey)) {
    return refuse('The lease is not signed by the market that this machine is enrolled with.');
  }
  if (permit.machineId !== trust.machineId || permit.machineKey !== trust.machineKey) {
    return refuse('The lease is for another machine.');
  }
  if (Date.parse(permit.endsAt) <= Date.parse(permit.startsAt)) return refuse('The window of the lease is empty.');
  if (known !== null) {
    const older = permit.revision < known.permit.revision || offered.run < known.run;
    if (older) return refuse('The lease is older than the one that this machine already has.');
    const other = permit.revision === known.permit.revision && offered.lease.payload !== known.signed.payload;
    if (other) return refuse('The lease differs from the one that this machine has under the same revision.');
    if (known.desired === 'ended' && offered.desired !== 'ended') return refuse('The lease has ended already.');
  }
  const { desired, run, command, sealedEnvironment, notice } = offered;
  return { lease: { signed: offered.lease, permit, desired, run, command, sealedEnvironment, notice }, refusal: null };
}

/** The permit inside signed text, unverified; null when it is none. */
export function readPermit(signed: Signed): LeasePermit | null {
  try {
    const read = leasePermit.safeParse(JSON.parse(signed.payload));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}

export function sameLease(a: Lease, b: Lease): boolean {
  return (
    a.signed.payload === b.signed.payload &&
    a.desired === b.desired &&
    a.run === b.run &&
    a.notice?.endsAt === b.notice?.endsAt &&
    a.sealedEnvironment === b.sealedEnvironment &&
    JSON.stringify(a.command) === JSON.stringify(b.command)
  );
}
