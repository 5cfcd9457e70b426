import type { ReactNode } from 'react';
import { LinkButton } from '#components/ui/link-button.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { LEAST_FOR_AVERAGE, SCORES, SCORES_IN_WORDS, type Scores } from '#lib/trust/review.ts';
import { ReviewCard } from './review-card.tsx';
import { Stars } from './stars.tsx';

type Shown = Parameters<typeof ReviewCard>[0]['review'] & { readonly id: string };

type ReviewsPanelProps = {
  /** How the host stands by the reviews of all their machines. */
  standing: { readonly count: number; readonly averageHundredths: number | null; readonly scores: Scores | null };
  host: string;
  /** Of this offer, newest first. */
  reviews: readonly Shown[];
  /** Where all of them are, and can be reported; null where that is this page. */
  olderHref: string | null;
  /** What stands below each: a way to report it. */
  below?: ((reviewId: string) => ReactNode) | undefined;
};

/** What renters say of an offer and its host. Measured reliability stands elsewhere, and no review changes it. */
export function ReviewsPanel({ standing, host, reviews, olderHref, below }: ReviewsPanelProps) {
  const { count, averageHundredths, scores } = standing;
  return (
    <Panel
      id="reviews"
      title="Reviews"
      description="By renters whose rental has ended, shown when both sides wrote or after 14 days. Reliability is measured, not reviewed."
    >
      {averageHundredths === null ? (
        <p className="text-muted text-sm">
          {count === 0
            ? 'Nobody has reviewed this host yet.'
            : `${count === 1 ? 'One review' : `${count} reviews`} of this host so far: an average is shown from ${LEAST_FOR_AVERAGE} on.`}
        </p>
      ) : (
        <div className="flex flex-wrap items-start gap-x-8 gap-y-3">
          <p>
            <Stars hundredths={averageHundredths} className="font-semibold text-lg" />
            <span className="block text-muted text-xs">{count} reviews of all their machines</span>
          </p>
          <dl className="grid min-w-0 flex-1 grid-cols-[repeat(auto-fill,minmax(8.5rem,1fr))] gap-x-4 gap-y-1 text-sm">
            {SCORES.map((name) => (
              <div key={name}>
                <dt className="text-muted text-xs">{SCORES_IN_WORDS[name]}</dt>
                <dd>
                  <Stars hundredths={scores?.[name] ?? 0} />
                </dd>
              </div>
            ))}
          </dl>
        </div>
      )}
      {reviews.length > 0 && (
        <ul className="mt-4 divide-y divide-line border-line border-t">
          {reviews.map((review) => (
            <li key={review.id} className="py-4 last:pb-0">
              <ReviewCard review={review} replier={host} />
              {below?.(review.id)}
            </li>
          ))}
        </ul>
      )}
      {olderHref !== null && (
        <LinkButton href={olderHref} className="mt-4">
          All reviews
        </LinkButton>
      )}
    </Panel>
  );
}
