import { ChevronRight } from 'lucide-react';
import Link from 'next/link';
import { PriceSparkline } from '#components/listing/price-sparkline.tsx';
import { Td, Th } from '#components/ui/cells.tsx';
import { Money } from '#components/ui/money.tsx';
import { SimulatedBadge } from '#components/ui/simulated-badge.tsx';
import { Table } from '#components/ui/table.tsx';
import { formatDollars } from '#lib/base/money.ts';
import { cardEarnings, type ModelNow } from '#lib/catalogue/market-now.ts';
import { formatBytes } from '#lib/catalogue/quantity.ts';
import { EVERYTHING, searchHref } from '#lib/catalogue/search.ts';

type Row = { readonly model: ModelNow; readonly feeBasisPoints: number };

/** So many models are shown at once: those with the most machines online. */
const SHOWN = 10;

/** What each model costs now, what it was like in the last 30 days, and what a card earned: a table, on a phone a list. */
export function PriceBoard({ models, feeBasisPoints }: { models: readonly ModelNow[]; feeBasisPoints: number }) {
  const rank = new Map(
    models.toSorted((a, b) => b.machinesOnline - a.machinesOnline).map((model, at) => [model, at] as const),
  );
  const inFront = (model: ModelNow) => (rank.get(model) ?? 0) < SHOWN;
  const rest = models.filter((model) => !inFront(model));
  return (
    <>
      <Rows caption="Prices now, by GPU" models={models.filter(inFront)} feeBasisPoints={feeBasisPoints} />
      {rest.length > 0 && (
        <details className="group">
          <summary className="flex min-h-11 items-center gap-1.5 border-line border-t px-4 font-medium text-sm hover:bg-hover sm:px-5">
            <ChevronRight aria-hidden className="size-4 text-muted group-open:rotate-90" />
            {rest.length === 1 ? 'One more model' : `${rest.length} more models`}
          </summary>
          <div className="border-line border-t">
            <Rows caption="Prices now, of the other GPUs" models={rest} feeBasisPoints={feeBasisPoints} />
          </div>
        </details>
      )}
    </>
  );
}

type RowsProps = { caption: string; models: readonly ModelNow[]; feeBasisPoints: number };

function Rows({ caption, models, feeBasisPoints }: RowsProps) {
  return (
    <>
      <ul className="md:hidden" aria-label={caption}>
        {models.map((model) => (
          <Card key={`${model.model} ${model.simulated}`} model={model} feeBasisPoints={feeBasisPoints} />
        ))}
      </ul>
      <div className="hidden md:block">
        <Table caption={caption}>
          <thead>
            <tr>
              <Th className="w-[34%]">GPU</Th>
              <Th numeric>GPU-hour from</Th>
              <Th>Last 30 days</Th>
              <Th numeric>Middle half</Th>
              <Th numeric>Free</Th>
              <Th numeric>A card earned in 30 days</Th>
            </tr>
          </thead>
          <tbody>
            {models.map((model) => (
              <Line key={`${model.model} ${model.simulated}`} model={model} feeBasisPoints={feeBasisPoints} />
            ))}
          </tbody>
        </Table>
      </div>
    </>
  );
}

function Line({ model, feeBasisPoints }: Row) {
  return (
    <tr className="relative hover:bg-hover">
      <Th scope="row">
        <Name model={model} />
      </Th>
      <Td numeric className="font-semibold">
        <From model={model} />
      </Td>
      <Td>
        <PriceSparkline line={model.line} />
      </Td>
      <Td numeric>
        <MiddleHalf model={model} />
      </Td>
      <Td numeric>
        {model.freeGpus} <span className="text-muted">of {model.gpus}</span>
      </Td>
      <Td numeric>
        <Earned model={model} feeBasisPoints={feeBasisPoints} />
      </Td>
    </tr>
  );
}

function Card({ model, feeBasisPoints }: Row) {
  const earned = cardEarnings(model.past, feeBasisPoints);
  return (
    <li className="relative grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 border-line border-b px-4 py-3 last:border-b-0">
      <Name model={model} />
      <span className="text-right font-semibold">
        <From model={model} />
      </span>
      <PriceSparkline line={model.line} />
      <span className="text-right text-muted text-xs">
        {model.freeGpus} of {model.gpus} free
        {earned !== null && (
          <span className="block">
            a card earned <Money micros={earned.netMicrosPerMonth} cents />
          </span>
        )}
      </span>
    </li>
  );
}

function Name({ model }: { model: ModelNow }) {
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2">
      <Link
        href={searchHref({ ...EVERYTHING, models: [model.model], taken: model.offers === 0 })}
        className="inline-flex min-h-6 items-center font-medium row-cover"
      >
        {model.model}
      </Link>
      <span className="font-normal text-muted text-xs">{memoryOf(model)}</span>
      {model.simulated && <SimulatedBadge />}
    </span>
  );
}

/** "24 GiB", "24 GiB to 48 GiB": what a card of this model has, where not all have as much. */
function memoryOf({ leastVramBytes, vramBytes }: ModelNow): string {
  const [least, most] = [formatBytes(leastVramBytes), formatBytes(vramBytes)];
  return least === most ? most : `${least} to ${most}`;
}

function From({ model }: { model: ModelNow }) {
  return model.fromMicros === null ? (
    <span className="font-normal text-muted">all taken</span>
  ) : (
    <Money micros={model.fromMicros} />
  );
}

function MiddleHalf({ model: { past } }: { model: ModelNow }) {
  if (past === null) return <span className="text-muted">no past yet</span>;
  return past.p25Micros === past.p75Micros
    ? formatDollars(past.p25Micros)
    : `${formatDollars(past.p25Micros)} – ${formatDollars(past.p75Micros)}`;
}

function Earned({ model, feeBasisPoints }: Row) {
  const earned = cardEarnings(model.past, feeBasisPoints);
  return earned === null ? (
    <span className="text-muted">too little known</span>
  ) : (
    <Money micros={earned.netMicrosPerMonth} cents />
  );
}
