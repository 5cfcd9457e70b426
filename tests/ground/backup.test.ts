import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { restoreBackup } from '../../bin/lib/backup/restore.mjs';
import { saveBackup, tablesOf } from '../../bin/lib/backup/save.mjs';
import { anotherDatabase, databaseUrl, sql } from '../support/database.ts';

let folder: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sublet-backup-'));
  file = join(folder, 'market.backup');
  await sql(`INSERT INTO accounts (id, kind, balance_micros, floor_micros, created_at)
    VALUES ('acc_a', 'a', 0, NULL, now()), ('acc_b', 'b', 0, 0, now())`);
  await sql(`INSERT INTO transfers (id, debit_account_id, credit_account_id, amount_micros, kind, idempotency_key, created_at)
    VALUES ('trf_1', 'acc_a', 'acc_b', 9007199254740993, 'topUp', 'k1', '2026-11-23 12:00:00.123+00')`);
  await sql(`INSERT INTO events (kind, data, created_at)
    SELECT 'test', jsonb_build_object('n', n, 'text', E'two\\nlines \\\\ "quoted" 🎈'), now() FROM generate_series(1, 3000) n`);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** What a database holds, table by table, in a form that two can be compared by. */
async function contents(url: string): Promise<Record<string, string>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const found: Record<string, string> = {};
    for (const table of await tablesOf(client)) {
      const { rows } = await client.query(
        `SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') AS digest FROM "${table}" t`,
      );
      found[table] = rows[0].digest;
    }
    return found;
  } finally {
    await client.end();
  }
}

async function query(url: string, text: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query(text);
  } finally {
    await client.end();
  }
}

describe('a backup', () => {
  it('is readable by its owner only and comes back as it was, to the last digit', async () => {
    expect((await saveBackup(databaseUrl, file)).rows).toBe(3_003);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const fresh = await anotherDatabase('empty');
    expect((await restoreBackup(fresh, file)).rows).toBe(3_003);
    expect(await contents(fresh)).toEqual(await contents(databaseUrl));
  });

  it('leaves every guard of the database standing', async () => {
    const fresh = await anotherDatabase('empty');
    await restoreBackup(fresh, file);
    await expect(query(fresh, 'DELETE FROM transfers')).rejects.toThrow();
    await expect(query(fresh, "UPDATE accounts SET balance_micros = 1 WHERE id = 'acc_a'")).rejects.toThrow();
    const keys = "SELECT conname FROM pg_constraint WHERE contype = 'f' AND convalidated ORDER BY 1";
    expect((await query(fresh, keys)).rows).toEqual(await sql(keys));
    await query(fresh, "INSERT INTO events (kind, data, created_at) VALUES ('next', '{}', now())");
    expect((await query(fresh, "SELECT id FROM events WHERE kind = 'next'")).rows).toEqual([{ id: '3001' }]);
  });

  it('is not restored over anything', async () => {
    await expect(restoreBackup(databaseUrl, file)).rejects.toThrow('not empty');
  });

  it('that is cut off, or is something else, changes nothing', async () => {
    const fresh = await anotherDatabase('migrated');
    const before = await contents(fresh);
    const whole = await readFile(file);
    const cut = join(folder, 'cut');
    await writeFile(cut, whole.subarray(0, whole.length - 200));
    await expect(restoreBackup(fresh, cut)).rejects.toThrow('not whole');
    await writeFile(cut, 'hello');
    await expect(restoreBackup(fresh, cut)).rejects.toThrow('no backup of Sublet');
    await expect(restoreBackup(fresh, join(folder, 'absent'))).rejects.toThrow('There is no file');
    expect(await contents(fresh)).toEqual(before);
  });
});
