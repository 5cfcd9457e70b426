import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addMonths, monthStart } from '#lib/base/month.ts';
import { earningSpan, earningsCsv, spanInstants, spanWords } from './earnings.ts';

const NOW = new Date('2026-11-23T12:00:00Z');
const span = (ask: Parameters<typeof earningSpan>[0], first = '2025-02') => earningSpan(ask, first, NOW);

describe('a span of earnings', () => {
  it('is the present month unless something else is asked for', () => {
    expect(span({})).toEqual({ name: 'thisMonth', from: '2026-11', to: '2026-11' });
    expect(span({ span: 'lastMonth' })).toEqual({ name: 'lastMonth', from: '2026-10', to: '2026-10' });
    expect(span({ span: 'all' })).toEqual({ name: 'all', from: '2025-02', to: '2026-11' });
    expect(span({ from: '2026-08', to: '2026-10' })).toEqual({ name: 'custom', from: '2026-08', to: '2026-10' });
  });

  it('begins at most ten years ago, and never after the present month', () => {
    expect(span({ span: 'all' }, '2001-01')).toMatchObject({ from: '2016-12' });
    expect(span({ span: 'all' }, '2027-01')).toMatchObject({ from: '2026-11' });
  });

  it.each([
    [{ span: 'yesterday' }, 'span'],
    [{ from: '2026-08' }, 'to'],
    [{ to: '2026-08' }, 'from'],
    [{ span: 'custom' }, 'from'],
    [{ from: '2026-13', to: '2026-10' }, 'from'],
    [{ from: '2026-10', to: '2026-08' }, 'from'],
    [{ from: '2026-10', to: '2026-12' }, 'to'],
    [{ from: '2000-01', to: '2026-10' }, 'from'],
  ])('says what is wrong with %j', (ask, field) => {
    const found = span(ask);
    expect('problems' in found && found.problems[field]).toMatch(/^[A-Z].+\.$/);
  });

  it('says itself in words', () => {
    expect(spanWords({ name: 'all', from: '2026-09', to: '2026-11' })).toBe('September 2026 to November 2026');
    expect(spanWords({ name: 'thisMonth', from: '2026-11', to: '2026-11' })).toBe('November 2026');
  });

  it('ends now while it goes on, and months that follow each other leave no gap', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 }), (back) => {
        const month = addMonths('2026-11', -back);
        const { from, until } = spanInstants({ from: month, to: month }, NOW);
        expect(from).toEqual(monthStart(month));
        expect(until).toEqual(back === 0 ? NOW : spanInstants({ from: addMonths(month, 1), to: '2026-11' }, NOW).from);
      }),
    );
  });
});

describe('earnings as a table', () => {
  it('keep every cent, with a minus that programs read, and disarm names that are formulas', () => {
    const cell = {
      month: '2026-11',
      machine: { id: 'mch_1', name: '=HYPERLINK("x")', simulated: false, retired: false },
      grossMicros: 10_000_001n,
      feeMicros: 1_000_000n,
      refundedMicros: 12_000_000n,
      contestedMicros: 0n,
      netMicros: -2_999_999n,
      rentals: 2,
      rentedGpuSeconds: 60,
      offeredGpuSeconds: 120,
      occupancyBasisPoints: 5_000,
    };
    const { month: _, machine: __, ...total } = cell;
    const csv = earningsCsv({
      span: { name: 'thisMonth', from: '2026-11', to: '2026-11' },
      running: true,
      total,
      months: [],
      machines: [],
      cells: [cell],
    });
    expect(csv.split('\r\n')[1]).toBe(
      '2026-11,mch_1,"\'=HYPERLINK(""x"")",2,10.000001,1.00,12.00,0.00,-2.999999,60,120',
    );
  });
});
