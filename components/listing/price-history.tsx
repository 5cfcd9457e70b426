import { Panel } from '#components/ui/panel.tsx';
import type { PriceLabel as Label, PriceBand } from '#lib/catalogue/price-band.ts';
import type { PriceChange, PriceLine } from '#lib/catalogue/price-line.ts';
import { PriceChart } from './price-chart.tsx';
import { PriceExplained } from './price-explained.tsx';
import { PriceLabel } from './price-label.tsx';

type PriceHistoryProps = {
  prices: {
    readonly priceMicrosPerGpuHour: bigint;
    readonly changes: readonly PriceChange[];
    readonly market: PriceLine;
    readonly band: PriceBand | null;
    readonly label: Label | null;
  };
  now: Date;
};

/** What a listing asked through time beside others of its kind, and what that makes of its price. Links to `#price-history` end here. */
export function PriceHistory({ prices, now }: PriceHistoryProps) {
  return (
    <Panel
      id="price-history"
      title="Price history"
      description="Every price this listing asked, and the middle half of its model and trust tier."
      actions={<PriceLabel label={prices.label} />}
    >
      <div className="grid grid-cols-[minmax(0,1fr)] gap-x-8 gap-y-5 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <PriceChart
          caption="Price of this listing"
          market={prices.market}
          own={{ changes: prices.changes, until: now }}
        />
        <div className="min-w-0 space-y-2">
          <h3 className="font-semibold text-sm">Explain this price</h3>
          <PriceExplained {...prices} />
        </div>
      </div>
    </Panel>
  );
}
