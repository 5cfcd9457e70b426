import type { Metadata } from 'next';
import { CopyBox } from '#components/ui/copy-box.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { formatDollars } from '#lib/base/money.ts';
import { theWorld } from '#lib/base/time.ts';
import { searchListings } from '#lib/catalogue/queries/search.ts';
import { EVERYTHING } from '#lib/catalogue/search.ts';
import { Die } from './_landing/die.tsx';
import { Receipt } from './_landing/receipt.tsx';
import { Way } from './_landing/ways.tsx';

/** It says what is free now. */
export const dynamic = 'force-dynamic';

export const metadata: Metadata = { title: { absolute: 'Sublet: idle GPUs, yours by the second' } };

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

const FACTS = [
  ['By the second', 'Billing begins when you can connect and ends when you say so.'],
  ['Your tools', 'OpenSSH as it is. No client to install, no key of ours.'],
  ['Prices in the open', 'The host sets the price, the listing shows it, the fee is stated.'],
  ['Your own, if you like', 'Open source. A company, a lab or one person can run a market.'],
] as const;

/** What can be booked now, recordings apart: nothing is said of an empty market. */
async function freeNow(): Promise<string | null> {
  const { total, rows } = await searchListings(null, { ...EVERYTHING, hideSimulated: true }, theWorld.now());
  const [cheapest] = rows;
  if (cheapest === undefined) return null;
  const from = formatDollars(cheapest.priceMicrosPerGpuHour);
  return total === 1
    ? `1 offer is free now, at ${from} per GPU-hour.`
    : `${total} offers are free now, from ${from} per GPU-hour.`;
}

export default async function Landing() {
  const free = await freeNow();
  return (
    <div className="space-y-12 sm:space-y-16">
      <section className="grid grid-cols-[minmax(0,1fr)] items-center gap-x-12 gap-y-8 pt-2 sm:pt-6 lg:grid-cols-[minmax(0,1.12fr)_minmax(0,1fr)]">
        <div className="space-y-5">
          <h1 tabIndex={-1} className="font-semibold text-display">
            Idle GPUs, yours by the second.
          </h1>
          <p className="max-w-[34rem] text-lg text-muted">
            Sublet is a market where anyone with a GPU can rent it out, and anyone who needs one can book it: in the
            browser, from a terminal, or with the tools they already use.
          </p>
          <div className="flex flex-wrap gap-2.5">
            <LinkButton href="/gpus" variant="primary" size="lg">
              Rent GPUs
            </LinkButton>
            <LinkButton href="/host" size="lg">
              List a machine
            </LinkButton>
          </div>
          {free !== null && <p className="tabular text-muted text-sm">{free}</p>}
        </div>
        <Die className="w-full max-lg:max-w-[34rem]" />
      </section>

      <ul className="grid grid-cols-[repeat(auto-fit,minmax(min(14rem,100%),1fr))] gap-x-8 gap-y-5 border-line border-y py-6">
        {FACTS.map(([title, text]) => (
          <li key={title}>
            <h2 className="font-semibold">{title}</h2>
            <p className="text-muted">{text}</p>
          </li>
        ))}
      </ul>

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
        <Receipt />
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
