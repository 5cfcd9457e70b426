import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { readTerms } from '#lib/bookings/terms.ts';
import { db } from '#lib/io/db.ts';
import type { Prisma } from '#lib/io/generated/client.ts';
import { leaseKey } from '#lib/io/lease-key.ts';
import { toBase64 } from '#protocol/base64.ts';
import {
  BILL_KIND,
  type BilledStatement,
  billText,
  type Countersigned,
  GIVEN_BACK_BILL_KIND,
  type GivenBack,
  type LoggedRecord,
  type NewBill,
} from '#protocol/bill.ts';
import { sha256Bytes } from '#protocol/keys.ts';
import { consistencyPath, inclusionPath } from '#protocol/log-tree.ts';
import { DOMAINS } from '#protocol/words.ts';
import { billingFacts } from '../billing-facts.ts';
import { invoiceTotals } from '../invoice.ts';
import { logKeyOf, perfectRoots, type SignedHead, signedHead } from './log.ts';

/** About a month of one rental, a statement a minute: some 60 MB of text. */
const MOST_STATEMENTS = 60_000;

/**
 * The bill of a booking with everything that proves it, for its renter, its host or staff. `since` is the size of an older
 * checkpoint that the asker holds: the bill then proves that the log continues it; else it takes the one in which the terms
 * were logged. What is not theirs is not found; refuses with `unavailable` while the terms are not in the log yet.
 */
export async function billFileOf(
  actor: Actor,
  bookingId: string,
  now: Date,
  ask: { readonly since?: number | undefined } = {},
): Promise<NewBill> {
  // The lease comes before its statements: they are only added, so those up to its sequence are those of its totals. What
  // was countersigned comes before both, so that what it is of is among them.
  const countersignature = await countersignedOf(bookingId);
  const booking = await bookingFor(actor, bookingId);
  const { lease } = booking;
  if (lease.statementSequence >= MOST_STATEMENTS)
    throw new Refusal('tooLarge', {}, `A bill of more than ${MOST_STATEMENTS} statements does not fit into one file.`);
  const [entries, statements] = await Promise.all([
    db.logEntry.findMany({
      where: {
        OR: [
          { leaseId: lease.id },
          { kind: 'key', subject: { in: [`key:market:${leaseKey().publicKey}`, keySubject(booking.machine)] } },
        ],
      },
      orderBy: { index: 'asc' },
    }),
    db.statementRecord.findMany({
      where: { leaseId: lease.id, sequence: { lte: lease.statementSequence } },
      orderBy: { sequence: 'asc' },
    }),
  ]);
  // A head that is read after the entries covers them all.
  const [head, key] = await Promise.all([signedHead(), logKeyOf()]);
  const bySubject = new Map(entries.map((entry) => [entry.subject, entry]));
  const logged = (subject: string) => {
    const entry = bySubject.get(subject);
    if (entry === undefined) throw notLoggedYet();
    return entry;
  };
  const marketKey = logged(`key:market:${leaseKey().publicKey}`);
  const machineKey = logged(keySubject(booking.machine));
  const terms = logged(`terms:${lease.id}`);
  if (head === null || key === null) throw notLoggedYet();

  const proofs = proofsIn(head);
  const earlier = await earlierHead(head, Number(terms.index), ask.since);
  const facts = billingFacts(booking, booking.allocations);
  const record = async (entry: Entry): Promise<LoggedRecord> => ({
    payload: entry.payload ?? '',
    signature: entry.signature ?? '',
    salt: entry.salt,
    index: Number(entry.index),
    path: await proofs.path(Number(entry.index)),
  });
  const lines: BilledStatement[] = [];
  for (const row of statements) {
    const entry = bySubject.get(`statement:${lease.id}:${row.sequence}`);
    lines.push({
      payload: row.payload,
      signature: row.signature,
      salt: entry?.salt ?? '',
      index: entry === undefined ? null : Number(entry.index),
      path: entry === undefined ? [] : await proofs.path(Number(entry.index)),
      receivedAt: row.receivedAt.toISOString(),
      billedGpuSeconds: row.billedGpuSeconds,
      billedDiskByteSeconds: row.billedDiskByteSeconds.toFixed(0),
      chargedMicros: row.chargedMicros.toString(),
      reason: row.unbilledReason,
    });
  }
  const credits: LoggedRecord[] = [];
  for (const entry of entries) if (entry.kind === 'credit') credits.push(await record(entry));
  const proved = {
    issuedAt: now.toISOString(),
    final: lease.settledAt !== null,
    log: key.line,
    checkpoint: head.note,
    earlier: earlier === null ? null : { checkpoint: earlier.note, path: await proofs.consistency(earlier.size) },
    hashes: proofs.hashes,
    marketKey: await record(marketKey),
    machineKey: await record(machineKey),
    terms: await record(terms),
    capMicros: booking.capMicros?.toString() ?? null,
    usable: facts.gpuWindows.map((window) => ({
      gpuUuid: window.uuid,
      from: window.from.toISOString(),
      until: window.to.toISOString(),
    })),
    diskFrom: facts.diskFrom?.toISOString() ?? null,
    diskUntil: facts.diskTo?.toISOString() ?? null,
    statements: lines,
    credits,
    countersignature,
  };
  const summed = {
    totals: invoiceTotals({
      prices: booking.terms,
      lines,
      credits: credits.map((credit) => BigInt((JSON.parse(credit.payload) as { micros: string }).micros)),
    }),
    signature: '',
  };
  const given = lease.givenBack;
  const unsigned: NewBill =
    given === null
      ? { kind: BILL_KIND, ...proved, ...summed }
      : { kind: GIVEN_BACK_BILL_KIND, ...proved, givenBack: givenBackFrom(lease, given), ...summed };
  return { ...unsigned, signature: leaseKey().signAs(DOMAINS.bill, billText(unsigned)).signature };
}

