import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import pg from 'pg';

const BATCH = 2_000;
export const FORMAT = 'sublet-backup-1';

/** All tables of the market in a fixed order, but not Prisma's own list of migrations. */
export async function tablesOf(client) {
  const { rows } = await client.query(
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_prisma_migrations' ORDER BY tablename",
  );
  return rows.map((row) => row.tablename);
}

/** The names of the migrations that the database has been through, oldest first. */
export async function migrationsOf(client) {
  const { rows } = await client.query(
    'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL ORDER BY migration_name',
  );
  return rows.map((row) => row.migration_name);
}

/**
 * Writes everything the market knows into one compressed file, as of one instant, while the market runs on. The job queue is left out: sweeps find their work
 * in the tables. The file appears under its name only when it is whole. Resolves to `{ tables, rows }`.
 */
export async function saveBackup(databaseUrl, path) {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('error', () => {});
  await client.connect();
  const half = `${path}.half`;
  const counted = { tables: 0, rows: 0 };
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const lines = Readable.from(dump(client, counted), { objectMode: false });
    await pipeline(lines, createGzip(), createWriteStream(half, { mode: 0o600 }));
    await rename(half, path);
    return counted;
  } catch (error) {
    await rm(half, { force: true });
    throw error;
  } finally {
    await client.end();
  }
}

/** A header, then for each table its name and its rows, then how many there were: without that last line the file is not whole. */
async function* dump(client, counted) {
  const { rows: sequences } = await client.query(
    "SELECT sequencename AS name, last_value::text AS value FROM pg_sequences WHERE schemaname = 'public' ORDER BY sequencename",
  );
  yield line({ format: FORMAT, migrations: await migrationsOf(client), sequences });
  for (const table of await tablesOf(client)) {
    yield line({ table });
    counted.tables += 1;
    await client.query(
      `DECLARE backup NO SCROLL CURSOR FOR SELECT row_to_json(t)::text AS row FROM public.${pg.escapeIdentifier(table)} t`,
    );
    for (;;) {
      const { rows } = await client.query(`FETCH ${BATCH} FROM backup`);
      if (rows.length === 0) break;
      counted.rows += rows.length;
      // The text as PostgreSQL wrote it: parsed by JavaScript, large numbers would lose digits.
      yield rows.map(({ row }) => `=${row}\n`).join('');
    }
    await client.query('CLOSE backup');
  }
  yield line({ end: counted });
}

function line(value) {
  return `${JSON.stringify(value)}\n`;
}
