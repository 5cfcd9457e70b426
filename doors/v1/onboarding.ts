import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { createEnrolmentCode } from '#lib/agents/create-enrolment-code.ts';
import { installLine } from '#lib/agents/install-line.ts';
import { currentStep, ONBOARDING_STEPS, onboardingSteps } from '#lib/agents/onboarding.ts';
import { onboardingOf } from '#lib/agents/queries/onboarding.ts';
import { theWorld } from '#lib/base/time.ts';
import { env } from '#lib/io/env.ts';
import { payoutsPage } from '#lib/payments/queries/payouts.ts';
import { answers, bearer, instant, newDoor, signedInActor, toWire } from './door.ts';

const step = z
  .object({
    name: z.enum(ONBOARDING_STEPS),
    state: z.enum(['done', 'act', 'wait', 'failed', 'optional', 'later']),
    sentence: z.string(),
  })
  .meta({ id: 'OnboardingStep', description: 'As it stands now: nothing of it is kept, all of it follows from facts' });

export const onboarding = newDoor();

onboarding.openapi(
  createRoute({
    method: 'get',
    path: '/host/onboarding',
    tags: ['Machines'],
    summary: 'How far you are in listing a machine: the newest that renters do not see yet, or the one that you name',
    security: bearer,
    request: { query: z.object({ machine: z.string().max(64).optional() }) },
    responses: answers(
      z.object({
        machineId: z.string().nullable(),
        codeExpiresAt: instant.nullable().meta({ description: 'Of the newest code that waits for a machine' }),
        current: z.enum(ONBOARDING_STEPS).nullable(),
        steps: z.array(step),
      }),
      'Every step, in order',
    ),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const now = theWorld.now();
    const [found, payouts] = await Promise.all([
      onboardingOf(actor, { machineId: c.req.valid('query').machine }, now),
      payoutsPage(actor, now),
    ]);
    const steps = onboardingSteps({ ...found.facts, payout: { provider: payouts.provider, ...payouts.account } });
    const { code } = found.facts;
    const answer = {
      machineId: found.machine?.id ?? null,
      codeExpiresAt: code?.state === 'waiting' ? code.expiresAt : null,
      current: currentStep(steps),
      steps,
    };
    return c.json(toWire(answer), 200);
  },
);

onboarding.openapi(
  createRoute({
    method: 'post',
    path: '/enrolment-codes',
    tags: ['Machines'],
    summary: 'Make a code that enrols one machine of yours, once, within the hour; it is told only here',
    security: bearer,
    responses: answers(
      z.object({ id: z.string(), code: z.string(), expiresAt: instant, line: z.string() }),
      'The code, and the line to paste on the machine',
      201,
    ),
  }),
  async (c) => {
    const made = await createEnrolmentCode(signedInActor(c));
    return c.json({ ...toWire(made), line: installLine(env().publicUrl, made.code) }, 201);
  },
);
