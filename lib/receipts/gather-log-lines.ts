import { randomBytes } from 'node:crypto';
import { readTerms } from '#lib/bookings/terms.ts';
import type { Tx } from '#lib/io/db.ts';
import { leaseKey } from '#lib/io/lease-key.ts';
import { log } from '#lib/io/log.ts';
import { toBase64url } from '#protocol/base64.ts';
import { sha256Bytes, sha256Text } from '#protocol/keys.ts';
import { entryOf, entryText, type RecordKind, SALT_BYTES } from '#protocol/log-entry.ts';
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
  /** Of a statement: its text and signature, and whether it is in the log already. */
  readonly payload: string | null;
  readonly signature: string | null;
  readonly logged: boolean;
};

/**
 * Step: what the oldest of the queue is about, as lines of the log, and which rows of the queue are done with by them.
 * What was logged already is done with; what cannot be made a line of is reported and stays. Statements come last.
 * `more`: the queue may be longer.
 */
export async function gatherLogLines(
  tx: Tx,
  most: number,
): Promise<{ lines: LogLine[]; done: bigint[]; more: boolean }> {
  const waiting = await oldestWaiting(tx, most);
  const others = waiting.filter((row) => row.kind !== 'statement');
  const read = await readSources(tx, others);
  const lines = new Map<string, LogLine>();
  const done: bigint[] = [];
  const market = keyLine('market', null, leaseKey().publicKey);
  for (const line of [market]) lines.set(line.subject, line);
  for (const row of others) {
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
    where: { kind: { not: 'statement' }, subject: { in: [...lines.keys()] } },
    select: { subject: true },
  });
  for (const { subject } of known) lines.delete(subject);
  for (const line of statementLines(waiting, done)) lines.set(line.subject, line);
  return { lines: [...lines.values()], done, more: waiting.length === most && done.length > 0 };
}

/** The oldest of the queue, statements with their texts: they are nearly all of it, so they come in one query. */
function oldestWaiting(tx: Tx, most: number): Promise<Waiting[]> {
  return tx.$queryRaw<Waiting[]>`
    SELECT w.id, w.kind, w.lease_id AS "leaseId", w.sequence, w.machine_id AS "machineId", w.reference,
      s.payload, s.signature, e.index IS NOT NULL AS logged
    FROM (SELECT * FROM log_waiting ORDER BY id LIMIT ${most}) w
    LEFT JOIN statements s ON w.kind = 'statement' AND s.lease_id = w.lease_id AND s.sequence = w.sequence
    LEFT JOIN log_entries e ON w.kind = 'statement' AND e.kind = 'statement'
      AND e.lease_id = w.lease_id AND e.sequence = w.sequence
    ORDER BY w.id`;
}

function statementLines(waiting: readonly Waiting[], done: bigint[]): LogLine[] {
  const lines: LogLine[] = [];
  const salts = randomBytes(SALT_BYTES * waiting.length);
  for (const [at, row] of waiting.entries()) {
    const { id, leaseId, sequence, payload, signature } = row;
    if (row.kind !== 'statement' || leaseId === null || sequence === null || payload === null || signature === null)
      continue;
    done.push(id);
    if (row.logged) continue;
    const salt = salts.toString('base64url', SALT_BYTES * at, SALT_BYTES * (at + 1));
    const entry = sha256Text(entryText({ kind: 'statement', salt, payload, signature }));
    const subject = `statement:${leaseId}:${sequence}`;
    lines.push({ kind: 'statement', subject, leaseId, sequence, machineId: null, entry, salt, signed: null });
  }
  return lines;
}

function keyLine(role: 'market' | 'machine', machineId: string | null, key: string): LogLine {
  const signed = leaseKey().signAs(DOMAINS.key, keyRecord(role, machineId, key));
  return lineOf('key', `key:${machineId ?? 'market'}:${key}`, signed, { machineId });
}

function lineOf(
  kind: RecordKind,
  subject: string,
  signed: Signed,
  about: { readonly leaseId?: string; readonly machineId?: string | null },
): LogLine {
  const salt = kind === 'key' ? '' : toBase64url(randomBytes(SALT_BYTES));
  const entry = entryOf(sha256Bytes, { kind, salt, ...signed });
  if (entry === null) throw new Error('a salt was made that is none');
  const { leaseId = null, machineId = null } = about;
  return { kind, subject, leaseId, sequence: null, machineId, entry, salt, signed };
}

async function readSources(tx: Tx, waiting: readonly Waiting[]): Promise<(row: Waiting) => LogLine | null> {
  const of = (kind: RecordKind) => waiting.filter((row) => row.kind === kind);
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
    const { leaseId, machineId, reference } = row;
    if (row.kind === 'key' && machineId !== null && reference !== null) return keyLine('machine', machineId, reference);
    if (row.kind === 'terms' && leaseId !== null) {
      const booking = bookings.get(leaseId);
      if (booking === undefined) return null;
      const text = termsRecord({ ...booking, terms: readTerms(booking.terms) }, leaseId);
      return lineOf('terms', `terms:${leaseId}`, leaseKey().signAs(DOMAINS.terms, text), { leaseId });
    }
    const credit = credits.get(reference ?? '');
    if (row.kind !== 'credit' || credit === undefined) return null;
    const signed = leaseKey().signAs(DOMAINS.credit, credit.text);
    return lineOf('credit', `credit:${reference}`, signed, { leaseId: credit.leaseId });
  };
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
