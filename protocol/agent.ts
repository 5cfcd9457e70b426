import * as z from 'zod/mini';
import { defaultJobReport } from './default-job.ts';
import { selfTest, specification } from './specification.ts';
import { base64url, count, instant, sentence, signed, version, word } from './words.ts';

/** `POST /api/agent/v1/enrol`: a one-time code becomes an identity. `proof` signs {@link enrolText} with the new key. */
export const enrolRequest = z.object({
  protocol: version,
  code: word,
  signingKey: base64url,
  sealingKey: base64url,
  agentVersion: word,
  now: instant,
  specification,
  proof: base64url,
});
export type EnrolRequest = z.infer<typeof enrolRequest>;

export const enrolAnswer = z.object({
  protocol: version,
  machineId: word,
  /** The market's raw Ed25519 key: the agent obeys only leases signed by it. */
  leaseKey: base64url,
  now: instant,
});
export type EnrolAnswer = z.infer<typeof enrolAnswer>;

export function enrolText(code: string, signingKey: string, sealingKey: string): string {
  return JSON.stringify([code, signingKey, sealingKey]);
}

/** `POST /api/agent/v1/challenge`: a nonce that is good once. */
export const challengeRequest = z.object({ protocol: version, machineId: word });
export const challengeAnswer = z.object({ protocol: version, nonce: word, now: instant });

/** `POST /api/agent/v1/connect`: proves the key once; the token authenticates what follows. `proof` signs {@link connectText}. */
export const connectRequest = z.object({
  protocol: version,
  machineId: word,
  nonce: word,
  /** New at every start of the agent: tells a restarted agent from a copied identity. */
  bootId: word,
  agentVersion: word,
  proof: base64url,
});
export type ConnectRequest = z.infer<typeof connectRequest>;
export const connectAnswer = z.object({
  protocol: version,
  token: word,
  now: instant,
  /** The gateways that carry this market's rentals: the agent's self-test tries whether it reaches them. */
  gateways: z.optional(z.array(z.object({ name: word, tunnelUrl: z.string().check(z.maxLength(500)) }))),
});
export type ConnectAnswer = z.infer<typeof connectAnswer>;

export function connectText(machineId: string, nonce: string, bootId: string): string {
  return JSON.stringify([machineId, nonce, bootId]);
}

/** How far a workload is, as the agent sees it. */
export const PHASES = [
  'accepted',
  'pulling',
  'starting',
  'connectable',
  'stopping',
  'stopped',
  'failed',
  'ended',
] as const;
export type Phase = (typeof PHASES)[number];

/** Why a workload failed or stopped by itself. */
export const FAILURES = [
  'imageNotFound',
  'unrunnable',
  'pullFailed',
  'startFailed',
  'shellFailed',
  'gatewayFailed',
  'noContainerRuntime',
  'gpuMissing',
  'diskFull',
  'exited',
  'ceilingReached',
  'windowEnded',
  'leaseInvalid',
] as const;
export type Failure = (typeof FAILURES)[number];

export const pullProgress = z.object({
  bytesDone: count,
  bytesTotal: count,
  bytesPerSecond: count,
  layers: z
    .array(
      z.object({
        id: word,
        state: z.enum(['waiting', 'downloading', 'extracting', 'done']),
        bytesDone: count,
        bytesTotal: count,
      }),
    )
    .check(z.maxLength(200)),
});
export type PullProgress = z.infer<typeof pullProgress>;

export const workloadReport = z.object({
  leaseId: word,
  revision: count,
  /** The start of the workload this report is about: 1 at first, one more at each `start` after a stop. */
  run: count,
  phase: z.enum(PHASES),
  failure: z.nullable(z.object({ code: z.enum(FAILURES), detail: sentence })),
  progress: z.nullable(pullProgress),
  /** The public line of this lease's ssh host key, once made. */
  hostKey: z.nullable(z.string().check(z.maxLength(500))),
  /** With the failure `exited`: the code that its program ended with; null where nobody saw it. */
  exitCode: z.optional(z.nullable(z.int())),
  /** With the failure `exited`: it did not end by itself, the machine's container runtime was stopped under it. Agents from before do not say it. */
  runtimeStopped: z.optional(z.boolean()),
  /** With the failures `imageNotFound` and `unrunnable`: it is so for this machine, and may be otherwise for another. Agents from before do not say it. */
  onlyHere: z.optional(z.boolean()),
});
export type WorkloadReport = z.infer<typeof workloadReport>;

