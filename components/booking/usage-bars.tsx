import { Meter } from '#components/ui/meter.tsx';
import { formatBytes } from '#lib/catalogue/quantity.ts';
import type { LastSample } from '#lib/telemetry/queries/last-samples.ts';

/** Of one rental, or of several together. */
type Usage = Omit<LastSample, 'at'>;

/** How often a page asks for them anew, in milliseconds: machines measure every five seconds, and a bar that is ten seconds old is still true. */
export const USAGE_EVERY_MS = 10_000;

const UNSAID: Usage = { gpuUtilisationPercent: null, gpuMemoryUsedBytes: null, gpuMemoryBytes: null };

type UsageBarsProps = {
  sample: Usage | undefined;
  /** It runs, so that figures will come: their place is kept. */
  awaited?: boolean;
  className?: string;
};

/** GPU and VRAM of the last seconds as two small bars, with their words; a dash where nothing was said. */
export function UsageBars({ sample, awaited = false, className = '' }: UsageBarsProps) {
  if (sample === undefined && !awaited) return <span className="text-muted">—</span>;
  const { gpuUtilisationPercent: gpu, gpuMemoryUsedBytes: used, gpuMemoryBytes: whole } = sample ?? UNSAID;
  return (
    <span
      className={`inline-grid grid-cols-[2.6rem_3.5rem_minmax(4rem,auto)] items-center gap-x-2 text-xs ${className}`}
    >
      <span className="text-muted">GPU</span>
      {gpu === null ? (
        <Dash />
      ) : (
        <>
          <Meter
            bare
            label="GPU"
            value={gpu}
            max={100}
            valueText={`${Math.round(gpu)} %`}
            tone={gpu < 5 ? 'warn' : 'good'}
          />
          <span aria-hidden className="tabular">
            {Math.round(gpu)} %
          </span>
        </>
      )}
      <span className="text-muted">VRAM</span>
      {used === null || whole === null ? (
        <Dash />
      ) : (
        <>
          <Meter
            bare
            label="VRAM"
            value={used}
            max={whole}
            valueText={`${formatBytes(used)} of ${formatBytes(whole)}`}
          />
          <span aria-hidden className="tabular whitespace-nowrap">
            {formatBytes(used)}
          </span>
        </>
      )}
    </span>
  );
}

function Dash() {
  return <span className="col-span-2 text-muted">not said</span>;
}
