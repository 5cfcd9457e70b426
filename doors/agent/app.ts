import { Hono } from 'hono';
import { limitBody } from '#doors/_edge/body.ts';
import { answerError, answerNotFound } from '#doors/_edge/problem.ts';
import { connectAgent } from '#lib/agents/connect-agent.ts';
import { enrolMachine } from '#lib/agents/enrol-machine.ts';
import { leaveMarket } from '#lib/agents/leave-market.ts';
import { challengeFor } from '#lib/agents/queries/challenge.ts';
import { desiredDefaultJob } from '#lib/agents/queries/default-job.ts';
import { desiredWorkloads } from '#lib/agents/queries/desired.ts';
import { recordLogs } from '#lib/agents/record-logs.ts';
import { recordSync } from '#lib/agents/record-sync.ts';
import { recordWitness } from '#lib/agents/record-witness.ts';
import { answersAtOnce } from '#lib/agents/sync.ts';
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
import { metricsRequest } from '#protocol/metrics.ts';
import { PROTOCOL_VERSION } from '#protocol/words.ts';
import { holdUntilNews } from './hold.ts';
import { readMessage, tokenOf } from './message.ts';

const KIB = 1_024;

/** The door for agents, to be mounted at `/api/agent/v1`; it knows nothing of Next and can be served alone. */
export function agentDoor(world: World = theWorld, { holdMs = SYNC_HOLD_SECONDS * 1_000 } = {}) {
  const door = new Hono().basePath('/api/agent/v1');
  const spoken = () => ({ protocol: PROTOCOL_VERSION, now: world.now().toISOString() }) as const;

  door.onError(answerError);
  door.notFound(answerNotFound);
  door.use(async (context, next) => {
    await next();
    context.header('cache-control', 'no-store');
  });

  door.post('/enrol', limitBody(512 * KIB), async (context) => {
    const request = await readMessage(context, enrolRequest);
    const { machineId } = await enrolMachine(request, world);
    return context.json({ ...spoken(), machineId, leaseKey: leaseKey().publicKey } satisfies EnrolAnswer);
  });

  door.post('/challenge', limitBody(4 * KIB), async (context) => {
    const { machineId } = await readMessage(context, challengeRequest);
    return context.json({ ...spoken(), nonce: await challengeFor(machineId, world) });
  });

  door.post('/connect', limitBody(8 * KIB), async (context) => {
    const request = await readMessage(context, connectRequest);
    const { token } = await connectAgent(request, world);
    const gateways = env().gateways.map(({ name, tunnelUrl }) => ({ name, tunnelUrl }));
    return context.json({ ...spoken(), token, gateways } satisfies ConnectAnswer);
  });

  door.post('/sync', limitBody(4_096 * KIB), async (context) => {
    const token = tokenOf(context);
    const request = await readMessage(context, syncRequest);
    const { machine, generation: present, stored, messages } = await recordSync(token, request, world);
    const generation = answersAtOnce(request, present)
      ? present
      : await holdUntilNews(token, machine.id, present, { holdMs, signal: context.req.raw.signal });
    // The generation was read before the workloads: a change between the two is told by the next sync, at once.
    const workloads = await desiredWorkloads(machine.id);
    const defaultJob = await desiredDefaultJob(machine.id);
    return context.json({ ...spoken(), generation, workloads, defaultJob, stored, messages } satisfies SyncAnswer);
  });

  door.post('/logs', limitBody(4_096 * KIB), async (context) => {
    const token = tokenOf(context);
    await recordLogs(token, await readMessage(context, logsRequest), world);
    return context.json(spoken());
  });

  door.post('/metrics', limitBody(4_096 * KIB), async (context) => {
    const token = tokenOf(context);
    await recordSamples(token, await readMessage(context, metricsRequest), world);
    return context.json(spoken());
  });

  door.post('/witness', limitBody(64 * KIB), async (context) => {
    const token = tokenOf(context);
    await recordWitness(token, await readMessage(context, witnessRequest), world);
    return context.json(spoken());
  });

  door.post('/leave', limitBody(4 * KIB), async (context) => {
    const token = tokenOf(context);
    await readMessage(context, leaveRequest);
    return context.json({ ...spoken(), outcome: await leaveMarket(token, world) } satisfies LeaveAnswer);
  });

  return door;
}
