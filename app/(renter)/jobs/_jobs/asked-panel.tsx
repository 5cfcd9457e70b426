import { FactList } from '#components/ui/fact-list.tsx';
import { duration, exactly } from '#components/ui/instant.ts';
import { Money } from '#components/ui/money.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { commandLine } from '#lib/bookings/command-line.ts';
import { regionName } from '#lib/catalogue/continent.ts';
import { LEAST_TRUST_LABELS } from '#lib/catalogue/machine.ts';
import { formatBytes } from '#lib/catalogue/quantity.ts';
import { GANG_SENTENCE } from '#lib/jobs/job.ts';
import type { ArrayView } from '#lib/jobs/view.ts';

/** What was submitted. */
export function AskedPanel({ array }: { array: ArrayView }) {
  const { needs } = array;
  const mono = (text: string) => <span className="font-mono text-xs">{text}</span>;
  const optional = (label: string, value: string | null) => (value === null ? [] : [{ label, value: mono(value) }]);
  return (
    <Panel title="What was submitted">
      <FactList
        facts={[
          { label: 'Image', value: mono(array.image) },
          { label: 'Command', value: mono(commandLine(array.command)) },
          ...(array.hasEnvironment ? [{ label: 'Variables', value: 'encrypted until placed' }] : []),
          { label: 'Machines', value: array.machines },
          { label: 'GPUs of each', value: needs.gpuCount },
          { label: 'Models', value: needs.models.length === 0 ? 'any' : needs.models.join(', ') },
          ...(needs.vramGib === null ? [] : [{ label: 'Memory of each GPU', value: `${needs.vramGib} GiB or more` }]),
          { label: 'Where', value: needs.regions.length === 0 ? 'anywhere' : needs.regions.map(regionName).join(', ') },
          {
            label: 'Checked',
            value: LEAST_TRUST_LABELS[needs.leastTrust],
          },
          {
            label: 'Most per GPU-hour',
            value: needs.maxPriceMicrosPerGpuHour === null ? 'any' : <Money micros={needs.maxPriceMicrosPerGpuHour} />,
          },
          { label: 'Disk', value: formatBytes(needs.diskBytes) },
          { label: 'May run for', value: duration(array.runSeconds) },
          ...(array.deadline === null ? [] : [{ label: 'Deadline', value: exactly(array.deadline, 'UTC') }]),
          { label: 'Retries', value: array.retries },
          { label: 'Cap of a job', value: array.capMicros === null ? 'none' : <Money micros={array.capMicros} /> },
          ...optional('Artifacts', array.artifactsPath),
          ...optional('Checkpoints', array.checkpointPath),
        ]}
      />
      {array.machines > 1 && <p className="mt-4 text-muted text-sm">{GANG_SENTENCE}</p>}
    </Panel>
  );
}
