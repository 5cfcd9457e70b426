import { expect } from 'vitest';
import { db } from '#lib/io/db.ts';
import { booksProblems } from '#lib/ledger/queries.ts';

/** Everything adds up to zero, balances are what was moved, and each lease is what its transfers say. After every database test. */
export async function expectBooksBalance(): Promise<void> {
  expect(await booksProblems(db)).toEqual([]);
}
