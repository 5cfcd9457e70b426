import { FactList } from '#components/ui/fact-list.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { Money } from '#components/ui/money.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { BID_PHASES_IN_WORDS } from '#lib/bookings/bid.ts';
import type { BidRow } from '#lib/bookings/queries/bids.ts';

/** The bid that an interruptible rental runs by: how it stands, what is paid now, and why it does not run. */
export function BidPanel({ bid }: { bid: BidRow }) {
  const price = bid.rental?.microsPerGpuHour ?? null;
  return (
    <Panel
      title="Its bid"
      description="It yields to who books or pays more, with notice, and goes on by itself."
      actions={
        <LinkButton size="sm" href="/bids">
          My bids
        </LinkButton>
      }
    >
      <FactList
        facts={[
          {
            label: 'Now',
            value: BID_PHASES_IN_WORDS[bid.phase],
            ...(bid.sentence === null ? {} : { hint: bid.sentence }),
          },
          { label: 'Bid', value: <Money micros={bid.microsPerGpuHour} per="GPU-hour" /> },
          ...(price === null
            ? []
            : [
                {
                  label: bid.phase === 'running' ? 'Pays now' : 'Paid last',
                  value: <Money micros={price} per="GPU-hour" />,
                },
              ]),
          ...(bid.phase === 'yielding' && bid.rental !== null
            ? [{ label: 'Stopped', value: <TimeAgo at={bid.rental.endsAt} /> }]
            : []),
        ]}
      />
    </Panel>
  );
}
