'use server';

import * as z from 'zod';
import { action } from '#app/_edge/action.ts';
import { atFields } from '#app/_edge/fields.ts';
import { decideCase } from '#doors/_edge/decide-case.ts';
import { parseDollars } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { claimCase, releaseCase, takeOverCase } from '#lib/desk/claim-case.ts';
import { caseName, seenFacts, takeOverInput } from '#lib/desk/schema.ts';
import { QUEUES } from '#lib/trust/case-view.ts';

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
/** Decides a case and goes on to the next one of its queue. */
export const decide = action(decision, async (actor, input) => {
  const { kind, id, part, outcome, reason, seen } = input;
  const partMicros = part.trim() === '' ? null : parseDollars(part);
  if (partMicros === undefined) throw new Refusal('badInput', { part: 'Write the part in dollars, like 1.25.' });
  await atFields({ partMicros: 'part' }, decideCase(actor, { kind, id }, { outcome, reason, seen, partMicros }));
  const to = new URLSearchParams({ decided: input.id, ...(input.next === '' ? {} : { case: input.next }) });
  return { redirectTo: `${QUEUES[input.kind].path}?${to.toString()}` };
});
