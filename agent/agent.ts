import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { STATEMENTS_AT_ONCE, type SyncAnswer } from '../protocol/agent.ts';
import type { SelfTest, Specification } from '../protocol/specification.ts';
import type { ContainerRuntime } from './act/runtime.ts';
import { type Clock, marketTime } from './clock.ts';
import { type Contact, keepContact, type Saying } from './contact.ts';
import { defaultJobsOf, roomOf } from './default-job.ts';
import type { Identity, Keys } from './io/identity.ts';
import type { Journal } from './io/journal.ts';
import { logShipper } from './io/log-shipper.ts';
import { type Market, MarketAway } from './io/market.ts';
import { openTunnels } from './io/tunnel.ts';
import { type Log, messageOf } from './log.ts';
import type { GpuSampler } from './probes/gpu-sampler.ts';
import { withoutLiveFigures } from './probes/specification.ts';
import { type Rentals, rentalsOf } from './rentals.ts';
import { selfTestingOf } from './self-testing.ts';
import { type Telemetry, telemetryOf } from './telemetry.ts';
import type { Witness } from './witness.ts';

export type Gateways = readonly { name: string; tunnelUrl: string }[];

export type AgentOptions = {
  identity: Pick<Identity, 'machineId' | 'leaseKey'>;
  keys: Keys;
  market: Market;
  runtime: ContainerRuntime;
  journal: Journal;
  clock: Clock;
  /** Changes when the operating system starts anew. */
  machineBoot: string;
  agentVersion: string;
  log: Log;
  /** What the machine is now. */
  describe: () => Promise<Specification>;
  selfTest: (about: {
    specification: Specification;
    gateways: Gateways;
    clockOffsetMs: number | null;
  }) => Promise<SelfTest>;
  openTunnels?: typeof openTunnels;
  /** What the GPUs do; without one their figures are unknown. */
  gpuSampler?: GpuSampler;
  /** Holds the market's public log to one history; without one nobody does on this machine. */
  witness?: Witness;
  /** Tells the market what the witness saw. */
  tellWitnessed?: (token: string, witness: Witness) => Promise<void>;
  /** Between two looks at windows, ceilings and statements. Default a second. */
  tickEveryMs?: number;
};

/** One machine's agent at work. */
export type Agent = {
  rentals: Rentals;
  contact: Contact;
  /** Has every rental rest, and the market hear of it, as far as both are done within some seconds. */
  rest(): Promise<void>;
  /** Lets go of everything; rentals go on. Never rejects. */
  stop(): Promise<void>;
};

const DESCRIBE_EVERY_MS = 60_000;
const WITNESS_EVERY_MS = 60_000;
/** How long rentals may take to rest, a little more than each of them gets, and the market to hear that they do. */
const REST_MS = { stopping: 8_500, telling: 1_500 };

const NO_SAMPLER: GpuSampler = { want: () => undefined, latest: () => new Map(), close: () => undefined };

/** Looks when a look is due, one at a time, until the signal aborts. */
async function sampleUntil(signal: AbortSignal, telemetry: Telemetry): Promise<void> {
  while (!signal.aborted) {
    await sleep(telemetry.pauseMs(), undefined, { signal }).catch(() => undefined);
    if (!signal.aborted) await telemetry.look();
  }
}

