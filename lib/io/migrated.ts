import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { db } from './db.ts';

let wanted: Promise<readonly string[]> | undefined;

/**
 * The migrations of this program that the database does not have yet; empty when it is up to date. Throws when the
 * database cannot be reached or was never migrated at all.
 */
export async function missingMigrations(): Promise<readonly string[]> {
  wanted ??= migrationsOnDisk();
  const rows = await db.$queryRaw<{ name: string }[]>`
    SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`;
  const applied = new Set(rows.map((row) => row.name));
  return (await wanted).filter((name) => !applied.has(name));
}

async function migrationsOnDisk(): Promise<readonly string[]> {
  try {
    const entries = await readdir(join(process.cwd(), 'prisma', 'migrations'), { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch {
    // An image without the folder: whoever deployed it migrated the database with the same image.
    return [];
  }
}
