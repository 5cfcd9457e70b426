import type { Metadata } from 'next';
import Link from 'next/link';
import { requireActor } from '#app/_edge/actor.ts';
import { seen } from '#app/_edge/seen.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { readingCalls } from '#components/api/reading-calls.ts';
import { ReviewCard } from '#components/review/review-card.tsx';
import { Stars } from '#components/review/stars.tsx';
import { ActionForm } from '#components/ui/action-form.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { TextareaField } from '#components/ui/form-fields.tsx';
import { exactly } from '#components/ui/instant.ts';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { theWorld } from '#lib/base/time.ts';
import { type OwnReview, type RentalReviews, rentalReviewsOf } from '#lib/trust/queries/own-reviews.ts';
import { renterStanding } from '#lib/trust/queries/reviews.ts';
import { MOST_REPLY_CHARACTERS } from '#lib/trust/review.ts';
import { reply } from './actions.ts';
import { ReviewForm } from './review-form.tsx';

export const metadata: Metadata = { title: 'Review' };

/** After a rental: what each side says of the other, and until when. */
export default async function ReviewPage({ params }: { params: Promise<{ id: string }> }) {
  const actor = await requireActor();
  const { id } = await params;
  const now = theWorld.now();
  const reviews = await seen(rentalReviewsOf(actor, id, now));
  const { booking, machine, side, subject, mine, theirs, whyNot } = reviews;
  const standing = side === 'host' ? await renterStanding(subject.id, now) : null;
  return (
    <>
      <PageHeader
        title={`How was ${booking.name}?`}
        trail={[
          { href: side === 'renter' ? '/bookings' : '/host', label: side === 'renter' ? 'My bookings' : 'My machines' },
          { href: `/bookings/${id}`, label: booking.name },
        ]}
        lede={
          <span className="[overflow-wrap:anywhere]">
            {side === 'renter' ? (
              <>
                You rented{' '}
                <Link className="link" href={`/gpus/${machine.listingId}`}>
                  {machine.name}
                </Link>{' '}
                of {subject.name}.
              </>
            ) : (
              <>
                {subject.name} rented {machine.name} of you.
              </>
            )}
          </span>
        }
      />
      <Clock reviews={reviews} />
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-2">
        <Panel title={mine === null ? 'Your review' : 'What you wrote'}>
          {mine !== null && (
            <div className={whyNot === null ? 'mb-4 border-line border-b pb-4' : undefined}>
              <ReviewCard review={{ ...mine, author: 'You' }} replier={subject.name} />
              {mine.hiddenReason !== null && (
                <p className="mt-2 text-sm text-warn-ink [overflow-wrap:anywhere]">
                  Staff took it out of sight: {mine.hiddenReason}
                </p>
              )}
            </div>
          )}
          {whyNot === null ? (
            <ReviewForm reviews={reviews} />
          ) : (
            mine === null && <p className="text-muted text-sm">{whyNot}</p>
          )}
        </Panel>
        <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
          <Panel title={side === 'renter' ? 'What the host says of you' : 'What the renter says'}>
            {theirs === null ? (
              <p className="text-muted text-sm">{hidden(reviews)}</p>
            ) : (
              <>
                <ReviewCard review={theirs} replier="You" />
                {theirs.whyNotReply === null && <ReplyForm review={theirs} />}
              </>
            )}
          </Panel>
          {standing !== null && standing.averageHundredths !== null && (
            <Panel title="What hosts say of this renter">
              <Stars hundredths={standing.averageHundredths} />
              <p className="text-muted text-sm">{standing.count} reviews</p>
            </Panel>
          )}
          <AsApiCall calls={[readingCalls.review(id)]} />
        </div>
      </div>
    </>
  );
}

function hidden({ otherWrote, mine }: RentalReviews): string {
  if (!otherWrote) return 'Nothing was written yet.';
  return mine === null
    ? 'It is written. You read it when you have written yours, or when the time is over.'
    : 'It is not shown.';
}

function Clock({ reviews: { until, mine, theirs, whyNot } }: { reviews: RentalReviews }) {
  if (until === null || theirs !== null || mine?.revealed === true) return null;
  if (whyNot !== null) return null;
  return (
    <Callout className="mb-6" title={`Until ${exactly(until, 'UTC')}`}>
      <p>
        Nobody reads a review before both have written or this time has come. Until then you can change yours; after it
        both stay as they are.
      </p>
    </Callout>
  );
}

function ReplyForm({ review }: { review: OwnReview }) {
  return (
    <ActionForm action={reply} className="mt-4 border-line border-t pt-4">
      <input type="hidden" name="reviewId" value={review.id} />
      <div className="space-y-4">
        <TextareaField
          name="text"
          id="reply"
          label="Your reply"
          hint="Once, for everybody to read, within 30 days."
          required
          rows={3}
          maxLength={MOST_REPLY_CHARACTERS}
        />
        <SubmitButton pendingLabel="Replying…" variant="secondary">
          Reply
        </SubmitButton>
      </div>
    </ActionForm>
  );
}
