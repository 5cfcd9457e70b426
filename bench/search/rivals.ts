import { DuckDBInstance } from '@duckdb/node-api';
import type pg from 'pg';
import { FLAT, type FlatRow, INDEXES, type Said } from './sql.ts';

/** Somebody who answers a search in SQL over the flat table. */
export type Rival = {
  readonly name: string;
  ask(sql: string): Promise<Said>;
  close(): void;
};

export async function postgresOf(client: pg.Client, rows: readonly FlatRow[]): Promise<Rival> {
  await client.query(`DROP TABLE IF EXISTS flat; CREATE TABLE flat (${FLAT})`);
  for (let from = 0; from < rows.length; from += 20_000) {
    const part = rows.slice(from, from + 20_000);
    const columns = FLAT.split(', ').map((_, at) => part.map((row) => row[at]));
    const types = FLAT.split(', ').map((column, at) => `$${at + 1}::${column.split(' ')[1]}[]`);
    await client.query(`INSERT INTO flat SELECT * FROM unnest(${types.join(', ')})`, columns);
  }
  for (const index of INDEXES) await client.query(index);
  await client.query('VACUUM ANALYZE flat');
  await client.query('SET jit = off');
  return {
    name: 'PostgreSQL',
    async ask(sql) {
      const { rows: said } = await client.query<{ what: string; value: string; n: string }>(sql);
      return said.map(({ what, value, n }) => ({ what, value, n: Number(n) }));
    },
    close: () => {},
  };
}

export async function duckdbOf(rows: readonly FlatRow[]): Promise<Rival> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`CREATE TABLE flat (${FLAT})`);
  const appender = await connection.createAppender('flat');
  for (const row of rows) {
    const [id, price, vram, model, country, tier, points, simulated, total, least, free, published] = row;
    appender.appendVarchar(id);
    appender.appendBigInt(price);
    appender.appendBigInt(vram);
    appender.appendVarchar(model);
    if (country === null) appender.appendNull();
    else appender.appendVarchar(country);
    appender.appendSmallInt(tier);
    if (points === null) appender.appendNull();
    else appender.appendSmallInt(points);
    appender.appendBoolean(simulated);
    for (const count of [total, least, free]) appender.appendSmallInt(count);
    appender.appendBigInt(published);
    appender.endRow();
  }
  appender.closeSync();
  return {
    name: 'DuckDB',
    async ask(sql) {
      const reader = await connection.runAndReadAll(sql);
      return reader.getRows().map(([what, value, n]) => ({ what: String(what), value: String(value), n: Number(n) }));
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
