import { shareOf } from '#lib/bookings/terms.ts';
import type { Tx } from '#lib/io/db.ts';
import { BY_ITSELF } from '#lib/io/in-groups.ts';
import { log } from '#lib/io/log.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import { captureDrafts, type TransferDraft } from '#lib/ledger/transfer.ts';
import type { Signed } from '#protocol/words.ts';
import { type BillingState, bill } from './billing.ts';
import { type AllocationSpan, billingFacts } from './billing-facts.ts';
import { type LeaseToBill, lockLeases, lockMachines, spansOf } from './lock-leases.ts';
import {
  type BilledLease,
  type BilledStatement,
  moveTotals,
  noteFirstUse,
  storeStatements,
} from './store-statements.ts';
import { nextOfChain, type ReadStatement, readUsage, type Usage } from './usage.ts';

/** Per lease the highest sequence that is stored. */
export type Stored = Record<string, number>;

/**
 * Step: stores what machines state and bills it: of each lease the statements that continue its chain. What was stored
 * before is skipped, what comes after a gap waits for it to be sent again. Renters, hosts and platform are settled in the
 * same transaction, all leases of all machines in one statement of the ledger. Answers, for each machine in the given order,
 * what is stored; without `wait`, {@link BY_ITSELF} for one that somebody else has locked.
 */
export async function recordUsage(
  tx: Tx,
  usages: readonly Usage[],
  { wait }: { readonly wait: boolean },
): Promise<(Stored | typeof BY_ITSELF)[]> {
  const ours = await lockMachines(
    tx,
    usages.map(({ machineId }) => machineId),
    wait,
  );
  const taken = usages.filter(({ machineId }) => ours.has(machineId));
  for (const { machineId, refused } of taken)
    if (refused > 0) log.warn({ machine: machineId, refused }, 'statements that this machine did not sign');
  const leases = taken.length === 0 ? [] : await lockLeases(tx, taken);
  const billed = await billLeases(tx, leases, new Map(taken.map((usage) => [usage.machineId, usage])));
  if (billed.length > 0) {
    await storeStatements(tx, billed);
    await moveTotals(tx, billed);
    await noteFirstUse(tx, billed);
    const now = new Date(Math.max(...taken.map(({ at }) => at.getTime())));
    await postTransfers(tx, billed.flatMap(draftsOf), now);
  }
  const sequences = new Map([
    ...leases.map((lease) => [lease.id, lease.statementSequence] as const),
    ...billed.map(({ lease, statements }) => [lease.id, lease.statementSequence + statements.length] as const),
  ]);
  return usages.map(({ machineId, byLease }) => {
    if (!wait && !ours.has(machineId)) return BY_ITSELF;
    const stored = [...byLease.keys()].map((id) => [id, sequences.get(id) ?? -1] as const);
    return Object.fromEntries(stored.filter(([, sequence]) => sequence >= 0));
  });
}

/** Step: the same for one machine that sent this. */
export async function recordStatements(
  tx: Tx,
  machine: { readonly id: string; readonly signingKey: string },
  sent: readonly Signed[],
  now: Date,
): Promise<Stored> {
  const [stored] = await recordUsage(tx, [readUsage(machine, sent, now)], { wait: true });
  return stored === undefined || stored === BY_ITSELF ? {} : stored;
}

async function billLeases(
  tx: Tx,
  leases: readonly LeaseToBill[],
  usages: ReadonlyMap<string, Usage>,
): Promise<BilledLease[]> {
  const next = leases.flatMap((lease) => {
    const usage = usages.get(lease.machineId);
    const sent = usage?.byLease.get(lease.id) ?? [];
    const chain = nextOfChain(lease, sent);
    if (sent.some(({ statement }) => statement.sequence > lease.statementSequence + chain.length))
      log.warn(
        { lease: lease.id, sequence: lease.statementSequence + chain.length },
        'statements do not follow the chain',
      );
    return usage === undefined || chain.length === 0 ? [] : [{ lease, chain, at: usage.at }];
  });
  if (next.length === 0) return [];
  const spans = await spansOf(
    tx,
    next.map(({ lease }) => lease.bookingId),
  );
  return next.flatMap(({ lease, chain, at }) => billLease(lease, chain, spans.get(lease.bookingId) ?? [], at));
}

function billLease(
  lease: LeaseToBill,
  chain: readonly ReadStatement[],
  spans: readonly AllocationSpan[],
  receivedAt: Date,
): BilledLease[] {
  const facts = billingFacts({ ...lease, lease }, spans);
  let state: BillingState = lease;
  const [first, ...rest] = chain.map((read): BilledStatement => {
    const billed = bill(read.statement, state, facts, receivedAt);
    state = billed.next;
    return { ...read, billed, receivedAt };
  });
  if (first === undefined) return [];
  const { feeMicros, hostMicros } = shareOf(state.chargedMicros, lease.terms.feeBasisPoints);
  return [{ lease, statements: [first, ...rest], state, feeMicros, creditedMicros: hostMicros }];
}

function draftsOf({ lease, statements, feeMicros, creditedMicros }: BilledLease): TransferDraft[] {
  return captureDrafts({
    renterId: lease.renterId,
    hostId: lease.hostId,
    bookingId: lease.bookingId,
    holdId: lease.holdId,
    creditMicros: creditedMicros - lease.creditedMicros,
    feeMicros: feeMicros - lease.feeMicros,
    key: `capture:${lease.id}:${lease.statementSequence + statements.length}`,
  });
}
