import { wordsOf } from '#components/booking/book-href.ts';
import { NearOffers } from '#components/booking/near-offers.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { Rental, StartOutlook } from '#lib/bookings/rental.ts';

/** Why a stopped rental cannot be started now, until when that is so at the latest, and what could be booked in its place. */
export function CannotStart({ rental, start }: { rental: Rental; start: StartOutlook }) {
  return (
    <>
      <Callout tone="warn" title="It cannot be started now">
        <p>{start.whyNot?.sentence}</p>
        {start.freeAt !== null && (
          <p>
            {rental.gpuCount === 1 ? 'One is' : 'Enough are'} free again <TimeAgo at={start.freeAt} /> at the latest.
          </p>
        )}
      </Callout>
      {start.near.length > 0 && (
        <NearOffers
          offers={start.near}
          words={{ ...wordsOf(rental), hours: '', cap: '' }}
          description="Image, name and sizes come along; the disk stays with this booking."
        />
      )}
    </>
  );
}
