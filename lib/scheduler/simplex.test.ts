import fc from 'fast-check';
import loadHighs from 'highs';
import { describe, expect, it } from 'vitest';
import type { Column, LinearProgram } from './program.ts';
import { Simplex } from './simplex.ts';

const highs = await loadHighs();
const ROWS = 6;

const someColumn: fc.Arbitrary<Column> = fc
  .record({
    cost: fc.integer({ min: -3, max: 9 }),
    upper: fc.integer({ min: 1, max: 12 }),
    values: fc.array(fc.constantFrom(0, 0, 0, 1, 1, 2, -1), { minLength: ROWS, maxLength: ROWS }),
  })
  .map(({ cost, upper, values }) => {
    const rows = values.flatMap((value, row) => (value === 0 ? [] : [row]));
    return { cost, upper, rows, values: rows.map((row) => values[row] as number) };
  });
const someProgram = fc.record({
  columns: fc.array(someColumn, { minLength: 1, maxLength: 12 }),
  equal: fc.constantFrom(new Set<number>(), new Set([0])),
  limits: fc.array(fc.array(fc.integer({ min: 0, max: 15 }), { minLength: ROWS, maxLength: ROWS }), {
    minLength: 1,
    maxLength: 5,
  }),
});

/** The optimum as HiGHS finds it. */
function optimum({ columns, equal }: LinearProgram, limits: readonly number[]): number {
  const goal = columns.map(({ cost }, at) => `${cost < 0 ? '-' : '+'} ${Math.abs(cost)} x${at}`).join(' ');
  const rows = limits.map((limit, row) => {
    const terms = columns.map(({ rows: own, values }, at) => {
      const value = values[own.indexOf(row)] ?? 0;
      return `${value < 0 ? '-' : '+'} ${Math.abs(value)} x${at}`;
    });
    return ` r${row}: ${terms.join(' ')} ${equal.has(row) ? '=' : '<='} ${limit}`;
  });
  const bounds = columns.map(({ upper }, at) => ` 0 <= x${at} <= ${upper}`);
  const text = `Maximize\n obj: ${goal}\nSubject To\n${rows.join('\n')}\nBounds\n${bounds.join('\n')}\nEnd\n`;
  const { Status, ObjectiveValue } = highs.solve(text);
  if (Status !== 'Optimal') throw new Error(Status);
  return ObjectiveValue;
}

describe('the simplex', () => {
  it('finds what HiGHS finds, from scratch and from where it last ended', () => {
    fc.assert(
      fc.property(someProgram, ({ columns, equal, limits }) => {
        const program = { columns, rowCount: ROWS, equal };
        const simplex = new Simplex(program);
        for (const each of limits) {
          // A row that must be exactly 0 is always met by doing nothing.
          const own = each.map((limit, row) => (equal.has(row) ? 0 : limit));
          const solution = simplex.solve(Float64Array.from(own));
          expect(solution?.objective).toBeCloseTo(optimum(program, own), 3);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('gives the same bits for the same calls', () => {
    fc.assert(
      fc.property(someProgram, ({ columns, limits }) => {
        const answers = [0, 1].map(() => {
          const simplex = new Simplex({ columns, rowCount: ROWS, equal: new Set() });
          return limits.map((each) => simplex.solve(Float64Array.from(each)));
        });
        expect(answers[0]).toEqual(answers[1]);
      }),
      { numRuns: 30 },
    );
  });
});
