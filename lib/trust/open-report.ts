import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { breaksConstraint, type Tx } from '#lib/io/db.ts';
import type { ReportCause } from './report.ts';

export type NewReport = {
  readonly subjectKind: 'listing' | 'message' | 'review';
  readonly subjectId: string;
  /** The listing that can be suspended for it; null where there is none. */
  readonly listingId: string | null;
  /** Whose listing or message it is. */
  readonly aboutId: string;
  readonly cause: ReportCause;
  readonly text: string;
  /** What a message or a review says now: it stays with the report. */
  readonly quote?: string | undefined;
};

/**
 * Step: writes a report down, for staff alone: whoever it is about never learns who reported. Refuses with `notNow` what is
 * the reporter's own, or what they reported already and nobody has decided yet. Answers its id.
 */
export async function openReport(tx: Tx, actor: Actor, report: NewReport, now: Date): Promise<string> {
  if (report.aboutId === actor.userId) throw new Refusal('notNow', {}, 'This is your own.');
  const id = newId('report', now);
  const { text, quote, ...rest } = report;
  try {
    await tx.report.create({
      data: {
        id,
        ...rest,
        text: text.trim(),
        quote: quote ?? null,
        reporterId: actor.userId,
        state: 'open',
        openedAt: now,
      },
    });
  } catch (error) {
    if (breaksConstraint(error, 'reports_one_open') || breaksConstraint(error, 'subject_kind'))
      throw new Refusal(
        'notNow',
        {},
        'You have reported this already. Somebody looks at it, and you are told how it ends.',
      );
    throw error;
  }
  // Neither machine nor listing stand on the event: its host must not see it in a feed.
  const data = { reportId: id, subjectKind: report.subjectKind, subjectId: report.subjectId, cause: report.cause };
  await recordEvent(tx, actor, { kind: 'report.opened', userId: actor.userId, data }, now);
  return id;
}
