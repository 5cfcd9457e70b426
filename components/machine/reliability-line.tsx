import { duration } from '#components/ui/instant.ts';
import { formatBasisPoints } from '#lib/catalogue/quantity.ts';
import { RELIABILITY_LEAST_OFFERED_MS, type Reliability } from '#lib/catalogue/reliability.ts';

/** A machine's reliability with the time it was measured over. */
export function ReliabilityLine({ reliability }: { reliability: Reliability }) {
  const offered = duration(reliability.offeredMs / 1_000);
  if (reliability.state === 'new')
    return (
      <p className="mb-3">
        <span className="font-semibold text-lg">New</span>{' '}
        <span className="text-muted">
          · offered for {offered} so far; a figure is given from {RELIABILITY_LEAST_OFFERED_MS / 3_600_000} h on
        </span>
      </p>
    );
  const silent = reliability.offeredMs - reliability.reachableMs;
  return (
    <p className="mb-3">
      <span className="tabular font-semibold text-lg">{formatBasisPoints(reliability.basisPoints)}</span>{' '}
      <span className="text-muted">
        {silent === 0
          ? `· reachable all the ${offered} that it was offered in the last 30 days`
          : `· reachable for all but ${duration(silent / 1_000)} of ${offered} offered in the last 30 days`}
      </span>
    </p>
  );
}
