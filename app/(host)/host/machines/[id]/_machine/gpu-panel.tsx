import { Td, Th } from '#components/ui/cells.tsx';
import { LongName } from '#components/ui/long-name.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { StateBadge } from '#components/ui/state-badge.tsx';
import { Table } from '#components/ui/table.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import type { GpuHolder, MachineGpu } from '#lib/bookings/queries/machine-gpus.ts';
import { pcieLabel } from '#lib/catalogue/gpu.ts';
import { formatBytes } from '#lib/catalogue/quantity.ts';
import type { OwnMachine } from '#lib/catalogue/queries/machines.ts';
import { figureText } from '#lib/telemetry/figure.ts';
import type { Measure } from '#lib/telemetry/measure.ts';
import { type Dated, figureOf, type Newest } from '#lib/telemetry/newest.ts';
import type { Specification } from '#protocol/specification.ts';

type GpuPanelProps = {
  machine: OwnMachine;
  /** In their order. */
  gpus: readonly MachineGpu[];
  /** What each did when it was looked at last, by its place among them from 1 on; of the others the last description says it. */
  newest: ReadonlyMap<number, Newest>;
};

/** Every GPU: who has it, how it is, and all that its driver says of it. */
export function GpuPanel({ machine, gpus: placedGpus, newest }: GpuPanelProps) {
  const { gpus } = machine.specification;
  if (gpus.length === 0)
    return (
      <Panel title="GPUs">
        <p className="text-muted">The agent found none. The self-test says what it tried.</p>
      </Panel>
    );
  return (
    <Panel title="GPUs" flush>
      <Table caption="GPUs as the driver reports them" stacked>
        <thead>
          <tr>
            <Th>GPU</Th>
            <Th>Now</Th>
            <Th numeric>Memory</Th>
            <Th numeric>Load</Th>
            <Th numeric>Temp.</Th>
            <Th numeric>Power</Th>
            <Th>Errors, its whole life</Th>
            <Th>Bus</Th>
            <Th>Driver · CUDA</Th>
            <Th>ECC · MIG</Th>
          </tr>
        </thead>
        <tbody>
          {gpus.map((gpu) => {
            const index = placedGpus.findIndex((one) => one.uuid === gpu.uuid);
            const placed = placedGpus[index];
            const shown = (measure: Measure, described: number | null | undefined) => (
              <Figure measure={measure} dated={figureOf(newest, index + 1, measure, described)} />
            );
            return (
              <tr key={gpu.uuid}>
                <Th scope="row" className="min-w-40">
                  {gpu.model}
                  <span className="block font-mono font-normal text-muted text-xs [overflow-wrap:anywhere]">
                    {gpu.uuid}
                  </span>
                </Th>
                <Td>
                  {placed === undefined ? (
                    <StateBadge kind="warning">enrolled elsewhere</StateBadge>
                  ) : (
                    <Holder placed={placed} />
                  )}
                </Td>
                <Td label="Memory" numeric>
                  {formatBytes(gpu.vramBytes)}
                </Td>
                <Td label="Load" numeric>
                  {shown('gpuUtilisationPercent', gpu.utilisationPercent)}
                </Td>
                <Td label="Temp." numeric>
                  {shown('gpuTemperatureCelsius', gpu.temperatureCelsius)}
                </Td>
                <Td label="Power" numeric>
                  {shown('gpuPowerWatts', gpu.powerWatts)}
                  {gpu.powerLimitWatts !== null && (
                    <span className="block text-muted text-xs">of {Math.round(gpu.powerLimitWatts)} W</span>
                  )}
                </Td>
                <Td label="Errors, its whole life" className="min-w-32">
                  {errorWords(gpu)}
                </Td>
                <Td label="Bus" className="whitespace-nowrap">
                  {pcieLabel(gpu.pcieGeneration, gpu.pcieWidth) ?? '–'}
                </Td>
                <Td label="Driver · CUDA" className="whitespace-nowrap">
                  {gpu.driverVersion ?? '–'} · {gpu.cudaVersion ?? '–'}
                </Td>
                <Td label="ECC · MIG" className="whitespace-nowrap">
                  {onOff(gpu.ecc)} · {onOff(gpu.mig)}
                </Td>
              </tr>
            );
          })}
        </tbody>
      </Table>
    </Panel>
  );
}

/** A figure of now; one of the last description says so. */
function Figure({ measure, dated: { figure, now } }: { measure: Measure; dated: Dated }) {
  return (
    <>
      {figureText(measure, figure)}
      {!now && typeof figure === 'number' && <span className="block text-muted text-xs">last described</span>}
    </>
  );
}

function Holder({ placed }: { placed: MachineGpu }) {
  const { now, next } = placed;
  return (
    <span className="block min-w-36 space-y-0.5">
      <StateBadge kind={now === null ? 'stopped' : 'running'}>{now === null ? 'free' : 'rented'}</StateBadge>
      {now !== null && (
        <span className="block text-muted text-xs [overflow-wrap:anywhere]">
          {KINDS[now.kind]} <LongName name={now.renterName} />, ends <TimeAgo at={now.endsAt} />
        </span>
      )}
      {next !== null && (
        <span className="block text-muted text-xs [overflow-wrap:anywhere]">
          then {KINDS[next.kind]} <LongName name={next.renterName} />, begins <TimeAgo at={next.startsAt} />
        </span>
      )}
    </span>
  );
}

const KINDS: Readonly<Record<GpuHolder['kind'], string>> = {
  onDemand: 'by',
  reserved: 'reserved by',
  interruptible: 'by a bid of',
};

function errorWords({ uncorrectedErrors, retiredPages }: Specification['gpus'][number]): string {
  const said = [
    typeof uncorrectedErrors === 'number' ? `${uncorrectedErrors} uncorrected` : null,
    typeof retiredPages === 'number' ? `${retiredPages} pages retired` : null,
  ].filter((word) => word !== null);
  return said.length === 0 ? 'not counted' : said.join(', ');
}

function onOff(value: boolean | null): string {
  return value === null ? '–' : value ? 'on' : 'off';
}
