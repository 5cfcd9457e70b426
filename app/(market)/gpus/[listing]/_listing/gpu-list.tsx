import { Td, Th } from '#components/ui/cells.tsx';
import { StateBadge } from '#components/ui/state-badge.tsx';
import { Table } from '#components/ui/table.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { formatBytes } from '#lib/catalogue/quantity.ts';
import type { ListedGpu } from '#lib/catalogue/queries/listing.ts';

/** Each GPU of a machine and whether somebody has it now. */
export function GpuList({ gpus }: { gpus: readonly ListedGpu[] }) {
  return (
    <Table caption="GPUs of this machine">
      <thead>
        <tr>
          <Th>GPU</Th>
          <Th numeric>Memory</Th>
          <Th>Now</Th>
        </tr>
      </thead>
      <tbody>
        {gpus.map((gpu, index) => (
          <tr key={gpu.id}>
            <Th scope="row">
              {index + 1} <span className="font-normal text-muted">{gpu.model}</span>
            </Th>
            <Td numeric>{formatBytes(gpu.vramBytes)}</Td>
            <Td>
              {gpu.takenUntil === null && gpu.yields ? (
                <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
                  <StateBadge kind="running">can be had</StateBadge>
                  <span className="text-muted text-xs">an interruptible rental has it, and yields</span>
                </span>
              ) : gpu.takenUntil === null ? (
                <StateBadge kind="running">free</StateBadge>
              ) : (
                <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
                  <StateBadge kind="stopped">taken</StateBadge>
                  <span className="text-muted text-xs">
                    back <TimeAgo at={gpu.takenUntil} /> at the latest
                  </span>
                </span>
              )}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
