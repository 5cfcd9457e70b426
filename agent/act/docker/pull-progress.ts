import type { PullProgress } from '../../../protocol/agent.ts';

/** A line of the stream that the Docker Engine answers a pull with. */
export type PullMessage = {
  id?: string;
  status?: string;
  progressDetail?: { current?: number; total?: number };
  error?: string;
};

type Layer = PullProgress['layers'][number];

const LAYER_ID = /^[0-9a-f]{12}$/;
const MOST_LAYERS = 200;
/** Over which a speed is measured: shorter ones jump, and the time that is left with them. */
const WINDOW_MS = 8_000;

function whole(value: number | undefined): number {
  return value !== undefined && Number.isFinite(value) && value > 0 ? Math.floor(value) : 0;
}

/** Adds up a pull's messages. Instants are milliseconds of any clock that does not jump. */
export function pullProgress() {
  const layers = new Map<string, Layer>();
  let samples: { at: number; bytes: number }[] = [];

  const bytesDone = () => [...layers.values()].reduce((sum, layer) => sum + layer.bytesDone, 0);

  return {
    take(message: PullMessage, at: number): void {
      const { id, status = '', progressDetail } = message;
      if (id === undefined || !LAYER_ID.test(id)) return;
      if (!layers.has(id) && layers.size >= MOST_LAYERS) return;
      const layer = layers.get(id) ?? { id, state: 'waiting' as const, bytesDone: 0, bytesTotal: 0 };
      const next = { ...layer };
      if (status.startsWith('Retrying')) {
        next.state = 'waiting';
      } else if (status === 'Downloading') {
        next.state = 'downloading';
        next.bytesTotal = Math.max(next.bytesTotal, whole(progressDetail?.total));
        next.bytesDone = Math.min(whole(progressDetail?.current), next.bytesTotal);
      } else if (status === 'Verifying Checksum' || status === 'Download complete' || status === 'Extracting') {
        next.state = 'extracting';
        next.bytesDone = next.bytesTotal;
      } else if (status === 'Pull complete' || status === 'Already exists') {
        next.state = 'done';
        next.bytesDone = next.bytesTotal;
      }
      layers.set(id, next);
      samples.push({ at, bytes: bytesDone() });
      samples = samples.filter((sample) => at - sample.at <= WINDOW_MS);
    },

    now(): PullProgress {
      const all = [...layers.values()];
      const first = samples[0];
      const last = samples.at(-1);
      const elapsed = first !== undefined && last !== undefined ? last.at - first.at : 0;
      const moved = first !== undefined && last !== undefined ? last.bytes - first.bytes : 0;
      return {
        bytesDone: bytesDone(),
        bytesTotal: all.reduce((sum, layer) => sum + layer.bytesTotal, 0),
        bytesPerSecond: elapsed > 0 && moved > 0 ? Math.round((moved * 1_000) / elapsed) : 0,
        layers: all,
      };
    },
  };
}
