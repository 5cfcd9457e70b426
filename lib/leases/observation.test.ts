import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BILLABLE, DESIRED, OBSERVED } from '#lib/bookings/booking.ts';
import { FAILURES, PHASES, type WorkloadReport } from '#protocol/agent.ts';
import { MOST_RUNS_FOR_PORTS, type ObservedBooking, observe } from './observation.ts';

const NOW = new Date('2026-11-23T12:00:00Z');
const LATER = new Date('2026-11-24T12:00:00Z');

const held: ObservedBooking = {
  kind: 'onDemand',
  startsAt: NOW,
  desired: 'running',
  observed: 'held',
  billable: 'nothing',
  reason: null,
  atExit: null,
  startedAt: null,
  endsAt: LATER,
  diskUntil: null,
  endedAt: null,
  run: 1,
  capped: false,
  hostKey: null,
};
const running: ObservedBooking = {
  ...held,
  observed: 'connectable',
  billable: 'gpuAndDisk',
  startedAt: NOW,
  hostKey: 'ssh-ed25519 AAAA',
};

function says(phase: WorkloadReport['phase'], change: Partial<WorkloadReport> = {}): WorkloadReport {
  return { leaseId: 'lse', revision: 1, run: 1, phase, failure: null, progress: null, hostKey: null, ...change };
}
const failing = (code: (typeof FAILURES)[number], detail = 'because') => ({ failure: { code, detail } });

describe('what a report changes', () => {
  it('follows a booking on its way, unbilled', () => {
    for (const phase of ['accepted', 'pulling', 'starting'] as const) {
      expect(observe(held, says(phase), NOW)).toMatchObject({
        set: { observed: phase, billable: 'nothing' },
        gpusBack: false,
        event: 'booking.phase',
      });
    }
  });

  it('tells once that it stopped, whatever its machine says of it again', () => {
    const stopped = { ...running, desired: 'stopped', observed: 'stopped', billable: 'disk' } as const;
    for (const phase of ['stopping', 'stopped'] as const)
      expect(observe(stopped, says(phase), NOW)).toMatchObject({ set: {}, event: null, gpusBack: false });
    expect(observe({ ...stopped, observed: 'failed' }, says('stopping'), NOW)).toMatchObject({ set: {}, event: null });
    expect(observe({ ...stopped, desired: 'ended' }, says('stopping'), NOW)?.set.observed).toBe('stopping');
  });

  it('bills GPU and disk from connectable on', () => {
    const seen = observe({ ...held, observed: 'starting' }, says('connectable', { hostKey: 'ssh-ed25519 BBBB' }), NOW);
    expect(seen).toMatchObject({
      set: { observed: 'connectable', billable: 'gpuAndDisk', startedAt: NOW, hostKey: 'ssh-ed25519 BBBB' },
      event: 'booking.connectable',
    });
    const again = observe({ ...running, observed: 'starting', run: 2 }, says('connectable', { run: 2 }), LATER);
    expect(again?.set.startedAt).toBeUndefined();
  });

  it('lets a booking that never was usable fail at no cost, and wakes the machine to clear it away', () => {
    expect(observe({ ...held, observed: 'pulling' }, says('failed', failing('imageNotFound')), NOW)).toEqual({
      set: {
        observed: 'failed',
        desired: 'ended',
        billable: 'nothing',
        endedAt: NOW,
        diskUntil: NOW,
        reason: 'imageNotFound',
        reasonDetail: 'because',
      },
      gpusBack: true,
      otherPort: false,
      release: 'all',
      wake: true,
      event: 'booking.failed',
    });
  });

  it('keeps the disk of one that was usable when it fails later', () => {
    expect(observe(running, says('failed', failing('gpuMissing')), NOW)).toMatchObject({
      set: { observed: 'failed', desired: 'stopped', billable: 'disk', reason: 'gpuMissing', diskUntil: LATER },
      gpusBack: true,
      release: 'toStopped',
    });
  });

  it.each([
    ['money', false, 'moneyRanOut'],
    ['a cap', true, 'capReached'],
  ])('says that %s ran out when the machine stops at the ceiling', (_, capped, reason) => {
    expect(observe({ ...running, capped }, says('stopped', failing('ceilingReached')), NOW)).toMatchObject({
      set: { desired: 'stopped', observed: 'stopped', billable: 'disk', reason, reasonDetail: null, diskUntil: LATER },
      event: 'booking.moneyRanOut',
      wake: true,
    });
  });

  it('gives the GPU back when a stop that was asked for is done', () => {
    const asked = { ...running, desired: 'stopped', reason: 'renterStopped', diskUntil: LATER } as const;
    const seen = observe(asked, says('stopped'), NOW);
    expect(seen).toMatchObject({
      set: { observed: 'stopped', billable: 'disk' },
      gpusBack: true,
      release: 'toStopped',
    });
    expect(seen?.set.reason).toBeUndefined();
    expect(seen?.wake).toBe(false);
  });

  it('ends for good when the machine has removed it', () => {
    const seen = observe({ ...running, desired: 'ended', reason: 'renterEnded' }, says('ended'), NOW);
    expect(seen).toMatchObject({ set: { observed: 'ended', billable: 'nothing', endedAt: NOW }, release: 'all' });
    expect(seen?.set.reason).toBeUndefined();
    expect(observe(running, says('ended'), NOW)?.set).toMatchObject({ desired: 'ended', reason: 'machineLost' });
  });

  it('tries another port a few times before it fails for want of a way in', () => {
    const noWayIn = (run: number) => says('failed', { run, ...failing('gatewayFailed') });
    expect(observe({ ...held, observed: 'starting' }, noWayIn(1), NOW)).toMatchObject({ otherPort: true, wake: true });
    expect(observe({ ...held, run: MOST_RUNS_FOR_PORTS }, noWayIn(MOST_RUNS_FOR_PORTS), NOW)).toMatchObject({
      otherPort: false,
      set: { observed: 'failed', reason: 'gatewayFailed' },
    });
  });

  it('bills nothing of a rental that its host broke off', () => {
    const broken = { ...running, billable: 'nothing', reason: 'hostEnded' } as const;
    expect(observe(broken, says('stopped', failing('windowEnded')), NOW)).toMatchObject({
      set: { desired: 'stopped', billable: 'nothing' },
      release: 'nothing',
    });
    expect(observe({ ...broken, observed: 'starting' }, says('connectable'), NOW)?.set.billable).toBe('nothing');
  });

  it('ignores what an earlier run left to say, and whatever comes after the end', () => {
    expect(observe({ ...running, run: 2 }, says('stopped'), NOW)).toBeNull();
    expect(observe({ ...running, observed: 'ended' }, says('connectable'), NOW)).toBeNull();
    expect(observe({ ...running, desired: 'stopped' }, says('connectable'), NOW)).toBeNull();
  });

  it('changes nothing the second time, whatever the first one was', () => {
    const anyBooking = fc.record({
      desired: fc.constantFrom(...DESIRED),
      observed: fc.constantFrom(...OBSERVED),
      billable: fc.constantFrom(...BILLABLE),
      reason: fc.constantFrom(null, 'hostEnded', 'renterStopped'),
      startedAt: fc.constantFrom(null, NOW),
      run: fc.integer({ min: 1, max: 3 }),
      capped: fc.boolean(),
      hostKey: fc.constantFrom(null, 'ssh-ed25519 AAAA'),
    });
    const anyReport = fc.record({
      phase: fc.constantFrom(...PHASES),
      run: fc.integer({ min: 1, max: 3 }),
      failure: fc.option(fc.record({ code: fc.constantFrom(...FAILURES), detail: fc.constant('x') })),
      hostKey: fc.constantFrom(null, 'ssh-ed25519 AAAA'),
    });
    fc.assert(
      fc.property(anyBooking, anyReport, (booking, report) => {
        const before = { ...held, ...booking };
        const first = observe(before, says(report.phase, report), NOW);
        if (first === null || first.otherPort) return;
        const second = observe({ ...before, ...first.set }, says(report.phase, report), LATER);
        expect(second === null || Object.keys(second.set).length === 0).toBe(true);
        expect(second?.event ?? null).toBeNull();
        expect(second?.release ?? 'nothing').toBe('nothing');
      }),
      { numRuns: 500 },
    );
  });
});

