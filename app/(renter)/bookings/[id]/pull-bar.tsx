import { pullLeftSentence } from '#lib/bookings/pull.ts';
import { formatBytes, formatBytesPerSecond } from '#lib/catalogue/quantity.ts';
import type { PullProgress } from '#protocol/agent.ts';

/** How far an image has come, layer by layer: each layer as wide as it is large. */
export function PullBar({ progress }: { progress: PullProgress }) {
  const { bytesDone, bytesTotal, bytesPerSecond, layers } = progress;
  const done = layers.filter((layer) => layer.state === 'done').length;
  const unpacking = layers.filter((layer) => layer.state === 'extracting').length;
  const said = [
    bytesTotal === 0 ? null : `${formatBytes(bytesDone)} of ${formatBytes(bytesTotal)}`,
    bytesPerSecond > 0 ? formatBytesPerSecond(bytesPerSecond) : null,
    pullLeftSentence(progress),
  ].filter((part) => part !== null);
  const layersSaid = `${done} of ${layers.length} layers${unpacking > 0 ? `, unpacking ${unpacking}` : ''}`;
  return (
    <div className="space-y-1.5">
      <div
        role="progressbar"
        aria-label="Pulling the image"
        aria-valuemin={0}
        aria-valuemax={Math.max(1, bytesTotal)}
        aria-valuenow={Math.min(bytesDone, Math.max(1, bytesTotal))}
        aria-valuetext={[...said, layersSaid].join(', ')}
        className="flex h-2 gap-0.5 overflow-hidden rounded-full"
      >
        {layers.map((layer) => (
          <span
            key={layer.id}
            className="relative min-w-0.5 bg-line"
            style={{ flexGrow: Math.max(layer.bytesTotal, 1), flexBasis: 0 }}
          >
            <span
              className={`absolute inset-y-0 left-0 transition-[width] duration-300 ease-settle ${layer.state === 'done' ? 'bg-good-ink' : 'bg-accent'}`}
              style={{ width: layer.state === 'done' ? '100%' : `${share(layer.bytesDone, layer.bytesTotal)}%` }}
            />
          </span>
        ))}
      </div>
      <p aria-hidden className="tabular flex flex-wrap justify-between gap-x-4 text-muted">
        <span>{said.join(' · ')}</span>
        <span>{layersSaid}</span>
      </p>
    </div>
  );
}

function share(done: number, total: number): number {
  return total > 0 ? Math.min(100, (done / total) * 100) : 0;
}
