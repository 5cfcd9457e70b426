import { formatDollars, maxMicros, minMicros } from '#lib/base/money.ts';
import type { PriceBand } from '#lib/catalogue/price-band.ts';

/** A price on a line from the lowest to the highest of its kind, with the middle half as a band. The words beside it say the same. */
export function PriceScale({ band, priceMicrosPerGpuHour }: { band: PriceBand; priceMicrosPerGpuHour: bigint }) {
  const low = minMicros(band.lowestMicros, priceMicrosPerGpuHour);
  const high = maxMicros(band.highestMicros, priceMicrosPerGpuHour);
  const share = (micros: bigint) => (high === low ? 50 : Number(((micros - low) * 10_000n) / (high - low)) / 100);
  const [from, to, here] = [share(band.p25Micros), share(band.p75Micros), share(priceMicrosPerGpuHour)];
  return (
    <div aria-hidden className="pt-1">
      <div className="relative h-6">
        <div className="absolute inset-x-0 top-1/2 h-px bg-line-control" />
        <div
          className="absolute top-1/2 h-3 -translate-y-1/2 rounded-sm border border-line-control bg-sunken"
          style={{ left: `${from}%`, width: `max(2px, ${to - from}%)` }}
        />
        <div
          className="absolute top-0 h-6 w-1 -translate-x-1/2 rounded-full bg-accent"
          style={{ left: `clamp(2px, ${here}%, calc(100% - 2px))` }}
        />
      </div>
      <div className="tabular flex justify-between gap-3 text-muted text-xs">
        <span>{formatDollars(low)}</span>
        <span className="truncate">
          P25–P75 {formatDollars(band.p25Micros)}–{formatDollars(band.p75Micros)}
        </span>
        <span>{formatDollars(high)}</span>
      </div>
    </div>
  );
}
