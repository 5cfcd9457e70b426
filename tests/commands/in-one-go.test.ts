import '#tests/support/database.ts';
import { describe, expect, it } from 'vitest';
import { inTransaction, isConcurrencyFailure, queryable } from '#lib/io/db.ts';
import { inOneGo } from '#lib/io/prepared.ts';

const DEADLOCK = `DO $$ BEGIN RAISE EXCEPTION 'in a circle' USING ERRCODE = 'deadlock_detected'; END $$`;

describe('statements that travel together', () => {
  it('fail with what failed, not with what was asked after it, so that a deadlock is tried again', async () => {
    let tries = 0;
    const done = inTransaction('one go', async (tx) => {
      const query = (text: string) => queryable(tx).query<{ n: number }>(text);
      tries += 1;
      const second = query(tries === 1 ? DEADLOCK : 'SELECT 2 AS n');
      // First in the list, and asked when the other has failed already.
      const first = second.catch(() => undefined).then(() => query('SELECT 1 AS n'));
      const results = await inOneGo([first, second]);
      return results.map(({ rows }) => rows);
    });
    expect(await done).toEqual([[{ n: 1 }], [{ n: 2 }]]);
    expect(tries).toBe(2);
  });

  it('fail with what the first of them in their order threw', async () => {
    const failing = inOneGo([
      Promise.resolve(1),
      Promise.reject(new Error('second')),
      Promise.reject(new Error('third')),
    ]);
    await expect(failing).rejects.toThrow('second');
    expect(isConcurrencyFailure(await failing.catch((error: unknown) => error))).toBe(false);
  });
});
