import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryRuntime } from '#agent/act/memory.ts';
import type { LogPiece, WorkloadSpec } from '#agent/act/runtime.ts';
import { WorkloadFailure } from '#agent/act/runtime.ts';
import type { DesiredWorkload } from '#protocol/agent.ts';
import type { LeasePermit } from '#protocol/lease.ts';
import { type EnrolledMachine, enrolledMachine } from '#tests/support/agent.ts';
import { desiredWorkload } from '#tests/support/lease.ts';
import { type MarketDouble, startMarketDouble } from '#tests/support/market-double.ts';
import { type ScriptedRuntime, scriptedRuntime } from '#tests/support/scripted-runtime.ts';

const LEASE = 'lse_job';

describe('a command that runs to its end on an agent', () => {
  let market: MarketDouble;
  let scripted: ScriptedRuntime;
  let machine: EnrolledMachine;
  beforeEach(async () => {
    market = await startMarketDouble();
    scripted = scriptedRuntime();
    machine = await enrolledMachine(market, scripted);
    machine.tunnels.state.open = false;
    await machine.start();
  });
  afterEach(async () => {
    await machine.remove();
    await market.down();
    expect(market.faults.complaints).toEqual([]);
  });

  function offer(permit: Partial<LeasePermit> = {}, rest: Partial<DesiredWorkload> = {}): DesiredWorkload {
    const { machineId, keys } = machine;
    const fields = { leaseId: LEASE, machineId, machineKey: keys.signingKey, gateways: [], untilExit: true, ...permit };
    return desiredWorkload(market.leaseKeys, fields, { command: ['train'], ...rest });
  }
  const until = (wanted: string) =>
    market.until(machine.machineId, ({ reports }) => reports.get(LEASE)?.phase === wanted);
  const report = () => market.machines.get(machine.machineId)?.reports.get(LEASE);

  it('is usable without a way in, and says the code that it ended with', async () => {
    market.want(machine.machineId, [offer()]);
    await until('connectable');
    expect(scripted.specs.get(LEASE)).toMatchObject({ untilExit: true, command: ['train'] });
    scripted.exit(LEASE, 3);
    await until('stopped');
    expect(report()).toMatchObject({ failure: { code: 'exited' }, exitCode: 3 });
  });

  it('that did not end by itself says that its runtime was stopped, and no code that would be its own', async () => {
    market.want(machine.machineId, [offer()]);
    await until('connectable');
    scripted.exit(LEASE, 143, true);
    await until('stopped');
    expect(report()).toMatchObject({ failure: { code: 'exited' }, exitCode: null, runtimeStopped: true });
  });

  it('whose image is not to be had for this machine only says so', async () => {
    scripted.script.pull = async () => {
      throw new WorkloadFailure('imageNotFound', 'not for this processor', undefined, { onlyHere: true });
    };
    market.want(machine.machineId, [offer()]);
    await until('failed');
    expect(report()).toMatchObject({ failure: { code: 'imageNotFound' }, onlyHere: true });
  });

  it('that ended before its start came back says its code too, and what it printed arrives before it is removed', async () => {
    const { start } = scripted.runtime;
    scripted.runtime.start = async (spec) => {
      const started = await start(spec);
      scripted.exit(LEASE, 0);
      return { ...started, exitCode: 0 };
    };
    scripted.script.logs = [{ offset: 0, at: new Date(), stream: 'stdout', text: 'all of it\n' }];
    const offered = offer();
    market.want(machine.machineId, [offered]);
    await until('stopped');
    expect(report()).toMatchObject({ failure: { code: 'exited' }, exitCode: 0 });
    market.want(machine.machineId, [{ ...offered, desired: 'ended' }]);
    await until('ended');
    expect(market.machines.get(machine.machineId)?.printed).toContain('all of it');
    expect(scripted.calls.filter((call) => call.startsWith('start'))).toHaveLength(1);
  });

  it('that ended between the last look of its start and its coming back is known to be over at once', async () => {
    const { start } = scripted.runtime;
    scripted.runtime.start = async (spec) => {
      const started = await start(spec);
      scripted.exit(LEASE, 4);
      return started;
    };
    market.want(machine.machineId, [offer()]);
    await until('stopped');
    expect(report()).toMatchObject({ failure: { code: 'exited' }, exitCode: 4 });
    expect(scripted.calls.filter((call) => call.startsWith('start'))).toHaveLength(1);
  });
});

describe('a command on a simulated host', () => {
  const spec: WorkloadSpec = {
    leaseId: LEASE,
    run: 1,
    image: 'ubuntu:24.04',
    command: null,
    untilExit: true,
    environment: { SUBLET_ARRAY_INDEX: '7' },
    gpuUuids: [],
    limits: { cpuMillis: 1_000, memoryBytes: 2 ** 30, pids: 100 },
    diskBytes: 0,
    authorizedKeys: [],
  };

  async function play(command: string[]): Promise<{ code: number | null; printed: string; passedMs: number }> {
    let passedMs = 0;
    const runtime = memoryRuntime({
      pace: async (ms) => {
        passedMs += ms;
      },
    });
    const ended = new Promise<number | null>((resolve) => {
      runtime.watch((_, code) => resolve(code));
    });
    await runtime.start({ ...spec, command });
    const pieces: LogPiece[] = [];
    for await (const piece of runtime.logs(LEASE, 0)) pieces.push(piece);
    return { code: await ended, printed: pieces.map(({ text }) => text).join(''), passedMs };
  }

  it.each([
    [['true'], 0, ''],
    [['false'], 1, ''],
    [['sh', '-c', 'echo task $SUBLET_ARRAY_INDEX; exit 4'], 4, 'task 7\n'],
    [['sh', '-c', 'false && echo never'], 1, ''],
    [['sh', '-c', 'false; echo "still $SUBLET_ARRAY_INDEX"'], 0, 'still 7\n'],
  ])('plays %j', async (command, code, printed) => {
    const played = await play(command);
    expect(played.code).toBe(code);
    expect(played.printed.split('Nothing is executed.\n')[1]).toBe(printed);
  });

  it('takes its time, and says what it does not execute', async () => {
    expect((await play(['sleep', '5'])).passedMs).toBeGreaterThanOrEqual(5_000);
    expect((await play(['python', 'train.py'])).printed).toContain('"python train.py" would run here');
  });

  it('stops when it is told to', async () => {
    const runtime = memoryRuntime({ pace: () => new Promise((resolve) => setImmediate(resolve)) });
    const codes: (number | null)[] = [];
    runtime.watch((_, code) => codes.push(code));
    await runtime.start({ ...spec, command: ['sleep', '100000'] });
    await runtime.stop(LEASE, 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(codes).toEqual([143]);
  });
});
