import { Hono } from 'hono';
import { limitBody } from '#doors/_edge/body.ts';
import { answerError, answerNotFound } from '#doors/_edge/problem.ts';
import { connectAgent } from '#lib/agents/connect-agent.ts';
import { enrolMachine } from '#lib/agents/enrol-machine.ts';
import { leaveMarket } from '#lib/agents/leave-market.ts';
import { challengeFor } from '#lib/agents/queries/challenge.ts';
import { recordAgentLog } from '#lib/agents/record-agent-log.ts';
import { recordLogs } from '#lib/agents/record-logs.ts';
import { recordWitness } from '#lib/agents/record-witness.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { env } from '#lib/io/env.ts';
import { leaseKey } from '#lib/io/lease-key.ts';
import { recordSamples } from '#lib/telemetry/record-samples.ts';
import {
  type ConnectAnswer,
  challengeRequest,
  connectRequest,
  type EnrolAnswer,
  enrolRequest,
  type LeaveAnswer,
  leaveRequest,
  logsRequest,
  SYNC_HOLD_SECONDS,
  type SyncAnswer,
  syncRequest,
  witnessRequest,
} from '#protocol/agent.ts';
import { agentLogRequest } from '#protocol/agent-log.ts';
import { metricsRequest } from '#protocol/metrics.ts';
import { PROTOCOL_VERSION } from '#protocol/words.ts';
import { readMessage, tokenOf } from './message.ts';
import { syncsOf } from './syncs.ts';

const KIB = 1_024;

export type AgentDoorOptions = {
  /** How long a sync is held without news: how often an idle machine is heard. */
  readonly holdMs?: number;
  /** Aborts when this process is to end: whoever is held is answered, and comes back to another. */
  readonly closing?: AbortSignal | undefined;
};

/** The door for agents, to be mounted at `/api/agent/v1`; it knows nothing of Next and can be served alone. */
export function agentDoor(
  world: World = theWorld,
  { holdMs = SYNC_HOLD_SECONDS * 1_000, closing }: AgentDoorOptions = {},
) {
  const door = new Hono().basePath('/api/agent/v1');
  const sync = syncsOf(world, holdMs, closing);
  const spoken = () => ({ protocol: PROTOCOL_VERSION, now: world.now().toISOString() }) as const;
  // Made in one piece: headers that are added later have the answer copied, once for each heartbeat.
  const say = (answer: object) =>
    new Response(JSON.stringify(answer), {
      headers: {
        'content-type': 'application/json',
        'cache-control': 'no-store',
        ...(closing?.aborted ? { connection: 'close' } : {}),
      },
    });

  door.onError(answerError);
  door.notFound(answerNotFound);

  door.post('/enrol', limitBody(512 * KIB), async (context) => {
    const request = await readMessage(context, enrolRequest);
    const { machineId } = await enrolMachine(request, world);
    return say({ ...spoken(), machineId, leaseKey: leaseKey().publicKey } satisfies EnrolAnswer);
  });

  door.post('/challenge', limitBody(4 * KIB), async (context) => {
    const { machineId } = await readMessage(context, challengeRequest);
    return say({ ...spoken(), nonce: await challengeFor(machineId, world) });
  });

  door.post('/connect', limitBody(8 * KIB), async (context) => {
    const request = await readMessage(context, connectRequest);
    const { token } = await connectAgent(request, world);
    const gateways = env().gateways.map(({ name, tunnelUrl }) => ({ name, tunnelUrl }));
    return say({ ...spoken(), token, gateways } satisfies ConnectAnswer);
  });

  door.post('/sync', limitBody(4_096 * KIB), async (context) => {
    const token = tokenOf(context);
    const request = await readMessage(context, syncRequest);
    const answered = await sync(token, request, context.req.raw.signal);
    return say({ ...spoken(), ...answered } satisfies SyncAnswer);
  });

  door.post('/logs', limitBody(4_096 * KIB), async (context) => {
    const token = tokenOf(context);
    await recordLogs(token, await readMessage(context, logsRequest), world);
    return say(spoken());
  });

  door.post('/agent-log', limitBody(1_024 * KIB), async (context) => {
    const token = tokenOf(context);
    await recordAgentLog(token, await readMessage(context, agentLogRequest), world);
    return say(spoken());
  });

  door.post('/metrics', limitBody(4_096 * KIB), async (context) => {
    const token = tokenOf(context);
    await recordSamples(token, await readMessage(context, metricsRequest), world);
    return context.json(spoken());
  });

  door.post('/witness', limitBody(64 * KIB), async (context) => {
    const token = tokenOf(context);
    await recordWitness(token, await readMessage(context, witnessRequest), world);
    return say(spoken());
  });

  door.post('/leave', limitBody(4 * KIB), async (context) => {
    const token = tokenOf(context);
    await readMessage(context, leaveRequest);
    return say({ ...spoken(), outcome: await leaveMarket(token, world) } satisfies LeaveAnswer);
  });

  return door;
}
