/**
 * A linear program: the largest `cost · x` with `rows · x ≤ limit` (or `= 0` limits kept as equalities) and `0 ≤ x ≤
 * upper`. Only limits change between solves, so that each starts where the last one ended.
 */
export type LinearProgram = {
  readonly columns: readonly Column[];
  readonly rowCount: number;
  /** Rows that hold with equality. */
  readonly equal: ReadonlySet<number>;
};
export type Column = {
  readonly cost: number;
  readonly upper: number;
  readonly rows: readonly number[];
  readonly values: readonly number[];
};
export type Solution = {
  /** One value a column. */
  readonly x: Float64Array;
  /** What one unit more of each row's limit would be worth. */
  readonly worth: Float64Array;
  readonly objective: number;
  readonly pivots: number;
};

/** The program row by row: of row r the entries `start[r]` to `start[r + 1]`. */
export type Rows = { readonly start: Int32Array; readonly column: Int32Array; readonly value: Float64Array };

export function rowsOf({ columns, rowCount }: LinearProgram): Rows {
  const start = new Int32Array(rowCount + 1);
  for (const { rows } of columns) for (const row of rows) start[row + 1] = (start[row + 1] as number) + 1;
  for (let row = 0; row < rowCount; row += 1) start[row + 1] = (start[row + 1] as number) + (start[row] as number);
  const next = start.slice();
  const column = new Int32Array(start[rowCount] as number);
  const value = new Float64Array(start[rowCount] as number);
  columns.forEach(({ rows, values }, at) => {
    rows.forEach((row, entry) => {
      const place = next[row] as number;
      next[row] = place + 1;
      column[place] = at;
      value[place] = values[entry] as number;
    });
  });
  return { start, column, value };
}

/** What the columns' values leave of the limits. */
export function leftOf(columns: readonly Column[], limits: Float64Array, x: Float64Array): Float64Array {
  const left = Float64Array.from(limits);
  columns.forEach(({ rows, values }, at) => {
    const much = x[at] as number;
    if (much === 0) return;
    rows.forEach((row, entry) => {
      left[row] = (left[row] as number) - (values[entry] as number) * much;
    });
  });
  return left;
}

/** A number from 0 to 1 that looks like chance and is not. */
export function spread(at: number): number {
  return ((Math.imul(at + 1, 0x9e3779b1) >>> 8) % 65_536) / 65_536;
}
