import { Money } from '#components/ui/money.tsx';
import { formatDollars } from '#lib/base/money.ts';
import { MONTH_HOURS, type PriceAdvice, type WhatIf, type WhatIfAsk } from '#lib/catalogue/price-advice.ts';

type WhatIfResultProps = { advice: PriceAdvice; ask: WhatIfAsk; month: WhatIf };

/** What a month at a price would bring, line by line; what nobody knows is said, not guessed. */
export function WhatIfResult({ advice, ask, month }: WhatIfResultProps) {
  const { basisPoints } = month;
  const price = formatDollars(ask.priceMicrosPerGpuHour);
  const hours = basisPoints === null ? null : (advice.gpuCount * MONTH_HOURS * basisPoints) / 10_000;
  const power = ask.wattsPerGpu > 0 && ask.microsPerKwh > 0n;
  return (
    <output className="block rounded-lg border border-line bg-sunken px-4 py-3 text-sm">
      {month.netMicros === null || hours === null ? (
        <p>
          <strong className="font-semibold">A month at {price}: not known.</strong>{' '}
          {advice.occupancy === null
            ? 'Too little of this model was offered here in the last 30 days to say what share would be booked.'
            : 'Nobody asked as much in the last 30 days, so nobody knows what share would be booked.'}
        </p>
      ) : (
        <dl className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 gap-y-1">
          <dt>
            Booked, as others at such a price{' '}
            <span className="text-muted">
              · {hours.toLocaleString('en', { maximumFractionDigits: 0 })} of {advice.gpuCount * MONTH_HOURS} GPU-hours
            </span>
          </dt>
          <dd className="tabular text-right">{percent(basisPoints ?? 0)}</dd>
          <dt>Renters pay</dt>
          <Amount micros={month.grossMicros ?? 0n} />
          <dt>Fee of the market, {percent(advice.feeBasisPoints)}</dt>
          <Amount micros={-(month.feeMicros ?? 0n)} />
          <dt>{power ? 'Power of the booked hours' : 'Power: say what it costs'}</dt>
          <Amount micros={-(month.powerMicros ?? 0n)} />
          <dt className="border-line border-t pt-1 font-semibold">You keep in 30 days</dt>
          <dd className="border-line border-t pt-1 text-right font-semibold text-lg">
            <Money micros={month.netMicros} cents />
          </dd>
        </dl>
      )}
      <p className="mt-2 text-muted">
        A booked GPU-hour leaves you <Money micros={month.netMicrosPerGpuHour} />
        {month.netMicrosPerGpuHour < 0n ? ': less than its power costs.' : '.'}
      </p>
    </output>
  );
}

function Amount({ micros }: { micros: bigint }) {
  return (
    <dd className="text-right">
      <Money micros={micros} cents />
    </dd>
  );
}

function percent(basisPoints: number): string {
  return `${(basisPoints / 100).toLocaleString('en', { maximumFractionDigits: 1 })} %`;
}
