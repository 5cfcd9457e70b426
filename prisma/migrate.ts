import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  DriverAdapterError,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import { type MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm';
import { Logger, runMigrations } from 'graphile-worker';
import pg from 'pg';

const HERE = dirname(fileURLToPath(import.meta.url));
const NO_FILTERS = { externalTables: [], externalEnums: [] };
/** "sublet" in ASCII: one migration at a time per database, however many processes start at once. */
const ADVISORY_LOCK = '126943389836660';

/**
 * Brings the database to the newest schema, the job queue's included, and returns the names of the migrations that were applied now. Safe to call
 * from many processes at once and again at any time. Writes the standard `_prisma_migrations` table. Throws when the database cannot be reached
 * or a migration fails.
 */
export async function deployMigrations(databaseUrl: string): Promise<string[]> {
  const guard = new pg.Client({ connectionString: databaseUrl });
  guard.on('error', () => {});
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  pool.on('error', () => {});
  await guard.connect();
  try {
    await guard.query('SELECT pg_advisory_lock($1)', [ADVISORY_LOCK]);
    const engine = await SchemaEngine.new(
      { datamodels: await schemaFiles() },
      () => {},
      bindMigrationAwareSqlAdapterFactory(wholeScripts(pool)),
    );
    let applied: string[];
    try {
      const outcome = await engine.applyMigrations({ migrationsList: await migrations(), filters: NO_FILTERS });
      applied = outcome.appliedMigrationNames;
    } finally {
      engine.free();
    }
    await refuseRewritten(guard);
    await runMigrations({ connectionString: databaseUrl, logger: new Logger(() => () => {}) });
    return applied;
  } finally {
    await pool.end();
    await guard.end();
  }
}

/** An applied migration whose text was changed later leaves a database that fits no schema: better to say so than to fail somewhere. */
async function refuseRewritten(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string; checksum: string }>(
    'SELECT migration_name AS name, checksum FROM _prisma_migrations WHERE finished_at IS NOT NULL',
  );
  for (const { path, migrationFile } of (await migrations()).migrationDirectories) {
    if (migrationFile.content.tag !== 'ok') continue;
    const checksum = createHash('sha256').update(migrationFile.content.value).digest('hex');
    if (rows.some((row) => row.name === path && row.checksum !== checksum)) {
      throw new Error(
        `The migration ${path} was changed after it was applied to this database. Begin with a new database (for "npm start": move .sublet/postgres aside), or restore the migration as it was.`,
      );
    }
  }
}

/** The SQL that an empty database needs to hold the Prisma schema: what a person starts a migration from. */
export async function schemaSql(): Promise<string> {
  const files = (await schemaFiles()).map(([path, content]) => ({ path, content }));
  const engine = await SchemaEngine.new(
    { datamodels: await schemaFiles() },
    () => {},
    bindMigrationAwareSqlAdapterFactory(NO_DATABASE),
  );
  try {
    const difference = await engine.diff({
      from: { tag: 'empty' },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: null,
      filters: NO_FILTERS,
    });
    return difference.stdout ?? '';
  } finally {
    engine.free();
  }
}

/**
 * The adapter cuts a script at every semicolon, also inside a function's body. PostgreSQL takes a whole script at once, and then all of it or nothing
 * happens.
 */
function wholeScripts(pool: pg.Pool): SqlMigrationAwareDriverAdapterFactory {
  const factory = new PrismaPg(pool);
  const connect = factory.connect.bind(factory);
  return Object.assign(factory, {
    connect: async () => {
      const adapter = await connect();
      return Object.assign(adapter, {
        executeScript: async (script: string) => {
          await pool.query(script).catch((error: unknown) => {
            throw new DriverAdapterError({
              kind: 'postgres',
              originalMessage: messageOf(error),
              code: 'code' in Object(error) ? String(Object(error).code) : 'XX000',
              severity: 'ERROR',
              message: messageOf(error),
              detail: undefined,
              column: undefined,
              hint: undefined,
            });
          });
        },
      });
    },
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The engine connects even where it only compares texts. It asks for the server's version and needs nothing else. */
const NO_DATABASE: SqlMigrationAwareDriverAdapterFactory = {
  provider: 'postgres',
  adapterName: '@prisma/adapter-pg',
  connect: async () => ({
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    queryRaw: async () => ({
      columnNames: ['exists', 'version', 'numeric_version'],
      columnTypes: [ColumnTypeEnum.Boolean, ColumnTypeEnum.Text, ColumnTypeEnum.Int32],
      rows: [[true, 'PostgreSQL 15.0', 150_000]],
    }),
    executeRaw: noDatabase,
    executeScript: noDatabase,
    startTransaction: noDatabase,
    dispose: async () => {},
  }),
  connectToShadowDb: noDatabase,
};

async function noDatabase(): Promise<never> {
  throw new Error('Comparing schemas needs no database.');
}

async function schemaFiles(): Promise<[path: string, text: string][]> {
  const folder = join(HERE, 'schema');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.prisma')).sort();
  return Promise.all(
    names.map(
      async (name): Promise<[string, string]> => [join(folder, name), await readFile(join(folder, name), 'utf8')],
    ),
  );
}

async function migrations(): Promise<MigrationList> {
  const baseDir = join(HERE, 'migrations');
  const lockPath = 'migration_lock.toml';
  const folders = (await readdir(baseDir, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  return {
    baseDir,
    lockfile: { path: lockPath, content: await readFile(join(baseDir, lockPath), 'utf8') },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      folders
        .map((entry) => entry.name)
        .sort()
        .map(async (name) => ({
          path: name,
          migrationFile: {
            path: 'migration.sql',
            content: { tag: 'ok' as const, value: await readFile(join(baseDir, name, 'migration.sql'), 'utf8') },
          },
        })),
    ),
  };
}

if (import.meta.main) {
  const [verb] = process.argv.slice(2);
  if (verb === 'deploy') {
    const url = process.env.DATABASE_URL;
    if (!url) throw new Error('Set DATABASE_URL to the database that is to be migrated.');
    const applied = await deployMigrations(url);
    console.log(applied.length === 0 ? 'Nothing to migrate.' : `Applied: ${applied.join(', ')}.`);
  } else if (verb === 'diff') {
    process.stdout.write(await schemaSql());
  } else {
    console.error('Usage: npm run migrate -- deploy | diff');
    process.exitCode = 2;
  }
}
