import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExistingWorkload } from '#agent/act/runtime.ts';
import { type Action, FORGOTTEN_AFTER_MS, phaseOf, plan, type Rental, whyNotRun } from '#agent/plan.ts';

const NOW = Date.parse('2026-11-23T12:00:00.000Z');
const at = (ms: number) => new Date(NOW + ms).toISOString();

type Fields = Partial<Omit<Rental, 'lease'>> & {
  leaseId?: string;
  gpuUuids?: string[];
  startsAt?: string;
  endsAt?: string;
  desired?: 'running' | 'stopped' | 'ended';
  run?: number;
};

function rental(fields: Fields = {}): Rental {
  const {
    leaseId = 'a',
    gpuUuids = ['GPU-1'],
    startsAt = at(-1),
    endsAt = at(1),
    desired = 'running',
    run = 1,
  } = fields;
  const rest = {
    busy: null,
    pulled: false,
    attached: false,
    failure: null,
    affordsMore: true,
    resting: false,
    unnamedSince: null,
  };
  return { ...rest, ...fields, lease: { desired, run, permit: { leaseId, gpuUuids, startsAt, endsAt } } };
}

const container = (fields: Partial<ExistingWorkload> = {}): ExistingWorkload => ({
  leaseId: 'a',
  run: 1,
  running: true,
  exitCode: null,
  hostKey: null,
  ...fields,
});

const kinds = (actions: Action[]) => actions.map(({ leaseId, kind }) => `${kind} ${leaseId}`);

describe('the plan', () => {
  it.each([
    ['a rental that is new', rental(), [], ['pull a']],
    ['one whose image is here', rental({ pulled: true }), [], ['start a']],
    ['one that runs, after the agent restarted', rental(), [container()], ['attach a']],
    ['one that runs and is looked after', rental({ attached: true }), [container()], []],
    ['one whose container a reboot stopped', rental({ pulled: true }), [container({ running: false })], ['start a']],
    ['one that was started again', rental({ run: 2, pulled: true }), [container()], ['stop a']],
    ['one asked to stop', rental({ desired: 'stopped', attached: true }), [container()], ['stop a']],
    ['one that is stopped', rental({ desired: 'stopped' }), [container({ running: false })], []],
    ['one that ended', rental({ desired: 'ended' }), [container({ running: false })], ['remove a']],
    ['one that ended and is gone', rental({ desired: 'ended' }), [], []],
    ['one whose window ended', rental({ attached: true, endsAt: at(0) }), [container()], ['stop a']],
    ['one that reached its ceiling', rental({ attached: true, affordsMore: false }), [container()], ['stop a']],
    ['one whose window has not begun', rental({ startsAt: at(1) }), [], []],
    ['one that runs on a machine told to rest', rental({ attached: true, resting: true }), [container()], ['stop a']],
    ['one that rests', rental({ pulled: true, resting: true }), [container({ running: false })], []],
    ['one on a machine told to rest in its pull', rental({ resting: true, busy: 'pull' }), [], ['abort a']],
    [
      'one that ended on a machine told to rest',
      rental({ desired: 'ended', resting: true }),
      [container()],
      ['remove a'],
    ],
    ['one that failed', rental({ failure: 'imageNotFound' }), [], []],
    ['one ended in the middle of its pull', rental({ desired: 'ended', busy: 'pull' }), [], ['abort a']],
    ['one ended in the middle of its start', rental({ desired: 'ended', busy: 'start' }), [], []],
    ['somebody else’s container', rental({ attached: true }), [container(), container({ leaseId: 'foreign' })], []],
  ])('for %s', (_, one, existing, expected) => {
    expect(kinds(plan([one], existing, NOW))).toEqual(expected);
  });

  it('says why it stops a rental by itself', () => {
    expect(plan([rental({ endsAt: at(0) })], [container()], NOW)[0]).toMatchObject({ failure: 'windowEnded' });
    expect(plan([rental({ affordsMore: false })], [container()], NOW)[0]).toMatchObject({ failure: 'ceilingReached' });
    expect(plan([rental({ desired: 'stopped' })], [container()], NOW)[0]).toMatchObject({ failure: null });
  });

  it('gives a GPU to the next rental only when the one before has let go of it', () => {
    const next = rental({ leaseId: 'b', pulled: true });
    const before = rental({ endsAt: at(0) });
    expect(kinds(plan([next, before], [container()], NOW))).toEqual(['stop a']);
    expect(kinds(plan([next, { ...before, busy: 'stop' }], [container()], NOW))).toEqual([]);
    expect(kinds(plan([next, before], [container({ running: false })], NOW))).toEqual(['start b']);
  });

  it('keeps a rental that the market does not name, until long after its window', () => {
    const forgotten = rental({ unnamedSince: NOW - FORGOTTEN_AFTER_MS, attached: true });
    expect(plan([forgotten], [container()], NOW)).toEqual([]);
    const over = rental({ unnamedSince: NOW - FORGOTTEN_AFTER_MS, endsAt: at(-FORGOTTEN_AFTER_MS) });
    expect(kinds(plan([over], [container({ running: false })], NOW))).toEqual(['remove a']);
  });
});

