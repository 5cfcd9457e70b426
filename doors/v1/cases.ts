import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { decideCase } from '#doors/_edge/decide-case.ts';
import { theWorld } from '#lib/base/time.ts';
import { CASE_KINDS } from '#lib/desk/case.ts';
import { claimCase, releaseCase, takeOverCase } from '#lib/desk/claim-case.ts';
import { OUTCOMES_OF } from '#lib/desk/decision.ts';
import { caseName, takeOverInput } from '#lib/desk/schema.ts';
import { casesOf, caseView, queues } from '#lib/trust/queries/cases.ts';
import { decideDisputeInput } from '#lib/trust/schema.ts';
import { pictureSize } from './disputes.ts';
import { answers, bearer, instant, newDoor, signedInActor, takes, toWire } from './door.ts';

const kind = z.enum(CASE_KINDS);
const claim = z
  .object({ admin: z.object({ id: z.string(), name: z.string() }), claimedAt: instant, expiresAt: instant })
  .nullable();
const row = z.object({
  kind,
  id: z.string(),
  title: z.string(),
  line: z.string(),
  since: instant,
  dueAt: instant,
  claim,
});
const facts = z.record(z.string(), z.string());
const shown = row
  .extend({
    since: instant.nullable(),
    dueAt: instant.nullable(),
    facts: facts.meta({ description: 'Send them back as `seen` with a decision' }),
    waiting: z.boolean(),
    evidence: z.array(
      z.object({
        title: z.string(),
        facts: facts.optional(),
        quote: z.string().optional(),
        file: z
          .object({
            disputeId: z.string(),
            evidenceId: z.string(),
            name: z.string(),
            sentBy: z.string(),
            picture: pictureSize.nullable(),
          })
          .optional()
          .meta({
            description: 'A file that is kept still: at `/file`, a picture also at `/picture`, of its evidence',
          }),
        checks: z.array(z.object({ ok: z.boolean(), text: z.string() })).optional(),
      }),
    ),
    links: z.array(z.object({ href: z.string(), label: z.string() })),
    outcomes: z.array(z.string()).meta({ description: 'What can be decided about it' }),
    whyNot: z.string().nullable(),
  })
  .meta({ id: 'Case', description: 'Something that waits for an admin, with what a decision rests on' });
const summary = z.object({
  kind,
  waiting: z.int(),
  claimed: z.int(),
  oldestAt: instant.nullable(),
  firstDueAt: instant.nullable(),
});
const decision = z.object({
  outcome: z
    .string()
    .max(40)
    .meta({
      description: CASE_KINDS.map((each) => `${each}: ${OUTCOMES_OF[each].map(({ value }) => value).join(', ')}`).join(
        '; ',
      ),
    }),
  reason: z.string().max(2_000),
  seen: facts.optional(),
  partMicros: decideDisputeInput.shape.partMicros.meta({ description: 'For a part of a dispute' }),
});
const of = z.object({ kind, id: caseName.shape.id.regex(/^[\x21-\x7e]+$/, 'This is not an id.') });
const common = { tags: ['Admin'], security: bearer };
const theCase = answers(shown, 'The case as it is now');

export const cases = newDoor();

cases.openapi(
  createRoute({
    ...common,
    method: 'get',
    path: '/admin/queues',
    summary: 'All queues: how many wait, since when, and when the first is due; the most urgent first',
    responses: answers(z.object({ rows: z.array(summary) }), 'The queues'),
  }),
  async (c) => c.json({ rows: toWire(await queues(signedInActor(c), theWorld.now())) }, 200),
);

cases.openapi(
  createRoute({
    ...common,
    method: 'get',
    path: '/admin/queues/{kind}',
    summary: 'The cases of a queue, what is due first before the rest',
    request: { params: z.object({ kind }) },
    responses: answers(z.object({ rows: z.array(row), waiting: z.int() }), 'The first hundred, and how many there are'),
  }),
  async (c) => c.json(toWire(await casesOf(signedInActor(c), c.req.valid('param').kind, theWorld.now())), 200),
);

cases.openapi(
  createRoute({
    ...common,
    method: 'get',
    path: '/admin/cases/{kind}/{id}',
    summary: 'One case with all that a decision rests on',
    request: { params: of },
    responses: theCase,
  }),
  async (c) => c.json(toWire(await caseView(signedInActor(c), c.req.valid('param'), theWorld.now())), 200),
);

cases.openapi(
  createRoute({
    ...common,
    method: 'post',
    path: '/admin/cases/{kind}/{id}/claim',
    summary: 'Make a case yours for a quarter of an hour',
    request: { params: of },
    responses: theCase,
  }),
  async (c) => {
    const actor = signedInActor(c);
    const named = c.req.valid('param');
    await claimCase(actor, named);
    return c.json(toWire(await caseView(actor, named, theWorld.now())), 200);
  },
);

cases.openapi(
  createRoute({
    ...common,
    method: 'delete',
    path: '/admin/cases/{kind}/{id}/claim',
    summary: 'Give a case back',
    request: { params: of },
    responses: theCase,
  }),
  async (c) => {
    const actor = signedInActor(c);
    const named = c.req.valid('param');
    await releaseCase(actor, named);
    return c.json(toWire(await caseView(actor, named, theWorld.now())), 200);
  },
);

cases.openapi(
  createRoute({
    ...common,
    method: 'post',
    path: '/admin/cases/{kind}/{id}/take-over',
    summary: 'Take a case over from another admin, with a reason',
    request: { params: of, ...takes(takeOverInput.pick({ reason: true })) },
    responses: theCase,
  }),
  async (c) => {
    const actor = signedInActor(c);
    const named = c.req.valid('param');
    await takeOverCase(actor, { ...named, ...c.req.valid('json') });
    return c.json(toWire(await caseView(actor, named, theWorld.now())), 200);
  },
);

cases.openapi(
  createRoute({
    ...common,
    method: 'post',
    path: '/admin/cases/{kind}/{id}/decision',
    summary: 'Decide a case, once; refused when it changed since `seen`, or while it is another admin’s',
    request: { params: of, ...takes(decision) },
    responses: theCase,
  }),
  async (c) => {
    const actor = signedInActor(c);
    const named = c.req.valid('param');
    await decideCase(actor, named, c.req.valid('json'));
    return c.json(toWire(await caseView(actor, named, theWorld.now())), 200);
  },
);
