import { DAY, HOUR, isBefore, MINUTE } from '#lib/base/time.ts';
import type { WhyNot } from '#lib/base/why-not.ts';

export const THREAD_SIDES = ['renter', 'host'] as const;
export type ThreadSide = (typeof THREAD_SIDES)[number];

/** The longest message and the longest reason of a report, in characters. */
export const MESSAGE_CHARACTERS = 2_000;
export const REPORT_CHARACTERS = 500;
/** So long after the end of a rental its sides can still write to each other. */
export const WRITE_DAYS = 30;
/** So long after the end, the closing of the bill and the decision of a dispute, whichever is last, a thread is kept. */
export const KEPT_DAYS = 90;
/** At most one mail about a thread to one person within so long, and one ring of the bell while something in it is unread. */
export const QUIET_MS = 30 * MINUTE;
/** Who reads along is rung for no more often than this. */
const READING_MS = 2 * MINUTE;
/** So long an admin may read a thread after saying why. */
export const STAFF_READS_MS = HOUR;
/** How much one side may write: so many within so long. */
export const RATES = [
  { most: 10, withinMs: MINUTE, words: 'a minute' },
  { most: 60, withinMs: HOUR, words: 'an hour' },
] as const;

/** What decides whether a thread takes another message. */
export type ThreadFacts = { readonly endedAt: Date | null };

/** Until when one can write; null while the rental is not over. */
export function writableUntil({ endedAt }: ThreadFacts): Date | null {
  return endedAt === null ? null : new Date(endedAt.getTime() + WRITE_DAYS * DAY);
}

export function whyNotWrite(thread: ThreadFacts, now: Date): WhyNot | null {
  const until = writableUntil(thread);
  if (until === null || isBefore(now, until)) return null;
  return {
    reason: 'notNow',
    sentence: `This rental ended more than ${WRITE_DAYS} days ago: its thread can be read, and takes no more messages.`,
  };
}

/** Whether somebody wrote as much as they may, by when they wrote; a sentence, or null. */
export function rateProblem(sentAt: readonly Date[], now: Date): string | null {
  const over = RATES.find(
    ({ most, withinMs }) => sentAt.filter((at) => now.getTime() - at.getTime() < withinMs).length >= most,
  );
  return over === undefined
    ? null
    : `You wrote ${over.most} messages within ${over.words}, which is as much as goes. Wait a little and send it again.`;
}

/** A text as it is kept: line ends of one kind, no characters that show nothing or turn the direction of others, no blank edges. */
export function cleanText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069\ufeff]/gu, '')
    .replace(/\n{4,}/g, '\n\n\n')
    .trim();
}

/** What is wrong with a clean text, as a sentence, or null. */
export function messageProblem(text: string, most = MESSAGE_CHARACTERS): string | null {
  if (text === '') return 'Write something.';
  const length = [...text].length;
  return length > most ? `At most ${most} characters; this has ${length}.` : null;
}

/** What one side was told of a thread, and whether it has read all before a new message. */
export type TellFacts = {
  readonly unreadBefore: boolean;
  readonly toldAt: Date | null;
  readonly mailedAt: Date | null;
};

/**
 * How the other side hears of a message. On the bell at most once in a quiet time while something is unread; sooner when it had
 * read everything, but not for each line of a talk. By mail with that, at most once in a quiet time.
 */
export function howToTell(side: TellFacts, now: Date): { readonly bell: boolean; readonly mail: boolean } {
  const within = (at: Date | null, ms: number) => at !== null && now.getTime() - at.getTime() < ms;
  const bell = !within(side.toldAt, side.unreadBefore ? QUIET_MS : READING_MS);
  return { bell, mail: bell && !within(side.mailedAt, QUIET_MS) };
}
