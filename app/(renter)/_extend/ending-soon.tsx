import { requireActor } from '#app/_edge/actor.ts';
import { Callout } from '#components/ui/callout.tsx';
import { exactly } from '#components/ui/instant.ts';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { addSeconds, isBefore, theWorld } from '#lib/base/time.ts';
import { isHostEnding } from '#lib/bookings/booking.ts';
import { extensionOf } from '#lib/bookings/queries/extension.ts';
import type { Rental } from '#lib/bookings/rental.ts';
import { END_WARNING_SECONDS, STOP_GRACE_SECONDS } from '#protocol/end-warning.ts';
import { ExtendChoices } from './extend-choices.tsx';

/** In the last half hour of a running rental: when it ends, what happens then, and more time at its price. Else nothing. */
export async function EndingSoon({ rental }: { rental: Rental }) {
  const now = theWorld.now();
  const soon = !isBefore(addSeconds(now, END_WARNING_SECONDS[0]), rental.endsAt) && isBefore(now, rental.endsAt);
  const runs = rental.desired === 'running' && rental.observed === 'connectable';
  if (!soon || !runs || rental.kind === 'interruptible' || rental.job !== null) return null;
  return (
    <Callout
      tone="warn"
      className="mb-6"
      title={
        <>
          It ends <TimeAgo at={rental.endsAt} />, at {exactly(rental.endsAt, 'UTC')}
        </>
      }
    >
      <p>
        Then its program is told to end (SIGTERM) and stopped {STOP_GRACE_SECONDS} seconds later. Open shells were told,
        and programs find the end in <code className="font-mono text-xs">/.lease/notice.json</code>.
      </p>
      {isHostEnding(rental) ? null : (
        <ExtendChoices extension={await extensionOf(await requireActor(), rental.id, now)} />
      )}
    </Callout>
  );
}
