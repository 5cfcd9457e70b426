import { Callout } from '#components/ui/callout.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';

const dayWords = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });

type ReviewNudgeProps = {
  bookingId: string;
  /** Null where there is nothing to write any more, or not yet. */
  nudge: { readonly until: Date; readonly written: boolean; readonly otherWrote: boolean } | null;
};

/** On the page of a rental that has ended: how was it? */
export function ReviewNudge({ bookingId, nudge }: ReviewNudgeProps) {
  if (nudge === null) return null;
  const { until, written, otherWrote } = nudge;
  return (
    <Callout
      title={written ? 'You reviewed it' : 'How was it?'}
      action={
        <LinkButton size="sm" href={`/bookings/${bookingId}/review`}>
          {written ? 'See the review' : 'Review'}
        </LinkButton>
      }
    >
      <p>
        {otherWrote && !written && 'The other side has written. '}
        {written ? 'You can change it until' : 'You can say it until'} {dayWords.format(until)} (UTC).
      </p>
    </Callout>
  );
}
