import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { requireActor } from '#app/_edge/actor.ts';
import { seen } from '#app/_edge/seen.ts';
import { theWorld } from '#lib/base/time.ts';
import { shortName } from '#lib/base/words.ts';
import { rentalOf } from '#lib/bookings/queries/rental.ts';

export type BookingRoute = { readonly params: Promise<{ id: string }> };

/** The viewer's own rental, read once a request; hosts and staff have pages of their own. */
export const loadRental = cache(async (id: string) => {
  const rental = await seen(rentalOf(await requireActor(), id, theWorld.now()));
  if (rental.side !== 'renter') notFound();
  return rental;
});

/** The title of a tab: "Logs of first run"; the first tab bears the name alone. */
export async function titleOf({ params }: BookingRoute, tab?: string): Promise<Metadata> {
  const name = shortName((await loadRental((await params).id)).name);
  return { title: tab === undefined ? name : `${tab} of ${name}` };
}
