import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SIMULATED_SENTENCE } from '#agent/act/simulated-shell.ts';
import { httpMarket } from '#agent/io/market.ts';
import { silentLog } from '#agent/log.ts';
import { simulatedGpus } from '#agent/simulate/gpus.ts';
import { readHosts, type SimulatedHost, startHosts } from '#agent/simulate/hosts.ts';
import { BUILT_IN_RECORDING } from '#agent/simulate/recording.ts';
import { ownGateway, plainSpecification } from '#tests/support/agent.ts';
import { eventually } from '#tests/support/eventually.ts';
import { desiredWorkload } from '#tests/support/lease.ts';
import { type MarketDouble, startMarketDouble } from '#tests/support/market-double.ts';

let market: MarketDouble;
let dir: string;
let stopping: AbortController;
beforeEach(async () => {
  market = await startMarketDouble();
  dir = mkdtempSync(join(tmpdir(), 'hosts-'));
  stopping = new AbortController();
});
afterEach(async () => {
  stopping.abort();
  await market.down();
  rmSync(dir, { recursive: true });
  expect(market.faults.complaints).toEqual([]);
});

const host = (index: number): SimulatedHost => ({
  code: market.newCode(),
  specification: { ...plainSpecification, hostname: `simulated-${index}`, simulated: true },
});
const start = (hosts: SimulatedHost[]) =>
  startHosts({ hosts, market: httpMarket(market.url), dir, log: silentLog, signal: stopping.signal, staggerMs: 5 });

describe('sixty-seven simulated hosts in one process', () => {
  it('all enrol, sync and hold, without asking on and on, and are the same machines after a restart', async () => {
    const hosts = Array.from({ length: 67 }, (_, index) => host(index));
    const first = await start(hosts);
    await eventually(() => [...market.machines.values()].filter(({ held }) => held === 1).length === 67);
    expect([...market.machines.values()].every(({ specification }) => specification?.simulated)).toBe(true);
    await eventually(() => [...market.machines.values()].every(({ selfTest }) => selfTest?.passed));
    await eventually(() => [...market.machines.values()].every(({ held }) => held === 1));
    for (const { syncs } of market.machines.values()) expect(syncs.length).toBeLessThan(6);
    await first.stop();
    expect(statSync(join(dir, 'identities.json')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(dir, 'identities.json'), 'utf8')).not.toContain(hosts[0]?.code);
    const second = await start(hosts);
    await eventually(() => [...market.machines.values()].every(({ held }) => held === 1));
    expect(market.machines.size).toBe(67);
    await second.stop();
  });

  it('rent themselves out by the real protocol and the real gateway, with a shell that says what it is', async () => {
    const gateway = await ownGateway(market.leaseKeys);
    const running = await start([host(1)]);
    const [machine] = [...market.machines.values()];
    if (machine === undefined) throw new Error('no machine');
    const { machineId, signingKey } = machine;
    const permit = {
      leaseId: 'lse_1',
      machineId,
      machineKey: signingKey,
      gateways: [gateway.place],
      ceilingMicros: '9999999',
    };
    const offered = desiredWorkload(market.leaseKeys, permit);
    market.want(machineId, [offered]);
    await market.until(machineId, ({ reports }) => reports.get('lse_1')?.phase === 'connectable');
    const heard = await new Promise<string>((resolve, reject) => {
      const renter = connect(gateway.place.port, '127.0.0.1');
      renter.once('data', (chunk) => {
        resolve(chunk.toString());
        renter.destroy();
      });
      renter.once('error', reject);
    });
    expect(heard).toContain(SIMULATED_SENTENCE);
    await market.until(machineId, ({ printed }) => printed.includes('Nothing is executed'));
    market.want(machineId, [{ ...offered, desired: 'ended' }]);
    await market.until(machineId, ({ reports }) => reports.get('lse_1')?.phase === 'ended');
    await running.stop();
    await gateway.close();
  });

  it('of whom one is refused leave it out and go on', async () => {
    const running = await start([{ ...host(1), code: 'unknown' }, host(2)]);
    expect(running.agents).toHaveLength(1);
    await running.stop();
  });
});

describe('a file of simulated hosts', () => {
  const file = 'hosts.json';
  it.each([
    ['no JSON', 'not json', /is not JSON/],
    ['no list', '{}', /is not a list of simulated hosts/],
    ['half a host', JSON.stringify([{ code: 'x' }]), /0\.specification/],
    ['a real host', JSON.stringify([{ code: 'x', specification: plainSpecification }]), /host 0 does not say that/],
  ])('with %s in it is refused in words', (_, text, expected) => {
    expect(() => readHosts(text, file)).toThrow(expected);
  });

  it('takes what the demo market lays out', () => {
    const simulated = { ...plainSpecification, simulated: true };
    writeFileSync(join(dir, file), JSON.stringify([{ code: 'x', specification: simulated }]));
    expect(readHosts(readFileSync(join(dir, file), 'utf8'), file)).toHaveLength(1);
  });
});

describe('simulated GPUs', () => {
  it('are what the recording says, under UUIDs that no other machine has', () => {
    const one = simulatedGpus(BUILT_IN_RECORDING, 'key-1').gpus;
    const other = simulatedGpus(BUILT_IN_RECORDING, 'key-2').gpus;
    expect(one).toMatchObject([{ model: 'NVIDIA GeForce RTX 3090', vramBytes: 24_576 * 2 ** 20, pcieWidth: 16 }]);
    expect(one[0]?.uuid).toMatch(/^GPU-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(one[0]?.uuid).not.toBe(other[0]?.uuid);
    expect(simulatedGpus(BUILT_IN_RECORDING, 'key-1').gpus).toEqual(one);
    expect(() => simulatedGpus('<nvidia_smi_log><attached_gpus>0</attached_gpus></nvidia_smi_log>', 'key')).toThrow(
      /no GPU in it/,
    );
    expect(() => simulatedGpus('rubbish', 'key')).toThrow(/recording is not what "nvidia-smi -q -x" prints/);
  });
});
