import { type Column, type LinearProgram, leftOf, type Rows, rowsOf, type Solution, spread } from './program.ts';

const FEASIBLE = 1e-7;
const SMALLEST_PIVOT = 1e-7;
const AT_LOWER = 0;
const AT_UPPER = 1;
const BASIC = 2;

/**
 * The bounded dual simplex with an explicit inverse of the basis, of which only what is not zero is touched, and with
 * exact steepest-edge weights. Costs are moved by less than a millionth each, by a fixed rule, so that no two bases
 * tie: the optimum is one vertex, always the same. Pure arithmetic: the same calls give the same bits.
 */
export class Simplex {
  readonly #rows: number;
  readonly #size: number;
  readonly #columns: readonly Column[];
  readonly #cost: Float64Array;
  readonly #upper: Float64Array;
  readonly #state: Uint8Array;
  /** Reduced costs: at most 0 at the lower bound, at least 0 at the upper. */
  readonly #reduced: Float64Array;
  readonly #basis: Int32Array;
  readonly #inverse: Float64Array[];
  readonly #norm: Float64Array;
  readonly #value: Float64Array;
  readonly #byRow: Rows;
  readonly #alpha: Float64Array;
  readonly #touched: Int32Array;
  readonly #equal: ReadonlySet<number>;

  constructor(program: LinearProgram) {
    const { columns, rowCount, equal } = program;
    const count = columns.length;
    this.#rows = rowCount;
    this.#size = count + rowCount;
    this.#columns = columns;
    this.#equal = equal;
    this.#cost = new Float64Array(this.#size);
    this.#upper = new Float64Array(this.#size);
    this.#state = new Uint8Array(this.#size);
    this.#reduced = new Float64Array(this.#size);
    this.#basis = new Int32Array(rowCount);
    this.#inverse = Array.from({ length: rowCount }, () => new Float64Array(rowCount));
    this.#norm = new Float64Array(rowCount);
    this.#value = new Float64Array(rowCount);
    this.#byRow = rowsOf(program);
    this.#alpha = new Float64Array(this.#size);
    this.#touched = new Int32Array(this.#size);
    columns.forEach((column, at) => {
      this.#cost[at] = column.cost - 1e-6 * (1 + spread(at));
      this.#upper[at] = column.upper;
    });
    for (let row = 0; row < rowCount; row += 1)
      this.#upper[count + row] = equal.has(row) ? 0 : Number.POSITIVE_INFINITY;
    this.#begin();
  }

  /** Every column with something to gain stands at its upper bound: optimal, but for limits that it breaks. */
  #begin(): void {
    const count = this.#columns.length;
    for (let at = 0; at < count; at += 1) {
      this.#state[at] = (this.#cost[at] as number) > 0 ? AT_UPPER : AT_LOWER;
      this.#reduced[at] = this.#cost[at] as number;
    }
    for (let row = 0; row < this.#rows; row += 1) {
      this.#basis[row] = count + row;
      this.#state[count + row] = BASIC;
      this.#reduced[count + row] = 0;
      (this.#inverse[row] as Float64Array).fill(0)[row] = 1;
      this.#norm[row] = 1;
    }
  }

  /** Solves for these limits, one a row. Null if it did not come to an end, which the caller treats as "no advice". */
  solve(limits: Float64Array): Solution | null {
    for (const again of [false, true]) {
      if (again) this.#begin();
      const pivots = this.#pivotUntilFeasible(limits);
      if (pivots === null) continue;
      const solution = this.#read(limits, pivots);
      if (solution !== null) return solution;
    }
    this.#begin();
    return null;
  }

