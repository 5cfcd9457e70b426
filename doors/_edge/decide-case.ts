import * as z from 'zod';
import type { Actor } from '#lib/base/actor.ts';
import { isId } from '#lib/base/id.ts';
import type { Micros } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { approveListing, suspendListing } from '#lib/catalogue/decide-listing.ts';
import type { CaseFacts, CaseKind, CaseName } from '#lib/desk/case.ts';
import { OUTCOMES_OF } from '#lib/desk/decision.ts';
import { decideHeldPayout } from '#lib/payments/decide-held-payout.ts';
import { decideWebhook } from '#lib/payments/decide-webhook.ts';
import { decideHeldPaymentInput, decideWebhookInput } from '#lib/payments/held-payment.ts';
import { decideHeldPayoutInput } from '#lib/payments/payout-hold.ts';
import { resolveHeldPayment } from '#lib/payments/resolve-held-payment.errand.ts';
import { closeMessageReport } from '#lib/trust/close-message-report.ts';
import { decideDispute } from '#lib/trust/decide-dispute.ts';
import { decideFlag } from '#lib/trust/decide-flag.ts';
import { decideReport } from '#lib/trust/decide-report.ts';
import { listingOfMachine } from '#lib/trust/queries/machines.ts';
import { decideDisputeInput, decideFlagInput, decideReportInput } from '#lib/trust/schema.ts';
import { parseMessage } from './body.ts';

/** What an admin decided, as the desk's form and the API say it alike. */
export type CaseDecision = {
  readonly outcome: string;
  readonly reason: string;
  readonly seen?: CaseFacts | undefined;
  /** What the renter gets back, for a part of a dispute. */
  readonly partMicros: Micros | null;
};

const listingOutcome = z.object({ outcome: z.enum(['approve', 'suspend']) });
const messageOutcome = z.object({
  outcome: z.enum(['warn', 'dismiss'], 'A report of a message ends in a warning, or is dismissed.'),
});

/** How each kind is decided: by the command that it has anyway, with the same refusals. */
const DECIDE: Record<CaseKind, (actor: Actor, id: string, decision: CaseDecision) => Promise<void>> = {
  machine: async (actor, id, { reason, seen, ...rest }) => {
    const { outcome } = parseMessage(listingOutcome, rest);
    const decide = outcome === 'approve' ? approveListing : suspendListing;
    await decide(actor, { listingId: await listingOfMachine(actor, id), reason, seen });
  },
  report: async (actor, id, decision) => {
    if (!isId('messageReport', id))
      return decideReport(actor, parseMessage(decideReportInput, { ...decision, reportId: id }));
    const { outcome } = parseMessage(messageOutcome, decision);
    const { reason, seen } = decision;
    return closeMessageReport(actor, { reportId: id, outcome: reason, warns: outcome === 'warn', seen });
  },
  dispute: (actor, id, { partMicros, ...rest }) =>
    decideDispute(actor, {
      ...parseMessage(decideDisputeInput.omit({ partMicros: true }), rest),
      partMicros,
      disputeId: id,
    }),
  payout: (actor, id, decision) =>
    decideHeldPayout(actor, parseMessage(decideHeldPayoutInput, { ...decision, payoutId: id })),
  signup: (actor, id, decision) => decideFlag(actor, parseMessage(decideFlagInput, { ...decision, flagId: id })),
  payment: (actor, id, { outcome, ...rest }) =>
    resolveHeldPayment(actor, parseMessage(decideHeldPaymentInput, { ...rest, decision: outcome, topUpId: id })),
  webhook: (actor, id, { outcome, ...rest }) =>
    decideWebhook(actor, parseMessage(decideWebhookInput, { ...rest, decision: outcome, webhookId: id })),
};

/** Decides a case of the desk. Refuses with `badInput` (`outcome`) what its kind does not know, and otherwise as the command of its kind. */
export async function decideCase(actor: Actor, { kind, id }: CaseName, decision: CaseDecision): Promise<void> {
  if (!OUTCOMES_OF[kind].some(({ value }) => value === decision.outcome))
    throw new Refusal('badInput', { outcome: 'Choose an outcome.' });
  await DECIDE[kind](actor, id, decision);
}
