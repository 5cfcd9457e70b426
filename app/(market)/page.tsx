import type { Metadata } from 'next';
import Link from 'next/link';
import { redirect } from 'next/navigation';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { readingCalls } from '#components/api/reading-calls.ts';
import { CopyBox } from '#components/ui/copy-box.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Stat, Stats } from '#components/ui/stat.tsx';
import { theWorld } from '#lib/base/time.ts';
import type { ModelNow } from '#lib/catalogue/market-now.ts';
import { marketNow } from '#lib/catalogue/queries/market-now.ts';
import type { Params } from '#lib/catalogue/search.ts';
import { whereToLook } from '#lib/catalogue/where-to-look.ts';
import { CardEarns } from './_landing/card-earns.tsx';
import { type Cell, Die } from './_landing/die.tsx';
import { LookBox } from './_landing/look-box.tsx';
import { PriceBoard } from './_landing/price-board.tsx';
import { Receipt } from './_landing/receipt.tsx';
import { Way } from './_landing/ways.tsx';

/** It says what is free now. */
export const dynamic = 'force-dynamic';

export const metadata: Metadata = { title: { absolute: 'Sublet: rent a GPU by the second, or rent out yours' } };

const RENT = [
  [
    'Find it',
    'By model, memory, price, place and how reliable the host has been. Every empty result says which filter to relax.',
  ],
  [
    'See the price',
    'Per hour, for the time you choose, and while stopped. What you see is what you pay; the fee is part of it.',
  ],
  [
    'Book it',
    'With a cap on what it may cost. Two people after one GPU: one gets it, the other is offered the nearest.',
  ],
  ['Connect', 'With plain ssh, sftp and scp, into any container image. Until you can, nothing is billed.'],
] as const;

const HOST = [
  ['Paste one line', 'It installs the agent as a service. The machine dials out: no open port, no fixed address.'],
  [
    'Watch it appear',
    'GPUs, memory, disk and network, as the machine itself reports them, after a self-test you can read.',
  ],
  ['Set your terms', 'Price per GPU-hour, disk, an end date. Later changes touch only later bookings.'],
  [
    'Earn by the second',
    'Signed statements from your own machine decide the bill, also for time in which we were away.',
  ],
] as const;

/** What is drawn of the market: a cell a GPU; of a large one the same shares. */
const MOST_CELLS = 280;

function cellsOf(models: readonly ModelNow[]): Cell[] {
  const all = models.reduce((sum, { gpus }) => sum + gpus, 0);
  const free = models.reduce((sum, { freeGpus }) => sum + freeGpus, 0);
  const scale = all > MOST_CELLS ? MOST_CELLS / all : 1;
  const [shown, rented] = [Math.round(all * scale), Math.round((all - free) * scale)];
  // Strewn evenly: the step has no divisor in common with the number of cells.
  const cells = Array<Cell>(MOST_CELLS).fill('none');
  for (let at = 0; at < shown; at += 1) cells[(at * 101) % MOST_CELLS] = at < rented ? 'rented' : 'free';
  return cells;
}

type Route = { searchParams: Promise<Params> };

