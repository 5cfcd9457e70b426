import { requireActor } from '#app/_edge/actor.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { bookingCalls } from '#components/api/booking-calls.ts';
import { LogsPanel } from '#components/booking/logs-panel.tsx';
import { logsOf, searchLogs } from '#lib/bookings/queries/logs.ts';
import { BookingFrame } from '../_frame/booking-frame.tsx';
import { type BookingRoute, loadRental, titleOf } from '../_frame/load.ts';
import { told } from '../_frame/told.ts';

type Route = BookingRoute & { readonly searchParams: Promise<{ find?: string | string[] }> };

export const generateMetadata = (route: BookingRoute) => titleOf(route, 'Logs');

export default async function LogsTab({ params, searchParams }: Route) {
  const actor = await requireActor();
  const { id } = await params;
  const { find } = await searchParams;
  const text = typeof find === 'string' ? find.trim().slice(0, 200) : '';
  const rental = await loadRental(id);
  const [logs, found] = await Promise.all([
    logsOf(actor, id, {}),
    text === '' ? null : searchLogs(actor, id, { text }),
  ]);
  return (
    <BookingFrame rental={rental} tab="/logs">
      <LogsPanel
        url={`/api/v1/bookings/${id}/logs`}
        href={`/bookings/${id}/logs`}
        live={rental.endedAt === null}
        first={logs.map(told)}
        found={found && { text, total: found.total, rows: found.rows.map(told) }}
      />
      <AsApiCall calls={[bookingCalls.logs(id)]} />
    </BookingFrame>
  );
}
