import Link from 'next/link';
import { FinishCell } from '#components/fit/finish-cell.tsx';
import { Td, Th } from '#components/ui/cells.tsx';
import { Money } from '#components/ui/money.tsx';
import { SimulatedBadge } from '#components/ui/simulated-badge.tsx';
import { Table } from '#components/ui/table.tsx';
import { bytesOnEach, type MemoryNeed } from '#lib/catalogue/fit/memory.ts';
import { roughly, speedRange } from '#lib/catalogue/fit/words.ts';
import { gpuLabel } from '#lib/catalogue/gpu.ts';
import { formatBytes } from '#lib/catalogue/quantity.ts';
import type { FitOnMarket } from '#lib/catalogue/queries/fit.ts';
import { searchHref } from '#lib/catalogue/search.ts';

/** For each model of GPU that holds the workload: how many it takes, how full they are, and what the best offer costs. */
export function ModelsTable({ market, need }: { market: FitOnMarket; need: MemoryNeed }) {
  return (
    <Table caption="GPUs of this market that hold it" stacked>
      <thead>
        <tr>
          <Th>GPUs it takes</Th>
          <Th numeric>Filled</Th>
          <Th numeric>Offers</Th>
          <Th numeric>Speed</Th>
          <Th numeric>Downloads</Th>
          <Th numeric>Cost to finish</Th>
          <Th>Best offer</Th>
        </tr>
      </thead>
      <tbody>
        {market.models.map(({ offers, best: { offer, finish } }) => (
          <tr key={offer.gpuModel}>
            <Th scope="row">
              <Link href={searchHref({ ...market.ask, models: [offer.gpuModel] })} className="link">
                {gpuLabel(finish.gpus, offer.gpuModel)}
              </Link>
              <span className="block font-normal text-muted text-xs">{formatBytes(offer.vramBytes)} each</span>
            </Th>
            <Td numeric label="Filled">
              {Math.round((bytesOnEach(need, finish.gpus) / Number(offer.vramBytes)) * 100)} %
            </Td>
            <Td numeric label="Offers">
              {offers}
            </Td>
            <Td numeric label="Speed">
              {finish.tokensPerSecond === null ? '–' : speedRange(finish.tokensPerSecond)}
            </Td>
            <Td numeric label="Downloads">
              {roughly(finish.pullSeconds + finish.downloadSeconds)}
              {!finish.linkMeasured && <span className="block text-muted text-xs">link not measured</span>}
            </Td>
            <Td numeric label="Cost to finish">
              <FinishCell finish={finish} />
            </Td>
            <Td label="Best offer">
              <Link href={`/gpus/${offer.listingId}`} className="link">
                <Money micros={offer.priceMicrosPerGpuHour} per="GPU-hour" />
              </Link>
              <span className="mt-0.5 flex flex-wrap gap-1 text-muted text-xs">
                {offer.freeGpus < finish.gpus ? `only ${offer.freeGpus} of ${offer.gpuCount} free now` : 'free now'}
                {offer.simulated && <SimulatedBadge />}
              </span>
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