describe('a booking that ends with its command', () => {
  const job: ObservedBooking = { ...running, atExit: 'end' };
  const exited = { ...failing('exited'), exitCode: 3 };

  it('is over when that ends: its GPUs go back, its machine clears it away, and its code is known', () => {
    expect(observe(job, says('stopped', exited), NOW)).toMatchObject({
      set: {
        desired: 'ended',
        observed: 'stopped',
        billable: 'nothing',
        reason: 'exited',
        exitCode: 3,
        diskUntil: NOW,
      },
      gpusBack: true,
      release: 'nothing',
      wake: true,
    });
  });

  it('keeps its disk for a day where that was asked for', () => {
    expect(observe({ ...job, atExit: 'keepDisk' }, says('stopped', exited), NOW)).toMatchObject({
      set: { desired: 'stopped', billable: 'disk', exitCode: 3, diskUntil: LATER },
      release: 'toStopped',
    });
  });

  it('says whether its time or its cap was over', () => {
    const over = says('stopped', failing('ceilingReached'));
    expect(observe(job, over, NOW)?.set.reason).toBe('timeLimit');
    expect(observe({ ...job, capped: true }, over, NOW)?.set.reason).toBe('capReached');
  });

  it('that ended before anybody saw it run is over as well', () => {
    const seen = observe({ ...held, atExit: 'end' }, says('stopped', exited), NOW);
    expect(seen).toMatchObject({ set: { desired: 'ended', billable: 'nothing', exitCode: 3 }, gpusBack: true });
  });
});
