import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { generate } from '../../bin/lib/generate.mjs';
import { startPostgres } from '../../bin/lib/postgres.mjs';
import { deployMigrations } from '../../prisma/migrate.ts';

/** The database that every test file gets a copy of. */
const TEMPLATE = 'sublet_template';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A connection string with the word DATABASE where a name belongs. */
    postgres: string;
    template: string;
  }
}

/** A PostgreSQL for this run of tests only, with one migrated template. What it writes is thrown away, so it need not be safe on disk. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await generate();
  const folder = await mkdtemp(join(tmpdir(), 'sublet-test-'));
  const postgres = await startPostgres(folder, {
    settings: {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      autovacuum: 'off',
      deadlock_timeout: '100ms',
    },
  });
  const { default: pg } = await import('pg');
  const admin = new pg.Client({ connectionString: postgres.url('postgres') });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${TEMPLATE}`);
  await deployMigrations(postgres.url(TEMPLATE));
  await admin.query(`ALTER DATABASE ${TEMPLATE} WITH ALLOW_CONNECTIONS false IS_TEMPLATE true`);
  await admin.end();
  project.provide('postgres', postgres.url('DATABASE'));
  project.provide('template', TEMPLATE);
  return async () => {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
