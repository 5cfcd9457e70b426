import type { Crumb } from '#components/ui/breadcrumbs.tsx';
import type { Rental } from '#lib/bookings/rental.ts';

/** The way up from a bill, for whichever side of the booking looks at it. */
export function billTrail({ id, name, side, machine }: Rental): readonly Crumb[] {
  if (side === 'renter')
    return [
      { href: '/bookings', label: 'My bookings' },
      { href: `/bookings/${id}`, label: name },
    ];
  return side === 'host'
    ? [
        { href: '/host', label: 'Host' },
        { href: `/host/machines/${machine.id}`, label: machine.name },
      ]
    : [{ href: `/admin/bookings/${id}`, label: name }];
}
