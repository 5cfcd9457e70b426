import { Panel } from '#components/ui/panel.tsx';
import { StateBadge } from '#components/ui/state-badge.tsx';
import { Table, Td, Th } from '#components/ui/table.tsx';
import { pcieLabel } from '#lib/catalogue/gpu.ts';
import { formatBytes } from '#lib/catalogue/quantity.ts';
import type { OwnMachine } from '#lib/catalogue/queries/machines.ts';

/** Every GPU with all that its driver says of it. */
export function GpuPanel({ machine }: { machine: OwnMachine }) {
  const { gpus } = machine.specification;
  if (gpus.length === 0)
    return (
      <Panel title="GPUs">
        <p className="text-muted">The agent found none. The self-test says what it tried.</p>
      </Panel>
    );
  return (
    <Panel title="GPUs" flush>
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
          {gpus.map((gpu) => {
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
    </Panel>
  );
}

function onOff(value: boolean | null): string {
  return value === null ? '–' : value ? 'on' : 'off';
}
