import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod/mini';
import { AGENT_VERSION } from '../../protocol/agent-version.ts';
import { selfTest, specification } from '../../protocol/specification.ts';
import { memoryRuntime } from '../act/memory.ts';
import { type Agent, startAgent } from '../agent.ts';
import { systemClock } from '../clock.ts';
import { enrol } from '../enrol.ts';
import { writePrivateFile } from '../io/files.ts';
import { keysFrom, makeKeys, type StoredKeys } from '../io/identity.ts';
import { type Journal, openJournal } from '../io/journal.ts';
import { type Market, MarketAway } from '../io/market.ts';
import { type Log, messageOf } from '../log.ts';
import { ownLogOf } from '../own-log.ts';
import { pretendedSampler } from './load.ts';

const simulatedHost = z.object({
  code: z.string().check(z.minLength(1), z.maxLength(200)),
  specification,
  /** What it says of its self-test; without one, that nothing was tried. */
  selfTest: z.optional(selfTest),
});
const hostsFile = z.array(simulatedHost).check(z.maxLength(1_000));
export type SimulatedHost = z.infer<typeof simulatedHost>;

/** Who a simulated host became; kept, because a code is good once. */
type Known = { machineId: string; leaseKey: string; keys: StoredKeys };
const knownFile = z.record(
  z.string(),
  z.object({
    machineId: z.string(),
    leaseKey: z.string(),
    keys: z.object({ signingKeyPem: z.string(), sealingPrivateKey: z.string(), sealingPublicKey: z.string() }),
  }),
);

/** A file of simulated hosts: a JSON array of `{ code, specification, selfTest? }`, each simulated. Throws a sentence for anything else. */
export function readHosts(text: string, file: string): SimulatedHost[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error(`${file} is not JSON.`);
  }
  const read = hostsFile.safeParse(json);
  if (!read.success) {
    const [first] = read.error.issues;
    throw new Error(`${file} is not a list of simulated hosts: ${first?.path.join('.')}: ${first?.message}.`);
  }
  const real = read.data.findIndex((host) => !host.specification.simulated);
  if (real >= 0) throw new Error(`${file}: host ${real} does not say that it is simulated.`);
  return read.data;
}

export type HostsOptions = {
  hosts: readonly SimulatedHost[];
  market: Market;
  /** Where the hosts' identities and their one journal are kept. */
  dir: string;
  log: Log;
  signal: AbortSignal;
  /** Between the starts of two hosts, so that a small machine is not overrun. Default 60 ms. */
  staggerMs?: number;
};

const NOTHING_TRIED = {
  passed: true,
  checks: [{ name: 'simulated', passed: true, detail: 'A simulated host: nothing was tried.', fix: null }],
};
const STAGGER_MS = 60;
const AWAY_PAUSE_MS = 1_000;
/** Simulated machines look at their windows and ceilings less often than real ones: nobody pays for them. */
const TICK_EVERY_MS = 2_000;

/** Starts every host, one after another, all in this process with rentals in memory. A host that is refused is left out with a line in the log. */
export async function startHosts(options: HostsOptions): Promise<{ agents: Agent[]; stop(): Promise<void> }> {
  const { hosts, market, dir, log, signal } = options;
  const identities = keptIdentities(join(dir, 'identities.json'));
  const journal = openJournal(join(dir, 'journal.sqlite'), (sentence) => log.error(sentence));
  const agents: Agent[] = [];
  for (const host of hosts) {
    if (signal.aborted) break;
    try {
      const known = await knownHost(host, identities, market, signal);
      agents.push(await startHost(host, known, options, journal));
    } catch (error) {
      if (!signal.aborted) log.warn(`${host.specification.hostname} could not be simulated: ${messageOf(error)}`);
    }
    await sleep(options.staggerMs ?? STAGGER_MS, undefined, { signal }).catch(() => undefined);
  }
  log.info(`${agents.length} of ${hosts.length} simulated hosts are up.`);
  return {
    agents,
    async stop() {
      await Promise.all(agents.map((agent) => agent.stop()));
      journal.close();
    },
  };
}

async function startHost(
  host: SimulatedHost,
  known: Known,
  { market, log, signal }: HostsOptions,
  journal: Journal,
): Promise<Agent> {
  const name = host.specification.hostname;
  // One that is made to fail its self-test says so at every start.
  const failing = host.selfTest?.passed === false;
  const tell = (level: 'warn' | 'error') => (message: string, data?: Record<string, unknown>) =>
    log[level](message, { host: name, ...data });
  // What sixty machines do in the ordinary course is nobody's reading here; each host's own pages have all of it.
  const own = ownLogOf({
    log: { info: () => undefined, warn: failing ? () => undefined : tell('warn'), error: tell('error') },
    boot: randomUUID(),
    now: systemClock.wall,
  });
  const agent = await startAgent({
    identity: known,
    keys: keysFrom(known.keys),
    market,
    runtime: memoryRuntime(),
    journal,
    clock: systemClock,
    machineBoot: 'simulated',
    agentVersion: AGENT_VERSION,
    log: own.log,
    describe: async () => host.specification,
    gpuSampler: pretendedSampler(() => host.specification.gpus, systemClock.wall),
    selfTest: async () => ({ ...(host.selfTest ?? NOTHING_TRIED), at: new Date().toISOString() }),
    tickEveryMs: TICK_EVERY_MS,
  });
  void own.ship({ token: agent.contact.token, send: market.sendOwnLog }, signal);
  return agent;
}

async function knownHost(
  host: SimulatedHost,
  identities: ReturnType<typeof keptIdentities>,
  market: Market,
  signal: AbortSignal,
): Promise<Known> {
  // A code is a secret until it is used; afterwards its hash tells the hosts apart.
  const name = createHash('sha256').update(host.code).digest('hex');
  const known = identities.get(name);
  if (known !== undefined) return known;
  const keys = makeKeys();
  for (;;) {
    try {
      const { machineId, leaseKey } = await enrol({
        market,
        keys: keysFrom(keys),
        code: host.code,
        specification: host.specification,
        agentVersion: AGENT_VERSION,
        clock: systemClock,
      });
      const fresh = { machineId, leaseKey, keys };
      identities.keep(name, fresh);
      return fresh;
    } catch (error) {
      if (!(error instanceof MarketAway)) throw error;
      await sleep(AWAY_PAUSE_MS, undefined, { signal });
    }
  }
}

function keptIdentities(path: string) {
  const all = existsSync(path) ? knownFile.parse(JSON.parse(readFileSync(path, 'utf8'))) : {};
  return {
    get: (name: string): Known | undefined => (Object.hasOwn(all, name) ? all[name] : undefined),
    keep(name: string, known: Known): void {
      all[name] = known;
      writePrivateFile(path, `${JSON.stringify(all)}\n`);
    },
  };
}
