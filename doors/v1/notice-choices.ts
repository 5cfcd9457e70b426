import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { noticeChoicesOf } from '#lib/notices/queries.ts';
import { setNoticeChoices } from '#lib/notices/set-notice-choices.ts';
import { answers, bearer, newDoor, signedInActor, takes } from './door.ts';

const way = z.object({ inApp: z.boolean(), mail: z.boolean() });
const line = way
  .extend({
    name: z.string(),
    title: z.string(),
    hint: z.string(),
    side: z.enum(['renter', 'host', 'account', 'staff']),
    fixed: z.string().nullable().meta({ description: 'Why it cannot be switched off; null when it can' }),
  })
  .meta({ id: 'NoticeChoice', description: 'A kind of notice, and where you hear of it' });
const lines = z.object({ rows: z.array(line) });

export const noticeChoices = newDoor();

async function rowsOf(actor: Parameters<typeof noticeChoicesOf>[0]) {
  return (await noticeChoicesOf(actor)).map(({ name, title, hint, side, inApp, mail, fixed }) => ({
    name,
    title,
    hint,
    side,
    inApp,
    mail,
    fixed: fixed ?? null,
  }));
}

noticeChoices.openapi(
  createRoute({
    method: 'get',
    path: '/notice-choices',
    tags: ['Account'],
    summary: 'What you hear of, and where',
    security: bearer,
    responses: answers(lines, 'Every kind of notice that concerns you'),
  }),
  async (c) => c.json({ rows: await rowsOf(signedInActor(c)) }, 200),
);

noticeChoices.openapi(
  createRoute({
    method: 'patch',
    path: '/notice-choices',
    tags: ['Account'],
    summary: 'Choose what you hear of, by name; what you leave out stays as it is',
    security: bearer,
    request: takes(z.record(z.string().max(40), way)),
    responses: answers(lines, 'As it is now'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    await setNoticeChoices(actor, c.req.valid('json'));
    return c.json({ rows: await rowsOf(actor) }, 200);
  },
);
