import { Td, Th } from '#components/ui/cells.tsx';
import { Money } from '#components/ui/money.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Table } from '#components/ui/table.tsx';
import { dayName } from '#lib/base/day.ts';
import { dollarsInput, formatDollars } from '#lib/base/money.ts';
import { TRUST_TIER_LABELS } from '#lib/catalogue/machine.ts';
import {
  type PriceAdvice as Advice,
  LEAST_GPU_DAYS,
  OCCUPANCY_MODEL_SENTENCE,
  readWhatIf,
  sliderRange,
  suggestedPrice,
} from '#lib/catalogue/price-advice.ts';
import { isEnough, LEAST_LISTINGS, labelOf } from '#lib/catalogue/price-band.ts';
import { PriceLabel } from './price-label.tsx';
import { PriceScale } from './price-scale.tsx';
import { WhatIf } from './what-if.tsx';

/** What an address says of a question: from the page's `searchParams`. */
export type AskedPrice = { readonly [name: string]: string | readonly string[] | undefined };

type PriceAdviceProps = {
  /** Null: the agent found no GPU. */
  advice: Advice | null;
  asked: AskedPrice;
  /** Id of the price field on this page. */
  fieldId?: string | undefined;
  /** What else the address of this page says and a question must not lose. */
  keep?: Readonly<Record<string, string>> | undefined;
};

/** The market's band for a machine, a suggested price, and what a month at any price would bring: a plain form that scripts make quicker. */
export function PriceAdvice({ advice, asked, fieldId, keep = {} }: PriceAdviceProps) {
  if (advice === null) return null;
  const typed = { price: tried(asked), watts: text(asked.watts), kwh: text(asked.kwh) };
  const power = readWhatIf({ watts: typed.watts, kwh: typed.kwh }, usualOf(advice, 0n)).ask;
  const suggested = suggestedPrice(advice, power);
  const usual = usualOf(advice, advice.currentMicros ?? suggested ?? 500_000n);
  const shown = {
    price: typed.price ?? dollarsInput(usual.priceMicrosPerGpuHour),
    watts: typed.watts ?? String(usual.wattsPerGpu),
    kwh: typed.kwh ?? '',
  };
  return (
    <Panel
      id="price-advice"
      title="What to ask"
      description="What this market paid for machines like this one. It decides nothing: you set the price."
    >
      <div className="space-y-5">
        <Band advice={advice} suggested={suggested} />
        <form method="get" action="#price-advice">
          {Object.entries(keep).map(([name, value]) => (
            <input key={name} type="hidden" name={name} value={value} />
          ))}
          <WhatIf
            key={JSON.stringify(shown)}
            advice={advice}
            range={sliderRange(advice)}
            usual={usual}
            typed={shown}
            fieldId={fieldId}
          />
        </form>
        <Occupancy advice={advice} />
      </div>
    </Panel>
  );
}

const text = (value: string | readonly string[] | undefined) =>
  (typeof value === 'string' ? value : value?.[0])?.slice(0, 40);

/** The price that was tried: as typed or, where only the slider was moved, where that stands. */
function tried(asked: AskedPrice): string | undefined {
  const [typed, slide] = [text(asked.try), text(asked.slide)];
  const moved = slide !== undefined && /^\d{1,10}$/.test(slide) && slide !== text(asked.slid);
  return typed === text(asked.was) && moved ? dollarsInput(BigInt(slide)) : typed;
}

function usualOf(advice: Advice, priceMicrosPerGpuHour: bigint) {
  return { priceMicrosPerGpuHour, wattsPerGpu: advice.wattsPerGpu ?? 300, microsPerKwh: 0n };
}

function Band({ advice, suggested }: { advice: Advice; suggested: bigint | null }) {
  const { band, currentMicros } = advice;
  if (band === null)
    return (
      <p className="text-sm">
        {suggested === null
          ? 'Nothing like this was offered here in the last 30 days: there is no price to compare with. Begin with what its power and your time are worth, and watch what is booked.'
          : `Nothing like this was offered here in this tier in the last 30 days. Of the model, ${formatDollars(suggested)} would have left most.`}
      </p>
    );
  const few = !isEnough(band);
  return (
    <div className="space-y-2 text-sm">
      <p>
        {suggested !== null && (
          <>
            <strong className="font-semibold">
              <Money micros={suggested} /> per GPU-hour
            </strong>{' '}
            {suggested === band.medianMicros ? 'is the median' : 'would have left most of the market’s prices'}
            {suggested === band.medianMicros && advice.occupancy !== null ? ', and would have left most.' : '.'}{' '}
          </>
        )}
        {currentMicros !== null && (
          <>
            You ask <Money micros={currentMicros} /> <PriceLabel label={labelOf(currentMicros, band)} />
          </>
        )}
      </p>
      <PriceScale band={band} priceMicrosPerGpuHour={currentMicros ?? suggested ?? band.medianMicros} />
      <p className="text-muted [overflow-wrap:anywhere]">
        {band.model}, {TRUST_TIER_LABELS[band.tier].toLowerCase()}
        {band.simulated && ', simulated'}: {band.n.toLocaleString('en')} prices of {dayName(band.from)} to{' '}
        {dayName(band.to)}, the middle half from <Money micros={band.p25Micros} /> to <Money micros={band.p75Micros} />,
        median <Money micros={band.medianMicros} />
        {few && '. That is little: take it as a hint'}.
      </p>
    </div>
  );
}

function Occupancy({ advice }: { advice: Advice }) {
  const { occupancy } = advice;
  if (occupancy === null)
    return (
      <p className="text-muted text-sm">
        What is booked at which price is said from {LEAST_GPU_DAYS} GPU-days of {LEAST_LISTINGS} listings on; the last
        30 days have {advice.knownGpuDays} GPU-days of this model.
      </p>
    );
  return (
    <details className="text-sm">
      <summary className="inline-flex min-h-6 items-center text-accent-ink underline decoration-accent-line underline-offset-[0.2em] hover:decoration-current">
        Where the booked share comes from
      </summary>
      <p className="mt-2 text-muted">
        {OCCUPANCY_MODEL_SENTENCE} Counted over the last 30 days (UTC),{' '}
        {occupancy.of === 'tier'
          ? 'of this model and trust tier'
          : 'of this model in all trust tiers, since this one alone has too little'}
        {advice.band?.simulated && '; all of it simulated'}. It is what was, not a promise.
      </p>
      <div className="mt-2 rounded-lg border border-line">
        <Table caption="Booked share by price">
          <thead>
            <tr>
              <Th>GPU-hour</Th>
              <Th numeric>Offered GPU-days</Th>
              <Th numeric>Booked</Th>
            </tr>
          </thead>
          <tbody>
            {occupancy.steps.map((step) => (
              <tr key={step.fromMicros.toString()}>
                <Th scope="row" className="tabular font-normal">
                  {formatDollars(step.fromMicros)}
                  {step.toMicros !== step.fromMicros && ` – ${formatDollars(step.toMicros)}`}
                </Th>
                <Td numeric>{Number(step.offeredGpuSeconds / 86_400n).toLocaleString('en')}</Td>
                <Td numeric>{(step.basisPoints / 100).toLocaleString('en', { maximumFractionDigits: 1 })} %</Td>
              </tr>
            ))}
          </tbody>
        </Table>
      </div>
    </details>
  );
}
