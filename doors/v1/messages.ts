import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { theWorld } from '#lib/base/time.ts';
import { closeMessageReport } from '#lib/trust/close-message-report.ts';
import { markThreadRead } from '#lib/trust/mark-thread-read.ts';
import { openThreadToStaff } from '#lib/trust/open-thread-to-staff.ts';
import { messageReports, threadOf, threadsOf } from '#lib/trust/queries/threads.ts';
import { reportMessage } from '#lib/trust/report-message.ts';
import {
  closeReportInput,
  openThreadInput,
  readThreadInput,
  reportMessageInput,
  sendMessageInput,
} from '#lib/trust/schema.ts';
import { sendMessage } from '#lib/trust/send-message.ts';
import { THREAD_SIDES } from '#lib/trust/thread.ts';
import {
  answers,
  bearer,
  idempotencyHeader,
  idParam,
  instant,
  newDoor,
  pageEnd,
  signedInActor,
  takes,
  toWire,
} from './door.ts';

const named = z.object({ id: z.string(), name: z.string() });
const side = z.enum(THREAD_SIDES);
const message = z.object({
  id: z.string(),
  side,
  authorName: z.string(),
  text: z.string(),
  sentAt: instant,
  own: z.boolean(),
  read: z.boolean().meta({ description: 'The other side has seen it' }),
  unread: z.boolean().meta({ description: 'You have not seen it before' }),
  report: z.enum(['open', 'closed']).nullable(),
});
const thread = z
  .object({
    bookingId: z.string(),
    bookingName: z.string(),
    side: z.enum([...THREAD_SIDES, 'staff']),
    otherName: z.string(),
    machine: named,
    messages: z.array(message),
    before: z.string().nullable(),
    unread: z.int(),
    writableUntil: instant.nullable(),
    whyNotWrite: z.string().nullable(),
  })
  .meta({ id: 'Thread', description: 'What renter and host of a booking wrote to each other, the newest page of it' });
const threadRow = z.object({
  id: z.string().meta({ description: 'Of the booking' }),
  bookingName: z.string(),
  machine: named,
  side,
  otherName: z.string(),
  lastText: z.string(),
  lastOwn: z.boolean(),
  lastAt: instant,
  unread: z.int(),
});
const report = z.object({
  id: z.string(),
  bookingId: z.string(),
  bookingName: z.string(),
  author: named,
  reporter: named,
  text: z.string(),
  sentAt: instant,
  reason: z.string(),
  reportedAt: instant,
  closedAt: instant.nullable(),
  outcome: z.string().nullable(),
});
const done = z.object({ ok: z.literal(true) });

export const messages = newDoor();

messages.openapi(
  createRoute({
    method: 'get',
    path: '/threads',
    tags: ['Messages'],
    summary: 'Your threads with hosts and renters, the newest message first',
    security: bearer,
    request: {
      query: z.object({ after: pageEnd, unread: z.stringbool().optional(), machineId: z.string().max(64).optional() }),
    },
    responses: answers(z.object({ rows: z.array(threadRow), next: z.string().nullable() }), 'One page'),
  }),
  async (c) => c.json(toWire(await threadsOf(signedInActor(c), c.req.valid('query'))), 200),
);

messages.openapi(
  createRoute({
    method: 'get',
    path: '/bookings/{id}/messages',
    tags: ['Messages'],
    summary: 'The thread of a booking, for its renter and its host; for staff while it is disputed and they said why',
    security: bearer,
    request: { params: idParam, query: z.object({ before: pageEnd }) },
    responses: answers(thread, 'The thread'),
  }),
  async (c) => {
    const { id } = c.req.valid('param');
    return c.json(toWire(await threadOf(signedInActor(c), id, c.req.valid('query'), theWorld.now())), 200);
  },
);

messages.openapi(
  createRoute({
    method: 'post',
    path: '/bookings/{id}/messages',
    tags: ['Messages'],
    summary: 'Write to the other side: plain text of at most 2,000 characters',
    security: bearer,
    request: { params: idParam, headers: idempotencyHeader, ...takes(sendMessageInput) },
    responses: answers(z.object({ id: z.string() }), 'The message', 201),
  }),
  async (c) => {
    const { messageId } = await sendMessage(signedInActor(c), {
      bookingId: c.req.valid('param').id,
      idempotencyKey: c.req.valid('header')['idempotency-key'],
      text: c.req.valid('json').text,
    });
    return c.json({ id: messageId }, 201);
  },
);

messages.openapi(
  createRoute({
    method: 'post',
    path: '/bookings/{id}/messages/read',
    tags: ['Messages'],
    summary: 'Say up to which message you have read',
    security: bearer,
    request: { params: idParam, ...takes(readThreadInput) },
    responses: answers(z.object({ changed: z.boolean() }), 'Whether that was news'),
  }),
  async (c) => {
    const input = { ...c.req.valid('json'), bookingId: c.req.valid('param').id };
    return c.json({ changed: await markThreadRead(signedInActor(c), input) }, 200);
  },
);

messages.openapi(
  createRoute({
    method: 'post',
    path: '/messages/{id}/report',
    tags: ['Messages'],
    summary: 'Show staff a message of the other side, and say why',
    security: bearer,
    request: { params: idParam, ...takes(reportMessageInput) },
    responses: answers(z.object({ id: z.string() }), 'The report', 201),
  }),
  async (c) => {
    const input = { ...c.req.valid('json'), messageId: c.req.valid('param').id };
    return c.json({ id: (await reportMessage(signedInActor(c), input)).reportId }, 201);
  },
);

messages.openapi(
  createRoute({
    method: 'post',
    path: '/admin/bookings/{id}/thread',
    tags: ['Admin'],
    summary: 'Open the thread of a disputed booking for an hour; both sides see that you did, and why',
    security: bearer,
    request: { params: idParam, ...takes(openThreadInput) },
    responses: answers(thread, 'The thread'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const { id } = c.req.valid('param');
    await openThreadToStaff(actor, { ...c.req.valid('json'), bookingId: id });
    return c.json(toWire(await threadOf(actor, id, {}, theWorld.now())), 200);
  },
);

messages.openapi(
  createRoute({
    method: 'get',
    path: '/admin/message-reports',
    tags: ['Admin'],
    summary: 'Messages that were reported: open ones oldest first, closed ones newest first',
    security: bearer,
    request: { query: z.object({ state: z.enum(['open', 'closed']).default('open'), after: pageEnd }) },
    responses: answers(z.object({ rows: z.array(report), next: z.string().nullable() }), 'One page'),
  }),
  async (c) => c.json(toWire(await messageReports(signedInActor(c), c.req.valid('query'))), 200),
);

messages.openapi(
  createRoute({
    method: 'post',
    path: '/admin/message-reports/{id}/outcome',
    tags: ['Admin'],
    summary: 'Say, once, what came of a reported message',
    security: bearer,
    request: { params: idParam, ...takes(closeReportInput) },
    responses: answers(done, 'Done'),
  }),
  async (c) => {
    await closeMessageReport(signedInActor(c), { ...c.req.valid('json'), reportId: c.req.valid('param').id });
    return c.json({ ok: true as const }, 200);
  },
);