  #pivotUntilFeasible(limits: Float64Array): number | null {
    const m = this.#rows;
    const count = this.#columns.length;
    this.#findValues(limits);
    const alpha = this.#alpha;
    const touched = this.#touched;
    const { start, column: columnAt, value: valueAt } = this.#byRow;
    const nonzero = new Int32Array(m);
    const entering = new Float64Array(m);
    const most = 50 * m + 5_000;
    for (let pivots = 0; pivots < most; pivots += 1) {
      const leaving = this.#leaving();
      if (leaving < 0) return pivots;
      const out = this.#basis[leaving] as number;
      const value = this.#value[leaving] as number;
      // Above its upper bound it goes down to it, below zero it goes up.
      const up = value < 0;
      const rho = this.#inverse[leaving] as Float64Array;
      let rhoCount = 0;
      for (let row = 0; row < m; row += 1) if (rho[row] !== 0) nonzero[rhoCount++] = row;
      let touchedCount = 0;
      for (let at = 0; at < rhoCount; at += 1) {
        const row = nonzero[at] as number;
        const weight = rho[row] as number;
        const slack = count + row;
        if (alpha[slack] === 0) touched[touchedCount++] = slack;
        alpha[slack] = (alpha[slack] as number) + weight;
        const end = start[row + 1] as number;
        for (let entry = start[row] as number; entry < end; entry += 1) {
          const column = columnAt[entry] as number;
          if (this.#state[column] === BASIC) continue;
          if (alpha[column] === 0) touched[touchedCount++] = column;
          alpha[column] = (alpha[column] as number) + weight * (valueAt[entry] as number);
          if (alpha[column] === 0) alpha[column] = 1e-300;
        }
      }
      const chosen = this.#entering(alpha, touched, touchedCount, up);
      if (chosen < 0) {
        for (let at = 0; at < touchedCount; at += 1) alpha[touched[at] as number] = 0;
        return null;
      }
      const step = (this.#reduced[chosen] as number) / (alpha[chosen] as number);
      for (let at = 0; at < touchedCount; at += 1) {
        const column = touched[at] as number;
        if (this.#state[column] !== BASIC)
          this.#reduced[column] = (this.#reduced[column] as number) - step * (alpha[column] as number);
        alpha[column] = 0;
      }
      this.#reduced[chosen] = 0;
      this.#reduced[out] = -step;
      this.#column(chosen, entering);
      const target = up ? 0 : (this.#upper[out] as number);
      const move = (value - target) / (entering[leaving] as number);
      const from = this.#state[chosen] === AT_UPPER ? (this.#upper[chosen] as number) : 0;
      for (let row = 0; row < m; row += 1)
        if (entering[row] !== 0) this.#value[row] = (this.#value[row] as number) - move * (entering[row] as number);
      this.#value[leaving] = from + move;
      this.#state[out] = up ? AT_LOWER : AT_UPPER;
      this.#state[chosen] = BASIC;
      this.#basis[leaving] = chosen;
      this.#replace(leaving, entering, nonzero, rhoCount);
    }
    return null;
  }

  /** The row whose basic value breaks its bounds most, by the length of its row; -1 when none does. */
  #leaving(): number {
    let best = -1;
    let most = 0;
    for (let row = 0; row < this.#rows; row += 1) {
      const value = this.#value[row] as number;
      const over = value < 0 ? -value : value - (this.#upper[this.#basis[row] as number] as number);
      if (over <= FEASIBLE) continue;
      const weighed = (over * over) / (this.#norm[row] as number);
      if (weighed > most) {
        most = weighed;
        best = row;
      }
    }
    return best;
  }

  /**
   * The column that can take the place without another one losing its sign; of near ties the one with the larger pivot.
   */
  #entering(alpha: Float64Array, touched: Int32Array, touchedCount: number, up: boolean): number {
    let best = -1;
    let least = Number.POSITIVE_INFINITY;
    let size = 0;
    for (let at = 0; at < touchedCount; at += 1) {
      const column = touched[at] as number;
      const state = this.#state[column];
      if (state === BASIC || this.#upper[column] === 0) continue;
      const pivot = alpha[column] as number;
      const rises = up ? pivot < 0 : pivot > 0;
      if (Math.abs(pivot) < SMALLEST_PIVOT || rises !== (state === AT_LOWER)) continue;
      const ratio = Math.abs((this.#reduced[column] as number) / pivot);
      if (ratio < least - 1e-12 || (ratio <= least + 1e-12 && Math.abs(pivot) > size)) {
        least = Math.min(ratio, least);
        size = Math.abs(pivot);
        best = column;
      }
    }
    return best;
  }

  /** Inverse times a column. */
  #column(at: number, into: Float64Array): void {
    const count = this.#columns.length;
    const column = this.#columns[at];
    for (let row = 0; row < this.#rows; row += 1) {
      const line = this.#inverse[row] as Float64Array;
      if (at >= count || column === undefined) {
        into[row] = line[at - count] as number;
        continue;
      }
      let sum = 0;
      for (let entry = 0; entry < column.rows.length; entry += 1)
        sum += (line[column.rows[entry] as number] as number) * (column.values[entry] as number);
      into[row] = Math.abs(sum) < 1e-11 ? 0 : sum;
    }
  }

  #replace(leaving: number, entering: Float64Array, nonzero: Int32Array, nonzeroCount: number): void {
    const pivotRow = this.#inverse[leaving] as Float64Array;
    const pivot = entering[leaving] as number;
    let norm = 0;
    for (let at = 0; at < nonzeroCount; at += 1) {
      const column = nonzero[at] as number;
      const scaled = (pivotRow[column] as number) / pivot;
      pivotRow[column] = scaled;
      norm += scaled * scaled;
    }
    this.#norm[leaving] = norm;
    for (let row = 0; row < this.#rows; row += 1) {
      const factor = entering[row] as number;
      if (factor === 0 || row === leaving) continue;
      const line = this.#inverse[row] as Float64Array;
      let change = 0;
      for (let at = 0; at < nonzeroCount; at += 1) {
        const column = nonzero[at] as number;
        const old = line[column] as number;
        let now = old - factor * (pivotRow[column] as number);
        if (now < 1e-12 && now > -1e-12) now = 0;
        line[column] = now;
        change += now * now - old * old;
      }
      this.#norm[row] = Math.max((this.#norm[row] as number) + change, 1e-12);
    }
  }

  /** Values of the basic columns: inverse times what the limits leave beside the columns at their upper bounds. */
  #findValues(limits: Float64Array): void {
    const left = leftOf(this.#columns, limits, this.#atBounds());
    for (let row = 0; row < this.#rows; row += 1) {
      const line = this.#inverse[row] as Float64Array;
      let sum = 0;
      for (let at = 0; at < this.#rows; at += 1) sum += (line[at] as number) * (left[at] as number);
      this.#value[row] = sum;
    }
  }

  /** Null if the rows do not add up: arithmetic has drifted. */
  #read(limits: Float64Array, pivots: number): Solution | null {
    const count = this.#columns.length;
    const x = this.#atBounds();
    for (let row = 0; row < this.#rows; row += 1) {
      const column = this.#basis[row] as number;
      if (column < count) x[column] = Math.max(0, this.#value[row] as number);
    }
    const left = leftOf(this.#columns, limits, x);
    for (let row = 0; row < this.#rows; row += 1) {
      const slack = left[row] as number;
      if (slack < -1e-4 || (this.#equal.has(row) && slack > 1e-4)) return null;
    }
    const worth = new Float64Array(this.#rows);
    for (let row = 0; row < this.#rows; row += 1) worth[row] = -(this.#reduced[count + row] as number);
    const objective = this.#columns.reduce((sum, { cost }, at) => sum + cost * (x[at] as number), 0);
    return { x, worth, objective, pivots };
  }

  /** Values of the columns that stand at a bound; 0 for the basic ones. */
  #atBounds(): Float64Array {
    return Float64Array.from(this.#columns, ({ upper }, at) => (this.#state[at] === AT_UPPER ? upper : 0));
  }
}
