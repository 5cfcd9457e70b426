import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld } from '#lib/base/time.ts';
import { env } from '#lib/io/env.ts';
import { printFonts } from '#lib/io/fonts.ts';
import { billCsv } from '#lib/receipts/bill-csv.ts';
import { billPdf } from '#lib/receipts/bill-pdf.ts';
import { invoiceHeadingOf } from '#lib/receipts/queries/invoice-heading.ts';
import { receiptOf } from '#lib/receipts/queries/receipt.ts';
import { billFileOf } from '#lib/receipts/queries/receipts.ts';
import { joinBytes } from '#protocol/base64.ts';
import { receiptText } from '#protocol/receipt-text.ts';
import { answers, bearer, idParam, newDoor, signedInActor, toWire } from './door.ts';

const file = z
  .looseObject({ kind: z.string(), log: z.string(), checkpoint: z.string(), signature: z.string() })
  .meta({ id: 'BillFile', description: 'A bill that stands alone: `sublet verify` recomputes it without a network' });

export const receipts = newDoor();

receipts.openapi(
  createRoute({
    method: 'get',
    path: '/bookings/{id}/receipts',
    tags: ['Bookings'],
    summary: 'The bill of a booking as a file that anybody can verify offline, to the byte',
    security: bearer,
    request: {
      params: idParam,
      query: z.object({
        since: z
          .string()
          .regex(/^[1-9]\d{0,12}$/, 'The size of a checkpoint is a whole number.')
          .optional()
          .meta({
            description:
              'The size of an older checkpoint that you hold: the bill then proves that the log continues it',
          }),
      }),
    },
    responses: answers(file, 'The file'),
  }),
  async (c) => {
    const { id } = c.req.valid('param');
    const { since } = c.req.valid('query');
    const ask = { since: since === undefined ? undefined : Number(since) };
    const bill = await billFileOf(signedInActor(c), id, theWorld.now(), ask);
    const name = `sublet-bill-${bill.final ? '' : 'so-far-'}${id}.json`;
    c.header('content-disposition', `attachment; filename="${name}"`);
    // To the byte what `writeBill` writes.
    return c.json(toWire(bill), 200);
  },
);

receipts.openapi(
  createRoute({
    method: 'get',
    path: '/bookings/{id}/bill.csv',
    tags: ['Bookings'],
    summary: 'The bill of a booking as a table: a line for each statement and each credit',
    security: bearer,
    request: { params: idParam },
    responses: { 200: { description: 'The table', content: { 'text/csv': { schema: z.string() } } } },
  }),
  async (c) => {
    const { id } = c.req.valid('param');
    const bill = await billFileOf(signedInActor(c), id, theWorld.now());
    c.header('content-type', 'text/csv; charset=utf-8');
    c.header('content-disposition', `attachment; filename="sublet-bill-${id}.csv"`);
    return c.body(
      billCsv(bill, (sequence) => `${env().publicUrl}/bookings/${id}/bill/${sequence}`),
      200,
    );
  },
);

receipts.openapi(
  createRoute({
    method: 'get',
    path: '/bookings/{id}/bill.pdf',
    tags: ['Bookings'],
    summary: 'The bill of a booking as an invoice to print: a line for each hour or day, linked to its statements',
    security: bearer,
    request: { params: idParam },
    responses: {
      200: {
        description: 'The invoice',
        content: { 'application/pdf': { schema: z.string().meta({ format: 'binary' }) } },
      },
    },
  }),
  async (c) => {
    const { id } = c.req.valid('param');
    const actor = signedInActor(c);
    const [bill, heading, fonts] = await Promise.all([
      billFileOf(actor, id, theWorld.now()),
      invoiceHeadingOf(actor, id),
      printFonts(env().invoiceFont),
    ]);
    const pageOf = (sequence: number) => `${env().publicUrl}/bookings/${id}/bill?before=${sequence + 1}`;
    c.header('content-type', 'application/pdf');
    c.header('content-disposition', `attachment; filename="sublet-invoice-${id}.pdf"`);
    return c.body(joinBytes(await billPdf(bill, heading, pageOf, fonts)), 200);
  },
);

const receipt = z
  .object({
    payload: z.string(),
    signature: z.string(),
    salt: z.string(),
    proof: z.string(),
    agreed: z
      .object({
        sequence: z.int(),
        statement: z.string().optional(),
        at: z.string(),
        key: z.string(),
        signature: z.string(),
      })
      .nullable()
      .meta({ description: 'The renter’s countersignature of it, or of a later one of its chain; null: host only' }),
  })
  .meta({
    id: 'Receipt',
    description:
      'A signed statement and the proof (c2sp.org/tlog-proof) that it is in the public log; `/log` checks it',
  });

receipts.openapi(
  createRoute({
    method: 'get',
    path: '/bookings/{id}/receipts/{sequence}',
    tags: ['Bookings'],
    summary: 'The receipt of one statement',
    security: bearer,
    request: { params: idParam.extend({ sequence: z.string().regex(/^\d{1,9}$/) }) },
    responses: answers(receipt, 'The receipt'),
  }),
  async (c) => {
    const { id, sequence } = c.req.valid('param');
    const found = await receiptOf(signedInActor(c), id, Number(sequence));
    if (found === null) throw notLoggedYet();
    return c.json(found.receipt, 200);
  },
);

receipts.openapi(
  createRoute({
    method: 'get',
    path: '/bookings/{id}/receipts/{sequence}/text',
    tags: ['Bookings'],
    summary: 'The same receipt as a short text that stands alone, below 2 KB for up to eight GPUs',
    security: bearer,
    request: { params: idParam.extend({ sequence: z.string().regex(/^\d{1,9}$/) }) },
    responses: { 200: { description: 'The receipt', content: { 'text/plain': { schema: z.string() } } } },
  }),
  async (c) => {
    const { id, sequence } = c.req.valid('param');
    const found = await receiptOf(signedInActor(c), id, Number(sequence));
    if (found === null) throw notLoggedYet();
    c.header('content-disposition', `attachment; filename="sublet-receipt-${id}-${sequence}.txt"`);
    return c.text(receiptText(found.receipt) ?? JSON.stringify(found.receipt), 200);
  },
);

function notLoggedYet(): Refusal {
  return new Refusal('unavailable', {}, 'This statement is not in the public log yet. Try again in a minute.');
}
