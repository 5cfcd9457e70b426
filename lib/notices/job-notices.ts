import type { EventFacts, NewNotice } from './event-facts.ts';
import { quoted } from './phrase.ts';

/** What a renter hears of jobs: that all of a submission has ended, and how. */
export function jobNotices({ kind, userId, data }: EventFacts): NewNotice[] {
  if (kind !== 'jobs.ended' || userId === null) return [];
  const count = (name: string): number => (typeof data[name] === 'number' ? data[name] : 0);
  const size = count('size');
  // Who cancelled all of it knows.
  if (count('cancelled') === size) return [];
  const name = quoted(typeof data.name === 'string' ? data.name : 'a job');
  const succeeded = count('succeeded');
  const well = succeeded + count('cancelled') === size;
  const others = (['failed', 'expired', 'cancelled'] as const).flatMap((how) =>
    count(how) === 0 ? [] : [`${count(how).toLocaleString('en-US')} ${how}`],
  );
  const figures = [`${succeeded.toLocaleString('en-US')} of ${size.toLocaleString('en-US')} succeeded`, ...others];
  const expired = count('expired') > 0 ? 'Its deadline passed before it could be done.' : 'It did not succeed.';
  return [
    {
      userId,
      title: well ? `${name} is done` : `${name} has ended, and not all of it well`,
      body: `${size === 1 ? (well ? 'It succeeded.' : expired) : `${figures.join(', ')}.`} What it printed and cost is on its page.`,
      link: typeof data.arrayId === 'string' ? `/jobs/${data.arrayId}` : '/jobs',
      mail: true,
    },
  ];
}
