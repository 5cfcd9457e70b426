import { Td, Th } from '#components/ui/cells.tsx';
import { Table } from '#components/ui/table.tsx';
import { type MemoryPart, PART_LABELS } from '#lib/catalogue/fit/formulas.ts';
import type { MemoryNeed } from '#lib/catalogue/fit/memory.ts';
import { gigabytes } from '#lib/catalogue/fit/words.ts';

const FILLS: Record<MemoryPart, string> = {
  weights: 'bg-info-ink',
  cache: 'bg-good-ink',
  training: 'bg-warn-ink',
  activations: 'bg-muted',
  overhead: 'bg-line-control',
};

/** What a need is made of on one GPU, gaps and base as overhead: bytes, the largest meaning first. */
export function partsOf(need: MemoryNeed): readonly { readonly part: MemoryPart; readonly bytes: number }[] {
  const { parts, splitBytes, baseBytes } = need;
  const known = parts.weights + parts.cache + parts.training + parts.activations;
  return [
    { part: 'weights' as const, bytes: parts.weights },
    { part: 'cache' as const, bytes: parts.cache },
    { part: 'training' as const, bytes: parts.training },
    { part: 'activations' as const, bytes: parts.activations },
    { part: 'overhead' as const, bytes: splitBytes - known + baseBytes },
  ].filter(({ bytes }) => bytes > 0);
}

/** "59", and of what is there but rounds to nothing "< 1". */
function sharePercent(share: number): string {
  return share < 0.005 ? '< 1' : String(Math.round(share * 100));
}

/** Where the memory goes, as a stacked bar and, for whoever reads rather than looks, as a table. */
export function MemoryBar({ need, label }: { need: MemoryNeed; label: string }) {
  const parts = partsOf(need);
  const total = need.splitBytes + need.baseBytes;
  return (
    <div className="space-y-3">
      <div aria-hidden className="flex h-7 gap-px overflow-hidden rounded-md bg-line">
        {parts.map(({ part, bytes }) => (
          <span key={part} className={FILLS[part]} style={{ width: `${(bytes / total) * 100}%` }} />
        ))}
      </div>
      <Table caption={label}>
        <thead className="sr-only">
          <tr>
            <Th>Part</Th>
            <Th numeric>Memory</Th>
            <Th numeric>Share</Th>
          </tr>
        </thead>
        <tbody>
          {parts.map(({ part, bytes }) => (
            <tr key={part}>
              <Th scope="row">
                <span aria-hidden className={`mr-2 inline-block size-2.5 rounded-sm ${FILLS[part]}`} />
                {PART_LABELS[part]}
              </Th>
              <Td numeric>{gigabytes(bytes)}</Td>
              <Td numeric className="w-16 text-muted">
                {sharePercent(bytes / total)} %
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </div>
  );
}
