import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { streamOf } from '#doors/_edge/stream.ts';
import { requireAdmin } from '#lib/auth/permission.ts';
import { csvText } from '#lib/base/csv.ts';
import { DAY } from '#lib/base/time.ts';
import { factText } from '#lib/trust/audit.ts';
import { type AuditAsk, type AuditRow, auditTrail, everyAudit } from '#lib/trust/queries/audit.ts';
import { answers, bearer, instant, newDoor, signedInActor, toWire } from './door.ts';

const day = z
  .string()
  .regex(/^(\d{4}-\d{2}-\d{2})?$/, 'Write a day like 2026-11-27.')
  .optional()
  .meta({ description: 'A day of UTC' });
const ask = z.object({
  text: z.string().max(200).optional().meta({ description: 'A piece of a reason, a kind or what an event says' }),
  about: z.string().max(200).optional().meta({ description: 'Id of a person, booking, machine, listing or case' }),
  by: z.string().max(200).optional().meta({ description: 'Id of whoever did it' }),
  kind: z.string().max(100).optional(),
  from: day,
  until: day.meta({ description: 'The last day, itself included' }),
  people: z.enum(['on', '']).optional().meta({ description: '`on`: only what people did' }),
  before: z
    .string()
    .regex(/^\d{1,18}$/, 'Send `next` of the page before.')
    .optional(),
});

/** The day's beginning; nothing for what is no day, such as the 31st of February. */
function dayStart(text: string | undefined): Date | undefined {
  const at = text ? new Date(`${text}T00:00:00Z`) : undefined;
  return at === undefined || Number.isNaN(at.getTime()) ? undefined : at;
}

function askOf({ people, from, until, before, ...rest }: z.output<typeof ask>): AuditAsk {
  const last = dayStart(until);
  return {
    ...rest,
    from: dayStart(from),
    until: last === undefined ? undefined : new Date(last.getTime() + DAY),
    before: before === undefined ? undefined : BigInt(before),
    byPeople: people === 'on',
  };
}

const event = z
  .object({
    id: z.string(),
    kind: z.string(),
    actor: z.object({ id: z.string(), name: z.string() }).nullable().meta({ description: 'Null: the market itself' }),
    userId: z.string().nullable(),
    bookingId: z.string().nullable(),
    machineId: z.string().nullable(),
    listingId: z.string().nullable(),
    reason: z.string().nullable(),
    facts: z.array(z.object({ label: z.string(), before: z.string().nullable(), value: z.string() })),
    createdAt: instant,
  })
  .meta({ id: 'AuditEvent', description: 'Who did what, when and why; `before` where something changed' });

export const audit = newDoor();

audit.openapi(
  createRoute({
    method: 'get',
    path: '/admin/audit',
    tags: ['Admin'],
    summary: 'The audit log, newest first',
    security: bearer,
    request: { query: ask },
    responses: answers(z.object({ rows: z.array(event), next: z.string().nullable() }), 'One page'),
  }),
  async (c) => c.json(toWire(await auditTrail(signedInActor(c), askOf(c.req.valid('query')))), 200),
);

audit.openapi(
  createRoute({
    method: 'get',
    path: '/admin/audit.csv',
    tags: ['Admin'],
    summary: 'The same as CSV',
    security: bearer,
    request: { query: ask },
    responses: { 200: { description: 'The table', content: { 'text/csv': { schema: z.string() } } } },
  }),
  (c) => {
    const actor = signedInActor(c);
    // Asked before the answer begins: a stream that has begun cannot be refused any more.
    requireAdmin(actor);
    c.header('content-type', 'text/csv; charset=utf-8');
    c.header('content-disposition', 'attachment; filename="sublet-audit.csv"');
    return c.body(streamOf(csvParts(everyAudit(actor, askOf(c.req.valid('query'))))), 200);
  },
);

const COLUMNS = [
  'at',
  'id',
  'kind',
  'actor_id',
  'actor',
  'person_id',
  'booking_id',
  'machine_id',
  'listing_id',
  'reason',
  'facts',
];

async function* csvParts(pages: AsyncGenerator<readonly AuditRow[]>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  yield encoder.encode(csvText([COLUMNS]));
  for await (const rows of pages) yield encoder.encode(csvText(rows.map(csvRow)));
}

function csvRow(row: AuditRow): string[] {
  const { actor, userId, bookingId, machineId, listingId, reason } = row;
  return [
    row.createdAt.toISOString(),
    row.id,
    row.kind,
    actor?.id ?? '',
    actor?.name ?? 'the market',
    userId ?? '',
    bookingId ?? '',
    machineId ?? '',
    listingId ?? '',
    reason ?? '',
    row.facts.map(factText).join('; '),
  ];
}
