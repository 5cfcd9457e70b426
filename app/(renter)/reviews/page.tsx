import Link from 'next/link';
import { requireActor } from '#app/_edge/actor.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { readingCalls } from '#components/api/reading-calls.ts';
import { ReviewCard } from '#components/review/review-card.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { theWorld } from '#lib/base/time.ts';
import { myReviews, type ReviewOfMine } from '#lib/trust/queries/own-reviews.ts';

export const metadata = { title: 'Reviews' };

/** What one can review, what one wrote, and what is said of one. */
export default async function ReviewsPage() {
  const actor = await requireActor();
  const { toWrite, written, aboutMe } = await myReviews(actor, theWorld.now());
  return (
    <>
      <PageHeader
        title="Reviews"
        lede="After a rental both sides say how it was. Neither reads the other’s before both wrote, or 14 days have passed."
      />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
        <Panel flush title="To write">
          {toWrite.length === 0 ? (
            <EmptyState kind="none" title="Nothing waits for a review" />
          ) : (
            <ul className="divide-y divide-line border-line border-t">
              {toWrite.map(({ bookingId, name, side, subject, machine, until, otherWrote }) => (
                <li
                  key={bookingId}
                  className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-3 sm:px-5"
                >
                  <div className="min-w-0 flex-1 basis-52">
                    <p className="font-medium [overflow-wrap:anywhere]">{name}</p>
                    <p className="text-muted text-sm [overflow-wrap:anywhere]">
                      {side === 'renter' ? `on ${machine} of ${subject}` : `${subject} rented ${machine}`}
                      {otherWrote && '; the other side has written'}
                    </p>
                  </div>
                  <p className="text-muted text-sm">
                    ends <TimeAgo at={until} />
                  </p>
                  <LinkButton href={`/bookings/${bookingId}/review`}>Review</LinkButton>
                </li>
              ))}
            </ul>
          )}
        </Panel>
        <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-2">
          <Listed title="About you" rows={aboutMe} nothing="Nothing is said of you yet" />
          <Listed title="By you" rows={written} nothing="You have written none" own />
        </div>
        <AsApiCall calls={[readingCalls.reviews()]} />
      </div>
    </>
  );
}

type ListedProps = { title: string; rows: readonly ReviewOfMine[]; nothing: string; own?: boolean };

function Listed({ title, rows, nothing, own }: ListedProps) {
  return (
    <Panel flush title={title}>
      {rows.length === 0 ? (
        <EmptyState kind="none" title={nothing} />
      ) : (
        <ul className="divide-y divide-line border-line border-t">
          {rows.map((row) => (
            <li key={row.id} className="px-4 py-4 sm:px-5">
              <p className="mb-2 flex flex-wrap items-center gap-2 text-sm">
                <Link
                  className="link inline-flex min-h-6 min-w-0 items-center [overflow-wrap:anywhere]"
                  href={`/bookings/${row.bookingId}/review`}
                  prefetch={false}
                >
                  {row.booking}
                </Link>
                {!row.revealed && <Badge>not shown yet</Badge>}
                {row.hiddenReason !== null && <Badge tone="warn">out of sight</Badge>}
                {own !== true && row.whyNotReply === null && <Badge tone="info">you can reply</Badge>}
              </p>
              <ReviewCard review={own ? { ...row, author: `You, of ${row.subject}` } : row} replier={row.subject} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
