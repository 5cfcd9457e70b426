import { cache } from 'react';
import { requireActor } from '#app/_edge/actor.ts';
import { seen } from '#app/_edge/seen.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { bookingCalls } from '#components/api/booking-calls.ts';
import { exactly } from '#components/ui/instant.ts';
import { LiveRefresh } from '#components/ui/live-refresh.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { theWorld } from '#lib/base/time.ts';
import { shortName } from '#lib/base/words.ts';
import { extensionOf } from '#lib/bookings/queries/extension.ts';
import { ExtendChoices } from '../../../_extend/extend-choices.tsx';

type Props = { params: Promise<{ id: string }> };

const load = cache(async (id: string) => seen(extensionOf(await requireActor(), id, theWorld.now())));

export async function generateMetadata({ params }: Props) {
  return { title: `Extend ${shortName((await load((await params).id)).name)}` };
}

export default async function ExtendPage({ params }: Props) {
  const extension = await load((await params).id);
  return (
    <>
      <PageHeader
        title={`Extend ${extension.name}`}
        trail={[
          { href: '/bookings', label: 'My bookings' },
          { href: `/bookings/${extension.bookingId}`, label: extension.name },
        ]}
        lede={
          theWorld.now() < extension.endsAt && (
            <>
              Ends {exactly(extension.endsAt, 'UTC')}, <TimeAgo at={extension.endsAt} />.
            </>
          )
        }
      />
      <LiveRefresh url="/api/v1/events" events={['change']} />
      <Panel title="More time" className="mb-6 max-w-[44rem]">
        <ExtendChoices extension={extension} />
      </Panel>
      <AsApiCall
        calls={[
          bookingCalls.extension(extension.bookingId),
          ...extension.choices.slice(0, 1).map((choice) => bookingCalls.extend(extension.bookingId, choice.endsAt)),
        ]}
      />
    </>
  );
}
