import Link from 'next/link';
import { cn } from '#components/ui/cn.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SimulatedBadge } from '#components/ui/simulated-badge.tsx';
import { type Measure, type Metrics, RANGE_NAMES, RANGES } from '#lib/telemetry/measure.ts';
import { MetricCharts } from './metric-charts.tsx';

type MetricsPanelProps = {
  metrics: Metrics;
  /** The resource of the API that says it again. */
  url: string;
  /** The page's own address, to which the range is added. */
  href: string;
  /** Whether more can come. */
  live: boolean;
  /** What was promised of a measure, as the top of its chart. */
  limits?: Partial<Record<Measure, number>>;
  /** Of a machine: no charts of what only a rental has. */
  gpusOnly?: boolean;
  /** Of what the figures are, and who sees them. */
  description?: string;
};

const OF_A_RENTAL =
  'Looked at every 5 seconds on the machine and kept for 24 hours; only you and the other side of this rental see them.';

/** What a rental used lately, as pictures and as a table. Without script the table and the newest figures. */
export function MetricsPanel({
  metrics,
  url,
  href,
  live,
  limits = {},
  gpusOnly = false,
  description = OF_A_RENTAL,
}: MetricsPanelProps) {
  const nothing = metrics.series.length === 0;
  return (
    <Panel
      id="metrics"
      title={
        <span className="inline-flex flex-wrap items-center gap-2">
          Metrics
          {metrics.simulated && <SimulatedBadge />}
        </span>
      }
      description={description}
      actions={
        <nav aria-label="Range of the metrics" className="flex gap-1">
          {RANGE_NAMES.map((range) => (
            <Link
              key={range}
              href={`${href}?metrics=${range}#metrics`}
              scroll={false}
              prefetch={false}
              aria-current={range === metrics.range ? 'true' : undefined}
              className={cn(
                'inline-flex h-7 items-center rounded-md border px-2 text-sm',
                range === metrics.range
                  ? 'border-line-control bg-hover font-medium'
                  : 'border-line text-muted hover:text-ink',
              )}
            >
              {RANGES[range].label}
            </Link>
          ))}
        </nav>
      }
    >
      {nothing && !live ? (
        <EmptyState kind="none" title="Nothing was measured in this time" className="py-6">
          Figures are kept for 24 hours.
        </EmptyState>
      ) : (
        <MetricCharts
          key={metrics.range}
          first={{ ...metrics, startsAt: metrics.startsAt.toISOString() }}
          url={url}
          live={live}
          limits={limits}
          gpusOnly={gpusOnly}
        />
      )}
    </Panel>
  );
}
