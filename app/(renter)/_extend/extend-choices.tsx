import Link from 'next/link';
import { ActionForm } from '#components/ui/action-form.tsx';
import { exactly } from '#components/ui/instant.ts';
import { LinkButton } from '#components/ui/link-button.tsx';
import { Money } from '#components/ui/money.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import type { Extension } from '#lib/bookings/queries/extension.ts';
import { extend } from '../bookings/[id]/actions.ts';

/** Longer ends, each with its price on its button; one that cannot be had says why. */
export function ExtendChoices({ extension }: { extension: Extension }) {
  const { bookingId, endsAt, choices, takenFrom, whyNot, freeMicros, reserved } = extension;
  if (whyNot !== null)
    return (
      <div className="space-y-3">
        <p className="text-sm">{whyNot}</p>
        <LinkButton href={`/bookings/${bookingId}`}>Go to the booking</LinkButton>
      </div>
    );
  const dear = choices.some((choice) => choice.whyNot === null && choice.priceMicros > freeMicros);
  return (
    <div className="space-y-3">
      <ul className="flex flex-wrap items-start gap-2">
        {choices.map((choice) => (
          <li key={choice.hours}>
            <ActionForm action={extend}>
              <input type="hidden" name="bookingId" value={bookingId} />
              <input type="hidden" name="from" value={endsAt.toISOString()} />
              <input type="hidden" name="hours" value={choice.hours} />
              <SubmitButton
                variant={choice.hours === 1 && choice.whyNot === null ? 'primary' : 'secondary'}
                disabledReason={choice.whyNot}
                pendingLabel="Extending…"
              >
                {choice.hours} h more · <Money micros={choice.priceMicros} />
              </SubmitButton>
            </ActionForm>
          </li>
        ))}
      </ul>
      <p className="text-muted text-sm">
        The price stays as booked and is billed by the second. Time that you do not use costs nothing
        {reserved && ' beyond what the cancellation terms ask, which then count for the longer window'}.
        {takenFrom !== null && ` From ${exactly(takenFrom, 'UTC')} on its GPU is promised to another booking.`}
      </p>
      {dear && (
        <p className="text-sm">
          <Money micros={freeMicros} /> is free in your wallet. Where that is less than the price,{' '}
          <Link href="/wallet" className="link">
            top up
          </Link>{' '}
          as well:{' '}
          {reserved
            ? 'a window is made longer only with the money for it, of 24 hours at most.'
            : 'it stops when the money is used up.'}
        </p>
      )}
    </div>
  );
}
