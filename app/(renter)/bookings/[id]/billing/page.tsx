import { requireActor } from '#app/_edge/actor.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { bookingCalls } from '#components/api/booking-calls.ts';
import { clientKeysOf } from '#lib/auth/queries/client-keys.ts';
import { countersigningOf } from '#lib/receipts/queries/countersigning.ts';
import { CountersignPanel } from '../../../_countersign/countersign-panel.tsx';
import { BookingFrame } from '../_frame/booking-frame.tsx';
import { type BookingRoute, loadRental, titleOf } from '../_frame/load.ts';
import { CostPanel } from '../cost-panel.tsx';
import { TermsPanel } from '../terms-panel.tsx';

export const generateMetadata = (route: BookingRoute) => titleOf(route, 'Billing');

/** What it costs by which terms, and who signed for it; the bill line by line has a page of its own. */
export default async function BillingTab({ params }: BookingRoute) {
  const actor = await requireActor();
  const { id } = await params;
  const rental = await loadRental(id);
  const live = rental.endedAt === null;
  const [keys, agreed] = await Promise.all([clientKeysOf(actor), countersigningOf(actor, id, 999_999_999)]);
  return (
    <BookingFrame
      rental={rental}
      tab="/billing"
      aside={
        <>
          {(live || agreed.latest >= 0) && (
            <CountersignPanel
              bookingId={id}
              account={agreed.account}
              knownKeys={keys.map(({ key }) => key)}
              agreed={agreed.countersigned?.sequence ?? null}
              latest={agreed.latest}
              over={!live}
            />
          )}
          <AsApiCall calls={[bookingCalls.bill(id)]} />
        </>
      }
    >
      <CostPanel rental={rental} />
      <TermsPanel rental={rental} />
    </BookingFrame>
  );
}
