import { createHash } from 'node:crypto';
import {
  type MetricsRequest,
  SAMPLE_SECONDS,
  SAMPLES_AT_ONCE,
  type Sample,
  UNRENTED_SAMPLE_SECONDS,
  type UnrentedSample,
} from '../protocol/metrics.ts';
import { PROTOCOL_VERSION } from '../protocol/words.ts';
import type { Usage } from './act/runtime.ts';
import { MarketRefused } from './io/market.ts';
import { type Log, messageOf } from './log.ts';
import type { GpuLoad } from './probes/gpu-line.ts';
import type { GpuSampler } from './probes/gpu-sampler.ts';

/** A rental whose container runs. */
export type RunningRental = { leaseId: string; run: number; gpuUuids: readonly string[] };

export type TelemetryOptions = {
  machineId: string;
  running: () => readonly RunningRental[];
  usage: (leaseId: string, signal: AbortSignal) => Promise<Usage | null>;
  gpus: GpuSampler;
  /** Whether there is a GPU to look at while nothing is rented. */
  hasGpus: () => boolean;
  /** Resolves when the market has them; rejects when it has not, and they are sent again. */
  send: (request: MetricsRequest, signal: AbortSignal) => Promise<void>;
  /** The market's time in milliseconds. */
  now: () => number;
  monotonic: () => number;
  log: Log;
  /** How long the container engine may take to say what one rental used. */
  usageWithinMs?: number;
};

/** What rentals use, looked at every five seconds, and what GPUs do that nobody rents, every thirty; told to the market. */
export type Telemetry = {
  /** One look, and the sending of what is there. Never rejects. */
  look(): Promise<void>;
  /** Milliseconds until the next look is due. */
  pauseMs(): number;
  close(): void;
};

const EVERY_MS = SAMPLE_SECONDS * 1_000;
/** While the market is away the newest samples wait, as much as a machine with four rentals has in forty minutes. */
const MOST_WAITING = 2_000;
/** And of GPUs that nobody rents, an hour. */
const MOST_UNRENTED_WAITING = 3_600 / UNRENTED_SAMPLE_SECONDS;
/** Timers may ring a little early: that is no second look. */
const EARLY_MS = 250;
const MOST_GPUS = 64;
const USAGE_WITHIN_MS = 4_000;
const SEND_WITHIN_MS = 10_000;

