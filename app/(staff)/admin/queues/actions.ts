'use server';

import * as z from 'zod';
import { action } from '#app/_edge/action.ts';
import { atFields } from '#app/_edge/fields.ts';
import type { Actor } from '#lib/base/actor.ts';
import { isId } from '#lib/base/id.ts';
import { parseDollars } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld } from '#lib/base/time.ts';
import { approveListing, suspendListing } from '#lib/catalogue/decide-listing.ts';
import type { CaseKind } from '#lib/desk/case.ts';
import { claimCase, releaseCase, takeOverCase } from '#lib/desk/claim-case.ts';
import { caseName, seenFacts, takeOverInput } from '#lib/desk/schema.ts';
import { decideHeldPayout } from '#lib/payments/decide-held-payout.ts';
import { decideWebhook } from '#lib/payments/decide-webhook.ts';
import { decideHeldPaymentInput, decideWebhookInput } from '#lib/payments/held-payment.ts';
import { decideHeldPayoutInput } from '#lib/payments/payout-hold.ts';
import { resolveHeldPayment } from '#lib/payments/resolve-held-payment.errand.ts';
import { QUEUES } from '#lib/trust/case-view.ts';
import { closeMessageReport } from '#lib/trust/close-message-report.ts';
import { decideDispute } from '#lib/trust/decide-dispute.ts';
import { decideFlag } from '#lib/trust/decide-flag.ts';
import { decideReport } from '#lib/trust/decide-report.ts';
import { listingOfMachine } from '#lib/trust/queries/machines.ts';
import { decideDisputeInput, decideFlagInput, decideReportInput } from '#lib/trust/schema.ts';

export const claim = action(caseName, async (actor, of) => {
  await claimCase(actor, of);
});

export const release = action(caseName, async (actor, of) => {
  await releaseCase(actor, of);
});

export const takeOver = action(takeOverInput, async (actor, input) => {
  await takeOverCase(actor, input);
});

const decision = caseName.extend({
  outcome: z.string('Choose an outcome.').max(40),
  reason: z
    .string('Give a reason.')
    .trim()
    .min(3, 'Give a reason: whoever is concerned reads it.')
    .max(500, 'Use at most 500 characters.'),
  seen: seenFacts,
  /** Dollars, for a part of what is contested. */
  part: z.string().max(100).default(''),
  /** The case to show afterwards. */
  next: z.string().max(255).default(''),
});
type Decision = z.output<typeof decision>;

/** How each kind is decided: by the command that it has anyway, with the same refusals. */
const DECIDE: Record<CaseKind, (actor: Actor, input: Decision) => Promise<void>> = {
  machine: async (actor, { id, outcome, reason, seen }) => {
    const listingId = await listingOfMachine(actor, id);
    const decide =
      z.enum(['approve', 'suspend'], 'Choose an outcome.').parse(outcome) === 'approve'
        ? approveListing
        : suspendListing;
    await decide(actor, { listingId, reason, seen });
  },
  report: (actor, { id, reason, seen, ...input }) =>
    isId('messageReport', id)
      ? closeMessageReport(actor, { reportId: id, outcome: reason, seen })
      : decideReport(actor, decideReportInput.parse({ ...input, reason, seen, reportId: id })),
  dispute: async (actor, { id, part, ...input }) => {
    const partMicros = part.trim() === '' ? null : parseDollars(part);
    if (partMicros === undefined)
      throw new Refusal('badInput', { field: 'part' }, 'Write the part in dollars, like 1.25.');
    const parsed = decideDisputeInput.omit({ partMicros: true }).parse(input);
    await atFields({ partMicros: 'part' }, decideDispute(actor, { ...parsed, partMicros, disputeId: id }));
  },
  payout: (actor, { id, ...input }) => decideHeldPayout(actor, decideHeldPayoutInput.parse({ ...input, payoutId: id })),
  signup: (actor, { id, ...input }) => decideFlag(actor, decideFlagInput.parse({ ...input, flagId: id })),
  payment: (actor, { id, outcome, ...input }) =>
    resolveHeldPayment(actor, decideHeldPaymentInput.parse({ ...input, decision: outcome, topUpId: id })),
  webhook: (actor, { id, outcome, ...input }) =>
    decideWebhook(actor, decideWebhookInput.parse({ ...input, decision: outcome, webhookId: id }), theWorld),
};

/** Decides a case and goes on to the next one of its queue. */
export const decide = action(decision, async (actor, input) => {
  try {
    await DECIDE[input.kind](actor, input);
  } catch (error) {
    if (error instanceof z.ZodError) throw new Refusal('badInput', { field: 'outcome' }, 'Choose an outcome.');
    throw error;
  }
  const to = new URLSearchParams({ decided: input.id, ...(input.next === '' ? {} : { case: input.next }) });
  return { redirectTo: `${QUEUES[input.kind].path}?${to.toString()}` };
});
