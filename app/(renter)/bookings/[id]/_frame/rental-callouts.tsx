import { bookAgainHref } from '#components/booking/book-href.ts';
import { Callout } from '#components/ui/callout.tsx';
import { exactly } from '#components/ui/instant.ts';
import { LinkButton } from '#components/ui/link-button.tsx';
import { isBefore } from '#lib/base/time.ts';
import { hasFailed } from '#lib/bookings/phase.ts';
import type { Rental } from '#lib/bookings/rental.ts';

/** What its renter did is no warning to them. */
const BY_RENTER: ReadonlySet<string> = new Set(['renterStopped', 'idleStopped', 'renterEnded']);

/** What a renter must know on every tab: that it begins later, and why it is no longer what was booked. */
export function RentalCallouts({ rental, now }: { rental: Rental; now: Date }) {
  const live = rental.endedAt === null;
  const preparing = rental.desired === 'running' && rental.observed !== 'connectable';
  return (
    <>
      {preparing && live && rental.kind !== 'reserved' && isBefore(now, rental.startsAt) && (
        <Callout title={`It begins at ${exactly(rental.startsAt, 'UTC')}`} className="mb-6">
          Somebody with an interruptible rental has its GPUs until then, and was told to yield. Nothing is billed before
          you can connect.{rental.puttingOut !== null && ` ${rental.puttingOut}`}
        </Callout>
      )}
      {rental.sentence !== null && !hasFailed(rental) && (
        <Callout
          tone={live && !BY_RENTER.has(rental.reason ?? '') ? 'warn' : 'info'}
          title={rental.sentence}
          className="mb-6"
          action={
            !live && (
              <LinkButton size="sm" href={bookAgainHref(rental)}>
                Book again
              </LinkButton>
            )
          }
        >
          {rental.reasonDetail}
        </Callout>
      )}
    </>
  );
}
