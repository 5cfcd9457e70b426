import { type LockedBooking, lockBookingsOn } from '#lib/bookings/lock-booking.ts';
import { shareOf } from '#lib/bookings/terms.ts';
import type { Tx } from '#lib/io/db.ts';
import { log } from '#lib/io/log.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import { type Capture, captureDrafts } from '#lib/ledger/transfer.ts';
import { sha256, verifySigned } from '#protocol/keys.ts';
import { type Statement, statement as statementForm } from '#protocol/statement.ts';
import { DOMAINS, type Signed, signedText } from '#protocol/words.ts';
import { type BillingFacts, type BillingState, bill } from './billing.ts';
import { type AllocationSpan, billingFacts } from './billing-facts.ts';

type Read = { readonly signed: Signed; readonly statement: Statement };

/**
 * Step: stores signed statements of a machine and bills them: each lease's next in sequence that its machine signed and
 * that continue its chain. What was stored before is skipped, what comes after a gap waits for it to be sent again, and
 * what is not signed, not chained or not of this machine is not taken. Answers per lease the highest sequence that is
 * stored. Renter, host and platform are settled in the same transaction, all leases in one statement of the ledger.
 */
export async function recordStatements(
  tx: Tx,
  machine: { readonly id: string; readonly signingKey: string },
  sent: readonly Signed[],
  now: Date,
): Promise<Record<string, number>> {
  const byLease = new Map<string, Read[]>();
  for (const signed of sent) {
    const statement = readStatement(signed);
    if (statement?.machineId !== machine.id) continue;
    const others = byLease.get(statement.leaseId);
    if (others === undefined) byLease.set(statement.leaseId, [{ signed, statement }]);
    else others.push({ signed, statement });
  }
  if (byLease.size === 0) return {};
  const bookings = await lockBookingsOn(tx, machine.id, { leaseIds: [...byLease.keys()] });
  const captures: Capture[] = [];
  const stored: Record<string, number> = {};
  for (const booking of bookings) {
    const { sequence, capture } = await recordLease(tx, machine, booking, byLease.get(booking.lease.id) ?? [], now);
    if (sequence >= 0) stored[booking.lease.id] = sequence;
    if (capture !== null) captures.push(capture);
  }
  await postTransfers(tx, captures.flatMap(captureDrafts), now);
  return stored;
}

function readStatement(signed: Signed): Statement | undefined {
  try {
    return statementForm.safeParse(JSON.parse(signed.payload)).data;
  } catch {
    return undefined;
  }
}

async function recordLease(
  tx: Tx,
  machine: { readonly signingKey: string },
  booking: LockedBooking,
  sent: readonly Read[],
  now: Date,
): Promise<{ sequence: number; capture: Capture | null }> {
  const { lease } = booking;
  const chain = nextOfChain(machine, lease, sent);
  if (chain.length === 0) return { sequence: lease.statementSequence, capture: null };
  const facts = billingFacts(booking, await spansOf(tx, booking.id));
  const { rows, state } = billAll(lease, chain, facts, now);
  const last = rows.at(-1);
  if (last === undefined) return { sequence: lease.statementSequence, capture: null };
  await tx.statementRecord.createMany({ data: rows });
  const share = shareOf(state.chargedMicros, booking.terms.feeBasisPoints);
  await tx.lease.update({
    where: { id: lease.id },
    data: {
      gpuSeconds: state.gpuSeconds,
      diskByteSeconds: state.diskByteSeconds.toString(),
      chargedMicros: state.chargedMicros,
      heldMicros: state.heldMicros,
      feeMicros: share.feeMicros,
      creditedMicros: share.hostMicros,
      billedUntil: state.billedUntil,
      statementSequence: last.sequence,
      statementHash: last.hash,
    },
  });
  await noteFirstUse(tx, booking, rows);
  const capture: Capture = {
    renterId: booking.renterId,
    hostId: booking.hostId,
    bookingId: booking.id,
    holdId: lease.holdId,
    creditMicros: share.hostMicros - lease.creditedMicros,
    feeMicros: share.feeMicros - lease.feeMicros,
    key: `capture:${lease.id}:${last.sequence}`,
  };
  return { sequence: last.sequence, capture };
}

type Lease = LockedBooking['lease'];

/** The statements that continue the chain of a lease, in order: signed by the machine, each naming the one before it. */
function nextOfChain(machine: { readonly signingKey: string }, lease: Lease, sent: readonly Read[]) {
  const chain: (Read & { readonly hash: string })[] = [];
  let sequence = lease.statementSequence;
  let previous = lease.statementHash;
  for (const read of sent.toSorted((a, b) => a.statement.sequence - b.statement.sequence)) {
    if (read.statement.sequence <= sequence) continue;
    if (read.statement.sequence > sequence + 1) break;
    if (read.statement.previous !== previous || !verifySigned(DOMAINS.statement, read.signed, machine.signingKey)) {
      log.warn({ lease: lease.id, sequence: read.statement.sequence }, 'a statement is not of this chain');
      continue;
    }
    const hash = sha256(signedText(DOMAINS.statement, read.signed.payload));
    chain.push({ ...read, hash });
    sequence += 1;
    previous = hash;
  }
  return chain;
}

function billAll(lease: Lease, chain: readonly (Read & { readonly hash: string })[], facts: BillingFacts, now: Date) {
  let state: BillingState = lease;
  const rows = chain.map(({ signed, statement, hash }) => {
    const billed = bill(statement, state, facts, now);
    state = billed.next;
    return {
      leaseId: lease.id,
      sequence: statement.sequence,
      payload: signed.payload,
      signature: signed.signature,
      hash,
      startsAt: storable(statement.startsAt),
      endsAt: storable(statement.endsAt),
      state: statement.state,
      gpuSeconds: Math.min(statement.gpuSeconds, 2_147_483_647),
      diskByteSeconds: statement.diskByteSeconds,
      billedGpuSeconds: Number(billed.gpuSeconds),
      billedDiskByteSeconds: billed.diskByteSeconds.toString(),
      chargedMicros: billed.chargedMicros,
      unbilledReason: billed.reason,
      receivedAt: now,
    };
  });
  return { rows, state };
}

// PostgreSQL has no year 0, which an instant on the wire may name; the payload keeps what was said.
function storable(instant: string): Date {
  return new Date(Math.max(0, Date.parse(instant)));
}

async function spansOf(tx: Tx, bookingId: string): Promise<AllocationSpan[]> {
  return tx.allocation.findMany({
    where: { bookingId },
    select: { startsAt: true, endsAt: true, billableFrom: true, billableUntil: true, gpu: { select: { uuid: true } } },
  });
}

/** A machine that was out of reach when a rental became usable says so by its first statement. */
async function noteFirstUse(
  tx: Tx,
  booking: LockedBooking,
  rows: readonly { readonly startsAt: Date; readonly billedGpuSeconds: number }[],
): Promise<void> {
  const first = rows.find((row) => row.billedGpuSeconds > 0);
  if (booking.startedAt !== null || first === undefined) return;
  await tx.booking.update({ where: { id: booking.id }, data: { startedAt: first.startsAt } });
}
