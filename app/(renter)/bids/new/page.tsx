import { randomUUID } from 'node:crypto';
import type { Metadata } from 'next';
import Link from 'next/link';
import { requireActor, signedInUser } from '#app/_edge/actor.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { askingCalls } from '#components/api/asking-calls.ts';
import { ClearingTable } from '#components/booking/clearing-table.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { sshKeysOf } from '#lib/auth/queries.ts';
import { formatDollars, maxMicros, minMicros } from '#lib/base/money.ts';
import { theWorld } from '#lib/base/time.ts';
import { IMAGE_PRESETS } from '#lib/bookings/image.ts';
import { type BidPlace, placesForBids } from '#lib/bookings/queries/bid-places.ts';
import { clearingPrices } from '#lib/bookings/queries/clearing-prices.ts';
import { takesVariables } from '#lib/bookings/queries/secrets.ts';
import { USUAL_DISK_BYTES } from '#lib/bookings/terms.ts';
import { BidForm } from './bid-form.tsx';
import { RunsAt } from './runs-at.tsx';

export const metadata: Metadata = { title: 'Bid for GPUs' };

type Params = Promise<Readonly<Record<string, string | string[] | undefined>>>;

const demo = process.env.SUBLET_DEMO === '1';

export default async function NewBidPage({ searchParams }: { searchParams: Params }) {
  const actor = await requireActor();
  const asked = await searchParams;
  const word = (name: string) => (typeof asked[name] === 'string' ? asked[name].slice(0, 200) : '');
  const now = theWorld.now();
  const gpus = /^\d{1,2}$/.test(word('gpus')) ? Math.max(1, Number(word('gpus'))) : 1;
  const [user, keys, all] = await Promise.all([signedInUser(), sshKeysOf(actor), placesForBids(undefined, now)]);
  const places = all.filter(({ hostId }) => hostId !== actor.userId);
  const named = places.find(({ listingId }) => listingId === word('listing'));
  const model = named?.model ?? (places.some((one) => one.model === word('model')) ? word('model') : undefined);
  const prices = await clearingPrices({ model, gpuCount: gpus }, now);
  const models = Map.groupBy(places, (one) => one.model);
  const options = [
    ...(named === undefined ? [] : [{ value: named.listingId, label: `Only this machine (${named.model})` }]),
    ...[...models]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, of]) => ({ value: `model:${name}`, label: anyOf(name, of) })),
  ];
  return (
    <>
      <PageHeader
        title="Bid for GPUs"
        trail={[{ href: '/bids', label: 'My bids' }]}
        lede={
          <>
            It runs while nobody books and nobody pays more, and yields with notice.{' '}
            <Link href="/interruptible" className="link">
              How it works
            </Link>
          </>
        }
      />
      {word('listing') !== '' && named === undefined && (
        <Callout tone="warn" title="This machine takes no bids now" className="mb-6">
          Its host may take them again later. Bid for any machine of its model, or book it on demand.
        </Callout>
      )}
      {keys.length === 0 && (
        <Callout
          tone="warn"
          title="You have no SSH key yet"
          className="mb-6"
          action={
            <LinkButton href="/account/keys" size="sm">
              Add one
            </LinkButton>
          }
        >
          A bid waits until there is one: it opens what you rent.
        </Callout>
      )}
      {options.length === 0 ? (
        <Panel flush>
          <EmptyState
            kind="none"
            title="No host takes bids now"
            action={<LinkButton href="/gpus">Rent on demand</LinkButton>}
          >
            As soon as a host says that idle GPUs go to whoever bids, they can be bid for here.
          </EmptyState>
        </Panel>
      ) : (
        <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
          <BidForm
            options={options}
            typed={{
              place: named?.listingId ?? (model === undefined ? options[0]?.value : `model:${model}`) ?? '',
              gpus: String(gpus),
              // Whoever came for one machine wants it as it is.
              trust: named?.ground.trust === 'new' ? 'new' : 'selfTested',
            }}
            presets={IMAGE_PRESETS.filter(({ image }) => demo || !image.startsWith('sublet/'))}
            simulated={places.some((one) => one.simulated)}
            idempotencyKey={randomUUID()}
            diskMicros={places.reduce((most, { diskPrice }) => maxMicros(most, diskPrice), 0n).toString()}
            keepsVariables={takesVariables()}
            whyNot={
              (user?.emailConfirmed === false ? 'Confirm your e-mail address first.' : null) ??
              (actor.suspended ? 'This account is suspended.' : null)
            }
          >
            <RunsAt rows={prices} gpuCount={gpus} />
          </BidForm>
          {prices.length > 0 && (
            <Panel title="Prices now" flush>
              <ClearingTable rows={prices} gpuCount={gpus} />
            </Panel>
          )}
          <AsApiCall
            calls={[
              askingCalls.bid({
                listingId: named?.listingId ?? null,
                models: [model ?? [...models.keys()].sort()[0] ?? ''],
                gpuCount: gpus,
                diskBytes: USUAL_DISK_BYTES,
                microsPerGpuHour: (named ?? places.find((one) => one.model === model) ?? places[0])?.floorMicros ?? 1n,
                image: IMAGE_PRESETS[0].image,
              }),
            ]}
          />
        </div>
      )}
    </>
  );
}

function anyOf(model: string, places: readonly BidPlace[]): string {
  const least = places.reduce((low, { floorMicros }) => minMicros(low, floorMicros), places[0]?.floorMicros ?? 0n);
  const most = Math.max(...places.map(({ gpuCount }) => gpuCount));
  return `Any ${model}: from ${formatDollars(least)}, up to ${most} ${most === 1 ? 'GPU' : 'GPUs'}`;
}