/** Takes up what an earlier agent left, then runs rentals and keeps in contact with the market until stopped. */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const { identity, keys, market, runtime, journal, clock, log } = options;
  const { machineId, leaseKey } = identity;
  const time = marketTime(clock);
  const stopping = new AbortController();
  const { signal } = stopping;
  const pause = (ms: number, until: AbortSignal) => sleep(ms, undefined, { signal: until });

  let specification = await options.describe();
  let gateways: Gateways = [];
  let said: { specification: string; live: string; selfTest: string } | null = null;
  let sentBefore = '';
  let messages = '';
  let contact: Contact | null = null;
  let clockOffsetMs: number | null = null;
  const selfTesting = selfTestingOf({
    run: () => options.selfTest({ specification, gateways, clockOffsetMs }),
    monotonic: clock.monotonic,
    log,
  });
  /** While not null, every answer is asked for at once, and this looks at what the market knows by then. */
  let onAnswer: ((told: Saying) => void) | null = null;

  /** The connection's token, for what is said beside the conversation. */
  function connected(): string {
    const token = contact?.token() ?? null;
    if (token === null) throw new MarketAway('There is no connection to the market.');
    return token;
  }

  const idleJob = defaultJobsOf({
    trust: { machineId, leaseKey },
    runtime,
    log,
    monotonic: clock.monotonic,
    room: (taken) => roomOf(specification, taken),
    onChange() {
      contact?.nudge();
      queueMicrotask(() => rentals.tick());
    },
  });
  const rentals: Rentals = rentalsOf({
    idleJob,
    trust: { machineId, leaseKey, machineKey: keys.signingKey },
    keys,
    journal,
    runtime: idleJob.yielding(runtime),
    openTunnels: options.openTunnels ?? openTunnels,
    shipper: logShipper({
      runtime,
      journal,
      pause,
      send: async (request, until) => market.sendLogs(connected(), request, until),
    }),
    clock,
    time,
    machineBoot: options.machineBoot,
    gpus: () => (specification.simulated ? null : new Set(specification.gpus.map(({ uuid }) => uuid))),
    log,
    onChange: () => contact?.nudge(),
  });

  const telemetry = telemetryOf({
    machineId,
    running: rentals.running,
    usage: runtime.usage,
    gpus: options.gpuSampler ?? NO_SAMPLER,
    hasGpus: () => specification.gpus.length > 0,
    send: async (request, until) => market.sendMetrics(connected(), request, until),
    now: time.now,
    monotonic: clock.monotonic,
    log,
  });

  const present = (): Specification => {
    const refused = options.witness?.problem() ?? null;
    const problems = [...specification.problems, ...rentals.problems(), ...(refused === null ? [] : [refused])];
    return { ...specification, problems: problems.slice(0, 50) };
  };
  const wordsFor = (now: Specification) => ({
    specification: JSON.stringify(withoutLiveFigures(now)),
    live: JSON.stringify(now),
    selfTest: JSON.stringify(selfTesting.latest()),
  });

  function compose(fresh: boolean): Saying {
    const now = present();
    const words = wordsFor(now);
    const statements = rentals.unsent(STATEMENTS_AT_ONCE);
    // Statements are worth an answer at once, but not the same ones again and again.
    const sending = JSON.stringify(statements.map(({ signature }) => signature));
    const urgent = onAnswer !== null || (statements.length > 0 && sending !== sentBefore);
    sentBefore = sending;
    return {
      specification: fresh || said?.live !== words.live ? now : null,
      selfTest: fresh || said?.selfTest !== words.selfTest ? selfTesting.latest() : null,
      workloads: rentals.reports(),
      statements,
      defaultJob: idleJob.report(),
      urgent,
    };
  }

  function receive(answer: SyncAnswer, saying: Saying): void {
    const before = said ?? { specification: '', live: '', selfTest: '' };
    const words = saying.specification === null ? before : wordsFor(saying.specification);
    said = { ...words, selfTest: saying.selfTest === null ? before.selfTest : JSON.stringify(saying.selfTest) };
    const all = answer.messages.join('\n');
    if (all !== messages) for (const message of answer.messages) log.warn(message);
    messages = all;
    rentals.apply(answer);
    idleJob.apply(answer.defaultJob);
    if (selfTesting.ask(answer.selfTestAsked)) void describing(describeAgain());
    onAnswer?.(saying);
  }

  /** Resolves when the market has heard how rentals are and all that was stated; never while it is away. */
  function told(): Promise<void> {
    return new Promise((resolve) => {
      onAnswer = ({ workloads }) => {
        const all = JSON.stringify(workloads) === JSON.stringify(rentals.reports());
        if (all && rentals.unsent(1).length === 0) resolve();
      };
      contact?.nudge();
    });
  }

  async function describeAgain(): Promise<void> {
    try {
      specification = await options.describe();
      await selfTesting.look();
      const words = wordsFor(present());
      if (said === null || words.specification !== said.specification || words.selfTest !== said.selfTest) {
        contact?.nudge();
      }
    } catch (error) {
      log.error('The machine could not be described.', { error: messageOf(error) });
    }
  }

  async function witnessLog(): Promise<void> {
    const { witness, tellWitnessed } = options;
    await witness?.look();
    const token = contact?.token() ?? null;
    if (witness === undefined || tellWitnessed === undefined || token === null || signal.aborted) return;
    await tellWitnessed(token, witness).catch((error: unknown) => {
      log.info('The market did not hear what was seen of its log.', { error: messageOf(error) });
    });
  }

  await rentals.restore();
  contact = keepContact(
    {
      market,
      machineId,
      keys,
      bootId: randomUUID(),
      agentVersion: options.agentVersion,
      clock,
      log,
      compose,
      receive,
      onTime(instant) {
        clockOffsetMs = clock.wall() - instant;
        time.heard(instant);
      },
      onConnect(answer) {
        const first = selfTesting.latest() === null;
        gateways = answer.gateways ?? [];
        if (first) void describing(describeAgain());
        if (first) void witnessing(witnessLog());
      },
      pause,
    },
    signal,
  );
  let lastDescription: Promise<void> = Promise.resolve();
  function describing(work: Promise<void>): Promise<void> {
    lastDescription = work;
    return work;
  }
  let lastLook: Promise<void> = Promise.resolve();
  function witnessing(work: Promise<void>): Promise<void> {
    lastLook = work;
    return work;
  }
  const sampling = sampleUntil(signal, telemetry);
  const looking = setInterval(() => void witnessing(witnessLog()), WITNESS_EVERY_MS);
  const ticking = setInterval(() => rentals.tick(), options.tickEveryMs ?? 1_000);
  const redescribing = setInterval(() => void describing(describeAgain()), DESCRIBE_EVERY_MS);

  return {
    rentals,
    contact,
    async rest() {
      const within = (ms: number) => sleep(ms, undefined, { ref: false });
      await Promise.race([rentals.rest(), within(REST_MS.stopping)]);
      await Promise.race([told(), within(REST_MS.telling)]);
    },
    async stop() {
      stopping.abort();
      clearInterval(ticking);
      clearInterval(redescribing);
      clearInterval(looking);
      await contact.done;
      await lastDescription;
      await lastLook;
      telemetry.close();
      await sampling;
      await rentals.close();
      await Promise.race([idleJob.idle(), sleep(1_000, undefined, { ref: false })]);
    },
  };
}
