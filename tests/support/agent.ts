import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { type Agent, startAgent } from '#agent/agent.ts';
import type { Clock } from '#agent/clock.ts';
import { enrol } from '#agent/enrol.ts';
import { type Identity, type Keys, keysFrom, makeKeys } from '#agent/io/identity.ts';
import { openJournal } from '#agent/io/journal.ts';
import { httpMarket } from '#agent/io/market.ts';
import type { Tunnels, TunnelsOptions } from '#agent/io/tunnel.ts';
import { readPermit } from '#agent/lease.ts';
import { silentLog } from '#agent/log.ts';
import { startGateway } from '#gateway/gateway.ts';
import type { LeaseGateway } from '#protocol/lease.ts';
import type { Specification } from '#protocol/specification.ts';
import type { Signed } from '#protocol/words.ts';
import { eventually } from '#tests/support/eventually.ts';
import type { MarketDouble } from '#tests/support/market-double.ts';
import type { ScriptedRuntime } from '#tests/support/scripted-runtime.ts';
import { freePort, type KeyPair } from '#tests/support/tunnel.ts';

export const plainSpecification: Specification = {
  hostname: 'test',
  os: 'Debian',
  kernel: '6.1',
  architecture: 'x86_64',
  cpuModel: 'test',
  cpuThreads: 2,
  memoryBytes: 2 ** 33,
  diskTotalBytes: 2 ** 40,
  diskFreeBytes: 2 ** 39,
  diskWriteBytesPerSecond: null,
  networkDownBitsPerSecond: null,
  networkUpBitsPerSecond: null,
  docker: { version: '28', apiVersion: '1.50', storageDriver: 'overlay2', cgroupVersion: '2', gpuRuntime: true },
  gpus: ['GPU-1', 'GPU-2'].map((uuid, index) => ({
    index,
    uuid,
    model: 'NVIDIA A10G',
    vramBytes: 2 ** 34,
    driverVersion: null,
    cudaVersion: null,
    pcieGeneration: null,
    pcieWidth: null,
    powerLimitWatts: null,
    temperatureCelsius: null,
    utilisationPercent: null,
    ecc: null,
    mig: null,
  })),
  simulated: false,
  problems: [],
};

/** Clocks that go by themselves, and further when the test says so. */
export function movableClock() {
  let [wallMs, passedMs] = [0, 0];
  const clock: Clock = {
    wall: () => Date.now() + wallMs + passedMs,
    monotonic: () => performance.now() + passedMs,
    elapsed: () => performance.now() + passedMs,
  };
  return {
    clock,
    pass: (seconds: number) => {
      passedMs += seconds * 1_000;
    },
    /** Somebody sets the wall clock. */
    jump: (seconds: number) => {
      wallMs += seconds * 1_000;
    },
  };
}

/** Gateways that open at once, or when the test says so. */
export function ownTunnels() {
  const carried = new Map<string, Signed>();
  const state = { open: true };
  let hooks: TunnelsOptions | undefined;
  const openTunnels = (options: TunnelsOptions): Tunnels => {
    hooks = options;
    return {
      carry(permit) {
        const leaseId = readPermit(permit)?.leaseId ?? '';
        carried.set(leaseId, permit);
        if (state.open) queueMicrotask(() => options.onChange?.(leaseId, true));
      },
      drop: (leaseId) => void carried.delete(leaseId),
      isOpen: () => false,
      problems: () => ['gateway: it does not answer'],
      close: () => carried.clear(),
    };
  };
  return {
    openTunnels,
    carried,
    state,
    connect: (leaseId: string): Promise<Duplex> | undefined => hooks?.connect(leaseId),
  };
}

/** A real gateway that obeys this market's key, and how a permit names it. */
export async function ownGateway(leaseKeys: KeyPair) {
  const settings = { name: 'gw-test', host: '127.0.0.1', tunnelPort: 0, healthPort: 0, leaseKey: leaseKeys.publicKey };
  const gateway = await startGateway(settings);
  const place: LeaseGateway = {
    name: settings.name,
    tunnelUrl: `tcp://127.0.0.1:${gateway.tunnelPort}`,
    publicHost: '127.0.0.1',
    port: await freePort(),
  };
  return { place, close: () => gateway.close() };
}

/** A machine with a folder of its own, enrolled at the double; its agent can be started, stopped and killed. */
export async function enrolledMachine(market: MarketDouble, scripted: ScriptedRuntime) {
  const folder = mkdtempSync(join(tmpdir(), 'agent-'));
  const keys: Keys = keysFrom(makeKeys());
  const time = movableClock();
  const tunnels = ownTunnels();
  const client = httpMarket(market.url);
  const enrolled = await enrol({
    market: client,
    keys,
    code: market.newCode(),
    specification: plainSpecification,
    agentVersion: '0',
    clock: time.clock,
  });
  const identity: Identity = { ...enrolled, machine: null, simulate: null };
  const path = join(folder, 'journal.sqlite');
  const running: { agent: Agent; close: () => void }[] = [];
  const specification = { ...plainSpecification };

  async function start(machineBoot = 'boot-1') {
    const journal = openJournal(path);
    const agent = await startAgent({
      identity,
      keys,
      market: client,
      runtime: scripted.runtime,
      journal,
      clock: time.clock,
      machineBoot,
      agentVersion: '0',
      log: silentLog,
      describe: async () => ({ ...specification }),
      selfTest: async () => ({ at: new Date(time.clock.wall()).toISOString(), passed: true, checks: [] }),
      openTunnels: tunnels.openTunnels,
      tickEveryMs: 10,
    });
    running.push({ agent, close: () => journal.close() });
    return { agent, journal };
  }

  return {
    machineId: identity.machineId,
    identity,
    keys,
    folder,
    specification,
    tunnels,
    ...time,
    start,
    async stop() {
      for (const { agent, close } of running.splice(0)) {
        await agent.stop();
        close();
      }
    },
    /** Ends the agent as a power cut would: nothing more is written down, nothing more is said. */
    async kill() {
      for (const { agent, close } of running.splice(0)) {
        close();
        await agent.stop();
      }
    },
    async remove() {
      await this.stop();
      rmSync(folder, { recursive: true });
    },
    /** Moves time on and waits until the agent looked. */
    async passing(seconds: number, look: () => unknown) {
      time.pass(seconds);
      return eventually(look, { everyMs: 5 });
    },
  };
}

export type EnrolledMachine = Awaited<ReturnType<typeof enrolledMachine>>;
