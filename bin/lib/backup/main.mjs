import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startPostgres } from '../postgres.mjs';
import { DATABASE_NAME } from '../start/database.mjs';
import { readSettings } from '../start/settings.mjs';
import { restoreBackup } from './restore.mjs';
import { saveBackup } from './save.mjs';

const USAGE = 'Usage: npm run backup -- save FILE | restore FILE';

/** `npm run backup`: of the database that DATABASE_URL names, else of the embedded one, whether it runs or not. Resolves to the exit code. */
export async function main(args) {
  const [verb, file, ...more] = args;
  if (!['save', 'restore'].includes(verb) || file === undefined || more.length > 0) {
    process.stderr.write(`${USAGE}\n`);
    return 2;
  }
  const settings = readSettings([]);
  const database = settings.ownDatabase
    ? await embedded(settings.dir)
    : { url: process.env.DATABASE_URL, stop: async () => {} };
  try {
    const counted = await (verb === 'save' ? saveBackup : restoreBackup)(database.url, file);
    process.stdout.write(
      `${verb === 'save' ? 'Saved' : 'Restored'} ${counted.rows} rows of ${counted.tables} tables.\n`,
    );
    return 0;
  } finally {
    await database.stop();
  }
}

async function embedded(dir) {
  const running = await readFile(join(dir, 'running.json'), 'utf8')
    .then(JSON.parse)
    .catch(() => undefined);
  if (running?.databaseUrl !== undefined && (await answers(running.databaseUrl)))
    return { url: running.databaseUrl, stop: async () => {} };
  const postgres = await startPostgres(join(dir, 'postgres'));
  const { default: pg } = await import('pg');
  const admin = new pg.Client({ connectionString: postgres.url('postgres') });
  await admin.connect();
  const { rowCount } = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE_NAME]);
  if (rowCount === 0) await admin.query(`CREATE DATABASE ${DATABASE_NAME}`);
  await admin.end();
  return { url: postgres.url(DATABASE_NAME), stop: postgres.stop };
}

async function answers(url) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000 });
  client.on('error', () => {});
  return client
    .connect()
    .then(() => client.end())
    .then(
      () => true,
      () => false,
    );
}
