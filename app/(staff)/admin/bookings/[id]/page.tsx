import type { Metadata } from 'next';
import { cache } from 'react';
import { requireAdminPage } from '#app/_edge/actor.ts';
import { seen } from '#app/_edge/seen.ts';
import { shownState } from '#components/booking/state.ts';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { type Fact, FactList } from '#components/ui/fact-list.tsx';
import { InputField, TextareaField } from '#components/ui/form-fields.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { LongName } from '#components/ui/long-name.tsx';
import { Money } from '#components/ui/money.tsx';
import { OnThisPage } from '#components/ui/on-this-page.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SimulatedBadge } from '#components/ui/simulated-badge.tsx';
import { StateBadge } from '#components/ui/state-badge.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { dollarsInput } from '#lib/base/money.ts';
import { theWorld } from '#lib/base/time.ts';
import { shortName, wordOf } from '#lib/base/words.ts';
import { liesAhead } from '#lib/bookings/booking.ts';
import { BILLED_WORDS, RIGHT_WORDS, reasonTold, SEEN_WORDS, WANTED_WORDS } from '#lib/bookings/booking-words.ts';
import { auditTrail } from '#lib/trust/queries/audit.ts';
import { rentalForStaff } from '#lib/trust/queries/rentals.ts';
import { AuditTable } from '../../audit-table.tsx';
import { endWithRefund } from './actions.ts';

type Route = { params: Promise<{ id: string }> };

/** Read once for a request: the title of the page is its name, too. */
const load = cache(async (id: string) => seen(rentalForStaff(await requireAdminPage(), id)));

export async function generateMetadata({ params }: Route): Promise<Metadata> {
  return { title: shortName((await load((await params).id)).name) };
}

const EVENTS_SHOWN = 20;

export default async function StaffBookingPage({ params }: Route) {
  const actor = await requireAdminPage();
  const { id } = await params;
  const rental = await load(id);
  const trail = await auditTrail(actor, { about: id, byPeople: false, take: EVENTS_SHOWN });
  const ahead = liesAhead(rental, theWorld.now());
  const state = shownState({ ...rental, ahead });
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
        lede={`${shortName(rental.renter.name)} on ${shortName(rental.machine.name)}`}
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
      <OnThisPage
        parts={[
          { id: 'facts', label: 'What it is' },
          { id: 'state', label: 'How it stands' },
          { id: 'money', label: 'Money' },
          { id: 'history', label: 'What happened' },
        ]}
      />
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-2">
        <Panel id="facts" title="What it is">
          <FactList facts={whatItIs(rental)} />
        </Panel>
        <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
          <Panel id="state" title="How it stands">
            <FactList facts={howItStands(rental, ahead)} />
          </Panel>
          <Panel
            id="money"
            title="Money"
            actions={
              <LinkButton size="sm" href={`/bookings/${rental.id}/bill`}>
                Bill
              </LinkButton>
            }
          >
            <FactList facts={whatItCost(rental)} />
          </Panel>
        </div>
      </div>
      <Panel
        id="history"
        title="What happened"
        flush
        actions={
          trail.next !== null && (
            <LinkButton size="sm" variant="ghost" href={`/admin/audit?about=${rental.id}`}>
              All of it
            </LinkButton>
          )
        }
      >
        <AuditTable rows={trail.rows} />
      </Panel>
    </>
  );
}

type StaffRental = Awaited<ReturnType<typeof rentalForStaff>>;

const linked = (href: string, name: string) => <LongName className="link" href={href} name={name} />;

function whatItIs(rental: StaffRental): Fact[] {
  return [
    { label: 'Id', value: <span className="break-all font-mono text-xs">{rental.id}</span> },
    { label: 'Renter', value: linked(`/admin/people/${rental.renter.id}`, rental.renter.name) },
    { label: 'Host', value: linked(`/admin/people/${rental.host.id}`, rental.host.name) },
    { label: 'Machine', value: linked(`/admin/machines/${rental.machine.id}`, rental.machine.name) },
    { label: 'Booked', value: RIGHT_WORDS[rental.kind] },
    { label: 'Image', value: <span className="break-all font-mono text-xs">{rental.image}</span> },
    { label: 'Made', value: <TimeAgo at={rental.createdAt} /> },
    { label: 'Usable', value: rental.startedAt === null ? 'never so far' : <TimeAgo at={rental.startedAt} /> },
    { label: 'Ended', value: rental.endedAt === null ? 'not yet' : <TimeAgo at={rental.endedAt} /> },
  ];
}

/** The four facts of a booking, each for itself: what is wanted, what is seen, what is billed, and why. */
function howItStands(rental: StaffRental, ahead: boolean): Fact[] {
  const why = reasonTold(rental.reason);
  return [
    { label: 'What is wanted', value: WANTED_WORDS[rental.desired] },
    { label: 'Its machine', value: ahead ? 'is not asked before its window begins' : SEEN_WORDS[rental.observed] },
    { label: 'Billed now', value: wordOf(BILLED_WORDS, rental.billable) },
    ...(why === null ? [] : [{ label: 'Why', value: why, hint: rental.reasonDetail }]),
  ];
}

function whatItCost(rental: StaffRental): Fact[] {
  return [
    { label: 'Charged', value: <Money micros={rental.chargedMicros} />, hint: 'by signed statements' },
    { label: 'Refunded', value: <Money micros={rental.refundedMicros} /> },
    ...(rental.disputedMicros === 0n ? [] : [{ label: 'Contested', value: <Money micros={rental.disputedMicros} /> }]),
  ];
}
