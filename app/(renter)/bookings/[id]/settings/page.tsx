import { requireActor } from '#app/_edge/actor.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { bookingCalls } from '#components/api/booking-calls.ts';
import { idleGuardOf } from '#lib/telemetry/queries/idle.ts';
import { BookingFrame } from '../_frame/booking-frame.tsx';
import { type BookingRoute, loadRental, titleOf } from '../_frame/load.ts';
import { IdlePanel } from '../idle-panel.tsx';
import { LockPanel } from './lock-panel.tsx';
import { NamePanel } from './name-panel.tsx';

export const generateMetadata = (route: BookingRoute) => titleOf(route, 'Settings');

export default async function SettingsTab({ params }: BookingRoute) {
  const actor = await requireActor();
  const { id } = await params;
  const [rental, guard] = await Promise.all([loadRental(id), idleGuardOf(actor, id)]);
  const live = rental.endedAt === null;
  const may = new Set(rental.actions);
  const locked = rental.endLockedAt !== null;
  return (
    <BookingFrame rental={rental} tab="/settings">
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-2">
        <NamePanel bookingId={id} name={rental.name} />
        {(may.has('lockEnd') || may.has('unlockEnd')) && <LockPanel rental={rental} />}
        {live && (
          <IdlePanel
            bookingId={id}
            guard={guard}
            running={rental.desired === 'running'}
            reserved={rental.cancellation !== null}
          />
        )}
      </div>
      <AsApiCall
        calls={[
          bookingCalls.rename(id, rental.name),
          ...(live ? [bookingCalls.endLock(id, !locked), bookingCalls.idleGuard(id, !guard.stops)] : []),
        ]}
      />
    </BookingFrame>
  );
}
