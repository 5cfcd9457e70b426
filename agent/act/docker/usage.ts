import type Docker from 'dockerode';
import type { Usage } from '../runtime.ts';
import { unlessGone } from './engine.ts';
import { listeningPorts } from './listening.ts';

/** The part of `GET /containers/{id}/stats` that is read: what the engine found in the container's control group. */
type Stats = {
  cpu_stats?: { cpu_usage?: { total_usage?: number } };
  memory_stats?: { usage?: number; stats?: Record<string, number> };
  blkio_stats?: { io_service_bytes_recursive?: { op?: string; value?: number }[] | null };
  networks?: Record<string, { rx_bytes?: number; tx_bytes?: number }>;
};

/**
 * Asks the engine once, without its wait for a second reading: it answers from the files of the control group, of version 1
 * and 2 alike, also where this process cannot see them (an agent in a container, an engine elsewhere).
 */
export async function usageOf(container: Docker.Container, signal: AbortSignal): Promise<Usage | null> {
  const options = { stream: false as const, 'one-shot': true, abortSignal: signal };
  const [stats, ports] = await Promise.all([
    unlessGone(container.stats(options) as Promise<unknown>),
    listeningPorts(container).catch(() => null),
  ]);
  const usage = stats === null ? null : readStats(stats as Stats);
  return usage === null ? null : { ...usage, listeningPorts: ports };
}

/** The engine's answer as figures; null for a container that does not run. */
export function readStats(stats: Stats): Usage | null {
  const cpuNanoseconds = stats.cpu_stats?.cpu_usage?.total_usage ?? 0;
  const memory = stats.memory_stats;
  // A container that rests answers with zeros and without a memory figure.
  if (cpuNanoseconds === 0 && memory?.usage === undefined) return null;
  const networks = stats.networks === undefined ? null : Object.values(stats.networks);
  const sum = (figures: (number | undefined)[]) => figures.reduce<number>((total, figure) => total + (figure ?? 0), 0);
  const disk = (wanted: string) => {
    const rows = stats.blkio_stats?.io_service_bytes_recursive;
    return rows == null || rows.length === 0
      ? null
      : sum(rows.filter(({ op }) => op?.toLowerCase() === wanted).map(({ value }) => value));
  };
  return {
    cpuMicroseconds: Math.floor(cpuNanoseconds / 1_000),
    memoryBytes: memory?.usage === undefined ? null : withoutCache(memory.usage, memory.stats ?? {}),
    diskReadBytes: disk('read'),
    diskWrittenBytes: disk('write'),
    networkReceivedBytes: networks === null ? null : sum(networks.map(({ rx_bytes }) => rx_bytes)),
    networkSentBytes: networks === null ? null : sum(networks.map(({ tx_bytes }) => tx_bytes)),
  };
}

/** As `docker stats` counts: pages of files that the kernel would give up first are no use of memory. */
function withoutCache(usage: number, stats: Record<string, number>): number {
  const cached = stats.total_inactive_file ?? stats.inactive_file ?? 0;
  return cached < usage ? usage - cached : usage;
}
