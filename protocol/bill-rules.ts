import { type BilledStatement, BillFault, type BillTotals, type UsableWindow } from './bill.ts';
import { diskCharge, feeOf, gpuCharge } from './charge.ts';
import type { CreditRecord, TermsRecord } from './log-entry.ts';
import type { Statement } from './statement.ts';

/** A machine's clock may run ahead of the market's by this much; what is stated beyond is about time that has not come. */
export const CLOCK_AHEAD_MS = 5 * 60_000;

/** Why a part of what a machine stated may be left unbilled. Whatever the reason, less is billed, never more. */
export const UNBILLED = [
  'settled',
  'backwards',
  'fromTheFuture',
  'overlap',
  'outsideWindow',
  'moreThanPassed',
  'moneyRanOut',
] as const;

/** What decides what of a rental's statements may be billed. */
export type BillFacts = {
  readonly terms: TermsRecord;
  readonly capMicros: string | null;
  readonly usable: readonly UsableWindow[];
  readonly diskFrom: string | null;
  readonly diskUntil: string | null;
};

export type BillLine = Pick<
  BilledStatement,
  'receivedAt' | 'billedGpuSeconds' | 'billedDiskByteSeconds' | 'chargedMicros' | 'reason'
> & { readonly statement: Statement };

/**
 * A bill as a pure function of statements, what of them was billed, credits and frozen terms. Throws {@link BillFault} at the
 * first line that charges what no statement covers, what could not be used, what was billed before, what is over the cap, or
 * another amount than its seconds cost.
 */
export function recompute(facts: BillFacts, lines: readonly BillLine[], credits: readonly CreditRecord[]): BillTotals {
  const { terms } = facts;
  let gpuSeconds = 0n;
  let diskByteSeconds = 0n;
  let chargedMicros = 0n;
  let billedUntil: number | null = null;
  for (const line of lines) {
    const where = `statement ${line.statement.sequence}`;
    const billed = { gpu: BigInt(line.billedGpuSeconds), disk: BigInt(line.billedDiskByteSeconds) };
    checkUnbilled(where, line, billed);
    const span = spanOf(line, billedUntil);
    const possible = possibleIn(facts, line, span);
    if (billed.gpu > possible.gpu)
      throw new BillFault(where, `${billed.gpu} GPU-seconds are billed where at most ${possible.gpu} can be.`);
    if (billed.disk > possible.disk)
      throw new BillFault(where, `${billed.disk} disk byte-seconds are billed where at most ${possible.disk} can be.`);
    if (line.reason !== 'settled' && span.to > span.from) billedUntil = span.to;
    gpuSeconds += billed.gpu;
    diskByteSeconds += billed.disk;
    const total =
      gpuCharge(BigInt(terms.priceMicrosPerGpuHour), gpuSeconds) +
      diskCharge(BigInt(terms.diskPriceMicrosPerGibMonth), diskByteSeconds);
    if (BigInt(line.chargedMicros) !== total - chargedMicros)
      throw new BillFault(
        where,
        `It charges ${line.chargedMicros} micro-dollars; by the terms it is ${total - chargedMicros}.`,
      );
    chargedMicros = total;
    if (facts.capMicros !== null && chargedMicros > BigInt(facts.capMicros))
      throw new BillFault(where, `With it the bill is over the cap of ${facts.capMicros} micro-dollars.`);
  }
  const feeMicros = feeOf(chargedMicros, terms.feeBasisPoints);
  return {
    gpuSeconds: gpuSeconds.toString(),
    diskByteSeconds: diskByteSeconds.toString(),
    chargedMicros: chargedMicros.toString(),
    hostMicros: (chargedMicros - feeMicros).toString(),
    feeMicros: feeMicros.toString(),
    refundedMicros: refunded(credits, terms, chargedMicros).toString(),
  };
}

type Usage = { readonly gpu: bigint; readonly disk: bigint };
type Span = { readonly from: number; readonly to: number };

function statedBy({ state, gpuSeconds, diskByteSeconds }: Statement): Usage {
  return { gpu: state === 'running' ? BigInt(gpuSeconds) : 0n, disk: BigInt(diskByteSeconds) };
}

