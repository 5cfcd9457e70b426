import { sha256, verifySigned } from '#protocol/keys.ts';
import { type Statement, statement as statementForm } from '#protocol/statement.ts';
import { DOMAINS, type Signed, signedText } from '#protocol/words.ts';

/** A statement that its machine signed, with what the next one will call it. */
export type ReadStatement = { readonly signed: Signed; readonly statement: Statement; readonly hash: string };

/** What a machine says of its leases, read and checked as far as nothing stored is needed for it. */
export type Usage = {
  readonly machineId: string;
  readonly byLease: ReadonlyMap<string, readonly ReadStatement[]>;
  readonly statements: number;
  /** How many were left out: not of this machine, not signed by it, or no statements at all. */
  readonly refused: number;
  /** When it came. */
  readonly at: Date;
};

/** Reads what a machine sent and leaves out what it did not sign. `signingKey` is its raw public key, base64url. */
export function readUsage(
  machine: { readonly id: string; readonly signingKey: string },
  sent: readonly Signed[],
  at: Date,
): Usage {
  const byLease = new Map<string, ReadStatement[]>();
  let statements = 0;
  for (const signed of sent) {
    const statement = readStatement(signed);
    if (statement?.machineId !== machine.id) continue;
    const reads = byLease.get(statement.leaseId) ?? [];
    byLease.set(statement.leaseId, reads);
    if (!verifySigned(DOMAINS.statement, signed, machine.signingKey)) continue;
    reads.push({ signed, statement, hash: sha256(signedText(DOMAINS.statement, signed.payload)) });
    statements += 1;
  }
  return { machineId: machine.id, byLease, statements, refused: sent.length - statements, at };
}

function readStatement(signed: Signed): Statement | undefined {
  try {
    return statementForm.safeParse(JSON.parse(signed.payload)).data;
  } catch {
    return undefined;
  }
}

export type ChainEnd = { readonly statementSequence: number; readonly statementHash: string };

/**
 * The statements that continue the chain of a lease, in order, each naming the one before it. What was stored before is
 * skipped, what comes after a gap waits to be sent again, and what names another one before it is left out.
 */
export function nextOfChain(end: ChainEnd, sent: readonly ReadStatement[]): ReadStatement[] {
  const chain: ReadStatement[] = [];
  let sequence = end.statementSequence;
  let previous = end.statementHash;
  for (const read of sent.toSorted((a, b) => a.statement.sequence - b.statement.sequence)) {
    if (read.statement.sequence <= sequence) continue;
    if (read.statement.sequence > sequence + 1) break;
    if (read.statement.previous !== previous) continue;
    chain.push(read);
    sequence += 1;
    previous = read.hash;
  }
  return chain;
}
