import { describe, expect, it, vi } from 'vitest';
import { db, inTransaction, queryable, type Tx } from '#lib/io/db.ts';
import { deployMigrations, schemaSql } from '#prisma/migrate.ts';
import { anotherDatabase, databaseUrl, sql } from '#tests/support/database.ts';

const setting = (name: string, value: number) => ({ name, value, updatedAt: new Date('2026-01-01') });

describe('a transaction', () => {
  it('is kept whole: what throws leaves nothing behind', async () => {
    await expect(
      inTransaction('half', async (tx) => {
        await tx.setting.create({ data: setting('half', 1) });
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    expect(await db.setting.count({ where: { name: 'half' } })).toBe(0);
  });

  it('is known to every copy of the code in a process: a server bundles several', async () => {
    vi.resetModules();
    const copy = await import('#lib/io/db.ts');
    expect(copy.inTransaction).not.toBe(inTransaction);
    const asked = (tx: Tx) => queryable(tx).query('SELECT pg_current_xact_id()::text AS id');
    // Either copy may have opened the pool: the other one's transactions have their connections as well.
    for (const begin of [inTransaction, copy.inTransaction])
      await begin('of a copy', async (tx) => {
        const [own] = await tx.$queryRaw<{ id: string }[]>`SELECT pg_current_xact_id()::text AS id`;
        expect((await asked(tx)).rows).toEqual([own]);
        expect((await copy.queryable(tx).query('SELECT pg_current_xact_id()::text AS id')).rows).toEqual([own]);
      });
    expect((await queryable(copy.db).query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await expect(copy.inTransaction('outer', () => inTransaction('inner', async () => 1))).rejects.toThrow(
      'begun inside',
    );
  });

  it('refuses to begin inside another', async () => {
    await expect(inTransaction('outer', () => inTransaction('inner', async () => 1))).rejects.toThrow(
      '"inner" begun inside "outer"',
    );
  });

  it('runs again when two at once cannot both be right, so that no increment is lost', async () => {
    await db.setting.create({ data: setting('counter', 0) });
    let attempts = 0;
    const bothRead = Promise.withResolvers<void>();
    const increment = () =>
      inTransaction(
        'increment',
        async (tx) => {
          attempts += 1;
          const { value } = await tx.setting.findUniqueOrThrow({ where: { name: 'counter' } });
          if (attempts === 2) bothRead.resolve();
          await bothRead.promise;
          await tx.setting.update({ where: { name: 'counter' }, data: { value: Number(value) + 1 } });
        },
        { isolation: 'Serializable' },
      );
    await Promise.all([increment(), increment()]);
    expect((await db.setting.findUniqueOrThrow({ where: { name: 'counter' } })).value).toBe(2);
    expect(attempts).toBe(3);
  });

  it('gives up after five repetitions', async () => {
    let attempts = 0;
    const unlucky = inTransaction('unlucky', async (tx) => {
      attempts += 1;
      await tx.$executeRaw`DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$`;
    });
    await expect(unlucky).rejects.toThrow();
    expect(attempts).toBe(6);
  });

  it('runs again when the database breaks a deadlock', async () => {
    await db.setting.createMany({ data: [setting('left', 0), setting('right', 0)] });
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const both = Promise.all(gates.map((gate) => gate.promise));
    const lockTwo = (first: string, second: string, gate: number) =>
      inTransaction('lock two', async (tx) => {
        await tx.$queryRaw`SELECT 1 FROM settings WHERE name = ${first} FOR UPDATE`;
        gates[gate]?.resolve();
        await both;
        await tx.$queryRaw`SELECT 1 FROM settings WHERE name = ${second} FOR UPDATE`;
        return first;
      });
    expect(await Promise.all([lockTwo('left', 'right', 0), lockTwo('right', 'left', 1)])).toEqual(['left', 'right']);
  });
});

describe('migrations', () => {
  it('are applied once, however many programs start at the same time', async () => {
    const url = await anotherDatabase('empty');
    const applied = await Promise.all([deployMigrations(url), deployMigrations(url), deployMigrations(url)]);
    expect(applied.flat()).toContain('0001_founding');
    expect(new Set(applied.flat()).size).toBe(applied.flat().length);
    expect(await deployMigrations(url)).toEqual([]);
  });

  it('make every table and column that the schema names', async () => {
    const declared = [...(await schemaSql()).matchAll(/CREATE TABLE "(\w+)" \(\n([\s\S]*?)\n\);/g)].flatMap(
      ([, table, body]) =>
        [...(body ?? '').matchAll(/^ {4}"(\w+)" ([A-Z0-9(),]+( PRECISION)?)( NOT NULL)?/gm)].map(
          ([, column, , , required]) => `${table}.${column}${required === undefined ? '' : ' required'}`,
        ),
    );
    const rows = await sql<{ line: string }>(
      `SELECT table_name || '.' || column_name || CASE is_nullable WHEN 'NO' THEN ' required' ELSE '' END AS line
       FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '_prisma_migrations'`,
    );
    expect(rows.map((row) => row.line).sort()).toEqual(declared.sort());
    expect(declared.length).toBeGreaterThan(50);
  });

  it('refuse a database to which another text of theirs was applied', async () => {
    const url = await anotherDatabase('migrated');
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query("UPDATE _prisma_migrations SET checksum = repeat('0', 64)");
    await client.end();
    await expect(deployMigrations(url)).rejects.toThrow('was changed after it was applied');
  });

  it('refuse a database that already holds something else', async () => {
    const url = await anotherDatabase('empty');
    const { default: pg } = await import('pg');
    const intruder = new pg.Client({ connectionString: url });
    await intruder.connect();
    await intruder.query('CREATE TABLE users (mine int)');
    await intruder.end();
    await expect(deployMigrations(url)).rejects.toThrow('The database schema is not empty');
  });
});

describe("a test file's database", () => {
  it('is its own', () => {
    expect(databaseUrl).toMatch(/\/test_[0-9a-f]{12}$/);
  });
});
