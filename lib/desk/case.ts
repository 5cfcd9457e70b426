import { HOUR, isBefore, MINUTE } from '#lib/base/time.ts';
import type { WhyNot } from '#lib/base/why-not.ts';

/** What waits for an admin, one queue each. */
export const CASE_KINDS = ['machine', 'report', 'dispute', 'payout', 'signup', 'payment', 'webhook'] as const;
export type CaseKind = (typeof CASE_KINDS)[number];

/** A case by name: what it is about is its id. */
export type CaseName = { readonly kind: CaseKind; readonly id: string };

/** Within how many hours a case should be decided, counted from when it began to wait. Money that somebody misses comes first. */
export const DUE_HOURS: Record<CaseKind, number> = {
  payment: 24,
  payout: 24,
  report: 24,
  machine: 48,
  signup: 48,
  webhook: 72,
  // From when it can be decided: the host has had the time to answer.
  dispute: 72,
};

/** When a case that began to wait at `since` is due. */
export function caseDueAt(kind: CaseKind, since: Date): Date {
  return new Date(since.getTime() + DUE_HOURS[kind] * HOUR);
}

/** For so long a case is one admin's; claiming it again begins anew. */
export const CLAIM_MINUTES = 15;

export function claimEnd(now: Date): Date {
  return new Date(now.getTime() + CLAIM_MINUTES * MINUTE);
}

/** Who has a case, since when and until when. */
export type Claim = {
  readonly admin: { readonly id: string; readonly name: string };
  readonly claimedAt: Date;
  readonly expiresAt: Date;
};

/** The claim while it counts: one that is over is none. */
export function liveClaim(claim: Claim | null, now: Date): Claim | null {
  return claim !== null && isBefore(now, claim.expiresAt) ? claim : null;
}

const clock = (at: Date) => `${at.toISOString().slice(11, 16)} UTC`;

/** Why an admin cannot decide a case, or claim it, while it is somebody else's. The page's buttons and the commands ask the same. */
export function whyNotWork(claim: Claim | null, adminId: string, now: Date): WhyNot | null {
  const held = liveClaim(claim, now);
  if (held === null || held.admin.id === adminId) return null;
  return {
    reason: 'caseClaimed',
    sentence: `${held.admin.name} has this case since ${clock(held.claimedAt)}, until ${clock(held.expiresAt)}. Take another one, or take it over.`,
  };
}

/** What an admin saw of a case when they decided: label and value, as the page and the API show them. */
export type CaseFacts = Readonly<Record<string, string>>;

/** What is different now from what somebody saw, a line each. What they did not look at does not count. */
export function whatChanged(seen: CaseFacts, now: CaseFacts): string[] {
  return Object.entries(seen).flatMap(([label, before]) => {
    const after = (Object.hasOwn(now, label) ? now[label] : undefined) ?? 'gone';
    return after === before ? [] : [`${label}: ${before} → ${after}`];
  });
}

/** After so many failures (some four days) a webhook is given up: it waits for an admin. */
export const GIVEN_UP_ATTEMPTS = 100;

/** Whether a case still waits, by its facts. */
export function isWaiting(kind: CaseKind, facts: CaseFacts): boolean {
  switch (kind) {
    case 'machine':
      return facts.Listing === 'published' && facts.Approved === 'no' && facts.Retired === 'no';
    case 'payout':
      return facts.Hold === 'held';
    case 'payment':
      return facts.State === 'review';
    case 'webhook':
      return facts.State === 'waits' && Number(facts.Attempts) >= GIVEN_UP_ATTEMPTS;
    case 'dispute':
      return facts.State !== 'decided';
    default:
      return facts.State === 'open';
  }
}
