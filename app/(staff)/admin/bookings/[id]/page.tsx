import Link from 'next/link';
import { requireAdminPage } from '#app/_edge/actor.ts';
import { seen } from '#app/_edge/seen.ts';
import { shownState } from '#components/booking/state.ts';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { FactList } from '#components/ui/fact-list.tsx';
import { InputField, TextareaField } from '#components/ui/form-fields.tsx';
import { Money } from '#components/ui/money.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SimulatedBadge } from '#components/ui/simulated-badge.tsx';
import { StateBadge } from '#components/ui/state-badge.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { dollarsInput } from '#lib/base/money.ts';
import { auditTrail } from '#lib/trust/queries/audit.ts';
import { rentalForStaff } from '#lib/trust/queries/rentals.ts';
import { AuditTable } from '../../audit-table.tsx';
import { endWithRefund } from './actions.ts';

export const metadata = { title: 'Booking' };

export default async function StaffBookingPage({ params }: { params: Promise<{ id: string }> }) {
  const actor = await requireAdminPage();
  const { id } = await params;
  const rental = await seen(rentalForStaff(actor, id));
  const trail = await auditTrail(actor, { about: id, byPeople: false });
  const state = shownState(rental);
  const refundable = rental.chargedMicros - rental.refundedMicros - rental.disputedMicros;
  return (
    <>
      <PageHeader
        title={rental.name}
        trail={[{ href: '/admin/bookings', label: 'Bookings' }]}
        badges={
          <>
            <StateBadge kind={state.kind}>{state.word}</StateBadge>
            {rental.machine.simulated && <SimulatedBadge />}
          </>
        }
        lede={<span className="font-mono text-xs">{rental.image}</span>}
        actions={
          <ConfirmDialog
            trigger={rental.endedAt === null ? 'End with refund…' : 'Refund…'}
            title={rental.endedAt === null ? 'End this booking?' : 'Refund this booking?'}
            consequences={[
              ...(rental.endedAt === null ? ['The workload and its disk are deleted; this cannot be undone.'] : []),
              'The refund goes to the renter: the host gives back their part of it, the market its fee.',
              'Renter and host are told, with your reason.',
            ]}
            action={endWithRefund}
            hidden={{ bookingId: rental.id, seen: rental.refundedMicros.toString() }}
            confirmLabel={rental.endedAt === null ? 'End and refund' : 'Refund'}
          >
            <InputField
              name="refund"
              label="Refund"
              hint={`At most $${dollarsInput(refundable)}, what was charged and not yet refunded`}
              before="$"
              inputMode="decimal"
              defaultValue="0"
            />
            <TextareaField name="reason" label="Reason" required maxLength={500} />
          </ConfirmDialog>
        }
      />
      <Panel title="Facts">
        <FactList
          facts={[
            { label: 'Id', value: <span className="break-all font-mono text-xs">{rental.id}</span> },
            {
              label: 'Renter',
              value: (
                <Link className="link" href={`/admin/people/${rental.renter.id}`}>
                  {rental.renter.name}
                </Link>
              ),
            },
            {
              label: 'Host',
              value: (
                <Link className="link" href={`/admin/people/${rental.host.id}`}>
                  {rental.host.name}
                </Link>
              ),
            },
            {
              label: 'Machine',
              value: (
                <Link className="link" href={`/admin/machines/${rental.machine.id}`}>
                  {rental.machine.name}
                </Link>
              ),
            },
            { label: 'Wanted', value: rental.desired },
            { label: 'Seen', value: rental.observed },
            { label: 'Billed', value: rental.billable },
            { label: 'Why', value: [rental.reason, rental.reasonDetail].filter(Boolean).join(': ') || '—' },
            {
              label: 'Bill',
              value: (
                <Link className="link" href={`/bookings/${rental.id}/bill`} prefetch={false}>
                  with its statements
                </Link>
              ),
            },
            { label: 'Charged', value: <Money micros={rental.chargedMicros} /> },
            { label: 'Refunded', value: <Money micros={rental.refundedMicros} /> },
            ...(rental.disputedMicros === 0n
              ? []
              : [{ label: 'Contested', value: <Money micros={rental.disputedMicros} /> }]),
            { label: 'Made', value: <TimeAgo at={rental.createdAt} /> },
            { label: 'Ended', value: rental.endedAt === null ? '—' : <TimeAgo at={rental.endedAt} /> },
          ]}
        />
      </Panel>
      <Panel title="What happened" flush>
        <AuditTable rows={trail.rows} />
      </Panel>
    </>
  );
}