describe('the phase that is reported', () => {
  it.each([
    ['accepted', rental(), undefined, false],
    ['accepted', rental({ startsAt: at(1) }), undefined, false],
    ['pulling', rental({ busy: 'pull' }), undefined, false],
    ['starting', rental({ busy: 'start' }), undefined, false],
    ['starting', rental({ attached: true }), container(), false],
    ['connectable', rental({ attached: true }), container(), true],
    ['connectable', rental({ busy: 'start' }), container(), true],
    ['stopping', rental({ busy: 'stop', attached: true }), container(), true],
    ['stopping', rental({ desired: 'stopped', attached: true }), container(), true],
    ['stopping', rental({ resting: true, attached: true }), container(), true],
    ['accepted', rental({ resting: true }), container({ running: false }), false],
    ['stopped', rental({ resting: true, desired: 'stopped' }), container({ running: false }), false],
    ['stopped', rental({ resting: true, failure: 'exited' }), container({ running: false }), false],
    ['stopped', rental({ desired: 'stopped' }), container({ running: false }), false],
    ['stopped', rental({ failure: 'exited' }), container({ running: false }), false],
    ['stopped', rental({ failure: 'ceilingReached' }), container({ running: false }), false],
    ['failed', rental({ failure: 'imageNotFound' }), undefined, false],
    ['failed', rental({ failure: 'shellFailed' }), container({ running: false }), false],
    ['stopping', rental({ desired: 'ended' }), container({ running: false }), false],
    ['ended', rental({ desired: 'ended' }), undefined, false],
  ])('is %s', (phase, one, existing, connectable) => {
    expect(phaseOf(one, existing, connectable, NOW)).toBe(phase);
  });
});

/** What the world looks like when every action succeeded. */
function carriedOut(rentals: Rental[], existing: ExistingWorkload[], actions: Action[]) {
  const after = new Map(existing.map((each) => [each.leaseId, each]));
  const known = rentals.map((each): Rental => {
    const action = actions.find(({ leaseId }) => leaseId === each.lease.permit.leaseId);
    if (action === undefined) return each;
    const { leaseId } = action;
    if (action.kind === 'abort') return { ...each, busy: null };
    if (action.kind === 'pull') return { ...each, pulled: true };
    if (action.kind === 'attach') return { ...each, attached: true };
    if (action.kind === 'remove') after.delete(leaseId);
    if (action.kind === 'stop') {
      after.set(leaseId, { ...(after.get(leaseId) as ExistingWorkload), running: false });
      return { ...each, attached: false, failure: action.failure ?? each.failure };
    }
    if (action.kind === 'start') {
      after.set(leaseId, container({ leaseId, run: each.lease.run }));
      return { ...each, attached: true };
    }
    return each;
  });
  return { rentals: known, existing: [...after.values()] };
}

