import type { Metadata } from 'next';
import { requireActor } from '#app/_edge/actor.ts';
import { seen } from '#app/_edge/seen.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { hostCalls } from '#components/api/host-calls.ts';
import { MetricsPanel } from '#components/booking/metrics/metrics-panel.tsx';
import { ReliabilityBars } from '#components/machine/reliability-bars.tsx';
import { ReliabilityLine } from '#components/machine/reliability-line.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Stat, Stats } from '#components/ui/stat.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { DRIFT_TOLERATED_MS } from '#lib/agents/clock-drift.ts';
import { theWorld } from '#lib/base/time.ts';
import { shortName } from '#lib/base/words.ts';
import { gpusOfMachine } from '#lib/bookings/queries/machine-gpus.ts';
import type { OwnMachine } from '#lib/catalogue/queries/machines.ts';
import { figureText } from '#lib/telemetry/figure.ts';
import { rangeIn } from '#lib/telemetry/measure.ts';
import { figuresNow, type Newest } from '#lib/telemetry/newest.ts';
import { machineMetrics, newestLooks } from '#lib/telemetry/queries/machine-metrics.ts';
import { GpuPanel } from '../_machine/gpu-panel.tsx';
import { MachineHead } from '../_machine/head.tsx';
import { loadMachine } from '../_machine/load.ts';
import { Troubles } from '../_machine/troubles.tsx';

type Route = { params: Promise<{ id: string }>; searchParams: Promise<{ metrics?: string | string[] }> };

export async function generateMetadata({ params }: Route): Promise<Metadata> {
  return { title: `Health of ${shortName((await loadMachine((await params).id)).name)}` };
}

/** The charts go on by themselves; the figures above them are not to fall behind. */
const FIGURES_MS = 15_000;

/** How a machine is: its heartbeat, its clock, its GPUs now, and what they did through the last day. */
export default async function MachineHealthPage({ params, searchParams }: Route) {
  const actor = await requireActor();
  const machine = await loadMachine((await params).id);
  const now = theWorld.now();
  const range = rangeIn((await searchParams).metrics);
  const [metrics, gpus, newest] = await Promise.all([
    seen(machineMetrics(actor, machine.id, { range }, now)),
    gpusOfMachine(actor, machine.id, now),
    newestLooks(actor, machine.id, now),
  ]);
  return (
    <>
      <MachineHead machine={machine} tab="/health" everyMs={FIGURES_MS} />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
        <Troubles machine={machine} />
        <HealthStats machine={machine} newest={newest} />
        <GpuPanel machine={machine} gpus={gpus} newest={newest} />
        <MetricsPanel
          metrics={metrics}
          url={`/api/v1/machines/${machine.id}/metrics`}
          href={`/host/machines/${machine.id}/health`}
          live={machine.retiredAt === null}
          gpusOnly
          description="What the GPUs do, by their place in the machine: looked at every 5 seconds while they are rented, every 30 seconds while they are not, and kept for 24 hours."
        />
        <Panel title="Reliability">
          <ReliabilityLine reliability={machine.reliability} />
          <ReliabilityBars days={machine.reliabilityDays} />
        </Panel>
        <AsApiCall calls={[hostCalls.machine(machine.id), hostCalls.metrics(machine.id, range)]} />
      </div>
    </>
  );
}

type HealthStatsProps = { machine: OwnMachine; newest: ReadonlyMap<number, Newest> };

function HealthStats({ machine, newest }: HealthStatsProps) {
  const { gpus } = machine.specification;
  const said = (values: readonly (number | null | undefined)[]) => values.filter((value) => typeof value === 'number');
  // The newest look at the GPUs, as the charts below have it; while nobody looks, what the driver said at the last description.
  const hot = figuresNow(newest, 'gpuTemperatureCelsius');
  const temperatures = hot ?? said(gpus.map(({ temperatureCelsius }) => temperatureCelsius));
  const drawn = figuresNow(newest, 'gpuPowerWatts');
  const power = drawn ?? said(gpus.map(({ powerWatts }) => powerWatts));
  const limit = said(gpus.map(({ powerLimitWatts }) => powerLimitWatts));
  const sum = (values: readonly number[]) => Math.round(values.reduce((total, value) => total + value, 0));
  const drift = machine.clockDriftMs;
  const lookedAt = [...newest.values()].map(({ at }) => at).toSorted((a, b) => b.getTime() - a.getTime())[0];
  return (
    <Stats>
      <Stat
        label="Heartbeat"
        value={machine.lastSyncAt === null ? 'never' : <TimeAgo at={machine.lastSyncAt} />}
        hint="every 10 s at the latest"
      />
      <Stat
        label="Hottest GPU"
        value={temperatures.length === 0 ? '–' : figureText('gpuTemperatureCelsius', Math.max(...temperatures))}
        hint={
          hot === null || lookedAt === undefined ? (
            'as it was last described'
          ) : (
            <>
              {hot.length < gpus.length ? `of ${hot.length} that were looked at` : 'looked at'}{' '}
              <TimeAgo at={lookedAt} />
            </>
          )
        }
      />
      <Stat
        label="Power of the GPUs"
        value={power.length === 0 ? '–' : `${sum(power)} W`}
        hint={[
          drawn === null && power.length > 0 ? 'as they were last described' : null,
          limit.length === 0 ? 'no limit reported' : `of ${sum(limit)} W they may draw`,
        ]
          .filter((words) => words !== null)
          .join(', ')}
      />
      <Stat
        label="Clock"
        value={drift === null ? '–' : `${(Math.abs(drift) / 1_000).toFixed(1)} s ${drift < 0 ? 'behind' : 'ahead'}`}
        hint={drift !== null && Math.abs(drift) >= DRIFT_TOLERATED_MS ? 'set it by NTP' : 'within what is tolerated'}
      />
    </Stats>
  );
}
