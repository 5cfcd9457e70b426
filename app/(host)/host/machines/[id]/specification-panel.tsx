import { FactGroups } from '#components/ui/fact-list.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { StateBadge } from '#components/ui/state-badge.tsx';
import { Table, Td, Th } from '#components/ui/table.tsx';
import { pcieLabel } from '#lib/catalogue/gpu.ts';
import { formatBitsPerSecond, formatBytes, formatBytesPerSecond } from '#lib/catalogue/quantity.ts';
import type { OwnMachine } from '#lib/catalogue/queries/machines.ts';

const unsaid = <span className="text-muted">not reported</span>;

/** The machine as its agent measured or read it. */
export function SpecificationPanel({ machine }: { machine: OwnMachine }) {
  const spec = machine.specification;
  return (
    <Panel title="Specification" description="As the agent measures and reads it; it follows the machine by itself.">
      <FactGroups
        groups={[
          {
            title: 'Compute',
            facts: [
              { label: 'CPU', value: spec.cpuModel, hint: `${spec.cpuThreads} threads, ${spec.architecture}` },
              { label: 'RAM', value: formatBytes(spec.memoryBytes) },
              {
                label: 'Disk',
                value: formatBytes(spec.diskTotalBytes),
                hint: `${formatBytes(spec.diskFreeBytes)} free`,
              },
              {
                label: 'Disk writes',
                value:
                  spec.diskWriteBytesPerSecond === null ? unsaid : formatBytesPerSecond(spec.diskWriteBytesPerSecond),
              },
            ],
          },
          {
            title: 'System',
            facts: [
              { label: 'Host name', value: spec.hostname, hint: 'renters do not see it' },
              { label: 'System', value: spec.os },
              { label: 'Kernel', value: spec.kernel },
              {
                label: 'Docker',
                value: spec.docker?.version ?? 'not running',
                hint: spec.docker ? `${spec.docker.storageDriver}, cgroup ${spec.docker.cgroupVersion}` : undefined,
              },
              { label: 'GPU containers', value: spec.docker?.gpuRuntime ? 'yes' : 'no' },
            ],
          },
          {
            title: 'Network',
            facts: [
              {
                label: 'Download',
                value:
                  spec.networkDownBitsPerSecond === null ? unsaid : formatBitsPerSecond(spec.networkDownBitsPerSecond),
              },
              {
                label: 'Upload',
                value: spec.networkUpBitsPerSecond === null ? unsaid : formatBitsPerSecond(spec.networkUpBitsPerSecond),
              },
            ],
          },
        ]}
      />
      <h3 className="mt-5 mb-2 font-semibold text-sm">GPUs</h3>
      {spec.gpus.length === 0 ? (
        <p className="text-muted">The agent found none. The self-test says what it tried.</p>
      ) : (
        <div className="rounded-lg border border-line">
          <Table caption="GPUs as the driver reports them">
            <thead>
              <tr>
                <Th>GPU</Th>
                <Th>Now</Th>
                <Th numeric>Memory</Th>
                <Th numeric>Load</Th>
                <Th numeric>Temp.</Th>
                <Th numeric>Power limit</Th>
                <Th>Bus</Th>
                <Th>Driver · CUDA</Th>
                <Th>ECC · MIG</Th>
              </tr>
            </thead>
            <tbody>
              {spec.gpus.map((gpu) => {
                const placed = machine.gpus.find((one) => one.uuid === gpu.uuid);
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
                        <StateBadge kind={placed.takenUntil ? 'running' : 'stopped'}>
                          {placed.takenUntil ? 'rented' : 'free'}
                        </StateBadge>
                      )}
                    </Td>
                    <Td numeric>{formatBytes(gpu.vramBytes)}</Td>
                    <Td numeric>{gpu.utilisationPercent === null ? '–' : `${gpu.utilisationPercent} %`}</Td>
                    <Td numeric>{gpu.temperatureCelsius === null ? '–' : `${gpu.temperatureCelsius} °C`}</Td>
                    <Td numeric>{gpu.powerLimitWatts === null ? '–' : `${gpu.powerLimitWatts} W`}</Td>
                    <Td className="whitespace-nowrap">{pcieLabel(gpu.pcieGeneration, gpu.pcieWidth) ?? '–'}</Td>
                    <Td className="whitespace-nowrap">
                      {gpu.driverVersion ?? '–'} · {gpu.cudaVersion ?? '–'}
                    </Td>
                    <Td className="whitespace-nowrap">
                      {onOff(gpu.ecc)} · {onOff(gpu.mig)}
                    </Td>
                  </tr>
                );
              })}
            </tbody>
          </Table>
        </div>
      )}
    </Panel>
  );
}

function onOff(value: boolean | null): string {
  return value === null ? '–' : value ? 'on' : 'off';
}