/** Whatever hangs (driver, engine, market) costs its own figures and nothing else. */
export function telemetryOf(options: TelemetryOptions): Telemetry {
  const { gpus, log, now, monotonic, usageWithinMs = USAGE_WITHIN_MS } = options;
  const stopping = new AbortController();
  const before = new Map<string, { run: number; at: number; usage: Usage }>();
  // Machines look at moments of their own, so that a market hears them evenly; each sample is told of the beginning of its five seconds.
  const phaseMs = EARLY_MS + (createHash('sha256').update(options.machineId).digest().readUInt32BE(0) % 4_000);
  let waiting: Sample[] = [];
  let unrented: UnrentedSample[] = [];
  let lookedAt = '';
  let sending = false;
  let problem: string | null = null;

  async function sampleOf(rental: RunningRental, loads: ReadonlyMap<string, GpuLoad>, at: string): Promise<Sample> {
    const { leaseId, run, gpuUuids } = rental;
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(usageWithinMs)]);
    const usage = await Promise.race([options.usage(leaseId, signal), aborted(signal)]).catch(() => null);
    const previous = before.get(leaseId);
    const read = monotonic();
    if (usage === null) before.delete(leaseId);
    else before.set(leaseId, { run, at: read, usage });
    const since = previous?.run === run && usage !== null ? previous : null;
    const seconds = since === null ? 0 : (read - since.at) / 1_000;
    const rate = (field: Exclude<keyof Usage, 'listeningPorts'>, factor: number) =>
      usage === null || since === null ? null : perSecond(since.usage[field], usage[field], seconds, factor);
    return {
      leaseId,
      at,
      gpus: gpuUuids.map((uuid) => loads.get(uuid) ?? { uuid, ...UNKNOWN_LOAD }),
      cpuMillis: rate('cpuMicroseconds', 1 / 1_000),
      memoryBytes: usage?.memoryBytes ?? null,
      diskReadBytesPerSecond: rate('diskReadBytes', 1),
      diskWriteBytesPerSecond: rate('diskWrittenBytes', 1),
      networkDownBitsPerSecond: rate('networkReceivedBytes', 8),
      networkUpBitsPerSecond: rate('networkSentBytes', 8),
      ...(usage?.listeningPorts === undefined ? {} : { listeningPorts: usage.listeningPorts }),
    };
  }

  async function tell(): Promise<void> {
    if (sending) return;
    sending = true;
    try {
      while (waiting.length + unrented.length > 0 && !stopping.signal.aborted) {
        const samples = waiting.slice(0, SAMPLES_AT_ONCE);
        const resting = unrented.slice(0, SAMPLES_AT_ONCE);
        const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(SEND_WITHIN_MS)]);
        try {
          const more = resting.length === 0 ? {} : { unrented: resting };
          await options.send({ protocol: PROTOCOL_VERSION, samples, ...more }, signal);
          problem = null;
        } catch (error) {
          // What the market will not have is not worth standing still for.
          if (!(error instanceof MarketRefused) || error.status === 401 || error.status === 429) return;
          if (problem === null) log.warn(`The market takes no samples: ${messageOf(error)}`);
          problem = messageOf(error);
        }
        const sent = new Set<Sample | UnrentedSample>([...samples, ...resting]);
        waiting = waiting.filter((sample) => !sent.has(sample));
        unrented = unrented.filter((sample) => !sent.has(sample));
      }
    } finally {
      sending = false;
    }
  }

  /** What the GPUs do that nobody rents, once in the time that such a sample stands for. */
  function lookAtUnrented(loads: ReadonlyMap<string, GpuLoad>, rented: ReadonlySet<string>): void {
    const every = UNRENTED_SAMPLE_SECONDS * 1_000;
    const at = new Date(Math.floor(now() / every) * every).toISOString();
    const resting = [...loads.values()].filter(({ uuid }) => !rented.has(uuid)).slice(0, MOST_GPUS);
    if (resting.length === 0 || at === lookedAt) return;
    lookedAt = at;
    unrented = [...unrented, { at, gpus: resting }].slice(-MOST_UNRENTED_WAITING);
  }

  return {
    async look() {
      const rentals = options.running();
      gpus.want(rentals.length > 0 || options.hasGpus());
      const rented = new Set(rentals.flatMap(({ gpuUuids }) => gpuUuids));
      const loads = gpus.latest(rented);
      lookAtUnrented(loads, rented);
      for (const leaseId of before.keys()) {
        if (!rentals.some((rental) => rental.leaseId === leaseId)) before.delete(leaseId);
      }
      const at = new Date(Math.floor(now() / EVERY_MS) * EVERY_MS).toISOString();
      const samples = await Promise.all(rentals.map((rental) => sampleOf(rental, loads, at)));
      waiting = [...waiting, ...samples].slice(-MOST_WAITING);
      void tell();
    },
    pauseMs() {
      const left = EVERY_MS - ((now() - phaseMs) % EVERY_MS);
      return left > EARLY_MS ? left : left + EVERY_MS;
    },
    close() {
      stopping.abort();
      gpus.close();
    },
  };
}

const UNKNOWN_LOAD = { utilisationPercent: null, memoryUsedBytes: null, powerWatts: null, temperatureCelsius: null };

/** How much a count grew a second; null where it is not counted, or began anew. */
function perSecond(from: number | null, to: number | null, seconds: number, factor: number): number | null {
  if (from === null || to === null || to < from || seconds <= 0) return null;
  return Math.round(((to - from) * factor) / seconds);
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}