async function countersignedOf(bookingId: string): Promise<Countersigned | null> {
  const row = await db.countersignature.findFirst({ where: { lease: { bookingId } } });
  if (row === null) return null;
  const { payload, signature, key, permit, permitSignature } = row;
  return {
    payload,
    signature,
    key,
    permit: permit === null ? null : { payload: permit, signature: permitSignature ?? '' },
  };
}

/** What giving the window back cost, with what it followed from then. */
function givenBackFrom(
  lease: Pick<LeaseRow, 'cancellationMicros' | 'cancellationFeeMicros' | 'cancellationRefundedMicros'>,
  given: GivenBackRow,
): GivenBack {
  const { cancellationMicros: micros, cancellationFeeMicros: feeMicros } = lease;
  return {
    at: given.at.toISOString(),
    startedAt: given.startedAt?.toISOString() ?? null,
    statements: given.statements,
    permit: { payload: given.permit, signature: given.signature },
    heldMicros: given.heldMicros.toString(),
    micros: micros.toString(),
    hostMicros: (micros - feeMicros).toString(),
    feeMicros: feeMicros.toString(),
    refundedMicros: lease.cancellationRefundedMicros.toString(),
  };
}
type LeaseRow = Prisma.LeaseGetPayload<object>;
type GivenBackRow = Prisma.GivenBackWindowGetPayload<object>;

type Entry = Prisma.LogEntryGetPayload<object>;

function keySubject(machine: { readonly id: string; readonly signingKey: string }): string {
  return `key:${machine.id}:${machine.signingKey}`;
}

function notLoggedYet(): Refusal {
  return new Refusal('unavailable', {}, 'This booking is not in the public log yet. Try again in a minute.');
}

async function bookingFor(actor: Actor, bookingId: string) {
  const booking = await db.booking.findFirst({
    where: {
      id: bookingId,
      ...(actor.role === 'admin' ? {} : { OR: [{ renterId: actor.userId }, { hostId: actor.userId }] }),
    },
    select: {
      id: true,
      terms: true,
      capMicros: true,
      desired: true,
      diskUntil: true,
      machine: { select: { id: true, signingKey: true } },
      lease: {
        select: {
          id: true,
          statementSequence: true,
          settledAt: true,
          billableUntil: true,
          ceilingMicros: true,
          cancellationMicros: true,
          cancellationFeeMicros: true,
          cancellationRefundedMicros: true,
          givenBack: true,
        },
      },
      allocations: {
        orderBy: [{ startsAt: 'asc' }, { id: 'asc' }],
        select: {
          startsAt: true,
          endsAt: true,
          billableFrom: true,
          billableUntil: true,
          gpu: { select: { uuid: true } },
        },
      },
    },
  });
  if (booking === null || booking.lease === null) throw new Refusal('notFound');
  const desired = booking.desired as 'running' | 'stopped' | 'ended';
  return { ...booking, desired, lease: booking.lease, terms: readTerms(booking.terms) };
}

/** Proofs in one tree, with each hash once. */
function proofsIn(head: SignedHead) {
  const roots = perfectRoots(head.size);
  const places = new Map<string, number>();
  const hashes: string[] = [];
  const place = (hash: Uint8Array): number => {
    const text = toBase64(hash);
    const known = places.get(text);
    if (known !== undefined) return known;
    places.set(text, hashes.length);
    return hashes.push(text) - 1;
  };
  return {
    hashes,
    path: async (index: number) => (await inclusionPath(sha256Bytes, roots, index, head.size)).map(place),
    consistency: async (older: number) => (await consistencyPath(sha256Bytes, roots, older, head.size)).map(place),
  };
}

async function earlierHead(
  head: SignedHead,
  termsIndex: number,
  since: number | undefined,
): Promise<SignedHead | null> {
  const earlier = await signedHead(since ?? termsIndex + 1);
  if (since !== undefined && earlier?.size !== since)
    throw new Refusal('badInput', { since: `There is no checkpoint of the size ${since}.` });
  return earlier === null || earlier.size > head.size ? null : earlier;
}
