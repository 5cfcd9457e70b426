import { BillFault, type GivenBack, isInstant } from './bill.ts';
import { type BillLine, billedBy } from './bill-rules.ts';
import { feeOf } from './charge.ts';
import { dueForGivingBack } from './give-back.ts';
import type { TermsRecord } from './log-entry.ts';
import { textFields } from './statement-text.ts';

type Window = { readonly leaseId: string; readonly startsAt: string; readonly endsAt: string };

const WHERE = 'the window that was given back';

/**
 * Recomputes what giving a reserved window back cost: from the logged terms, the window of the permit, and the statements that
 * had been billed. Less than that only where no more was set aside; never more. Throws {@link BillFault}. The permit's
 * signature is checked before.
 */
export function checkGivenBack(given: GivenBack, terms: TermsRecord, lines: readonly BillLine[]): void {
  const { cancellation } = terms;
  if (cancellation === undefined) throw new BillFault(WHERE, 'The terms name nothing that giving it back costs.');
  const texts = ['leaseId', 'startsAt', 'endsAt'] as const;
  const window = textFields<Window>(given.permit.payload, texts, texts);
  if (window === null || window.leaseId !== terms.leaseId || !isInstant(window.startsAt) || !isInstant(window.endsAt))
    throw new BillFault('the permit of the window', 'It is of another rental.');
  if (given.statements > lines.length) throw new BillFault(WHERE, 'It counts statements that are not there.');
  const billed = billedBy(lines.slice(0, given.statements));
  const startedAtMs = given.startedAt === null ? null : Date.parse(given.startedAt);
  const due = dueForGivingBack(
    cancellation,
    { gpuCount: terms.gpuCount, priceMicrosPerGpuHour: BigInt(terms.priceMicrosPerGpuHour) },
    {
      startsAtMs: Date.parse(window.startsAt),
      endsAtMs: Date.parse(window.endsAt),
      atMs: Date.parse(given.at),
      bookedAtMs: Date.parse(terms.bookedAt),
      chargedMicros: billed.chargedMicros,
      billedUntilMs: billed.untilMs ?? startedAtMs,
    },
  );
  const held = BigInt(given.heldMicros);
  const micros = due < held ? due : held;
  if (BigInt(given.micros) !== micros)
    throw new BillFault(WHERE, `It costs ${given.micros} micro-dollars; by the terms it is ${micros}.`);
  const fee = feeOf(micros, terms.feeBasisPoints);
  if (BigInt(given.feeMicros) !== fee || BigInt(given.hostMicros) !== micros - fee)
    throw new BillFault(WHERE, 'Host and platform did not get their shares of it.');
  if (BigInt(given.refundedMicros) > micros) throw new BillFault(WHERE, 'More of it is given back than was paid.');
}
