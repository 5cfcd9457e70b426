import { FactGroups } from '#components/ui/fact-list.tsx';
import { Panel } from '#components/ui/panel.tsx';
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
    </Panel>
  );
}
