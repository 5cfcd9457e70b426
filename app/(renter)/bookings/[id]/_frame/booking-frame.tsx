import type { ReactNode } from 'react';
import { shownState } from '#components/booking/state.ts';
import { LiveRefresh } from '#components/ui/live-refresh.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { SimulatedBadge } from '#components/ui/simulated-badge.tsx';
import { StateBadge } from '#components/ui/state-badge.tsx';
import { theWorld } from '#lib/base/time.ts';
import type { Rental } from '#lib/bookings/rental.ts';
import { stoppedCost } from '#lib/bookings/terms.ts';
import { gpuLabel } from '#lib/catalogue/gpu.ts';
import { EndingSoon } from '../../../_extend/ending-soon.tsx';
import { RentalActions } from '../rental-actions.tsx';
import { type BookingTab, BookingTabs } from './booking-tabs.tsx';
import { CostMeter } from './cost-meter.tsx';
import { RentalCallouts } from './rental-callouts.tsx';

type BookingFrameProps = {
  rental: Rental;
  tab: BookingTab;
  /** Beside the tab's own content where there is room, below it where there is not. */
  aside?: ReactNode;
  children: ReactNode;
};

/** What stands on every tab of a booking: its state, what can be done, what it costs, and the tabs. */
export function BookingFrame({ rental, tab, aside, children }: BookingFrameProps) {
  const state = shownState(rental);
  const now = theWorld.now();
  return (
    <>
      <PageHeader
        title={rental.name}
        trail={
          rental.job === null
            ? [{ href: '/bookings', label: 'My bookings' }]
            : [
                { href: '/jobs', label: 'Jobs' },
                { href: `/jobs/${rental.job.arrayId}/${rental.job.index}`, label: 'Its job' },
              ]
        }
        badges={
          <>
            <StateBadge kind={state.kind} since={rental.endedAt ?? (rental.ahead ? undefined : rental.observedAt)}>
              {state.word}
            </StateBadge>
            {rental.machine.simulated && <SimulatedBadge />}
          </>
        }
        lede={`${gpuLabel(rental.gpuCount, rental.gpuModel)} on ${rental.machine.name}`}
        actions={<RentalActions rental={rental} stoppedMicrosPerDay={stoppedCost(rental.terms, 86_400)} />}
      />
      {rental.endedAt === null && <LiveRefresh url="/api/v1/events" events={['change']} />}
      <EndingSoon rental={rental} />
      <RentalCallouts rental={rental} now={now} />
      <CostMeter rental={rental} now={now} />
      <BookingTabs id={rental.id} current={tab} />
      {aside === undefined ? (
        <div className="grid grid-cols-[minmax(0,1fr)] gap-6">{children}</div>
      ) : (
        <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,22rem)]">
          <div className="grid grid-cols-[minmax(0,1fr)] gap-6">{children}</div>
          <div className="grid grid-cols-[minmax(0,1fr)] gap-6">{aside}</div>
        </div>
      )}
    </>
  );
}
