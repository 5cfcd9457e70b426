import { randomBytes } from 'node:crypto';
import { readTerms } from '#lib/bookings/terms.ts';
import type { Tx } from '#lib/io/db.ts';
import { leaseKey } from '#lib/io/lease-key.ts';
import { log } from '#lib/io/log.ts';
import { toBase64url } from '#protocol/base64.ts';
import { sha256Bytes } from '#protocol/keys.ts';
import { entryOf, type RecordKind, SALT_BYTES } from '#protocol/log-entry.ts';
import { DOMAINS, type Signed } from '#protocol/words.ts';
import { creditRecord, keyRecord, termsRecord } from './log-line.ts';

/** A line that is to be logged, and the rows of the queue that asked for it. */
export type LogLine = {
  readonly kind: RecordKind;
  readonly subject: string;
  readonly leaseId: string | null;
  readonly sequence: number | null;
  readonly machineId: string | null;
  readonly entry: Uint8Array;
  readonly salt: string;
  /** Null when it lies elsewhere: a statement's lies with the statement. */
  readonly signed: Signed | null;
};

type Waiting = {
  readonly id: bigint;
  readonly kind: string;
  readonly leaseId: string | null;
  readonly sequence: number | null;
  readonly machineId: string | null;
  readonly reference: string | null;
};

/**
 * Step: what the oldest of the queue is about, as lines of the log, and which rows of the queue are done with by them.
 * What was logged already is done with; what cannot be made a line of is reported and stays.
 */
export async function gatherLogLines(tx: Tx, most: number): Promise<{ lines: LogLine[]; done: bigint[] }> {
  const waiting = await tx.logWaiting.findMany({ orderBy: { id: 'asc' }, take: most });
  const read = await readSources(tx, waiting);
  const lines = new Map<string, LogLine>();
  const done: bigint[] = [];
  const market = keyLine('market', null, leaseKey().publicKey);
  for (const line of [market]) lines.set(line.subject, line);
  for (const row of waiting) {
    try {
      const line = read(row);
      if (line === null) continue;
      lines.set(line.subject, line);
      done.push(row.id);
    } catch (error) {
      log.error({ waiting: row.id.toString(), err: error }, 'a record could not be made a line of the public log');
    }
  }
  const known = await tx.logEntry.findMany({
    where: { subject: { in: [...lines.keys()] } },
    select: { subject: true },
  });
  for (const { subject } of known) lines.delete(subject);
  return { lines: [...lines.values()], done };
}

function keyLine(role: 'market' | 'machine', machineId: string | null, key: string): LogLine {
  const signed = leaseKey().signAs(DOMAINS.key, keyRecord(role, machineId, key));
  return lineOf('key', `key:${machineId ?? 'market'}:${key}`, signed, { machineId });
}

function lineOf(
  kind: RecordKind,
  subject: string,
  signed: Signed,
  about: { readonly leaseId?: string; readonly sequence?: number; readonly machineId?: string | null },
): LogLine {
  const salt = kind === 'key' ? '' : toBase64url(randomBytes(SALT_BYTES));
  const entry = entryOf(sha256Bytes, { kind, salt, ...signed });
  if (entry === null) throw new Error('a salt was made that is none');
  const { leaseId = null, sequence = null, machineId = null } = about;
  return { kind, subject, leaseId, sequence, machineId, entry, salt, signed: kind === 'statement' ? null : signed };
}

async function readSources(tx: Tx, waiting: readonly Waiting[]): Promise<(row: Waiting) => LogLine | null> {
  const of = (kind: RecordKind) => waiting.filter((row) => row.kind === kind);
  const statements = await statementsOf(tx, of('statement'));
  const leases = await tx.lease.findMany({
    where: { id: { in: of('terms').flatMap((row) => row.leaseId ?? []) } },
    select: {
      id: true,
      booking: { select: { id: true, machineId: true, createdAt: true, terms: true, clientKeys: true } },
    },
  });
  const bookings = new Map(leases.map((lease) => [lease.id, lease.booking]));
  const credits = await creditsOf(
    tx,
    of('credit').flatMap((row) => row.reference ?? []),
  );
  return (row) => {
    const { leaseId, sequence, machineId, reference } = row;
    if (row.kind === 'key' && machineId !== null && reference !== null) return keyLine('machine', machineId, reference);
    if (row.kind === 'terms' && leaseId !== null) {
      const booking = bookings.get(leaseId);
      if (booking === undefined) return null;
      const text = termsRecord({ ...booking, terms: readTerms(booking.terms) }, leaseId);
      return lineOf('terms', `terms:${leaseId}`, leaseKey().signAs(DOMAINS.terms, text), { leaseId });
    }
    if (row.kind === 'statement' && leaseId !== null && sequence !== null) {
      const signed = statements.get(`${leaseId}:${sequence}`);
      if (signed === undefined) return null;
      return lineOf('statement', `statement:${leaseId}:${sequence}`, signed, { leaseId, sequence });
    }
    const credit = credits.get(reference ?? '');
    if (row.kind !== 'credit' || credit === undefined) return null;
    const signed = leaseKey().signAs(DOMAINS.credit, credit.text);
    return lineOf('credit', `credit:${reference}`, signed, { leaseId: credit.leaseId });
  };
}

async function statementsOf(tx: Tx, rows: readonly Waiting[]): Promise<Map<string, Signed>> {
  if (rows.length === 0) return new Map();
  const found = await tx.$queryRaw<(Signed & { lease_id: string; sequence: number })[]>`
    SELECT s.lease_id, s.sequence, s.payload, s.signature FROM statements s
    JOIN unnest(${rows.map((row) => row.leaseId)}::text[], ${rows.map((row) => row.sequence)}::int[])
      AS wanted (lease_id, sequence) USING (lease_id, sequence)`;
  return new Map(found.map((row) => [`${row.lease_id}:${row.sequence}`, row]));
}

async function creditsOf(
  tx: Tx,
  references: readonly string[],
): Promise<Map<string, { leaseId: string; text: string }>> {
  const credits = new Map<string, { leaseId: string; text: string }>();
  for (const reference of references) {
    const parts = await tx.transfer.findMany({
      where: { idempotencyKey: { in: [`${reference}:host`, `${reference}:fee`, reference] } },
      select: {
        id: true,
        kind: true,
        amountMicros: true,
        reason: true,
        createdAt: true,
        bookingId: true,
        causeId: true,
      },
    });
    const bookingId = parts[0]?.bookingId;
    if (bookingId === undefined || bookingId === null) continue;
    const lease = await tx.lease.findUnique({ where: { bookingId }, select: { id: true } });
    if (lease !== null) credits.set(reference, { leaseId: lease.id, text: creditRecord(lease.id, reference, parts) });
  }
  return credits;
}