describe('the plan, for any machine', () => {
  const ids = ['a', 'b', 'c', 'd'];
  const anyRental = (leaseId: string): fc.Arbitrary<Rental> =>
    fc
      .record({
        desired: fc.constantFrom('running' as const, 'stopped' as const, 'ended' as const),
        run: fc.integer({ min: 1, max: 3 }),
        gpuUuids: fc.subarray(['GPU-1', 'GPU-2', 'GPU-3']),
        startsAt: fc.integer({ min: -10, max: 3 }).map(at),
        endsAt: fc.integer({ min: -3, max: 10 }).map(at),
        busy: fc.option(fc.constantFrom('pull' as const, 'start' as const, 'stop' as const, 'remove' as const), {
          freq: 2,
        }),
        pulled: fc.boolean(),
        attached: fc.boolean(),
        failure: fc.option(fc.constantFrom('exited' as const, 'pullFailed' as const), { freq: 1 }),
        affordsMore: fc.boolean(),
        resting: fc.boolean(),
      })
      .map((fields) => rental({ leaseId, ...fields }));
  const anyContainer = (leaseId: string) =>
    fc
      .record({ run: fc.integer({ min: 1, max: 3 }), running: fc.boolean() })
      .map((rest) => container({ leaseId, ...rest }));
  const world = fc
    .tuple(fc.subarray(ids), fc.subarray([...ids, 'foreign-1', 'foreign-2']))
    .chain(([rented, contained]) =>
      fc.record({
        rentals: fc.tuple(...rented.map(anyRental)),
        existing: fc.tuple(...contained.map(anyContainer)),
      }),
    );

  const check = (property: (rentals: Rental[], existing: ExistingWorkload[], actions: Action[]) => void) =>
    fc.assert(
      fc.property(world, ({ rentals, existing }) => property(rentals, existing, plan(rentals, existing, NOW))),
      { numRuns: 1_000 },
    );

  it('touches no container that is not of a lease it was told about, and begins one thing a lease', () => {
    check((rentals, _, actions) => {
      const told = new Set(rentals.map(({ lease }) => lease.permit.leaseId));
      for (const { leaseId } of actions) expect(told).toContain(leaseId);
      expect(new Set(actions.map(({ leaseId }) => leaseId)).size).toBe(actions.length);
      for (const each of rentals) {
        if (each.busy === null) continue;
        const action = actions.find(({ leaseId }) => leaseId === each.lease.permit.leaseId);
        expect([undefined, 'abort']).toContain(action?.kind);
      }
    });
  });

  it('is the same for the same machine, and settles: carried out, it asks for nothing for ever', () => {
    check((rentals, existing, actions) => {
      expect(plan(rentals, existing, NOW)).toEqual(actions);
      let now = { rentals: rentals.map((each) => ({ ...each, busy: null })), existing };
      for (let round = 0; round < 5; round += 1) {
        now = carriedOut(now.rentals, now.existing, plan(now.rentals, now.existing, NOW)) as typeof now;
      }
      expect(plan(now.rentals, now.existing, NOW)).toEqual([]);
      for (const each of now.existing) {
        const mine = now.rentals.find(({ lease }) => lease.permit.leaseId === each.leaseId);
        if (mine !== undefined && each.running) {
          expect(whyNotRun(mine, NOW)).toBeNull();
          expect(each.run).toBe(mine.lease.run);
        }
      }
    });
  });

  it('always stops what may not run: a window, a ceiling and an end hold whatever else is the case', () => {
    check((rentals, existing, actions) => {
      for (const each of rentals) {
        const { leaseId, endsAt } = each.lease.permit;
        const runs = existing.some((one) => one.leaseId === leaseId && one.running);
        const over = Date.parse(endsAt) <= NOW || !each.affordsMore || each.lease.desired !== 'running';
        const kind = actions.find((action) => action.leaseId === leaseId)?.kind;
        if (over && runs && each.busy === null) expect(['stop', 'remove']).toContain(kind);
        if (over) expect(['start', 'pull', 'attach']).not.toContain(kind);
      }
    });
  });

  it('never runs a lease twice, nor two leases on one GPU', () => {
    check((rentals, existing, actions) => {
      const running = new Set(existing.filter((one) => one.running).map(({ leaseId }) => leaseId));
      const held = new Map<string, string>();
      for (const each of rentals) {
        const { leaseId, gpuUuids } = each.lease.permit;
        if (running.has(leaseId) || each.busy === 'start') for (const uuid of gpuUuids) held.set(uuid, leaseId);
      }
      for (const { leaseId, kind } of actions) {
        if (kind !== 'start') continue;
        expect(running).not.toContain(leaseId);
        const mine = rentals.find(({ lease }) => lease.permit.leaseId === leaseId);
        for (const uuid of mine?.lease.permit.gpuUuids ?? []) {
          expect([undefined, leaseId]).toContain(held.get(uuid));
          held.set(uuid, leaseId);
        }
      }
    });
  });
});
