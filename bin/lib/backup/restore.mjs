import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import pg from 'pg';
import { deployMigrations } from '../../../prisma/migrate.ts';
import { Stop } from '../say.mjs';
import { FORMAT, migrationsOf, tablesOf } from './save.mjs';

const BATCH = 500;

/**
 * Fills an empty database from a file of saveBackup: migrates it, then writes all rows in one transaction, so that a file that is cut off or does not fit
 * changes nothing. Foreign keys are checked at the end; balances and other rows come back as they were, past the triggers that would move them again.
 */
export async function restoreBackup(databaseUrl, path) {
  await deployMigrations(databaseUrl);
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('BEGIN');
    const tables = await tablesOf(client);
    await refuseFull(client, tables);
    const foreignKeys = await dropForeignKeys(client);
    for (const table of tables) await client.query(`ALTER TABLE ${named(table)} DISABLE TRIGGER USER`);
    const counted = await fill(client, path, tables);
    for (const table of tables) await client.query(`ALTER TABLE ${named(table)} ENABLE TRIGGER USER`);
    for (const { table, name, definition } of foreignKeys) {
      await client.query(`ALTER TABLE ${named(table)} ADD CONSTRAINT ${pg.escapeIdentifier(name)} ${definition}`);
    }
    await client.query('COMMIT');
    return counted;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  } finally {
    await client.end();
  }
}

function named(table) {
  return `public.${pg.escapeIdentifier(table)}`;
}

async function refuseFull(client, tables) {
  for (const table of tables) {
    const { rowCount } = await client.query(`SELECT 1 FROM ${named(table)} LIMIT 1`);
    if (rowCount > 0)
      throw new Stop(
        `The database is not empty: the table ${table} has rows. Restore into a new database; nothing was changed.`,
      );
  }
}

async function dropForeignKeys(client) {
  const { rows } = await client.query(
    `SELECT c.relname AS table, k.conname AS name, pg_get_constraintdef(k.oid) AS definition
     FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace`,
  );
  for (const { table, name } of rows)
    await client.query(`ALTER TABLE ${named(table)} DROP CONSTRAINT ${pg.escapeIdentifier(name)}`);
  return rows;
}

async function fill(client, path, tables) {
  const counted = { tables: 0, rows: 0 };
  let header;
  let table;
  let end;
  let batch = [];
  const flush = async () => {
    if (batch.length === 0) return;
    await client.query(
      `INSERT INTO ${named(table)} OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::${named(table)}, $1)`,
      [`[${batch.join(',')}]`],
    );
    counted.rows += batch.length;
    batch = [];
  };
  for await (const line of linesOf(path)) {
    if (line.startsWith('=')) {
      batch.push(line.slice(1));
      if (batch.length === BATCH) await flush();
      continue;
    }
    await flush();
    const word = JSON.parse(line);
    if (header === undefined) header = await checkHeader(client, word);
    else if (word.end !== undefined) end = word.end;
    else if (tables.includes(word.table)) {
      table = word.table;
      counted.tables += 1;
    } else throw notOurs();
  }
  if (end?.rows !== counted.rows || end.tables !== counted.tables)
    throw new Stop('The backup is not whole: its end is missing. Nothing was changed.');
  for (const { name, value } of header.sequences) {
    if (value !== null) await client.query('SELECT setval($1::regclass, $2)', [named(name), value]);
  }
  return counted;
}

async function checkHeader(client, header) {
  if (header.format !== FORMAT) throw notOurs();
  const present = await migrationsOf(client);
  if (JSON.stringify(present) !== JSON.stringify(header.migrations)) {
    throw new Stop(
      `The backup is of another version of Sublet (its last migration is ${header.migrations.at(-1)}, here it is ${present.at(-1)}). Restore it with that version, then update. Nothing was changed.`,
    );
  }
  return header;
}

async function* linesOf(path) {
  const gunzip = createGunzip();
  const file = createReadStream(path);
  file.on('error', (error) => gunzip.destroy(error));
  const lines = createInterface({ input: file.pipe(gunzip), crlfDelay: Number.POSITIVE_INFINITY });
  const broken = new Promise((_, reject) => gunzip.once('error', reject));
  broken.catch(() => {});
  const reading = lines[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { value, done } = await Promise.race([reading.next(), broken]);
      if (done) break;
      yield value;
    }
    if (gunzip.errored) throw gunzip.errored;
  } catch (error) {
    if (error.code === 'ENOENT') throw new Stop(`There is no file ${path}.`);
    if (/^Z_|unexpected end of file|incorrect header/.test(`${error.code} ${error.message}`)) {
      throw new Stop('The backup is not whole: its end is missing, or it is no backup of Sublet. Nothing was changed.');
    }
    throw error;
  } finally {
    file.destroy();
  }
}

function notOurs() {
  return new Stop('This is not a backup of Sublet. Nothing was changed.');
}
