import { afterEach, beforeEach, expect, it } from 'vitest';
import { type EnrolledMachine, enrolledMachine } from '#tests/support/agent.ts';
import { desiredWorkload } from '#tests/support/lease.ts';
import { type MarketDouble, startMarketDouble } from '#tests/support/market-double.ts';
import { type ScriptedRuntime, scriptedRuntime } from '#tests/support/scripted-runtime.ts';

let market: MarketDouble;
let scripted: ScriptedRuntime;
let machine: EnrolledMachine;

/** The runtime looks at once what runs, and answers when it is let. */
let lists = { asked: 0, answer: Promise.resolve(), let: () => {} };
function slowFromNow(): void {
  const { promise, resolve } = Promise.withResolvers<void>();
  lists = { ...lists, answer: promise, let: resolve };
}

beforeEach(async () => {
  market = await startMarketDouble();
  scripted = scriptedRuntime();
  lists = { asked: 0, answer: Promise.resolve(), let: () => {} };
  const { list } = scripted.runtime;
  scripted.runtime.list = async () => {
    const found = await list();
    lists.asked += 1;
    await lists.answer;
    return found;
  };
  machine = await enrolledMachine(market, scripted);
});

afterEach(async () => {
  lists.let();
  await machine.remove();
  await market.down();
  expect(market.faults.complaints).toEqual([]);
});

const LEASE = 'lse_1';

/** What the market wants of the one lease. */
function want(revision: number, desired: 'running' | 'stopped'): void {
  const { machineId, keys } = machine;
  const permit = { leaseId: LEASE, machineId, machineKey: keys.signingKey, gateways: [], diskBytes: '1000', revision };
  const offer = desiredWorkload(market.leaseKeys, { ...permit, ceilingMicros: '1000000000' }, { desired });
  market.want(machineId, [offer]);
}
const phase = (wanted: string) =>
  market.until(machine.machineId, ({ reports }) => reports.get(LEASE)?.phase === wanted);
/** The runtime is asked once more what it has. */
const askedAgain = () => {
  const before = lists.asked;
  return machine.passing(31, () => lists.asked > before);
};

it.each(['stop', 'exit'] as const)(
  'a rental stops once, also when a list of what runs is older than its %s',
  async (how) => {
    await machine.start();
    want(1, 'running');
    await phase('connectable');
    slowFromNow();
    await askedAgain();
    if (how === 'stop') want(2, 'stopped');
    else scripted.exit(LEASE, 0);
    const seen = await phase('stopped');
    lists.let();
    await askedAgain();
    await askedAgain();
    expect(seen.phases.get(LEASE)?.filter((each) => each === 'stopped')).toHaveLength(1);
    expect(scripted.calls.filter((call) => call === `stop ${LEASE}`)).toHaveLength(how === 'stop' ? 1 : 0);
  },
);