/** Billing less than what was stated needs a reason; billing more is refused further on. */
function checkUnbilled(where: string, { statement, reason }: BillLine, billed: Usage): void {
  const stated = statedBy(statement);
  if (reason !== null && !(UNBILLED as readonly string[]).includes(reason))
    throw new BillFault(where, `"${reason}" is no reason to leave something unbilled.`);
  if (reason === null && (billed.gpu < stated.gpu || billed.disk < stated.disk))
    throw new BillFault(where, 'Less is billed than the machine stated, and no reason is given.');
  if (reason === 'settled' && (billed.gpu > 0n || billed.disk > 0n))
    throw new BillFault(where, 'It is billed although the bill was closed.');
}

/** What statements that were billed came to, and until when; null where none covers a time. */
export function billedBy(lines: readonly BillLine[]): { chargedMicros: bigint; untilMs: number | null } {
  let chargedMicros = 0n;
  let untilMs: number | null = null;
  for (const line of lines) {
    const span = spanOf(line, untilMs);
    if (line.reason !== 'settled' && span.to > span.from) untilMs = span.to;
    chargedMicros += BigInt(line.chargedMicros);
  }
  return { chargedMicros, untilMs };
}

/** The part of a statement's interval that was not billed before and that has come. */
function spanOf({ statement, receivedAt }: BillLine, billedUntil: number | null): Span {
  const start = Date.parse(statement.startsAt);
  return {
    from: Math.max(start, billedUntil ?? start),
    to: Math.min(Date.parse(statement.endsAt), Date.parse(receivedAt) + CLOCK_AHEAD_MS),
  };
}

/** At most so much of a statement can be billed: what was stated, what passed on both clocks, what could be used. */
function possibleIn(facts: BillFacts, { statement, receivedAt }: BillLine, span: Span): Usage {
  const stated = statedBy(statement);
  const received = Date.parse(receivedAt);
  // An end that came after the statement was billed does not undo it.
  const ended = (until: string) => (received <= Date.parse(until) ? Number.POSITIVE_INFINITY : Date.parse(until));
  let gpu = 0;
  for (const uuid of new Set(statement.gpuUuids)) {
    const seconds = facts.usable
      .filter((window) => window.gpuUuid === uuid)
      .reduce((sum, { from, until }) => sum + secondsIn(span, Date.parse(from), ended(until)), 0);
    gpu += Math.min(seconds, statement.monotonicSeconds);
  }
  const diskTo = facts.diskUntil === null ? Number.POSITIVE_INFINITY : ended(facts.diskUntil);
  const diskFrom = facts.diskFrom === null ? span.from : Date.parse(facts.diskFrom);
  const seconds = Math.min(secondsIn(span, diskFrom, diskTo), statement.monotonicSeconds);
  return {
    gpu: least(stated.gpu, BigInt(gpu)),
    disk: least(stated.disk, BigInt(seconds) * BigInt(facts.terms.diskBytes)),
  };
}

function secondsIn(span: Span, from: number, to: number): number {
  return Math.max(0, Math.floor((Math.min(span.to, to) - Math.max(span.from, from)) / 1_000));
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** What was given back: host and platform each in the share in which they were paid. */
function refunded(credits: readonly CreditRecord[], terms: TermsRecord, chargedMicros: bigint): bigint {
  let total = 0n;
  for (const [at, credit] of credits.entries()) {
    const where = `credit ${at}`;
    const micros = BigInt(credit.micros);
    const fee = feeOf(total + micros, terms.feeBasisPoints) - feeOf(total, terms.feeBasisPoints);
    if (BigInt(credit.hostMicros) + BigInt(credit.feeMicros) !== micros || BigInt(credit.feeMicros) !== fee)
      throw new BillFault(where, 'Host and platform did not give back the shares in which they were paid.');
    if (credit.evidence.length === 0) throw new BillFault(where, 'It names no evidence.');
    total += micros;
  }
  if (total > chargedMicros) throw new BillFault('the credits', 'More is given back than was charged.');
  return total;
}
