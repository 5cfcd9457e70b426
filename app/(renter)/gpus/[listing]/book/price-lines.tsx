'use client';

import type { ReactNode } from 'react';
import { duration } from '#components/ui/instant.ts';
import { Money } from '#components/ui/money.tsx';
import type { Quote, Shared } from '#lib/bookings/quote.ts';
import { gpuLabel } from '#lib/catalogue/gpu.ts';
import { formatBasisPoints, formatBytes } from '#lib/catalogue/quantity.ts';

/** Every line of a price: what, at which price, and what that is an hour; then the hour, the whole time, and standing still. */
export function PriceLines({ quote }: { quote: Quote }) {
  const { whole } = quote;
  const fee = formatBasisPoints(quote.terms.feeBasisPoints);
  return (
    <dl className="text-sm">
      {quote.lines.map((line) =>
        line.kind === 'gpu' ? (
          <Line key="gpu" what={gpuLabel(line.count, line.model)} micros={line.microsPerHour} per="hour">
            <Money micros={line.priceMicrosPerGpuHour} per="GPU-hour" />
          </Line>
        ) : (
          <Line key="disk" what={`${formatBytes(line.bytes)} disk`} micros={line.microsPerHour} per="hour">
            <Money micros={line.diskPriceMicrosPerGibMonth} per="GiB-month" />
          </Line>
        ),
      )}
      <Total what="While it runs" shared={quote.perHour} per="hour" fee={fee} />
      {whole !== null && (
        <Total what={`For ${duration(whole.seconds).replace(/ 00 min$| 0 h$/, '')}`} shared={whole} fee={fee} />
      )}
      <Line what="While stopped" micros={quote.stoppedMicrosPerDay} per="day">
        only the disk
      </Line>
    </dl>
  );
}

function Line(props: { what: ReactNode; micros: bigint; per: string; children: ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-4 py-1.5">
      <dt className="min-w-0">
        {props.what}
        <span className="block text-muted text-xs">{props.children}</span>
      </dt>
      <dd className="shrink-0">
        <Money micros={props.micros} per={props.per} />
      </dd>
    </div>
  );
}

function Total({ what, shared, per, fee }: { what: string; shared: Shared; per?: string; fee: string }) {
  return (
    <div className="flex items-baseline justify-between gap-4 border-line border-t py-2">
      <dt className="min-w-0 font-semibold">
        {what}
        <span className="block font-normal text-muted text-xs">of which {fee} fee of this market</span>
      </dt>
      <dd className="shrink-0 text-right">
        <Money micros={shared.micros} {...(per !== undefined && { per })} className="font-semibold text-lg" />
        <span className="block text-muted text-xs">
          <Money micros={shared.feeMicros} />
        </span>
      </dd>
    </div>
  );
}
