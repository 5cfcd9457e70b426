import { Money } from '#components/ui/money.tsx';
import { dayName } from '#lib/base/day.ts';
import { formatDollars } from '#lib/base/money.ts';
import { TRUST_TIER_LABELS } from '#lib/catalogue/machine.ts';
import {
  type PriceLabel as Label,
  LEAST_LISTINGS,
  LEAST_PRICES,
  type PriceBand,
  type PriceWord,
} from '#lib/catalogue/price-band.ts';
import { PriceScale } from './price-scale.tsx';

type PriceExplainedProps = {
  priceMicrosPerGpuHour: bigint;
  band: PriceBand | null;
  label: Label | null;
};

const WHERE: Record<PriceWord, string> = {
  low: 'is below P25: low',
  typical: 'lies from P25 to P75: typical',
  high: 'is above P75: high',
};

/** The arithmetic behind a price label, as a line of figures and in words; or why there is no label. */
export function PriceExplained({ priceMicrosPerGpuHour, band, label }: PriceExplainedProps) {
  if (band === null)
    return <p className="text-muted text-sm">No label: nothing alike was offered in the last 30 days.</p>;
  const kind = `${band.simulated ? 'simulated ' : ''}${band.model}, ${TRUST_TIER_LABELS[band.tier].toLowerCase()}`;
  const price = formatDollars(priceMicrosPerGpuHour);
  const more = priceMicrosPerGpuHour - band.medianMicros;
  return (
    <div className="space-y-3 text-sm">
      <PriceScale band={band} priceMicrosPerGpuHour={priceMicrosPerGpuHour} />
      <p className="[overflow-wrap:anywhere]">
        {label === null ? (
          <>
            No label: {count(band.n, 'price')} of {count(band.listings, 'listing')} at a time{' '}
            {band.n === 1 ? 'is' : 'are'} too few. It takes {LEAST_PRICES} of {LEAST_LISTINGS}.
          </>
        ) : (
          <>
            <strong className="font-medium">
              {price} {WHERE[label.word]}.
            </strong>{' '}
            It is{' '}
            {more === 0n
              ? 'exactly the median'
              : `${formatDollars(more < 0n ? -more : more)} ${more < 0n ? 'below' : 'above'} the median`}
            .
          </>
        )}
      </p>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
        <dt className="text-muted">Compared with</dt>
        <dd className="[overflow-wrap:anywhere]">{kind}</dd>
        <dt className="text-muted">Days</dt>
        <dd>
          {dayName(band.from)} to {dayName(band.to, true)} (UTC)
        </dd>
        <dt className="text-muted">Prices</dt>
        <dd>{band.n.toLocaleString('en')}, one for each listing and day</dd>
        <dt className="text-muted">P25</dt>
        <dd>
          <Money micros={band.p25Micros} />: a quarter of them, {Math.ceil(band.n / 4).toLocaleString('en')}, asked no
          more
        </dd>
        <dt className="text-muted">Median</dt>
        <dd>
          <Money micros={band.medianMicros} />
        </dd>
        <dt className="text-muted">P75</dt>
        <dd>
          <Money micros={band.p75Micros} />: three quarters, {Math.ceil((3 * band.n) / 4).toLocaleString('en')}, asked
          no more
        </dd>
      </dl>
    </div>
  );
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
