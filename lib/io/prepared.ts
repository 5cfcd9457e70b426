import pg from 'pg';
import { isAfterFailure, queryable, type Reader, type Tx } from './db.ts';

/** How PostgreSQL's whole numbers of eight bytes are read; everything else as the driver does: JSON parsed, instants as dates. */
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === pg.types.builtins.INT8 ? BigInt : pg.types.getTypeParser(oid, format),
} as pg.CustomTypesConfig;

/**
 * A statement that is parsed and planned once a connection: for what is asked very often, where the client's own way costs more than
 * the database. `name` is its own; rows have the columns that the text names. Runs in the transaction of the reader.
 */
export function prepared<Row extends pg.QueryResultRow, Values extends readonly unknown[]>(name: string, text: string) {
  return async (reader: Reader, ...values: Values): Promise<Row[]> => {
    const { rows } = await queryable(reader).query<Row>({ name, text, values: [...values], types });
    return rows;
  };
}

/** The same for a statement that answers how many rows it wrote. */
export function preparedWrite<Values extends readonly unknown[]>(name: string, text: string) {
  return async (tx: Tx, ...values: Values): Promise<number> => {
    const { rowCount } = await queryable(tx).query({ name, text, values: [...values] });
    return rowCount ?? 0;
  };
}

/**
 * Statements of one transaction that do not need each other's answers: they travel without waiting, and the database does them one after the
 * other in the order in which they were asked. Waits for all of them, so that none runs when the transaction is over, and throws what
 * the first in this order threw; not that the transaction had failed already, where another says of what.
 */
export async function inOneGo<const Asked extends readonly Promise<unknown>[]>(asked: Asked) {
  const outcomes = await Promise.allSettled(asked);
  const errors = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
  const cause = errors.find((error) => !isAfterFailure(error));
  if (cause !== undefined) throw cause;
  return Promise.all(asked);
}

/**
 * An array parameter whose length the planner does not look at: knowing it, PostgreSQL would plan anew at each call, because a
 * plan for few looks cheaper than the one it has kept for any number.
 */
export function texts(parameter: `$${number}`): string {
  return `(ARRAY(SELECT unnest(${parameter}::text[])))`;
}

/** Many rows as the one JSON parameter of a statement. Halves of characters, which PostgreSQL refuses, become U+FFFD. */
export function jsonRows(rows: readonly unknown[]): string {
  const text = JSON.stringify(rows);
  if (!text.includes('\\ud')) return text;
  return JSON.stringify(rows, (_, value: unknown) => (typeof value === 'string' ? value.toWellFormed() : value));
}
