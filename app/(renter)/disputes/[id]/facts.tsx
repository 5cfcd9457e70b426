import Link from 'next/link';
import type { ReactNode } from 'react';
import { Money } from '#components/ui/money.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { Dispute } from '#lib/trust/queries/dispute.ts';

const link = (href: string, words: ReactNode) => (
  <Link className="link" href={href}>
    {words}
  </Link>
);

/** What a dispute is about, in facts. Staff find from here to the booking, its bill and the money that moved. */
export function factsOf(dispute: Dispute) {
  const { booking, side } = dispute;
  const bill = `/bookings/${booking.id}/bill`;
  return [
    ...(side === 'staff'
      ? [
          { label: 'Booking', value: link(`/admin/bookings/${booking.id}`, booking.name) },
          { label: 'Bill', value: link(bill, 'with its statements') },
          { label: 'Money', value: link(`/admin/books/transfers?cause=${dispute.id}`, 'its transfers') },
        ]
      : [{ label: 'Bill', value: link(bill, booking.name) }]),
    { label: 'Renter', value: dispute.renter.name },
    { label: 'Host', value: dispute.host.name },
    { label: 'Contested', value: <Money micros={dispute.amountMicros} /> },
    { label: 'Of which the host’s', value: <Money micros={dispute.hostMicros} /> },
    { label: 'Of which the platform’s', value: <Money micros={dispute.feeMicros} /> },
    ...(dispute.askedMicros === dispute.amountMicros
      ? []
      : [{ label: 'Asked now', value: <Money micros={dispute.askedMicros} /> }]),
    ...(dispute.offeredMicros === null ? [] : [{ label: 'Offered', value: <Money micros={dispute.offeredMicros} /> }]),
    ...(dispute.givenMicros === null ? [] : [{ label: 'Came back', value: <Money micros={dispute.givenMicros} /> }]),
    { label: 'Opened', value: <TimeAgo at={dispute.openedAt} /> },
  ];
}
