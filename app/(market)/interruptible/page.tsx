import type { Metadata } from 'next';
import Link from 'next/link';
import { ClearingTable } from '#components/booking/clearing-table.tsx';
import { Button } from '#components/ui/button.tsx';
import { Input } from '#components/ui/controls.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Field } from '#components/ui/field.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { parseDollars } from '#lib/base/money.ts';
import { theWorld } from '#lib/base/time.ts';
import { MOST_GPUS_OF_A_BID } from '#lib/bookings/bid.ts';
import { clearingPrices } from '#lib/bookings/queries/clearing-prices.ts';
import { byName } from '#lib/catalogue/offer.ts';
import { HowItWorks } from './_prices/how-it-works.tsx';

export const metadata: Metadata = { title: 'Interruptible GPUs' };

type Params = Promise<Readonly<Record<string, string | string[] | undefined>>>;

export default async function InterruptiblePage({ searchParams }: { searchParams: Params }) {
  const asked = await searchParams;
  const word = (name: string) => (typeof asked[name] === 'string' ? asked[name].slice(0, 40).trim() : '');
  const typed = { gpus: word('gpus'), bid: word('bid').replace(/^\$/, '') };
  const gpus = /^\d{1,3}$/.test(typed.gpus) ? Number(typed.gpus) : 1;
  const micros = typed.bid === '' ? null : parseDollars(typed.bid);
  const errors = {
    gpus:
      typed.gpus !== '' && (gpus < 1 || gpus > MOST_GPUS_OF_A_BID) ? `Between 1 and ${MOST_GPUS_OF_A_BID}.` : undefined,
    bid: micros === undefined ? 'Write an amount in dollars, like 0.15.' : undefined,
  };
  const gpuCount = errors.gpus === undefined ? gpus : 1;
  const prices = await clearingPrices({ gpuCount, microsPerGpuHour: micros ?? null }, theWorld.now());
  const rows = prices.toSorted((a, b) => byName([a.model, null], [b.model, null]));
  return (
    <>
      <PageHeader
        title="Interruptible GPUs"
        lede="Idle GPUs for whoever bids, until somebody books them. You pay the clearing price, never more than your bid."
        actions={
          <LinkButton href="/bids/new" variant="primary">
            Bid for GPUs
          </LinkButton>
        }
      />
      <div className="space-y-6">
        <Panel
          title="Prices now"
          description="One price for each model: what one GPU more would bring. Nobody pays more than they bid, and no host gets less than they ask."
          flush
        >
          <form method="get" className="flex flex-wrap items-start gap-3 border-line border-b px-4 py-3.5 sm:px-5">
            <Field label="GPUs on one machine" id="gpus" error={errors.gpus} className="max-sm:w-full sm:w-40">
              {(aria) => (
                <Input name="gpus" inputMode="numeric" autoComplete="off" defaultValue={typed.gpus || '1'} {...aria} />
              )}
            </Field>
            <Field label="Odds of a bid of" id="bid" error={errors.bid} className="max-sm:w-full sm:w-52">
              {(aria) => (
                <Input
                  name="bid"
                  inputMode="decimal"
                  autoComplete="off"
                  before="$"
                  after="per GPU-hour"
                  defaultValue={typed.bid}
                  {...aria}
                />
              )}
            </Field>
            {/* In line with the fields, whatever stands below them. */}
            <Button type="submit" className="sm:mt-6.5">
              Show
            </Button>
          </form>
          {rows.length === 0 ? (
            <EmptyState kind="none" title="No host takes bids yet">
              Bids can be made as soon as a host says that idle GPUs go to whoever bids.{' '}
              <Link href="/gpus" className="link">
                Rent on demand
              </Link>
            </EmptyState>
          ) : (
            <ClearingTable rows={rows} gpuCount={gpuCount} />
          )}
        </Panel>
        <HowItWorks />
      </div>
    </>
  );
}
