import { join } from 'node:path';
import { startPostgres } from '../postgres.mjs';
import { Stop } from '../say.mjs';

export const DATABASE_NAME = 'sublet';

/** The embedded PostgreSQL with its data in `.sublet/postgres`, or the one that DATABASE_URL names when it is new enough. */
export async function openDatabase(settings, onExit) {
  if (!settings.ownDatabase) {
    await checkForeign(process.env.DATABASE_URL);
    return { url: process.env.DATABASE_URL, stop: async () => {} };
  }
  const postgres = await startPostgres(join(settings.dir, 'postgres'), { onExit });
  const { default: pg } = await import('pg');
  const admin = new pg.Client({ connectionString: postgres.url('postgres') });
  await admin.connect();
  const { rowCount } = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE_NAME]);
  if (rowCount === 0) await admin.query(`CREATE DATABASE ${DATABASE_NAME}`);
  await admin.end();
  return { url: postgres.url(DATABASE_NAME), stop: postgres.stop };
}

async function checkForeign(url) {
  if (!/^postgres(ql)?:\/\//.test(url)) {
    throw new Stop('DATABASE_URL must name a PostgreSQL: postgresql://user:password@host:5432/database');
  }
  const place = placeOf(url);
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query("SELECT version() AS text, current_setting('server_version_num') AS number");
    const { text, number } = rows[0];
    if (!/^PostgreSQL /.test(text))
      throw new Stop(`The database at ${place} is not PostgreSQL: it says "${text.slice(0, 60)}".`);
    if (Number(number) < 150_000) {
      throw new Stop(`The database at ${place} is PostgreSQL ${text.split(' ')[1]}; Sublet needs 15 or newer.`);
    }
  } catch (error) {
    if (error instanceof Stop) throw error;
    throw new Stop(`The database that DATABASE_URL names (${place}) cannot be reached: ${reasonOf(error)}.`);
  } finally {
    await client.end().catch(() => {});
  }
}

/** Host, port and database; never the password. */
function placeOf(url) {
  try {
    const { hostname, port, pathname } = new URL(url);
    return `${hostname}:${port || 5432}${pathname}`;
  } catch {
    throw new Stop('DATABASE_URL is not a readable address. Write postgresql://user:password@host:5432/database');
  }
}

function reasonOf(error) {
  const known = {
    ECONNREFUSED: 'nothing listens there',
    ENOTFOUND: 'no machine has that name',
    EAI_AGAIN: 'its name cannot be looked up',
    ETIMEDOUT: 'it does not answer',
    '28P01': 'user or password is wrong',
    '3D000': 'there is no database of that name',
  };
  const code = error.code ?? error.errors?.[0]?.code;
  return known[code] ?? (error.message || String(code)).replace(/[\r\n]+/g, ' ').replace(/\.$/, '');
}
