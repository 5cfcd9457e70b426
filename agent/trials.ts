import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import type { ContainerRuntime } from './act/runtime.ts';
import { readTools } from './act/shell/tools.ts';
import type { Gateways } from './agent.ts';
import type { Found } from './checks/row.ts';
import { messageOf } from './log.ts';
import type { Trials } from './self-test.ts';

export type TrialsOptions = {
  runtime: ContainerRuntime;
  toolsDirectory: string;
  folder: string;
  gateways: Gateways;
};

/** The image that needs no network: the runtime makes it from the tools bundle. */
const TRIAL_IMAGE = 'sublet/busybox:latest';
const TRIAL_PREFIX = 'lse_selftest_';
const TRIAL_PATIENCE_MS = 60_000;
const GATEWAY_PATIENCE_MS = 5_000;

/** What the self-test of a machine with a real runtime tries. */
export function trialsOf({ runtime, toolsDirectory, folder, gateways }: TrialsOptions): Trials {
  return {
    folder,
    tools: async () => `OpenSSH from ${readTools(toolsDirectory).version}.`,
    container: () => tryContainer(runtime),
    gateways: () => tryGateways(gateways),
  };
}

async function tryContainer(runtime: ContainerRuntime): Promise<Found> {
  // What an earlier self-test left behind when its agent was killed.
  for (const { leaseId } of await runtime.list()) if (leaseId.startsWith(TRIAL_PREFIX)) await runtime.remove(leaseId);
  const leaseId = `${TRIAL_PREFIX}${randomBytes(6).toString('hex')}`;
  const begin = performance.now();
  try {
    const signal = AbortSignal.timeout(TRIAL_PATIENCE_MS);
    await runtime.pull({ image: TRIAL_IMAGE, leaseId }, () => undefined, signal);
    await runtime.start({
      leaseId,
      run: 1,
      image: TRIAL_IMAGE,
      command: null,
      environment: {},
      gpuUuids: [],
      limits: { cpuMillis: 500, memoryBytes: 256 * 2 ** 20, pids: 128 },
      diskBytes: 2 ** 30,
      authorizedKeys: [],
    });
    const banner = await bannerOf(runtime, leaseId);
    const measured = `${((performance.now() - begin) / 1_000).toFixed(1)} s`;
    return { detail: `A container was up with "${banner}" after ${measured}.`, measured, wanted: 'within a minute' };
  } finally {
    await runtime.remove(leaseId);
  }
}

async function bannerOf(runtime: ContainerRuntime, leaseId: string): Promise<string> {
  const stream = await runtime.connect(leaseId);
  try {
    const signal = AbortSignal.timeout(10_000);
    const banner = await new Promise<string>((resolve, reject) => {
      stream.once('data', (chunk: Buffer) => resolve(chunk.toString('latin1')));
      stream.once('error', reject);
      stream.once('close', () => reject(new Error('The ssh server of the container hung up.')));
      signal.addEventListener('abort', () => reject(new Error('The ssh server of the container says nothing.')));
    });
    if (!banner.startsWith('SSH-2.0-')) throw new Error('What answers in the container is no ssh server.');
    return banner.split(/[\r\n]/)[0]?.slice(0, 80) ?? '';
  } finally {
    stream.destroy();
  }
}

async function tryGateways(gateways: Gateways): Promise<string | Found> {
  if (gateways.length === 0) return 'The market named no gateway to try.';
  const begin = performance.now();
  const results = await Promise.allSettled(
    gateways.map(({ tunnelUrl }) => reach(tunnelUrl).then(() => performance.now() - begin)),
  );
  const reached = gateways.filter((_, index) => results[index]?.status === 'fulfilled');
  if (reached.length > 0) {
    const nearest = Math.min(...results.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])));
    const measured = `${Math.ceil(nearest)} ms to the nearest of ${reached.length}`;
    return {
      detail: `Reached ${reached.map(({ name }) => name).join(', ')}.`,
      measured,
      wanted: 'at least one gateway',
    };
  }
  const [first] = results;
  const why = first?.status === 'rejected' ? messageOf(first.reason) : '';
  throw new Error(`None of ${gateways.map(({ name }) => name).join(', ')} can be reached: ${why}`);
}

function reach(tunnelUrl: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(tunnelUrl);
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) });
    socket.setTimeout(GATEWAY_PATIENCE_MS, () => socket.destroy(new Error(`${hostname}:${port} does not answer.`)));
    socket.once('error', reject);
    socket.once('connect', () => {
      resolve();
      socket.destroy();
    });
  });
}
