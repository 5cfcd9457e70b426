import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { ATTENTION_KINDS, attentionOf } from '#lib/agents/attention.ts';
import { attentionFacts } from '#lib/agents/queries/attention.ts';
import { theWorld } from '#lib/base/time.ts';
import { requestsForHost } from '#lib/bookings/queries/requests-for-host.ts';
import { earningsOf } from '#lib/ledger/queries.ts';
import { payoutsPage } from '#lib/payments/queries/payouts.ts';
import { PROJECTION_SENTENCE } from '#lib/receipts/host-week.ts';
import { hostWeekOf } from '#lib/receipts/queries/host-week.ts';
import { answers, bearer, instant, newDoor, signedInActor, toWire } from './door.ts';

const amount = z.string().regex(/^-?\d{1,19}$/);
const overview = z
  .object({
    payableMicros: amount.meta({ description: 'Owed to you, after the fee' }),
    netThisMonthMicros: amount,
    projectedNetMicros: amount.meta({ description: PROJECTION_SENTENCE }),
    days: z
      .array(
        z.object({
          startsAt: instant,
          rentedGpuSeconds: z.int(),
          offeredGpuSeconds: z.int(),
          basisPoints: z.int().nullable().meta({ description: 'Rented ÷ offered; 10,000 is all; null: not offered' }),
        }),
      )
      .meta({ description: 'The last seven days of UTC, today as far as it has come' }),
    attention: z
      .array(
        z.object({
          kind: z.enum(ATTENTION_KINDS),
          title: z.string(),
          sentence: z.string(),
          href: z.string().meta({ description: 'The page to see to it' }),
          at: instant.nullable(),
        }),
      )
      .meta({ description: 'What wants you now, the most urgent first' }),
  })
  .meta({ id: 'HostOverview' });

export const hostOverview = newDoor();

hostOverview.openapi(
  createRoute({
    method: 'get',
    path: '/host',
    tags: ['Machines'],
    summary: 'How your machines do: what wants you, the occupancy of this week, the money of this month',
    security: bearer,
    responses: answers(overview, 'As it is now'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const now = theWorld.now();
    const [facts, requests, payouts, week, { payableMicros }] = await Promise.all([
      attentionFacts(actor, now),
      requestsForHost(actor, now),
      payoutsPage(actor, now),
      hostWeekOf(actor, now),
      earningsOf(actor),
    ]);
    const unanswered = requests.filter((request) => request.machines.every(({ answer }) => answer === null));
    const all = {
      ...facts,
      payoutProblem: payouts.account.problem,
      owesMicros: payableMicros,
      requests: unanswered.length,
    };
    return c.json(toWire({ payableMicros, ...week, attention: attentionOf(all, now) }), 200);
  },
);
