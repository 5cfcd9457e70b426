import Link from 'next/link';
import { shownState } from '#components/booking/state.ts';
import { Td, Th } from '#components/ui/cells.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { TextareaField } from '#components/ui/form-fields.tsx';
import { exactly } from '#components/ui/instant.ts';
import { LongName } from '#components/ui/long-name.tsx';
import { Money } from '#components/ui/money.tsx';
import { SimulatedBadge } from '#components/ui/simulated-badge.tsx';
import { StateBadge } from '#components/ui/state-badge.tsx';
import { Table } from '#components/ui/table.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { shortName } from '#lib/base/words.ts';
import type { RentalRow } from '#lib/bookings/rental.ts';
import { HOST_NOTICE_SECONDS, HOST_NOTICE_STOPPED_SECONDS, shareOf } from '#lib/bookings/terms.ts';
import { cancellationSentence } from '#lib/catalogue/cancellation.ts';
import { gpuLabel } from '#lib/catalogue/gpu.ts';
import type { ListingTerms } from '#lib/catalogue/listing.ts';
import { formatBasisPoints, formatBytes } from '#lib/catalogue/quantity.ts';
import { formatSpan } from '#lib/catalogue/span-words.ts';
import { block, endRental } from '../actions.ts';

type RentalTableProps = {
  rentals: readonly RentalRow[];
  caption: string;
  showMachine?: boolean | undefined;
  /** What the machine asks now: what differs from it is said. */
  listing?: Pick<ListingTerms, 'priceMicrosPerGpuHour'> | null | undefined;
};

