import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { checkBooksNow } from '#lib/ledger/check-books.ts';
import { findAccounts, trialBalance } from '#lib/ledger/queries/books.ts';
import { findTransfers, transferHistory } from '#lib/ledger/queries/transfers.ts';
import { answers, bearer, decimal, idParam, instant, newDoor, signedInActor, toWire } from './door.ts';

/** What is looked for: text that a database stores. */
const text = z
  .string()
  .max(200)
  .regex(/^[^\0]*$/, 'Send text without NUL.')
  .optional();
const signed = z.string().meta({ description: 'Micro-dollars; negative below zero' });

const check = z.object({
  checkedAt: instant,
  transfers: decimal,
  sumMicros: signed,
  wrong: z.int(),
  problems: z.array(z.string()),
  tookMilliseconds: z.int(),
});
const books = z
  .object({
    rows: z.array(z.object({ kind: z.string(), accounts: z.int(), balanceMicros: signed, belowFloor: z.int() })),
    sumMicros: signed,
    check: check.nullable(),
  })
  .meta({ id: 'Books', description: 'Balances by kind of account, and what the last check of every transfer found' });
const owner = z.object({ id: z.string(), name: z.string() }).nullable();
const side = z.object({ id: z.string(), kind: z.string(), owner });
const transfer = z
  .looseObject({ id: z.string(), at: instant, kind: z.string(), from: side, to: side, amountMicros: decimal })
  .meta({ id: 'BookedTransfer' });

export const theBooks = newDoor();

theBooks.openapi(
  createRoute({
    method: 'get',
    path: '/admin/books',
    tags: ['Admin'],
    summary: 'The trial balance, and the last check of all the books',
    security: bearer,
    responses: answers(books, 'The books'),
  }),
  async (c) => c.json(toWire(await trialBalance(signedInActor(c))), 200),
);

theBooks.openapi(
  createRoute({
    method: 'post',
    path: '/admin/books/checks',
    tags: ['Admin'],
    summary: 'Check all the books now',
    security: bearer,
    responses: answers(books, 'The books, checked'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    await checkBooksNow(actor);
    return c.json(toWire(await trialBalance(actor)), 200);
  },
);

theBooks.openapi(
  createRoute({
    method: 'get',
    path: '/admin/accounts',
    tags: ['Admin'],
    summary: 'Accounts, newest first',
    security: bearer,
    request: {
      query: z.object({ text, kind: text, belowZero: z.enum(['true', 'false']).default('false'), before: text }),
    },
    responses: answers(
      z.object({
        rows: z.array(
          z.looseObject({
            id: z.string(),
            kind: z.string(),
            owner,
            balanceMicros: signed,
            floorMicros: signed.nullable(),
          }),
        ),
        next: z.string().nullable(),
      }),
      'One page',
    ),
  }),
  async (c) => {
    const { belowZero, ...ask } = c.req.valid('query');
    return c.json(toWire(await findAccounts(signedInActor(c), { ...ask, belowZero: belowZero === 'true' })), 200);
  },
);

theBooks.openapi(
  createRoute({
    method: 'get',
    path: '/admin/transfers',
    tags: ['Admin'],
    summary: 'Transfers of an account, a kind, a booking, a cause, or all of them, newest first',
    security: bearer,
    request: { query: z.object({ accountId: text, kind: text, bookingId: text, causeId: text, before: text }) },
    responses: answers(z.object({ rows: z.array(transfer), next: z.string().nullable() }), 'One page'),
  }),
  async (c) => c.json(toWire(await findTransfers(signedInActor(c), c.req.valid('query'))), 200),
);

theBooks.openapi(
  createRoute({
    method: 'get',
    path: '/admin/transfers/{id}',
    tags: ['Admin'],
    summary: 'A transfer and its whole history: everything of the same booking, hold or cause, with running sums',
    security: bearer,
    request: { params: idParam, query: z.object({ after: text }) },
    responses: answers(
      z.object({
        transfer,
        rows: z.array(transfer.extend({ fromSumMicros: signed, toSumMicros: signed })),
        next: z.string().nullable(),
        accounts: z.array(side.extend({ sumMicros: signed })),
      }),
      'The history',
    ),
  }),
  async (c) => {
    const { id } = c.req.valid('param');
    return c.json(toWire(await transferHistory(signedInActor(c), id, c.req.valid('query'))), 200);
  },
);
