import { FactList } from '#components/ui/fact-list.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { commandLine } from '#lib/bookings/command-line.ts';
import type { Rental } from '#lib/bookings/rental.ts';
import { placeLabel } from '#lib/catalogue/country.ts';
import { gpuLabel } from '#lib/catalogue/gpu.ts';
import { formatBytes } from '#lib/catalogue/quantity.ts';

/** What was rented, as frozen when it was booked. */
export function RentedPanel({ rental }: { rental: Rental }) {
  const { limits, diskBytes } = rental.terms;
  const threads = (limits.cpuMillis / 1_000).toFixed(1).replace(/\.0$/, '');
  return (
    <Panel title="What you rent">
      <FactList
        facts={[
          { label: 'Image', value: <span className="font-mono text-xs">{rental.image}</span> },
          ...(rental.command === null
            ? []
            : [{ label: 'Command', value: <span className="font-mono text-xs">{commandLine(rental.command)}</span> }]),
          { label: 'GPUs', value: gpuLabel(rental.gpuCount, rental.gpuModel) },
          { label: 'CPU and memory', value: `${threads} threads, ${formatBytes(limits.memoryBytes)}` },
          { label: 'Disk', value: formatBytes(diskBytes) },
          { label: 'Machine', value: rental.machine.name },
          { label: 'Host', value: rental.hostName },
          { label: 'Place', value: placeLabel(rental.machine.region, rental.machine.country) },
        ]}
      />
    </Panel>
  );
}