/** What is or was rented on a host's machines, each with the terms it was booked with. */
export function RentalTable({ rentals, caption, showMachine, listing }: RentalTableProps) {
  return (
    <Table caption={caption} stacked>
      <thead>
        <tr>
          <Th>Renter</Th>
          {showMachine && <Th>Machine</Th>}
          <Th>State</Th>
          <Th>Terms when booked</Th>
          <Th numeric>Yours so far</Th>
          <Th>
            <span className="sr-only">Actions</span>
          </Th>
        </tr>
      </thead>
      <tbody>
        {rentals.map((rental) => (
          <tr key={rental.id}>
            <Th scope="row" className="min-w-32 max-w-56">
              <span className="block">
                <LongName name={rental.renterName} />
              </span>
              <span className="block font-normal text-muted text-xs">
                booked <TimeAgo at={rental.createdAt} />
              </span>
            </Th>
            {showMachine && (
              <Td label="Machine" className="min-w-36 max-w-48 [overflow-wrap:anywhere]">
                <LongName name={rental.machine.name} />
                {rental.machine.simulated && (
                  <span className="mt-0.5 block">
                    <SimulatedBadge />
                  </span>
                )}
              </Td>
            )}
            <Td>
              <RentalState rental={rental} />
              <span className="mt-0.5 flex flex-wrap gap-x-3">
                {rental.startedAt !== null && rental.endedAt === null && (
                  <PageLink href={`/bookings/${rental.id}/metrics`} label="Metrics" whose={`of ${rental.renterName}`} />
                )}
                <PageLink
                  href={`/bookings/${rental.id}/messages`}
                  label="Messages"
                  whose={`with ${rental.renterName}`}
                />
              </span>
              <span className="block text-muted text-xs">
                <When rental={rental} />
              </span>
            </Td>
            <Td label="Terms when booked" className="min-w-44">
              <FrozenTerms rental={rental} listing={listing} />
            </Td>
            <Td label="Yours so far" numeric>
              <Link className="link relative" href={`/bookings/${rental.id}/bill`} prefetch={false}>
                <span className="sr-only">The bill of {rental.renterName}: </span>
                <Money micros={shareOf(rental.cost.chargedMicros, rental.terms.feeBasisPoints).hostMicros} cents />
              </Link>
              <span className="block text-muted text-xs">
                fee <Money micros={rental.cost.feeMicros} cents />
              </span>
            </Td>
            <Td>
              <RentalButtons rental={rental} />
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** What was agreed when it was booked; later edits of the listing do not touch it. */
function FrozenTerms({ rental, listing }: { rental: RentalRow } & Pick<RentalTableProps, 'listing'>) {
  const { terms, kind } = rental;
  const asked = listing?.priceMicrosPerGpuHour;
  const differs = kind !== 'interruptible' && asked !== undefined && asked !== terms.priceMicrosPerGpuHour;
  return (
    <>
      {gpuLabel(rental.gpuCount, rental.gpuModel)}
      <span className="block text-xs">
        <Money micros={terms.priceMicrosPerGpuHour} per="GPU-hour" />
        {kind === 'interruptible' && ' at most, by bid'}
        {differs && (
          <span className="text-muted">
            {' '}
            (now you ask <Money micros={asked} />)
          </span>
        )}
      </span>
      <span className="block text-muted text-xs">
        {formatBytes(terms.diskBytes)} disk at <Money micros={terms.diskPriceMicrosPerGibMonth} per="GiB-month" /> · fee{' '}
        {formatBasisPoints(terms.feeBasisPoints)}
      </span>
      {(terms.cancellation !== undefined || terms.maintenanceNoticeSeconds !== undefined) && (
        <details className="text-muted text-xs">
          <summary className="link inline-flex min-h-6 items-center">Window and notice</summary>
          <span className="block max-w-80">
            {exactly(rental.startsAt, 'UTC')} to {exactly(rental.endsAt, 'UTC')}.{' '}
            {terms.cancellation !== undefined && cancellationSentence(terms.cancellation)}{' '}
            {terms.maintenanceNoticeSeconds !== undefined &&
              `Maintenance announced ${formatSpan(terms.maintenanceNoticeSeconds)} before ends it.`}
          </span>
        </details>
      )}
    </>
  );
}

/** The next instant of a rental; of one that rests there is none, for its end was that of the run before. */
function When({ rental: { ahead, desired, kind, startsAt, endsAt, endedAt } }: { rental: RentalRow }) {
  if (endedAt !== null)
    return (
      <>
        ended <TimeAgo at={endedAt} />
      </>
    );
  if (ahead)
    return (
      <>
        begins <TimeAgo at={startsAt} />
      </>
    );
  return desired === 'stopped' ? (
    'its disk is kept'
  ) : (
    <>
      {kind === 'interruptible' ? 'yields, or ends' : 'ends'} <TimeAgo at={endsAt} />
    </>
  );
}

function RentalState({ rental }: { rental: RentalRow }) {
  const state = shownState(rental);
  return <StateBadge kind={state.kind}>{state.word}</StateBadge>;
}

function RentalButtons({ rental }: { rental: RentalRow }) {
  const used = rental.startedAt !== null;
  const notice = (rental.desired === 'running' ? HOST_NOTICE_SECONDS : HOST_NOTICE_STOPPED_SECONDS) / 3_600;
  return (
    <span className="flex flex-wrap gap-1.5">
      {rental.actions.includes('endByHost') && (
        <ConfirmDialog
          trigger="End…"
          size="sm"
          title={`End the rental of ${shortName(rental.renterName)}?`}
          consequences={[
            used
              ? `They keep it for ${notice} h more, so that they can save their work.`
              : 'They have not used it yet: it ends at once.',
            'From now on nothing of it is billed, and you earn nothing for it.',
            'What was left of its time, at most a day, counts against the reliability of this machine.',
          ]}
          action={endRental}
          hidden={{ bookingId: rental.id }}
          confirmLabel="End rental"
        >
          <TextareaField name="reason" label="Reason" hint="The renter reads it." rows={3} maxLength={500} />
        </ConfirmDialog>
      )}
      <ConfirmDialog
        trigger="Block…"
        size="sm"
        variant="ghost"
        title={`Never rent to ${shortName(rental.renterName)} again?`}
        consequences={['They cannot book any of your machines.', 'What they rent now goes on. You can unblock them.']}
        action={block}
        hidden={{ bookingId: rental.id }}
        confirmLabel="Block"
      >
        <TextareaField name="reason" label="Reason" hint="For you and for staff." rows={3} maxLength={500} />
      </ConfirmDialog>
    </span>
  );
}

function PageLink({ href, label, whose }: { href: string; label: string; whose: string }) {
  return (
    <Link className="link relative flex min-h-6 w-fit items-center text-xs" href={href} prefetch={false}>
      {label}
      <span className="sr-only"> {whose}</span>
    </Link>
  );
}
