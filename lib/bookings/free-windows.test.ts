import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Interval, unionOf } from '#lib/base/spans.ts';
import { DAY, HOUR } from '#lib/base/time.ts';
import { ALWAYS } from '#lib/catalogue/calendar.ts';
import type { OfferFacts } from '#lib/catalogue/listing.ts';
import { chooseForWindow, type WindowedGpu } from './choose-for-window.ts';
import { windowsOf } from './free-windows.ts';
import {
  absentSince,
  cancellationDue,
  cancellationOf,
  MOST_DOWNLOAD_SECONDS,
  notReadySince,
  type ReservedFacts,
  STEP_SECONDS,
} from './reserved.ts';
import { chargeFor, type Terms } from './terms.ts';

const NOW = new Date('2026-11-23T12:00:00Z');
const at = (hours: number) => new Date(NOW.getTime() + hours * HOUR);

const stretches = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 12 })), { maxLength: 5 })
  .map((made) =>
    unionOf(
      made.map(([from, length]): Interval => [from, from + length]),
      0,
      40,
    ),
  );

describe('windows in which GPUs are free', () => {
  it('are those in which the same GPUs are free all through: each as long as can be, and none is missed', () => {
    fc.assert(
      fc.property(
        fc.array(stretches, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 4 }),
        (free, gpuCount) => {
          const found = windowsOf(free, gpuCount).map(
            ({ startsAt, endsAt, freeGpus }) => [+startsAt, +endsAt, freeGpus] as const,
          );
          const free_ = (from: number, to: number) =>
            free.filter((one) => one.some(([a, b]) => a <= from && to <= b)).length;
          for (const [from, to, count] of found) {
            expect(free_(from, to)).toBe(count);
            expect(count).toBeGreaterThanOrEqual(gpuCount);
            expect(free_(from - 1, to)).toBeLessThan(gpuCount);
            expect(free_(from, to + 1)).toBeLessThan(gpuCount);
          }
          for (let from = 0; from < 42; from += 1)
            for (let to = from + 1; to <= 42; to += 1)
              expect(free_(from, to) >= gpuCount).toBe(found.some(([a, b]) => a <= from && to <= b));
        },
      ),
      { numRuns: 150 },
    );
  });
});

const facts = (gpuCount: number): OfferFacts => ({
  state: 'published',
  hostId: 'usr_host',
  hostSuspendedAt: null,
  minGpus: 1,
  endsAt: null,
  approvedAt: NOW,
  suspendedAt: null,
  selfTestPassed: true,
  approvalNeeded: false,
  machine: { retiredAt: null, identityCopiedAt: null, lastSyncAt: null, hasDocker: true, gpuCount },
});
const wanted = { renterId: 'usr_renter', gpuCount: 1, blocked: false, startsAt: at(20), endsAt: at(24) };

describe('GPUs for a window', () => {
  it('are free all through it, never two windows on one, and as many as are wanted or none', () => {
    const gpus = fc.array(stretches, { minLength: 1, maxLength: 6 }).map((all) =>
      all.map(
        (taken, index): WindowedGpu => ({
          id: `g${index}`,
          taken: taken.map(([a, b]) => ({ startsAt: at(a), endsAt: at(b) })),
        }),
      ),
    );
    fc.assert(
      fc.property(gpus, fc.integer({ min: 1, max: 6 }), (offered, gpuCount) => {
        const chosen = chooseForWindow(
          { facts: facts(offered.length), gpus: offered, calendar: ALWAYS },
          { ...wanted, gpuCount },
          NOW,
        );
        const free = offered.filter((gpu) =>
          gpu.taken.every((one) => one.endsAt <= wanted.startsAt || wanted.endsAt <= one.startsAt),
        );
        expect(chosen.whyNot === null).toBe(free.length >= gpuCount && gpuCount <= offered.length);
        if (chosen.whyNot !== null) return;
        expect(new Set(chosen.gpus).size).toBe(gpuCount);
        for (const gpu of chosen.gpus) expect(free).toContain(gpu);
      }),
    );
  });

  it('are those with the least time around it, so that long stretches stay whole', () => {
    const taken = (from: number, to: number) => ({ startsAt: at(from), endsAt: at(to) });
    const gpus = [
      { id: 'empty', taken: [] },
      { id: 'loose', taken: [taken(0, 10), taken(40, 50)] },
      { id: 'snug', taken: [taken(0, 20), taken(24, 30)] },
    ];
    const chosen = chooseForWindow({ facts: facts(3), gpus, calendar: ALWAYS }, { ...wanted, gpuCount: 2 }, NOW);
    expect(chosen).toMatchObject({ whyNot: null, gpus: [{ id: 'snug' }, { id: 'loose' }] });
  });
});

