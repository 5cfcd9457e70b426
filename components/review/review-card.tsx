import { TimeAgo } from '#components/ui/time-ago.tsx';
import { SCORES, SCORES_IN_WORDS, type Scores } from '#lib/trust/review.ts';
import { Stars } from './stars.tsx';

type Shown = {
  readonly author: string;
  readonly scores: Scores | null;
  readonly conduct: number | null;
  readonly reason: string | null;
  readonly text: string;
  readonly writtenAt: Date;
  readonly edited: boolean;
  readonly reply: string | null;
  readonly repliedAt: Date | null;
};

/** One review: who, how many points for what, in which words, and what its subject replied. */
export function ReviewCard({ review, replier }: { review: Shown; replier: string }) {
  const { scores, conduct, reason, text, reply, repliedAt } = review;
  return (
    <article className="min-w-0">
      <p className="flex flex-wrap items-baseline justify-between gap-x-4">
        <span className="min-w-0 font-medium [overflow-wrap:anywhere]">{review.author}</span>
        <span className="text-muted text-xs">
          <TimeAgo at={review.writtenAt} />
          {review.edited && ', edited'}
        </span>
      </p>
      {scores === null ? (
        <Stars hundredths={(conduct ?? 0) * 100} className="mt-1" />
      ) : (
        <dl className="mt-1 grid grid-cols-[repeat(auto-fill,minmax(8.5rem,1fr))] gap-x-4 gap-y-1 text-sm">
          {SCORES.map((name) => (
            <div key={name} className="min-w-0">
              <dt className="text-muted text-xs">{SCORES_IN_WORDS[name]}</dt>
              <dd>
                <Stars hundredths={scores[name] * 100} />
              </dd>
            </div>
          ))}
        </dl>
      )}
      {reason !== null && (
        <p className="mt-2 text-sm [overflow-wrap:anywhere]">
          <span className="text-muted">Why not more: </span>
          {reason}
        </p>
      )}
      {text !== '' && <p className="mt-2 whitespace-pre-wrap [overflow-wrap:anywhere]">{text}</p>}
      {reply !== null && repliedAt !== null && (
        <div className="mt-3 border-line border-l-2 pl-3 text-sm">
          <p className="text-muted text-xs">
            <span className="[overflow-wrap:anywhere]">{replier}</span> replied <TimeAgo at={repliedAt} />
          </p>
          <p className="whitespace-pre-wrap [overflow-wrap:anywhere]">{reply}</p>
        </div>
      )}
    </article>
  );
}
