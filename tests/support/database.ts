/**
 * Import this first in a test file that needs the database: the file gets a fresh migrated database of its own, `DATABASE_URL` names it before
 * `lib/io/db.ts` connects, and it is dropped when the file's tests are over.
 */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, expect, inject } from 'vitest';
import { db, disconnect } from '#lib/io/db.ts';
import { forgetEnv } from '#lib/io/env.ts';
import { booksProblems } from '#lib/ledger/queries.ts';

const place = inject('postgres');
const name = `test_${randomBytes(6).toString('hex')}`;

/** The connection string of this file's database. */
export const databaseUrl = urlOf(name);

await asAdmin(`CREATE DATABASE ${name} TEMPLATE ${inject('template')} STRATEGY FILE_COPY`);
process.env.DATABASE_URL = databaseUrl;
process.env.SUBLET_DATABASE_CONNECTIONS ??= '10';
forgetEnv();

const pool = new pg.Pool({ connectionString: databaseUrl, max: 4 });
pool.on('error', () => {});

/** Runs SQL past every rule of the product: to attack a constraint, or to look at what is really there. */
export async function sql<Row extends pg.QueryResultRow = pg.QueryResultRow>(
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  return (await pool.query<Row>(text, [...values])).rows;
}

/** Cuts the connections by which processes of this file hear news. Files at the same time have theirs at the same server. */
export async function cutLive(): Promise<void> {
  await sql(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE application_name = 'sublet live' AND datname = current_database()`,
  );
}

/** Whether a transaction of this file waits for a lock; the list of locks is the whole server's. */
export async function waitsForLock(): Promise<boolean> {
  const waiting = await sql(
    'SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0',
  );
  return waiting.length > 0;
}

afterAll(async () => {
  // Whatever the tests of a file did: the books are right. Files about money ask after each of their tests.
  const wrong = await booksProblems(db);
  await disconnect();
  await pool.end();
  await asAdmin(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  expect(wrong, 'the books after the tests of this file').toEqual([]);
});

/** Another empty or migrated database beside this file's own; dropped with the whole server. */
export async function anotherDatabase(kind: 'empty' | 'migrated'): Promise<string> {
  const other = `other_${randomBytes(6).toString('hex')}`;
  await asAdmin(`CREATE DATABASE ${other} TEMPLATE ${kind === 'empty' ? 'template0' : inject('template')}`);
  return urlOf(other);
}

function urlOf(database: string): string {
  return place.replace(/DATABASE$/, database);
}

async function asAdmin(statement: string): Promise<void> {
  const admin = new pg.Client({ connectionString: urlOf('postgres') });
  await admin.connect();
  try {
    await admin.query(statement);
  } finally {
    await admin.end();
  }
}
