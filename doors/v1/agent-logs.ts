import { createRoute } from '@hono/zod-openapi';
import * as z from 'zod';
import { badInput } from '#doors/_edge/body.ts';
import { AGENT_LOG_KEPT_WORDS, agentLogText } from '#lib/agents/agent-log.ts';
import { agentLogOf, agentLogSince, wholeAgentLogOf } from '#lib/agents/queries/agent-log.ts';
import { AGENT_LOG_LEVELS } from '#protocol/agent-log.ts';
import { answers, bearer, idParam, instant, newDoor, pageEnd, signedInActor, toWire } from './door.ts';
import { held } from './held.ts';

const line = z
  .object({ id: z.string(), at: instant, level: z.enum(AGENT_LOG_LEVELS), message: z.string() })
  .meta({ id: 'AgentLogLine', description: 'A line that an agent said of its own work, by the clock of its machine' });

const filter = z.object({
  level: z.enum(AGENT_LOG_LEVELS).default('info').meta({ description: 'The least that a line must be' }),
  text: z.string().max(200, 'Write at most 200 characters.').optional(),
});

export const agentLogs = newDoor();

agentLogs.openapi(
  createRoute({
    method: 'get',
    path: '/machines/{id}/agent-log',
    tags: ['Machines'],
    summary: 'What the agent of a machine of yours said of its own work, newest first',
    description: `${AGENT_LOG_KEPT_WORDS} With \`since\` the lines that were said after the one of that id, oldest first (\`0\`: from the beginning); with \`hold=true\` besides, the answer waits up to 25 s for something new.`,
    security: bearer,
    request: {
      params: idParam,
      query: filter.extend({ after: pageEnd, since: pageEnd, hold: z.enum(['true', 'false']).default('false') }),
    },
    responses: answers(z.object({ rows: z.array(line), next: z.string().nullable() }), 'One page'),
  }),
  async (c) => {
    const actor = signedInActor(c);
    const { id } = c.req.valid('param');
    const { since, hold, ...ask } = c.req.valid('query');
    if (since === undefined) return c.json(toWire(await agentLogOf(actor, id, ask)), 200);
    const read = () => agentLogSince(actor, id, ask, since);
    const rows = await (hold === 'true' ? held(`machine:${id}`, c.req.raw.signal, read) : read());
    return c.json({ rows: toWire([...rows]), next: null }, 200);
  },
);

agentLogs.openAPIRegistry.registerPath(
  createRoute({
    method: 'get',
    path: '/machines/{id}/agent-log.txt',
    tags: ['Machines'],
    summary: 'All that is kept of it, as a file, oldest first: a line with its time and its level',
    security: bearer,
    request: { params: idParam, query: filter },
    responses: { 200: { description: 'The file', content: { 'text/plain': { schema: z.string() } } } },
  }),
);

agentLogs.get('/machines/:id/agent-log.txt', async (c) => {
  const actor = signedInActor(c);
  const given = idParam.safeParse(c.req.param());
  if (!given.success) throw badInput(given.error);
  const wanted = filter.safeParse(c.req.query());
  if (!wanted.success) throw badInput(wanted.error);
  const { id } = given.data;
  const lines = await wholeAgentLogOf(actor, id, wanted.data);
  c.header('content-type', 'text/plain; charset=utf-8');
  c.header('content-disposition', `attachment; filename="${id}-agent.log"`);
  return c.body(lines.map(agentLogText).join(''));
});