export default async function Landing({ searchParams }: Route) {
  const params = await searchParams;
  const market = await marketNow(theWorld.now());
  const { models } = market;
  const names = [...new Set(models.map(({ model }) => model))];
  if (typeof params.look === 'string') redirect(whereToLook(params.look, names));
  const popular = models.toSorted((a, b) => b.machinesOnline - a.machinesOnline).slice(0, 2);
  const gpus = models.reduce((sum, one) => sum + one.gpus, 0);
  const free = models.reduce((sum, one) => sum + one.freeGpus, 0);
  return (
    <div className="space-y-12 sm:space-y-16">
      <section className="grid grid-cols-[minmax(0,1fr)] items-center gap-x-12 gap-y-8 pt-2 sm:pt-6 lg:grid-cols-[minmax(0,1.12fr)_minmax(0,1fr)]">
        <div className="space-y-5">
          <h1 tabIndex={-1} className="font-semibold text-display">
            Rent a GPU by the second, or rent out yours.
          </h1>
          <p className="max-w-[36rem] text-lg text-muted">
            Sublet is an open market for idle GPUs: hosts set the price, the machine signs what it delivers, and you can
            work out the bill yourself.
          </p>
          <LookBox models={names} examples={[...new Set(popular.map(({ model }) => model))]} />
        </div>
        <figure className="min-w-0 max-lg:max-w-[34rem]">
          <Die className="w-full" cells={cellsOf(models)} />
          <figcaption className="tabular mt-2 text-muted text-sm">
            {gpus === 0 ? (
              'No machine is offered now.'
            ) : (
              <>
                {gpus > MOST_CELLS ? 'The GPUs of this market now' : 'A cell for each GPU of this market now'}:{' '}
                <span className="text-ink">{(gpus - free).toLocaleString('en')} rented</span>,{' '}
                {free.toLocaleString('en')} free.
              </>
            )}
          </figcaption>
        </figure>
      </section>

      <Stats>
        <Stat
          label="Machines online"
          value={market.machinesOnline.toLocaleString('en')}
          hint={
            market.simulatedOnline === 0
              ? undefined
              : market.simulatedOnline === market.machinesOnline
                ? 'all of them simulated'
                : `${market.simulatedOnline.toLocaleString('en')} of them simulated`
          }
        />
        <Stat label="GPUs free now" value={`${free.toLocaleString('en')} of ${gpus.toLocaleString('en')}`} />
        <Stat label="GPU models" value={names.length} />
        <Stat
          label="Fee of the market"
          value={`${market.feeBasisPoints / 100} %`}
          hint="part of the price, stated to both sides"
        />
      </Stats>

      <Panel
        id="prices"
        title="Prices now"
        description="Per GPU-hour, of machines that passed their self-test. The line is the median of each day, the ground behind it the middle half."
        actions={
          <Link href="/gpus" className="link inline-flex min-h-6 items-center text-sm">
            Every offer
          </Link>
        }
        flush
      >
        {models.length === 0 ? (
          <EmptyState
            kind="first"
            title="No machine is offered now"
            action={
              <>
                <LinkButton href="/requests/new">Say what you need</LinkButton>
                <LinkButton href="/host">List a machine</LinkButton>
              </>
            }
          >
            Say what you need and be told when there is one, or be the first to offer yours.
          </EmptyState>
        ) : (
          <PriceBoard models={models} feeBasisPoints={market.feeBasisPoints} />
        )}
      </Panel>

      <div className="-mt-8 sm:-mt-12">
        <AsApiCall calls={[readingCalls.prices(), readingCalls.priceLines()]} />
      </div>

      <CardEarns
        models={models}
        chosen={typeof params.card === 'string' ? params.card : undefined}
        feeBasisPoints={market.feeBasisPoints}
      />

      <div className="grid grid-cols-[minmax(0,1fr)] gap-px overflow-hidden rounded-xl border border-line bg-line lg:grid-cols-2">
        <Way title="To rent" steps={RENT} action={<LinkButton href="/gpus">Look at what is free</LinkButton>} />
        <Way title="To host" steps={HOST} action={<LinkButton href="/host">List a machine</LinkButton>} />
      </div>

      <section className="grid grid-cols-[minmax(0,1fr)] items-center gap-x-16 gap-y-6 lg:grid-cols-2">
        <div className="space-y-3">
          <h2 className="font-semibold text-3xl">A bill you can work out yourself</h2>
          <p className="max-w-[32rem] text-lg text-muted">
            Every amount is an exact number of millionths of a dollar. The lines show their arithmetic, and the parts
            add up to the whole, to the last digit.
          </p>
        </div>
        <Receipt feeBasisPoints={market.feeBasisPoints} />
      </section>

      <section className="grid grid-cols-[minmax(0,1fr)] items-center gap-x-16 gap-y-5 rounded-xl border border-line bg-sunken p-5 sm:p-7 lg:grid-cols-2">
        <div className="space-y-1.5">
          <h2 className="font-semibold text-xl">Run a market of your own</h2>
          <p className="text-muted">
            Public, for a university, or for the machines under your desk. One command on a laptop starts the whole of
            it, with a database, a demo market and this machine as the first host.
          </p>
        </div>
        <CopyBox label="In a fresh clone" text="npm start" />
      </section>
    </div>
  );
}
