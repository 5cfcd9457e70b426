import type { WhyNot } from '#lib/base/why-not.ts';

export const REPORT_CAUSES = ['notAsDescribed', 'unreachable', 'scam', 'abuse', 'other'] as const;
export type ReportCause = (typeof REPORT_CAUSES)[number];

/** What somebody reports, as the form says it. */
export const CAUSE_WORDS: Record<ReportCause, string> = {
  notAsDescribed: 'It is not what it says',
  unreachable: 'It cannot be reached or used',
  scam: 'It looks like a fraud',
  abuse: 'It insults, threatens or shows what it must not',
  other: 'Something else',
};

export const REPORT_STATES = ['open', 'upheld', 'dismissed'] as const;
export type ReportState = (typeof REPORT_STATES)[number];

/** How a report stands, as staff read it. */
export const REPORT_WORDS: Readonly<Record<ReportState, string>> = {
  open: 'not decided yet',
  upheld: 'found right',
  dismissed: 'nothing was in it',
};

/** suspend: right, and the listing leaves the market. warn: right, and whoever it is about is told. dismiss: there is nothing in it. */
export const REPORT_OUTCOMES = ['suspend', 'warn', 'dismiss'] as const;
export type ReportOutcome = (typeof REPORT_OUTCOMES)[number];

export const REPORT_TEXT_MAX = 2_000;

/** What is wrong with the text of a report, as a sentence, or null. */
export function reportTextProblem(text: string): string | null {
  const length = [...text.trim()].length;
  if (length < 10) return 'Say in a sentence or two what is wrong.';
  return length > REPORT_TEXT_MAX ? `At most ${REPORT_TEXT_MAX} characters.` : null;
}

export type ReportFacts = {
  readonly state: ReportState;
  readonly reporterId: string;
  readonly aboutId: string;
  /** Whether the listing that it is about, or that the message belongs to, can be suspended; null: there is none. */
  readonly listingSuspended: boolean | null;
};

/** Why an admin cannot decide so about a report. */
export function whyNotDecideReport(report: ReportFacts, outcome: ReportOutcome, adminId: string): WhyNot | null {
  if (report.reporterId === adminId || report.aboutId === adminId)
    return { reason: 'forbidden', sentence: 'This report is yours, or about you: another admin decides.' };
  if (report.state !== 'open') return { reason: 'notNow', sentence: 'It is decided already.' };
  if (outcome !== 'suspend') return null;
  if (report.listingSuspended === null)
    return { reason: 'notNow', sentence: 'It is about no listing. Warn, or dismiss it.' };
  return report.listingSuspended
    ? { reason: 'notNow', sentence: 'The listing is suspended already. Warn, or dismiss it.' }
    : null;
}
