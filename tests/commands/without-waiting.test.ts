import { Socket } from 'node:net';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { inTransaction, isDatabaseAway, lastly, queryable, type Tx } from '#lib/io/db.ts';
import { inOneGo } from '#lib/io/prepared.ts';
import { sql } from '#tests/support/database.ts';

// By name, as the market asks where it is in a hurry.
const ask = (tx: Tx, text: string) => queryable(tx).query<{ n: number }>({ name: text.slice(0, 60), text });
const note = (tx: Tx, text: string) => ask(tx, `INSERT INTO notes (text) VALUES ('${text}')`);
const written = async () =>
  (await sql<{ text: string }>('SELECT text FROM notes ORDER BY text')).map(({ text }) => text);

beforeEach(async () => {
  await sql('DROP TABLE IF EXISTS notes');
  await sql('CREATE TABLE notes (text text PRIMARY KEY)');
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('a transaction that reads first', () => {
  const readsFirst = { readsFirst: true };

  it('travels twice when it waits once: it begins with what it asks first, and is committed with what it asks last', async () => {
    const both = async (tx: Tx) => {
      const [one] = await inOneGo([ask(tx, 'SELECT 1 AS n'), ask(tx, 'SELECT 2 AS n')]);
      lastly(tx, inOneGo([note(tx, 'a'), note(tx, 'b')]));
      return one.rows;
    };
    await inTransaction('connects', (tx) => ask(tx, 'SELECT 1'));
    const writes = vi.spyOn(Socket.prototype, '_writev');
    const alone = vi.spyOn(Socket.prototype, '_write');
    expect(await inTransaction('reads first', both, readsFirst)).toEqual([{ n: 1 }]);
    expect([writes.mock.calls.length, alone.mock.calls.length]).toEqual([2, 0]);
    expect(await written()).toEqual(['a', 'b']);
  });

  it('goes no further, and writes nothing, when the database did not let it begin', async () => {
    const query: (this: pg.Client, ...words: unknown[]) => unknown = pg.Client.prototype.query;
    vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (this: pg.Client, ...words: unknown[]) {
      const [first, ...others] = words;
      const isBegin = typeof first === 'object' && first !== null && 'text' in first && first.text === 'BEGIN';
      return Reflect.apply(
        query,
        this,
        isBegin ? [{ ...first, name: 'never', text: 'BEGIN NOW OR NEVER' }, ...others] : words,
      );
    });
    const work = async (tx: Tx) => {
      await ask(tx, 'SELECT 1 AS n');
      await note(tx, 'outside');
    };
    await expect(inTransaction('does not begin', work, readsFirst)).rejects.toThrow('syntax error');
    vi.restoreAllMocks();
    expect(await written()).toEqual([]);
    expect(await inTransaction('the next', (tx) => note(tx, 'inside'))).toMatchObject({ rowCount: 1 });
  });

  it('is given up, like one that waits, when the database does not answer', async () => {
    const query: (this: pg.Client, ...words: unknown[]) => unknown = pg.Client.prototype.query;
    const asked = Promise.withResolvers<void>();
    vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (this: pg.Client, ...words: unknown[]) {
      const [first, ...others] = words;
      const isBegin = typeof first === 'object' && first !== null && 'text' in first && first.text === 'BEGIN';
      if (!isBegin) asked.resolve();
      const silent = { ...(first as object), name: 'silent', text: 'SELECT pg_sleep(30)' };
      return Reflect.apply(query, this, isBegin ? [silent, ...others] : words);
    });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const over = inTransaction('is not answered', (tx) => note(tx, 'never'), readsFirst).catch(
      (error: unknown) => error,
    );
    await asked.promise;
    vi.advanceTimersByTime(10_000);
    expect(isDatabaseAway(await over)).toBe(true);
    vi.useRealTimers();
    vi.restoreAllMocks();
    expect(await inTransaction('the next', (tx) => note(tx, 'inside'))).toMatchObject({ rowCount: 1 });
    expect(await written()).toEqual(['inside']);
  });

  it('is as isolated as it asks to be', async () => {
    const level = (tx: Tx) =>
      queryable(tx).query<{ level: string }>("SELECT current_setting('transaction_isolation') AS level");
    const { rows } = await inTransaction('level', level, { readsFirst: true, isolation: 'RepeatableRead' });
    expect(rows).toEqual([{ level: 'repeatable read' }]);
  });
});

describe('what a transaction asks last', () => {
  it('takes everything back where it fails, and says what failed', async () => {
    await sql("INSERT INTO notes (text) VALUES ('twice')");
    const work = async (tx: Tx) => {
      await note(tx, 'first');
      lastly(tx, inOneGo([note(tx, 'twice'), note(tx, 'never')]));
      return 'booked';
    };
    await expect(inTransaction('fails last', work)).rejects.toThrow('notes_pkey');
    expect(await written()).toEqual(['twice']);
  });

  it('takes everything back where the caller fails after it', async () => {
    const work = async (tx: Tx) => {
      lastly(tx, note(tx, 'last'));
      await Promise.resolve();
      throw new Error('second thoughts');
    };
    await expect(inTransaction('second thoughts', work)).rejects.toThrow('second thoughts');
    expect(await written()).toEqual([]);
  });

  it('is tried again from the beginning after a deadlock', async () => {
    const deadlock = `DO $$ BEGIN RAISE EXCEPTION 'in a circle' USING ERRCODE = 'deadlock_detected'; END $$`;
    let tries = 0;
    const work = async (tx: Tx) => {
      tries += 1;
      await note(tx, `try ${tries}`);
      lastly(tx, inOneGo([ask(tx, tries === 1 ? deadlock : 'SELECT 1'), note(tx, 'last')]));
    };
    await inTransaction('deadlock', work);
    expect(tries).toBe(2);
    expect(await written()).toEqual(['last', 'try 2']);
  });

  it('is one thing', async () => {
    const work = async (tx: Tx) => {
      lastly(tx, note(tx, 'a'));
      await Promise.resolve();
      lastly(tx, note(tx, 'b'));
    };
    await expect(inTransaction('twice last', work)).rejects.toThrow('has a last thing already');
    expect(await written()).toEqual([]);
  });
});
