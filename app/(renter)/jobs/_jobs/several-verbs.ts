import type { SeveralRow, SeveralVerb } from '#components/several/several-form.tsx';
import { formatDollars } from '#lib/base/money.ts';
import { whyNotCancelArray } from '#lib/jobs/job.ts';
import type { ArrayRow } from '#lib/jobs/view.ts';
import { countsWords } from './state.ts';

export const JOB_NOUNS = ['submission', 'submissions'] as const;

/** What can be done to several submissions, as the button and the dialog say it. */
export const CANCEL: SeveralVerb & { trigger: string; question: string } = {
  value: 'cancel',
  label: 'Cancel',
  pending: 'Cancelling…',
  tone: 'dangerFill',
  trigger: 'Cancel…',
  question: 'Cancel these submissions?',
};

/** What cancelling means for each of some submissions. */
export function cancelRows(arrays: readonly ArrayRow[]): SeveralRow[] {
  return arrays.map(({ id, name, counts, chargedMicros, heldMicros, microsPerHour }) => ({
    id,
    name,
    whyNot: whyNotCancelArray(counts)?.sentence ?? null,
    words: `Now ${countsWords(counts)}. It has cost ${formatDollars(chargedMicros)}; what is not used of ${formatDollars(heldMicros)} set aside comes back, and what its jobs have not saved is lost.`,
    savesMicrosPerHour: microsPerHour.toString(),
  }));
}
