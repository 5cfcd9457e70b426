import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { streamOf } from '#doors/_edge/stream.ts';
import type { Actor } from '#lib/base/actor.ts';
import { csvText } from '#lib/base/csv.ts';
import { isId } from '#lib/base/id.ts';
import { dollarsDecimal } from '#lib/base/money.ts';
import { parseMonth } from '#lib/base/month.ts';
import { theWorld } from '#lib/base/time.ts';
import { spendingByMonth } from '#lib/ledger/queries/month-spending.ts';
import {
  everyTransferOf,
  type TransferRow,
  type TransfersAsk,
  transfersByDay,
  transfersOf,
} from '#lib/ledger/queries/movements.ts';
import { TRANSFER_KINDS, type TransferKind } from '#lib/ledger/transfer.ts';
import { answers, bearer, decimal, instant, newDoor, signedInActor, toWire } from './door.ts';

const side = z.enum(['renter', 'host']).default('renter');
const kind = z.enum(Object.keys(TRANSFER_KINDS) as [TransferKind, ...TransferKind[]]).optional();
const month = z
  .string()
  .refine((text) => parseMonth(text) !== undefined, 'Write a month like 2026-11.')
  .meta({ description: 'A month of UTC', example: '2026-11' });
const after = z
  .string()
  .refine((text) => isId('transfer', text), 'This is not the id of a transfer.')
  .optional()
  .meta({ description: '`next` of the page before' });

const signed = z.string().meta({ description: 'Micro-dollars; negative when money went out' });
const booking = { bookingId: z.string().nullable(), bookingName: z.string().nullable() };

const transfer = z
  .object({
    id: z.string(),
    at: instant,
    kind: z.string(),
    account: z.string(),
    amountMicros: signed,
    ...booking,
    reason: z.string().nullable(),
  })
  .meta({ id: 'Transfer' });

export const movements = newDoor();

movements.openapi(
  createRoute({
    method: 'get',
    path: '/transfers',
    tags: ['Money'],
    summary: 'Movements of your accounts, newest first',
    security: bearer,
    request: { query: z.object({ side, kind, month: month.optional(), after }) },
    responses: answers(z.object({ rows: z.array(transfer), next: z.string().nullable() }), 'One page'),
  }),
  async (c) => c.json(toWire(await transfersOf(signedInActor(c), c.req.valid('query'))), 200),
);

movements.openapi(
  createRoute({
    method: 'get',
    path: '/transfers.csv',
    tags: ['Money'],
    summary: 'The same as a table, all of it',
    security: bearer,
    request: { query: z.object({ side, kind, month: month.optional() }) },
    responses: { 200: { description: 'The table', content: { 'text/csv': { schema: z.string() } } } },
  }),
  (c) => {
    const ask = c.req.valid('query');
    const name = ['sublet-movements', ask.side, ask.month, ask.kind].filter((word) => word !== undefined).join('-');
    c.header('content-type', 'text/csv; charset=utf-8');
    c.header('content-disposition', `attachment; filename="${name}.csv"`);
    // Streamed: years of a busy account do not stand in memory.
    return c.body(streamOf(csvParts(signedInActor(c), ask)), 200);
  },
);

movements.openapi(
  createRoute({
    method: 'get',
    path: '/transfers/days',
    tags: ['Money'],
    summary: 'The movements of a month, summed by day, kind and booking, newest first: 500 lines at most',
    security: bearer,
    request: { query: z.object({ side, kind, month }) },
    responses: answers(
      z.object({
        rows: z.array(
          z
            .object({
              day: z.string(),
              kind: z.string(),
              account: z.string(),
              amountMicros: signed,
              transfers: z.int(),
              ...booking,
            })
            .meta({ id: 'DayOfTransfers' }),
        ),
        more: z.boolean(),
      }),
      'The month',
    ),
  }),
  async (c) => {
    const { rows, more } = await transfersByDay(signedInActor(c), c.req.valid('query'));
    return c.json({ rows: toWire(rows), more }, 200);
  },
);

movements.openapi(
  createRoute({
    method: 'get',
    path: '/wallet/months',
    tags: ['Money'],
    summary: 'What your rentals cost in each of the last months, oldest first',
    security: bearer,
    request: { query: z.object({ months: z.coerce.number().int().min(1).max(60).default(12) }) },
    responses: answers(
      z.object({
        rows: z.array(
          z.object({ month: z.string(), spentMicros: decimal, refundedMicros: decimal }).meta({ id: 'MonthSpent' }),
        ),
      }),
      'The months',
    ),
  }),
  async (c) => {
    const rows = await spendingByMonth(signedInActor(c), c.req.valid('query').months, theWorld.now());
    return c.json({ rows: toWire(rows) }, 200);
  },
);

async function* csvParts(actor: Actor, ask: TransfersAsk): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  yield encoder.encode(
    csvText([['at', 'id', 'kind', 'what', 'account', 'amount_usd', 'booking_id', 'booking', 'reason']]),
  );
  for await (const rows of everyTransferOf(actor, ask)) yield encoder.encode(csvText(rows.map(csvRow)));
}

function csvRow(row: TransferRow): string[] {
  return [
    row.at.toISOString(),
    row.id,
    row.kind,
    TRANSFER_KINDS[row.kind],
    row.account,
    dollarsDecimal(row.amountMicros),
    row.bookingId ?? '',
    row.bookingName ?? '',
    row.reason ?? '',
  ];
}
