import { csvText } from '#lib/base/csv.ts';
import { dollarsInput } from '#lib/base/money.ts';
import type { Bill } from '#protocol/bill.ts';
import type { CreditRecord } from '#protocol/log-entry.ts';
import type { Statement } from '#protocol/statement.ts';

const COLUMNS = [
  'line',
  'kind',
  'starts_at',
  'ends_at',
  'state',
  'stated_gpu_seconds',
  'billed_gpu_seconds',
  'billed_disk_byte_seconds',
  'amount_usd',
  'reason',
  'log_index',
  'link',
] as const;

/**
 * A bill as CSV (RFC 4180): a line for each statement, linked to its page, then for what giving a reserved window back cost and
 * what of that came back, then for each credit, negative. Amounts are dollars, exact.
 */
export function billCsv(bill: Bill, pageOf: (sequence: number) => string): string {
  const statements = bill.statements.map((line) => {
    const said = JSON.parse(line.payload) as Statement;
    return [
      said.sequence,
      'statement',
      said.startsAt,
      said.endsAt,
      said.state,
      said.gpuSeconds,
      line.billedGpuSeconds,
      line.billedDiskByteSeconds,
      dollarsInput(BigInt(line.chargedMicros)),
      line.reason ?? '',
      line.index ?? '',
      pageOf(said.sequence),
    ];
  });
  const credits = bill.credits.map((line, at) => {
    const said = JSON.parse(line.payload) as CreditRecord;
    const amount = `-${dollarsInput(BigInt(said.micros))}`;
    return [at, 'credit', said.at, said.at, '', '', '', '', amount, said.reason, line.index ?? '', ''];
  });
  return csvText([COLUMNS, ...statements, ...givenBackLines(bill), ...credits]);
}

function givenBackLines({ givenBack: given }: Bill): (string | number)[][] {
  if (given === undefined) return [];
  const line = (kind: string, amount: string) => [0, kind, given.at, given.at, '', '', '', '', amount, '', '', ''];
  const back = BigInt(given.refundedMicros);
  return [
    line('window_given_back', dollarsInput(BigInt(given.micros))),
    ...(back === 0n ? [] : [line('window_given_back_credit', `-${dollarsInput(back)}`)]),
  ];
}
