import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { askSelfTest } from '#lib/agents/ask-self-test.ts';
import { selfTestOf } from '#lib/agents/queries/self-test.ts';
import { theWorld } from '#lib/base/time.ts';
import { CHECK_OUTCOMES, checkOutcome } from '#lib/catalogue/self-test.ts';
import { checkHref } from '#lib/catalogue/self-test-guide.ts';
import { answers, bearer, idParam, instant, newDoor, signedInActor, toWire } from './door.ts';

const check = z
  .object({
    name: z.string(),
    outcome: z.enum(CHECK_OUTCOMES).meta({ description: '`look`: it passed, and deserves a look' }),
    detail: z.string(),
    measured: z.string().nullable(),
    wanted: z.string().nullable(),
    fix: z.string().nullable().meta({ description: 'What to do about it' }),
    guide: z.string().nullable().meta({ description: 'The page that explains it' }),
  })
  .meta({ id: 'SelfTestCheck' });

const report = z
  .object({
    at: instant.nullable().meta({ description: 'By the clock of the machine; null: it has not run' }),
    passed: z.boolean(),
    awaited: z.boolean().meta({ description: 'It was asked for, and the machine has not answered yet' }),
    askedAt: instant.nullable(),
    whyNotAsk: z.string().nullable().meta({ description: 'Why it cannot be asked for now' }),
    checks: z.array(check),
  })
  .meta({ id: 'SelfTest', description: 'What a machine found out about itself' });

const path = '/machines/{id}/self-test';

async function shown(actor: Parameters<typeof selfTestOf>[0], id: string) {
  const { test, ...rest } = await selfTestOf(actor, id, theWorld.now());
  const checks = (test?.checks ?? []).map(({ name, detail, measured = null, wanted = null, fix, ...row }) => ({
    name,
    outcome: checkOutcome({ name, detail, fix, ...row }),
    detail,
    measured,
    wanted,
    fix,
    guide: checkHref(name),
  }));
  return toWire({ ...rest, at: test?.at ?? null, checks });
}

export const selfTests = newDoor();

selfTests.openapi(
  createRoute({
    method: 'get',
    path,
    tags: ['Machines'],
    summary: 'The self-test of a machine of yours: what was measured and wanted, and how to mend what failed',
    security: bearer,
    request: { params: idParam },
    responses: answers(report, 'As the machine said last'),
  }),
  async (c) => c.json(await shown(signedInActor(c), c.req.valid('param').id), 200),
);

selfTests.openapi(
  createRoute({
    method: 'post',
    path,
    tags: ['Machines'],
    summary: 'Have a machine of yours test itself now; at most once a minute, and only while it answers',
    security: bearer,
    request: { params: idParam },
    responses: answers(report, 'As it is now: awaited'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const { id } = c.req.valid('param');
    await askSelfTest(actor, { machineId: id });
    return c.json(await shown(actor, id), 200);
  },
);
