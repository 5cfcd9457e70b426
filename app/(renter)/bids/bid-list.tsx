import Link from 'next/link';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { InputField } from '#components/ui/form-fields.tsx';
import { Money } from '#components/ui/money.tsx';
import { StateBadge, type StateKind } from '#components/ui/state-badge.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { dollarsInput, formatDollars } from '#lib/base/money.ts';
import { BID_PHASES_IN_WORDS, type BidPhase } from '#lib/bookings/bid.ts';
import type { BidRow } from '#lib/bookings/queries/bids.ts';
import { regionName } from '#lib/catalogue/continent.ts';
import { gpuLabel } from '#lib/catalogue/gpu.ts';
import { LEAST_TRUST_LABELS } from '#lib/catalogue/machine.ts';
import { formatBytes } from '#lib/catalogue/quantity.ts';
import { cancel, change } from './actions.ts';

const KINDS: Readonly<Record<BidPhase, StateKind>> = {
  waiting: 'waiting',
  starting: 'working',
  running: 'running',
  yielding: 'warning',
  interrupted: 'waiting',
  paused: 'stopped',
  closed: 'done',
};

/** Bids, one below the other: what each is for, how it stands and why, and what may be done. */
export function BidList({ bids }: { bids: readonly BidRow[] }) {
  return (
    <ul>
      {bids.map((bid) => (
        <li
          key={bid.id}
          className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 border-line border-b px-4 py-3.5 last:border-b-0 sm:px-5"
        >
          <div className="min-w-0 flex-1 basis-64 space-y-1">
            <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <span className="min-w-0 font-semibold [overflow-wrap:anywhere]">{bid.name}</span>
              <StateBadge kind={KINDS[bid.phase]}>{BID_PHASES_IN_WORDS[bid.phase].toLowerCase()}</StateBadge>
            </p>
            <p className="text-sm [overflow-wrap:anywhere]">
              {gpuLabel(bid.gpuCount, bid.models.join(' or '))} · {formatBytes(bid.diskBytes)} · <Where bid={bid} />
            </p>
            {wishes(bid) !== '' && <p className="text-muted text-sm">{wishes(bid)}</p>}
            {bid.sentence !== null && <p className="text-muted text-sm">{bid.sentence}</p>}
            {bid.detail !== null && <p className="text-muted text-sm [overflow-wrap:anywhere]">{bid.detail}</p>}
            {bid.phase === 'interrupted' && bid.rental?.diskUntil && (
              <p className="text-muted text-sm">
                Its disk goes <TimeAgo at={bid.rental.diskUntil} />.
              </p>
            )}
            {bid.phase === 'yielding' && bid.rental !== null && (
              <p className="text-sm">
                Stopped <TimeAgo at={bid.rental.endsAt} />.
              </p>
            )}
          </div>
          <dl className="tabular text-sm">
            <div className="flex justify-between gap-4">
              <dt className="text-muted">Bid</dt>
              <dd className="font-semibold">
                <Money micros={bid.microsPerGpuHour} per="GPU-hour" />
              </dd>
            </div>
            {bid.rental !== null && bid.rental.microsPerGpuHour !== null && bid.phase !== 'closed' && (
              <div className="flex justify-between gap-4">
                <dt className="text-muted">{bid.phase === 'running' ? 'Pays now' : 'Paid last'}</dt>
                <dd>
                  <Money micros={bid.rental.microsPerGpuHour} per="GPU-hour" />
                </dd>
              </div>
            )}
            {(bid.capMicros !== null || bid.spentMicros > 0n) && (
              <div className="flex justify-between gap-4">
                <dt className="text-muted">Spent</dt>
                <dd>
                  <Money micros={bid.spentMicros} />
                  {bid.capMicros !== null && (
                    <>
                      {' '}
                      of <Money micros={bid.capMicros} />
                    </>
                  )}
                </dd>
              </div>
            )}
          </dl>
          {bid.actions.length > 0 && (
            <div className="flex flex-wrap gap-2">
              <Change bid={bid} />
              <ConfirmDialog
                trigger="Take back…"
                variant={bid.mostMicrosPerGpuHour === null ? 'secondary' : 'danger'}
                size="sm"
                title={`Take back the bid “${bid.name}”?`}
                consequences={
                  bid.mostMicrosPerGpuHour === null
                    ? ['Nothing was set aside for it.']
                    : ['Its rental ends: nothing after this moment is billed.', 'Its disk is deleted.']
                }
                action={cancel}
                hidden={{ bidId: bid.id }}
                confirmLabel="Take back"
              />
            </div>
          )}
        </li>
      ))}
    </ul>
  );
}

/** What a bid wishes beside its model, in a line. */
function wishes({ regions, leastTrust, hasEnvironment }: BidRow): string {
  return [
    ...(regions.length === 0 ? [] : [`In ${regions.map(regionName).join(', ')}`]),
    LEAST_TRUST_LABELS[leastTrust],
    ...(hasEnvironment ? ['With environment variables'] : []),
  ].join(' · ');
}

function Where({ bid }: { bid: BidRow }) {
  if (bid.rental !== null)
    return (
      <Link href={`/bookings/${bid.rental.bookingId}`} className="link">
        {bid.rental.machineName}
      </Link>
    );
  if (bid.listingId === null) return 'any machine';
  return (
    <Link href={`/gpus/${bid.listingId}`} className="link">
      one machine
    </Link>
  );
}

function Change({ bid }: { bid: BidRow }) {
  const most = bid.mostMicrosPerGpuHour;
  return (
    <ConfirmDialog
      trigger="Change…"
      variant="secondary"
      size="sm"
      title="Change this bid?"
      consequences={[
        'It counts from the next clearing on, within seconds.',
        ...(bid.phase === 'running'
          ? ['Below what it pays now, its rental yields after the notice, and goes on when the price allows.']
          : []),
        ...(most === null
          ? []
          : [`While it has a rental it is raised to ${formatDollars(most)} at most: the rental was made for that.`]),
      ]}
      action={change}
      hidden={{ bidId: bid.id }}
      confirmLabel="Change"
    >
      <InputField
        name="bid"
        id={`bid-${bid.id}`}
        label="New bid"
        before="$"
        after="per GPU-hour"
        inputMode="decimal"
        autoComplete="off"
        defaultValue={dollarsInput(bid.microsPerGpuHour)}
      />
      <InputField
        name="cap"
        id={`cap-${bid.id}`}
        label="Spending cap"
        before="$"
        inputMode="decimal"
        optional
        placeholder="none"
        autoComplete="off"
        defaultValue={bid.capMicros === null ? '' : dollarsInput(bid.capMicros)}
        hint={`It has cost ${formatDollars(bid.spentMicros)}.`}
      />
    </ConfirmDialog>
  );
}
