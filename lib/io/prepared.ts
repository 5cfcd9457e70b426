import pg from 'pg';
import { queryable, type Reader } from './db.ts';

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

/** Many rows as the one JSON parameter of a statement. Halves of characters, which PostgreSQL refuses, become U+FFFD. */
export function jsonRows(rows: readonly unknown[]): string {
  const text = JSON.stringify(rows);
  if (!text.includes('\\ud')) return text;
  return JSON.stringify(rows, (_, value: unknown) => (typeof value === 'string' ? value.toWellFormed() : value));
}
