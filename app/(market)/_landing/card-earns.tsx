import type { ReactNode } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Select } from '#components/ui/controls.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { Money } from '#components/ui/money.tsx';
import { SimulatedBadge } from '#components/ui/simulated-badge.tsx';
import { cardEarnings, LEAST_EARNING_GPU_DAYS, type ModelNow, modelKey } from '#lib/catalogue/market-now.ts';
import { MONTH_HOURS } from '#lib/catalogue/price-advice.ts';

type CardEarnsProps = {
  models: readonly ModelNow[];
  /** As it stands in the address; anything that is no card shows the one that is known best. */
  chosen: string | undefined;
  feeBasisPoints: number;
};

/** What one card earned here in 30 days, with the arithmetic; where too little is known it says so. */
export function CardEarns({ models, chosen, feeBasisPoints }: CardEarnsProps) {
  const known = models.toSorted((a, b) => compare(b.past?.offeredGpuSeconds ?? 0n, a.past?.offeredGpuSeconds ?? 0n));
  const model = models.find((one) => modelKey(one) === chosen) ?? known[0];
  return (
    <section
      id="earns"
      aria-labelledby="earns-title"
      className="grid grid-cols-[minmax(0,1fr)] items-start gap-x-16 gap-y-5 rounded-xl border border-line bg-surface p-5 sm:p-7 lg:grid-cols-2"
    >
      <div className="space-y-4">
        <div className="space-y-1.5">
          <h2 id="earns-title" className="font-semibold text-2xl">
            What your card earns
          </h2>
          <p className="text-muted">
            Counted from what was really offered and booked here in the last 30 days. It is what was, not a promise.
          </p>
        </div>
        {model !== undefined && (
          <form method="get" action="/#earns" className="flex flex-wrap items-end gap-2">
            <div className="min-w-0 flex-1 basis-48 space-y-1.5">
              <label htmlFor="card" className="block font-medium text-sm">
                Your GPU
              </label>
              <Select id="card" name="card" defaultValue={modelKey(model)} key={modelKey(model)}>
                {models.map((one) => (
                  <option key={modelKey(one)} value={modelKey(one)}>
                    {one.model}
                    {one.simulated && ' (simulated)'}
                  </option>
                ))}
              </Select>
            </div>
            <Button type="submit">Show</Button>
          </form>
        )}
        <LinkButton href="/host" variant="primary">
          List a machine
        </LinkButton>
      </div>
      {model === undefined ? (
        <p className="text-muted">Nothing is offered here now, so nothing is known. The first host sets the price.</p>
      ) : (
        <Figures model={model} feeBasisPoints={feeBasisPoints} />
      )}
    </section>
  );
}

function Figures({ model, feeBasisPoints }: { model: ModelNow; feeBasisPoints: number }) {
  const earned = cardEarnings(model.past, feeBasisPoints);
  if (earned === null)
    return (
      <p className="text-muted">
        Too little is known of the {model.model}: it takes {LEAST_EARNING_GPU_DAYS} GPU-days of offered time and one
        that was booked; the last 30 days have{' '}
        {Number((model.past?.offeredGpuSeconds ?? 0n) / 86_400n).toLocaleString('en')} GPU-days.
      </p>
    );
  const share = earned.bookedBasisPoints / 100;
  return (
    <dl className="divide-y divide-line">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 pb-3">
        <dt className="font-medium">
          One {model.model} {model.simulated && <SimulatedBadge />}
          <span className="block text-muted text-sm">in 30 days, before its power</span>
        </dt>
        <dd className="font-semibold text-3xl">
          <Money micros={earned.netMicrosPerMonth} cents />
        </dd>
      </div>
      <Line
        what="Booked, of the time it was offered"
        value={`${share.toLocaleString('en', { maximumFractionDigits: 1 })} % of ${MONTH_HOURS} hours`}
      />
      <Line what="Average price" value={<Money micros={earned.bookedMicrosPerGpuHour} per="GPU-hour" />} />
      <Line what="Fee of the market, taken off" value={`${feeBasisPoints / 100} %`} />
    </dl>
  );
}

function Line({ what, value }: { what: string; value: ReactNode }) {
  return (
    <div className="flex flex-wrap items-baseline justify-between gap-x-4 py-1.5 text-sm">
      <dt className="text-muted">{what}</dt>
      <dd className="tabular">{value}</dd>
    </div>
  );
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
