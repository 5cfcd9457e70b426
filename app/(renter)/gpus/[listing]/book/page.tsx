import { randomUUID } from 'node:crypto';
import type { Metadata } from 'next';
import { cache } from 'react';
import { requireActor, signedInUser } from '#app/_edge/actor.ts';
import { seen } from '#app/_edge/seen.ts';
import { NearOffers } from '#components/booking/near-offers.tsx';
import { YieldNote } from '#components/booking/yield-note.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { SimulatedBadge } from '#components/ui/simulated-badge.tsx';
import { clientKeysOf } from '#lib/auth/queries/client-keys.ts';
import { sshKeysOf } from '#lib/auth/queries.ts';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld } from '#lib/base/time.ts';
import { IMAGE_PRESETS } from '#lib/bookings/image.ts';
import { type Priced, priceFor } from '#lib/bookings/priced.ts';
import { previewQuote } from '#lib/bookings/queries/quote.ts';
import { readSizes, SIZE_FIELDS, type SizesTyped, usualSizes } from '#lib/bookings/sizes.ts';
import { placeLabel } from '#lib/catalogue/country.ts';
import { gpuLabel } from '#lib/catalogue/gpu.ts';
import { runsContainers } from '#lib/catalogue/offer-facts.ts';
import { listingPage } from '#lib/catalogue/queries/listing.ts';
import { nearestOffers } from '#lib/catalogue/queries/search.ts';
import { spendingLimitOf } from '#lib/ledger/queries/spending-limit.ts';
import { walletOf } from '#lib/ledger/queries.ts';
import { theProvider } from '#lib/payments/queries/top-ups.ts';
import { MakeKey } from '../../../_countersign/make-key.tsx';
import { BookForm } from './book-form.tsx';

type Route = {
  params: Promise<{ listing: string }>;
  searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
};

const load = cache(async (id: string) => seen(listingPage(await requireActor(), id, theWorld.now())));

export async function generateMetadata({ params }: Route): Promise<Metadata> {
  const listing = await load((await params).listing);
  return { title: `Book ${gpuLabel(listing.gpus.length, listing.gpuModel)}` };
}

export default async function BookPage({ params, searchParams }: Route) {
  const actor = await requireActor();
  const listing = await load((await params).listing);
  const { listingId, terms } = listing;
  const asked = await searchParams;
  const word = (name: string) => (typeof asked[name] === 'string' ? asked[name].slice(0, 500) : undefined);
  const usual = usualSizes(terms.minGpus);
  // A window that lies ahead may have all of them.
  const most = word('starts') ? listing.gpus.length : Math.max(terms.minGpus, listing.freeGpus);
  const counts = Array.from({ length: most - terms.minGpus + 1 }, (_, index) => terms.minGpus + index);
  const typed: SizesTyped = {
    gpus: counts.includes(Number(word('gpus'))) ? String(Number(word('gpus'))) : usual.gpus,
    disk: word('disk') ?? usual.disk,
    hours: word('hours') ?? '',
    cap: word('cap') ?? '',
    starts: word('starts') ?? '',
    zone: listing.hours.calendar.zone,
  };
  const later = typed.starts !== '';
  const [user, keys, clientKeys, { priced, errors }] = await Promise.all([
    signedInUser(),
    sshKeysOf(actor),
    clientKeysOf(actor),
    look(actor, listingId, typed),
  ]);
  const why = later && LATER_FINE.has(listing.whyNotBookable?.reason ?? '') ? null : listing.whyNotBookable;
  const near = why === null ? [] : await nearestOffers(actor, listingId, Number(typed.gpus), theWorld.now());
  const words = { ...typed, image: word('image'), name: word('name') };
  return (
    <>
      <PageHeader
        title={`Book ${listing.gpuModel}`}
        trail={[
          { href: '/gpus', label: 'Rent GPUs' },
          { href: `/gpus/${listingId}`, label: gpuLabel(listing.gpus.length, listing.gpuModel) },
        ]}
        badges={listing.simulated && <SimulatedBadge />}
        lede={`${listing.machineName} · ${placeLabel(listing.region, listing.country)} · offered by ${listing.host.name}`}
      />
      {why !== null && (
        <Callout tone={listing.own ? 'info' : 'warn'} title="This cannot be booked now" className="mb-6">
          {why.sentence}
          {!listing.own && LATER_FINE.has(why.reason) && ' Or say when it is to begin, and reserve a window ahead.'}
        </Callout>
      )}
      {near.length > 0 && <NearOffers offers={near} words={words} className="mb-6" />}
      {why === null && <YieldNote listing={listing} className="mb-4" />}
      <MakeKey account={actor.userId} known={clientKeys.map(({ key }) => key)} />
      <BookForm
        listing={{
          id: listingId,
          machine: `${listing.machineName}, ${placeLabel(listing.region, listing.country)}, offered by ${listing.host.name}`,
          counts,
          simulated: listing.simulated,
          executes: runsContainers(listing.specification),
        }}
        words={words}
        presets={IMAGE_PRESETS.filter(({ image }) => demo || !image.startsWith('sublet/'))}
        first={{ priced, errors }}
        keys={keys.map(({ name, fingerprint }) => ({ name, fingerprint }))}
        provider={theProvider()}
        ids={{ idempotencyKey: randomUUID(), topUpKey: randomUUID() }}
        whyNot={
          why?.sentence ??
          (user?.emailConfirmed === false ? 'Confirm your e-mail address first.' : null) ??
          (actor.suspended ? 'This account is suspended.' : null)
        }
      />
    </>
  );
}

/** What stands in the way now only: a window that lies ahead may be free. */
const LATER_FINE = new Set(['gpuTaken', 'hostClosed', 'machineNotReady']);

const demo = process.env.SUBLET_DEMO === '1';

/** The price of what an address says, without keeping anything; or what is wrong with it, at each field. */
async function look(
  actor: Actor,
  listingId: string,
  typed: SizesTyped,
): Promise<{ priced: Priced | null; errors: Readonly<Record<string, string>> }> {
  const read = readSizes(typed);
  if ('problems' in read) return { priced: null, errors: read.problems };
  const { capMicros, ...size } = read.sizes;
  try {
    const quote = await previewQuote(actor, { listingId, capMicros, ...size }, theWorld.now());
    const [{ freeMicros }, spending] = await Promise.all([walletOf(actor), spendingLimitOf(actor, theWorld.now())]);
    return { priced: priceFor(quote, { capMicros, freeMicros, spending }, null), errors: {} };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const names: Readonly<Record<string, string>> = SIZE_FIELDS;
    const said = error.reason === 'badInput' ? Object.entries(error.detail) : [];
    if (said.length === 0 && typed.starts) return { priced: null, errors: { starts: error.sentence } };
    return {
      priced: null,
      errors: Object.fromEntries(said.map(([name, text]) => [names[name] ?? name, String(text)])),
    };
  }
}
