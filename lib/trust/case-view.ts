import type { CaseFacts, CaseKind, Claim } from '#lib/desk/case.ts';
import type { PictureSize } from './picture.ts';

/** A case in its queue. */
export type CaseRow = {
  readonly kind: CaseKind;
  readonly id: string;
  readonly title: string;
  /** Why it stands in the queue, in a line. */
  readonly line: string;
  /** Since when it waits for an admin. */
  readonly since: Date;
  readonly dueAt: Date;
  readonly claim: Claim | null;
};

/** A file that a side of a dispute attached, which is kept still. */
export type AttachedFile = {
  readonly disputeId: string;
  readonly evidenceId: string;
  readonly name: string;
  readonly sentBy: string;
  /** Of a picture that can be shown; null for what is only saved. */
  readonly picture: PictureSize | null;
};

/** Something that a decision rests on: facts, what somebody wrote, a file, or checks. */
export type Evidence = {
  readonly title: string;
  readonly facts?: CaseFacts;
  readonly quote?: string;
  readonly file?: AttachedFile;
  readonly checks?: readonly { readonly ok: boolean; readonly text: string }[];
};

/** One case with all that a decision rests on. */
export type CaseView = Omit<CaseRow, 'since' | 'dueAt'> & {
  readonly since: Date | null;
  readonly dueAt: Date | null;
  /** What the decision is about: sent back with it, so that it is refused when something changed. */
  readonly facts: CaseFacts;
  readonly waiting: boolean;
  readonly evidence: readonly Evidence[];
  /** Where more stands. */
  readonly links: readonly { readonly href: string; readonly label: string }[];
  /** The outcomes that there are for it. */
  readonly outcomes: readonly string[];
  /** Why this admin cannot decide it, whoever has it: it is about themselves. */
  readonly whyNot: string | null;
};

/** A queue of the desk as the overview shows it. */
export type QueueSummary = {
  readonly kind: CaseKind;
  readonly waiting: number;
  readonly claimed: number;
  /** Since when the oldest waits, and when the first is due; null when none does. */
  readonly oldestAt: Date | null;
  readonly firstDueAt: Date | null;
};

/** What the queues are called, where they stand, and what is in them. */
export const QUEUES: Record<CaseKind, { readonly path: string; readonly name: string; readonly about: string }> = {
  machine: {
    path: '/admin/queues/machines',
    name: 'New machines',
    about:
      'Published machines that no admin has looked at: those that renters cannot see before you approve, and those that they see already. Simulated ones only while they are hidden.',
  },
  report: {
    path: '/admin/queues/reports',
    name: 'Reports',
    about: 'What people report about listings, reviews and messages.',
  },
  dispute: {
    path: '/admin/queues/disputes',
    name: 'Disputes',
    about: 'Contested charges that can be decided: the host has answered, or has had the time to.',
  },
  payout: {
    path: '/admin/queues/payouts',
    name: 'Payouts on hold',
    about: 'Payouts that were asked for and wait, because the account is suspended or looks risky.',
  },
  signup: {
    path: '/admin/queues/sign-ups',
    name: 'Risky sign-ups',
    about: 'Accounts that meet a rule. Until you decide they spend less, and their payouts wait.',
  },
  payment: {
    path: '/admin/queues/payments',
    name: 'Payments in review',
    about: 'Payments of which something else came than was asked. Nobody has the money until you decide.',
  },
  webhook: {
    path: '/admin/queues/webhooks',
    name: 'Webhooks given up',
    about: 'News of the payment provider that could not be handled for some four days.',
  },
};
