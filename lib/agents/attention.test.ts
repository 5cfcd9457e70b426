import { expect, it } from 'vitest';
import { addSeconds } from '#lib/base/time.ts';
import { type AttentionFacts, attentionOf } from './attention.ts';

const now = new Date('2026-11-27T12:00:00Z');
const machine: AttentionFacts['machines'][number] = {
  id: 'mch_1',
  name: 'box',
  health: 'online',
  lastSyncAt: now,
  identityCopiedAt: null,
  selfTestedAt: now,
  selfTestPassed: true,
  published: true,
  priced: true,
  obstacle: null,
  agentOlder: false,
};
const none: AttentionFacts = { machines: [machine], endings: [], payoutProblem: null, owesMicros: 0n, requests: 0 };
const kinds = (facts: Partial<AttentionFacts>) => attentionOf({ ...none, ...facts }, now).map(({ kind }) => kind);
const one = (change: Partial<typeof machine>) => kinds({ machines: [{ ...machine, ...change }] });

it('leaves a host alone whose machines do well', () => {
  expect(kinds({})).toEqual([]);
});

it('says one cause of a machine that is not seen, and the most urgent of all first', () => {
  expect(one({ health: 'offline' })).toEqual(['offline']);
  expect(one({ selfTestPassed: false, obstacle: 'The self-test has not passed.' })).toEqual(['selfTestFailed']);
  expect(one({ obstacle: 'Staff have suspended this listing.' })).toEqual(['notVisible']);
  expect(one({ health: 'offline', obstacle: 'It is offline.' })).toEqual(['offline']);
  expect(one({ published: false, priced: false, lastSyncAt: null, health: 'offline' })).toEqual(['unfinished']);
  expect(one({ agentOlder: true, health: 'offline', identityCopiedAt: now })).toEqual([
    'identityCopied',
    'offline',
    'agentOlder',
  ]);
});

it('tells of a payout only while there is something to pay, and of rentals that end within a day', () => {
  const payoutProblem = 'Continue where you left off.';
  expect(kinds({ payoutProblem })).toEqual([]);
  expect(kinds({ payoutProblem, owesMicros: 1n, requests: 2 })).toEqual(['payoutBlocked', 'requests']);
  const ending = (hours: number) => ({
    bookingId: 'bkg_1',
    machineId: 'mch_1',
    machineName: 'box',
    renterName: 'Ada',
    endsAt: addSeconds(now, hours * 3_600),
  });
  expect(kinds({ endings: [ending(-1), ending(23), ending(25)] })).toEqual(['endsSoon']);
});
