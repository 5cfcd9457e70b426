import type { Bill } from '#protocol/bill.ts';
import type { CreditRecord } from '#protocol/log-entry.ts';
import type { Statement } from '#protocol/statement.ts';

/** A line of an invoice: what some statements in a row come to. Amounts are micro-dollars. */
export type InvoiceLine = {
  readonly from: string;
  readonly until: string;
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly gpuSeconds: bigint;
  readonly diskByteSeconds: bigint;
  readonly chargedMicros: bigint;
};

export type InvoiceCredit = { readonly at: string; readonly reason: string; readonly micros: bigint };

const HOUR = 'YYYY-MM-DDTHH'.length;
const DAY = 'YYYY-MM-DD'.length;
const MOST_BY_HOUR_MS = 48 * 3_600_000;

/**
 * The lines of a bill: one for each hour (UTC) in which its statements begin, one for each day when it lasted longer than two
 * days. They follow each other, name the statements that they are of, and sum to what was charged.
 */
export function invoiceLines(bill: Pick<Bill, 'statements'>): InvoiceLine[] {
  const read = bill.statements.map((line) => ({ line, said: JSON.parse(line.payload) as Statement }));
  const length = Date.parse(read.at(-1)?.said.endsAt ?? '') - Date.parse(read[0]?.said.startsAt ?? '');
  const unit = length > MOST_BY_HOUR_MS ? DAY : HOUR;
  const lines: InvoiceLine[] = [];
  for (const { line, said } of read) {
    const last = lines.at(-1);
    const own = {
      from: said.startsAt,
      until: said.endsAt,
      firstSequence: said.sequence,
      lastSequence: said.sequence,
      gpuSeconds: BigInt(line.billedGpuSeconds),
      diskByteSeconds: BigInt(line.billedDiskByteSeconds),
      chargedMicros: BigInt(line.chargedMicros),
    };
    if (last === undefined || last.from.slice(0, unit) !== said.startsAt.slice(0, unit)) lines.push(own);
    else
      lines[lines.length - 1] = {
        from: last.from,
        until: said.endsAt,
        firstSequence: last.firstSequence,
        lastSequence: said.sequence,
        gpuSeconds: last.gpuSeconds + own.gpuSeconds,
        diskByteSeconds: last.diskByteSeconds + own.diskByteSeconds,
        chargedMicros: last.chargedMicros + own.chargedMicros,
      };
  }
  return lines;
}

/** What was given back, with its reason. */
export function invoiceCredits(bill: Pick<Bill, 'credits'>): InvoiceCredit[] {
  return bill.credits.map(({ payload }) => {
    const { at, reason, micros } = JSON.parse(payload) as CreditRecord;
    return { at, reason, micros: BigInt(micros) };
  });
}