describe('what giving a window back costs', () => {
  const terms = fc.record({
    price: fc.bigInt({ min: 1n, max: 20_000_000n }),
    gpuCount: fc.integer({ min: 1, max: 8 }),
    share: fc.integer({ min: 0, max: 10_000 }),
    freeHours: fc.integer({ min: 0, max: 100 }),
    hours: fc.integer({ min: 1, max: 100 }),
    ahead: fc.integer({ min: 0, max: 200 }),
  });
  const booked = (made: {
    price: bigint;
    gpuCount: number;
    share: number;
    freeHours: number;
    hours: number;
    ahead: number;
  }) => {
    const some: Terms = {
      priceMicrosPerGpuHour: made.price,
      diskPriceMicrosPerGibMonth: 100_000n,
      feeBasisPoints: 1_000,
      gpuCount: made.gpuCount,
      gpuModel: 'RTX 4090',
      diskBytes: 2n ** 30n,
      limits: { cpuMillis: 1_000, memoryBytes: 2n ** 30n, pids: 4_096 },
      cancellation: { freeSeconds: made.freeHours * 3_600, shareBasisPoints: made.share },
    };
    const booking: ReservedFacts = {
      kind: 'reserved',
      createdAt: NOW,
      reason: null,
      terms: some,
      startsAt: at(made.ahead),
      endsAt: at(made.ahead + made.hours),
    };
    return { some, booking };
  };

  it('is nothing in time, never more than the share of a day, and with what was used never more than the greater of both', () => {
    fc.assert(
      fc.property(
        terms,
        fc.integer({ min: 0, max: 300 * 3_600 }),
        fc.integer({ min: 0, max: 86_400 }),
        (made, passed, usedSeconds) => {
          const { some, booking } = booked(made);
          const now = new Date(NOW.getTime() + passed * 1_000);
          const inside = now > booking.startsAt;
          const used = inside ? Math.min(usedSeconds, Math.floor((+now - +booking.startsAt) / 1_000)) : 0;
          const chargedMicros = chargeFor(some, { gpuSeconds: BigInt(used * made.gpuCount), diskByteSeconds: 0n });
          const lease = { chargedMicros, billedUntil: inside ? now : null };
          const due = cancellationDue({ ...booking, startedAt: inside ? booking.startsAt : null, lease }, null, now);
          const most = cancellationOf(some, booking);
          const day = chargeFor(some, {
            gpuSeconds: BigInt(made.gpuCount * Math.min(86_400, made.hours * 3_600)),
            diskByteSeconds: 0n,
          });
          expect(most).toBe((day * BigInt(made.share)) / 10_000n);
          expect(due).toBeGreaterThanOrEqual(0n);
          expect(due === 0n || due + chargedMicros === most).toBe(true);
          const free = Math.max(
            +booking.startsAt - made.freeHours * HOUR,
            Math.min(+booking.startsAt, +NOW + HOUR / 4),
          );
          if (+now < free || now >= booking.endsAt) expect(due).toBe(0n);
        },
      ),
    );
  });

  it('is nothing for what is on demand, was broken off, has no such terms, or whose machine does not do its part', () => {
    const { booking, some } = booked({
      price: 1_000_000n,
      gpuCount: 1,
      share: 5_000,
      freeHours: 10,
      hours: 4,
      ahead: 5,
    });
    const lease = { chargedMicros: 0n, billedUntil: null };
    const due = (change: Partial<ReservedFacts>) =>
      cancellationDue({ ...booking, startedAt: null, lease, ...change }, null, at(1));
    expect(due({})).toBe(2_000_000n);
    expect(due({ kind: 'onDemand' })).toBe(0n);
    expect(due({ reason: 'hostEnded' })).toBe(0n);
    for (const kind of ['silent', 'notReady'] as const)
      expect(cancellationDue({ ...booking, startedAt: null, lease }, { kind, since: at(1) }, at(1))).toBe(0n);
    const { cancellation: _none, ...bare } = some;
    expect(due({ terms: bare })).toBe(0n);
    expect(cancellationOf(some, { startsAt: at(0), endsAt: new Date(at(0).getTime() + 3 * DAY) })).toBe(12_000_000n);
  });

  it('is nothing while the machine is silent in the window, or was before it could be used', () => {
    const absent = (silence: [number, number | null], now: number, startedAt: number | null = null) =>
      absentSince(
        { startsAt: at(10), startedAt: startedAt === null ? null : at(startedAt) },
        [{ startsAt: at(silence[0]), endsAt: silence[1] === null ? null : at(silence[1]) }],
        at(now),
      );
    expect(absent([9, null], 9.5)).toBeNull();
    expect(absent([9, null], 10)).toEqual(at(9));
    expect(absent([8, 9], 11)).toBeNull();
    expect(absent([9, 11], 12)).toEqual(at(9));
    expect(absent([9, 11], 12, 11.5)).toBeNull();
    expect(absent([11.5, null], 12, 11)).toEqual(at(11.5));
    // Asked afterwards about an instant: what came later, and what was over by then, says nothing of it.
    expect(absent([12.5, null], 12, 11)).toBeNull();
    expect(absent([11.5, 13], 12, 11)).toEqual(at(11.5));
    // Its last sign of life was in that very instant.
    expect(absent([12, 13], 12, 11)).toBeNull();
    expect(absent([11.5, 12], 12, 11)).toBeNull();
  });

  it('gives a machine ten minutes for each step of a window that has begun, and for an image its download besides', () => {
    const inside = (seconds: number) => new Date(at(10).getTime() + seconds * 1_000);
    const late = (
      seconds: number,
      { pulling = NaN, starting = NaN, started = false, download = 0, back = -1, hours = 8 } = {},
    ) =>
      notReadySince(
        { startsAt: at(10), endsAt: at(10 + hours), startedAt: started ? at(10) : null },
        [
          { phase: 'accepted', at: inside(-3_600) },
          { phase: 'pulling', at: inside(pulling) },
          { phase: 'starting', at: inside(starting) },
        ].filter((seen) => !Number.isNaN(+seen.at)),
        download,
        { since: back < 0 ? null : inside(back), until: inside(seconds) },
      );
    expect(late(599)).toBeNull();
    expect(late(599.999)).toBeNull();
    expect(late(600)).toEqual(at(10));
    expect(late(600, { started: true })).toBeNull();
    expect(late(-60)).toBeNull();
    // A quarter of an hour in, its image was here.
    expect(late(1_499, { starting: 900 })).toBeNull();
    expect(late(1_500, { starting: 900 })).toEqual(at(10));
    expect(late(999, { pulling: -60, download: 400 })).toBeNull();
    expect(late(1_000, { pulling: -60, download: 400 })).toEqual(at(10));
    // It went back to pull again: that is no new step.
    expect(late(1_500, { pulling: 300, starting: 900, download: 400 })).toEqual(at(10));
    // A short window is not used up by its machine's steps.
    expect(late(1_799, { pulling: 300, download: 3_000, hours: 1 })).toBeNull();
    expect(late(1_800, { pulling: 300, download: 3_000, hours: 1 })).toEqual(at(10));
    // Nobody listened for a while: it may have come on.
    expect(late(1_000, { back: 500 })).toBeNull();
    expect(late(1_100, { back: 500 })).toEqual(at(10));
  });

  it('has a bound that nothing a machine says can move: half of the window, or its steps and the longest download', () => {
    const said = fc.record({
      phase: fc.constantFrom('accepted', 'pulling', 'starting', 'stopping', 'failed', 'held'),
      after: fc.integer({ min: -90_000, max: 90_000 }),
    });
    fc.assert(
      fc.property(
        fc.array(said, { maxLength: 12 }),
        fc.oneof(fc.double({ min: 0, max: 1e18, noNaN: true }), fc.constant(Number.POSITIVE_INFINITY)),
        fc.integer({ min: 600, max: 30 * 86_400 }),
        fc.integer({ min: -86_400, max: 86_400 }),
        (phases, download, seconds, back) => {
          const inside = (after: number) => new Date(at(10).getTime() + after * 1_000);
          const bound = Math.min(3 * STEP_SECONDS + MOST_DOWNLOAD_SECONDS, Math.max(STEP_SECONDS, seconds / 2));
          const until = Math.max(0, back) + bound;
          // A machine says nothing after the instant that is asked about.
          const seen = phases
            .filter(({ after }) => after <= until)
            .map(({ phase, after }) => ({ phase, at: inside(after) }));
          const window = { startsAt: at(10), endsAt: inside(seconds), startedAt: null };
          const asked = (instant: number) =>
            notReadySince(window, seen, download, { since: inside(back), until: inside(instant) });
          expect(asked(until)).toEqual(at(10));
          expect(asked(Math.max(0, back) + STEP_SECONDS - 0.001)).toBeNull();
        },
      ),
    );
  });
});
