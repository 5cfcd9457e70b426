import { Money } from '#components/ui/money.tsx';
import { formatBasisPoints } from '#lib/catalogue/quantity.ts';
import { BYTES_PER_GIB, diskCharge, feeOf, gpuCharge } from '#protocol/charge.ts';

const SECONDS = 5_000n;
const GPUS = 2n;
const PRICE_MICROS_PER_GPU_HOUR = 400_000n;
const DISK_GIB = 40n;
const DISK_MICROS_PER_GIB_MONTH = 100_000n;

function Line({ what, how, micros, strong }: { what: string; how?: string; micros: bigint; strong?: boolean }) {
  return (
    <div className="flex items-baseline justify-between gap-4 py-2">
      <dt className="min-w-0">
        <span className={strong ? 'font-semibold' : ''}>{what}</span>
        {how && <span className="tabular block text-muted text-xs">{how}</span>}
      </dt>
      <dd className={strong ? 'font-semibold' : ''}>
        <Money micros={micros} />
      </dd>
    </div>
  );
}

/** An example bill, worked out by the same functions that bill, at the fee of this market. */
export function Receipt({ feeBasisPoints }: { feeBasisPoints: number }) {
  const compute = gpuCharge(PRICE_MICROS_PER_GPU_HOUR, GPUS * SECONDS);
  const disk = diskCharge(DISK_MICROS_PER_GIB_MONTH, DISK_GIB * BYTES_PER_GIB * SECONDS);
  const total = compute + disk;
  const fee = feeOf(total, feeBasisPoints);
  return (
    <figure className="rounded-xl border border-line bg-surface px-5 pt-4 pb-3 text-sm">
      <figcaption className="flex items-baseline justify-between gap-4 border-line border-b border-dashed pb-3">
        <span className="font-semibold text-base">An example bill</span>
        <span className="tabular text-muted">1 h 23 min 20 s</span>
      </figcaption>
      <dl className="divide-y divide-line">
        <Line what="Pulling the image, starting" how="72 s until you could connect" micros={0n} />
        <Line what="2 × RTX 4090" how="2 GPUs × 5,000 s × $0.40 ÷ 3,600 s" micros={compute} />
        <Line what="Disk, 40 GiB" how="40 GiB × 5,000 s × $0.10 ÷ 2,592,000 s" micros={disk} />
        <Line what="You pay" micros={total} strong />
        <Line
          what="of which to the market"
          how={`${formatBasisPoints(feeBasisPoints)}, set by who runs it`}
          micros={fee}
        />
        <Line what="of which to the host" micros={total - fee} />
      </dl>
    </figure>
  );
}
