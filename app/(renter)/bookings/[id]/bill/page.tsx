import type { Metadata } from 'next';
import Link from 'next/link';
import { cache } from 'react';
import { requireActor } from '#app/_edge/actor.ts';
import { seen } from '#app/_edge/seen.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { bookingCalls } from '#components/api/booking-calls.ts';
import { Badge } from '#components/ui/badge.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { FactList } from '#components/ui/fact-list.tsx';
import { duration } from '#components/ui/instant.ts';
import { Money } from '#components/ui/money.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { theWorld } from '#lib/base/time.ts';
import { shortName } from '#lib/base/words.ts';
import { rentalOf } from '#lib/bookings/queries/rental.ts';
import { gpuLabel } from '#lib/catalogue/gpu.ts';
import { formatBasisPoints, formatBytes } from '#lib/catalogue/quantity.ts';
import { creditsOf } from '#lib/receipts/queries/credits.ts';
import { type Bill, billOf } from '#lib/receipts/queries.ts';
import { contestableOf } from '#lib/trust/queries/contestable.ts';
import { proposalOf } from '#lib/trust/queries/telemetry.ts';
import { BillLines } from './bill-lines.tsx';
import { ContestPanel } from './contest-panel.tsx';
import { CreditsPanel } from './credits-panel.tsx';
import { billTrail } from './trail.ts';

type Route = { params: Promise<{ id: string }>; searchParams: Promise<{ before?: string | string[] }> };

const load = cache(async (id: string) => seen(rentalOf(await requireActor(), id, theWorld.now())));

export async function generateMetadata({ params }: Route): Promise<Metadata> {
  return { title: `Bill of ${shortName((await load((await params).id)).name)}` };
}

export default async function BillPage({ params, searchParams }: Route) {
  const actor = await requireActor();
  const { id } = await params;
  const rental = await load(id);
  const asked = (await searchParams).before;
  const before = typeof asked === 'string' && /^\d{1,9}$/.test(asked) ? Number(asked) : undefined;
  const now = theWorld.now();
  const [bill, credits, contested] = await Promise.all([
    seen(billOf(actor, id, { before })),
    seen(creditsOf(actor, id)),
    seen(contestableOf(actor, id, now)),
  ]);
  // Looked for only where it may be contested: it reads all of a rental's statements.
  const open = rental.side === 'renter' && contested.charges.some(({ whyNot }) => whyNot === null);
  const proposal = open ? await seen(proposalOf(actor, id, now)) : null;
  const here = `/bookings/${id}/bill`;
  return (
    <>
      <PageHeader
        title="Bill"
        trail={billTrail(rental)}
        badges={
          <>
            <Badge tone={bill.final ? 'neutral' : 'info'}>{bill.final ? 'final' : 'still open'}</Badge>
            <Badge tone={bill.countersigned === null ? 'neutral' : 'good'}>
              {bill.countersigned === null ? 'signed by the host only' : `countersigned up to ${bill.countersigned}`}
            </Badge>
          </>
        }
        lede={`${gpuLabel(rental.gpuCount, rental.gpuModel)} on ${rental.machine.name}. Every line follows from a statement that the host’s machine signed; a second without one is never billed.`}
      />
      {rental.cancellationMicros > 0n && (
        <Callout title="A reserved window was given back" className="mb-6">
          By its terms <Money micros={rental.cancellationMicros} /> was paid for that
          {rental.cancellationRefundedMicros > 0n && (
            <>
              , and <Money micros={rental.cancellationRefundedMicros} /> of it came back
            </>
          )}
          . The bill as a file carries what it follows from, and “sublet verify” recomputes it; the lines below are what
          was used, by signed statements.
        </Callout>
      )}
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,22rem)]">
        <div className="grid grid-cols-[minmax(0,1fr)] gap-6 lg:order-2">
          <Panel title="In all">
            <Totals bill={bill} />
          </Panel>
          <CreditsPanel credits={credits} />
          <ContestPanel bookingId={id} side={rental.side} contested={contested} proposal={proposal} />
        </div>
        <div className="min-w-0">
          <Panel
            flush
            title="Statements"
            description={
              bill.statements === 0
                ? undefined
                : `${bill.statements} ${bill.final ? 'in all' : 'so far'}, newest first.`
            }
          >
            {bill.lines.length === 0 ? (
              <EmptyState kind="first" title={bill.final ? 'Nothing was billed' : 'Nothing is billed yet'}>
                {bill.final
                  ? 'It ended before it could be used.'
                  : 'The first statement comes when the shell answers, then one a minute and one at every change.'}
              </EmptyState>
            ) : (
              <BillLines bookingId={id} lines={bill.lines} />
            )}
          </Panel>
          <Pagination
            label="Pages of statements"
            firstHref={before === undefined ? null : here}
            nextHref={bill.next === null ? null : `${here}?before=${bill.next}`}
          />
          <p className="mt-3 mb-6 text-muted text-sm">
            Every statement has a page with its exact text and signature, and stands in the{' '}
            <Link className="link" href="/log">
              public log
            </Link>
            . The{' '}
            <a className="link" href={`/api/v1/bookings/${id}/receipts`} download>
              bill as a file
            </a>{' '}
            proves all of it without us: check it there, or offline with{' '}
            <code className="font-mono">npx sublet verify</code>. As a table:{' '}
            <a className="link" href={`/api/v1/bookings/${id}/bill.csv`} download>
              CSV
            </a>
            . To print:{' '}
            <a className="link" href={`/api/v1/bookings/${id}/bill.pdf`} download>
              PDF
            </a>
            .
          </p>
          <AsApiCall calls={[bookingCalls.bill(id)]} />
        </div>
      </div>
    </>
  );
}

function Totals({ bill }: { bill: Bill }) {
  return (
    <>
      <p className="font-semibold text-2xl">
        <Money micros={bill.chargedMicros} />
      </p>
      <FactList
        className="mt-2"
        facts={[
          {
            label: 'Of which fee',
            value: <Money micros={bill.feeMicros} />,
            hint: `${formatBasisPoints(bill.feeBasisPoints)} of what you pay`,
          },
          { label: 'Of which to the host', value: <Money micros={bill.hostCreditedMicros} /> },
          { label: 'Refunded', value: <Money micros={bill.refundedMicros} /> },
          ...(bill.disputedMicros === 0n
            ? []
            : [{ label: 'Contested', value: <Money micros={bill.disputedMicros} /> }]),
          { label: 'Still set aside', value: <Money micros={bill.heldMicros} /> },
          {
            label: 'Usable time',
            value: duration(bill.billedSeconds),
            ...(bill.billedSeconds < 60 ? {} : { hint: `${bill.billedSeconds} s` }),
          },
          {
            label: 'GPU time',
            value: `${bill.gpuSeconds} GPU-s`,
            hint: <Money micros={bill.priceMicrosPerGpuHour} per="GPU-hour" />,
          },
          {
            label: 'Disk',
            value: `${formatBytes(bill.diskByteSeconds / 3_600n)}-hours`,
            hint: <Money micros={bill.diskPriceMicrosPerGibMonth} per="GiB-month" />,
          },
        ]}
      />
    </>
  );
}
