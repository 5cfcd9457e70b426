import { ActionForm } from '#components/ui/action-form.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { exactly } from '#components/ui/instant.ts';
import { LinkButton } from '#components/ui/link-button.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { MOST_TRIES } from '#lib/bookings/standing-request.ts';
import type { StandingView } from '#lib/bookings/standing-view.ts';
import { resume } from '../actions.ts';

/** What has become of a request, and what happens next. */
export function Standing({ request }: { request: StandingView }) {
  const { state, trouble, tries, nextTryAt, bookingId } = request;
  if (state === 'booked')
    return (
      <Callout
        tone="good"
        className="mb-6"
        title="It is booked."
        action={
          <LinkButton href={`/bookings/${bookingId}`} variant="primary">
            Open the booking
          </LinkButton>
        }
      >
        {request.closedAt !== null && <TimeAgo at={request.closedAt} />}
      </Callout>
    );
  if (state === 'cancelled') return <Callout className="mb-6" title="You cancelled it. Nothing was booked." />;
  if (state === 'expired')
    return (
      <Callout tone="warn" className="mb-6" title="It has expired: it could no longer have ended by its deadline.">
        {trouble === null ? 'Nothing came up in time.' : `There was a match that could not be booked: ${trouble}`}{' '}
        Nothing was booked, and nothing was charged.
      </Callout>
    );
  if (trouble !== null)
    return (
      <Callout
        tone="warn"
        className="mb-6"
        title={
          state === 'paused' ? 'There were matches, and it pauses.' : 'There was a match, and it could not be booked.'
        }
        action={
          <ActionForm action={resume}>
            <input type="hidden" name="requestId" value={request.id} />
            <SubmitButton pendingLabel="Taking it up…">Try again now</SubmitButton>
          </ActionForm>
        }
      >
        <p>{trouble}</p>
        <p>
          {state === 'paused'
            ? `It was tried ${tries} times. Put right what is missing, then let it be tried again.`
            : `Try ${tries} of ${MOST_TRIES}. ${nextTryAt === null ? '' : `The next is at ${exactly(nextTryAt, 'UTC')}, or when you say so.`}`}
        </p>
      </Callout>
    );
  return (
    <Callout className="mb-6" title={waiting(request)}>
      Nothing is set aside while it waits.
      {request.mode === 'book' && ` Keep the cost of it in the wallet, or it cannot be booked when there is a match.`}
    </Callout>
  );
}

function waiting({ mode, openAnswers }: StandingView): string {
  if (mode === 'book') return 'The cheapest match is booked as soon as there is one.';
  if (mode === 'notify') return 'You are told when there is a match.';
  if (openAnswers > 0) return openAnswers === 1 ? 'One host has answered.' : `${openAnswers} hosts have answered.`;
  return 'Hosts whose machines could serve it see it now, and answer with a price.';
}