/** An agent sends at most so many statements at once. One that sends as many has more to send, so no bill is closed yet. */
export const STATEMENTS_AT_ONCE = 100;

/** `POST /api/agent/v1/sync`, held open up to {@link SYNC_HOLD_SECONDS}: what the agent sees, for what should be. */
export const syncRequest = z.object({
  protocol: version,
  /** Grows by at least one with every sync of a connection; an old number is a replay. */
  sequence: count,
  now: instant,
  /** The generation that the agent last acted on: the market answers at once when it knows a newer one. */
  generation: count,
  /** False asks for an answer at once. */
  hold: z.boolean(),
  specification: z.nullable(specification),
  selfTest: z.nullable(selfTest),
  workloads: z.array(workloadReport).check(z.maxLength(256)),
  statements: z.array(signed).check(z.maxLength(STATEMENTS_AT_ONCE)),
  /** How what the machine runs for its host is; null when it has nothing to run. Agents from before it do not say. */
  defaultJob: z.optional(z.nullable(defaultJobReport)),
});
export type SyncRequest = z.infer<typeof syncRequest>;

/** Without news: how often an idle machine is heard. */
export const SYNC_HOLD_SECONDS = 10;

export const desiredWorkload = z.object({
  /** A lease permit signed by the market. */
  lease: signed,
  desired: z.enum(['running', 'stopped', 'ended']),
  run: count,
  command: z.nullable(z.array(z.string().check(z.maxLength(8_192))).check(z.maxLength(100))),
  /** Environment variables as JSON, sealed to this machine's key (see seal.ts). */
  sealedEnvironment: z.nullable(z.string()),
  /**
   * It yields to somebody: at this instant it is stopped, its disk is kept. The agent signals its program and tells open shells
   * at once. Markets from before there were interruptible rentals do not say it.
   */
  notice: z.optional(z.object({ endsAt: instant })),
});
export type DesiredWorkload = z.infer<typeof desiredWorkload>;

export const syncAnswer = z.object({
  protocol: version,
  now: instant,
  generation: count,
  workloads: z.array(desiredWorkload),
  /** What to run while nobody rents the machine, signed (see default-job.ts); null: nothing. Not said: as before. */
  defaultJob: z.optional(z.nullable(signed)),
  /** The host asked for the self-test: its number, until a self-test that names it was heard. Older agents do not look at it. */
  selfTestAsked: z.optional(count),
  /** Per lease the highest statement sequence that is stored: the journal may forget up to it. */
  stored: z.record(z.string(), count),
  /** Set when a machine must show something to its owner (drift, outdated agent). */
  messages: z.array(sentence),
});
export type SyncAnswer = z.infer<typeof syncAnswer>;

/** `POST /api/agent/v1/logs`: what a workload printed. `offset` counts bytes from the start, so that a repeated chunk is stored once. */
export const logsRequest = z.object({
  protocol: version,
  leaseId: word,
  chunks: z
    .array(
      z.object({
        offset: count,
        at: instant,
        stream: z.enum(['stdout', 'stderr', 'agent']),
        text: z.string().check(z.maxLength(65_536)),
      }),
    )
    .check(z.maxLength(200)),
});
export type LogsRequest = z.infer<typeof logsRequest>;

/** `POST /api/agent/v1/witness`: the checkpoint of the public log that an agent holds to, and what it refused. */
export const witnessRequest = z.object({
  protocol: version,
  checkpoint: z.string().check(z.maxLength(16_384)),
  refused: z.nullable(z.object({ checkpoint: z.string().check(z.maxLength(16_384)), why: sentence })),
});
export type WitnessRequest = z.infer<typeof witnessRequest>;

/** `POST /api/agent/v1/leave`: the agent is being taken off its machine, which is to be rented no more. */
export const leaveRequest = z.object({ protocol: version });
export type LeaveRequest = z.infer<typeof leaveRequest>;
/**
 * `retired`: nothing is left to do. `rented`: bookings of it are still open; what was listed is withdrawn. `copied`: another
 * machine uses this identity, so the machine stays as it was.
 */
export const leaveAnswer = z.object({
  protocol: version,
  now: instant,
  outcome: z.enum(['retired', 'rented', 'copied']),
});
export type LeaveAnswer = z.infer<typeof leaveAnswer>;

/** What every refusing answer of the doors looks like (RFC 9457, problem details). */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  reason: z.string(),
});
