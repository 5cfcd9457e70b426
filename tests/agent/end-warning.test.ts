import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DesiredWorkload } from '#protocol/agent.ts';
import type { LeasePermit } from '#protocol/lease.ts';
import { type EnrolledMachine, enrolledMachine } from '#tests/support/agent.ts';
import { eventually } from '#tests/support/eventually.ts';
import { desiredWorkload } from '#tests/support/lease.ts';
import { type MarketDouble, startMarketDouble } from '#tests/support/market-double.ts';
import { type ScriptedRuntime, scriptedRuntime } from '#tests/support/scripted-runtime.ts';

let market: MarketDouble;
let scripted: ScriptedRuntime;
let machine: EnrolledMachine;

beforeEach(async () => {
  market = await startMarketDouble();
  scripted = scriptedRuntime();
  machine = await enrolledMachine(market, scripted);
});

afterEach(async () => {
  await machine.remove();
  await market.down();
  expect(market.faults.complaints).toEqual([]);
});

const LEASE = 'lse_1';
/** What the market wants of the one lease. The window is counted from the test's beginning. */
function offer(permit: Partial<LeasePermit> = {}, rest: Partial<DesiredWorkload> = {}): DesiredWorkload {
  const { machineId, keys } = machine;
  const fields = { leaseId: LEASE, machineId, machineKey: keys.signingKey, gateways: [], diskBytes: '1000', ...permit };
  return desiredWorkload(market.leaseKeys, fields, rest);
}
const want = (...offers: DesiredWorkload[]) => market.want(machine.machineId, offers);
const phase = (wanted: string) =>
  market.until(machine.machineId, ({ reports }) => reports.get(LEASE)?.phase === wanted);
const rich = { ceilingMicros: '1000000000' };

describe('a rental that nears its end', () => {
  it('is told half an hour and five minutes before its end, without a market; and that the end was moved', async () => {
    await machine.start();
    const endsAt = new Date(machine.clock.wall() + 3_600_000).toISOString();
    want(offer({ ...rich, endsAt }, { command: ['train'] }));
    await phase('connectable');
    const warnings = () => scripted.calls.filter((call) => call.startsWith('warn'));
    await market.down();
    machine.pass(1_700);
    expect(warnings()).toEqual([]);
    machine.pass(101);
    await eventually(() => warnings().length === 1);
    machine.pass(1_400);
    machine.pass(100);
    await eventually(() => warnings().length === 2);
    // No signal: the program goes on until its end is there, or is moved.
    expect(warnings()).toEqual([`warn ${LEASE} ${endsAt}`, `warn ${LEASE} ${endsAt}`]);
    await market.up();
    const later = new Date(machine.clock.wall() + 7_200_000).toISOString();
    want(offer({ ...rich, revision: 2, endsAt: later }, { command: ['train'] }));
    await eventually(() => warnings().length === 3);
    expect(warnings()[2]).toBe(`warn ${LEASE} none`);
  });
});
