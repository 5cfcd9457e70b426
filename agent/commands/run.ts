import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AGENT_VERSION } from '../../protocol/agent-version.ts';
import { type Agent, startAgent } from '../agent.ts';
import { systemClock } from '../clock.ts';
import { makePrivateFolder } from '../io/files.ts';
import { lockFolder } from '../io/folder-lock.ts';
import { type Identity, identityOf, isCopied } from '../io/identity.ts';
import { openJournal } from '../io/journal.ts';
import { httpMarket, MarketAway, marketUrl } from '../io/market.ts';
import { keepWitnessed, keptWitnessed, servedLog, tellWitnessed } from '../io/served-log.ts';
import { bringTools, installedTools } from '../io/tools-bundle.ts';
import { type Log, messageOf } from '../log.ts';
import { ownLogOf } from '../own-log.ts';
import { runSelfTest } from '../self-test.ts';
import { trialsOf } from '../trials.ts';
import { witnessOf } from '../witness.ts';
import { enrolThisMachine } from './enrol.ts';
import { thisMachine } from './machine.ts';
import { codeFrom, gpuSourceOf, type Options, UsageError } from './options.ts';
import { notePulls } from './pulled-images.ts';

const AGAIN_MS = 2_000;

/** Why a signal aborted: rentals are to rest until the next start, as through a shutdown of the machine. */
export const TO_REST = 'rest';

/**
 * Runs this machine's agent until the signal aborts; with --code it enrols first if need be. Rentals outlive it, unless the
 * signal says {@link TO_REST}.
 */
export async function runCommand(options: Options, log: Log, signal: AbortSignal): Promise<void> {
  makePrivateFolder(options.dir);
  const unlock = lockFolder(options.dir);
  try {
    const identity = identityOf(options.dir) ?? (await enrolWhenPossible(options, log, signal));
    if (identity === null) return;
    if (options.code === undefined) refuseCopy(identity, options.dir);
    const agent = await startThisMachine(options, identity, log, signal);
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    if (signal.reason === TO_REST) await agent.rest();
    await agent.stop();
  } finally {
    unlock();
  }
}

/** A folder that was copied to another machine would run and bill the same rentals twice. */
function refuseCopy(identity: Identity, dir: string): void {
  const { machineId } = identity;
  if (!isCopied(identity)) return;
  throw new Error(
    `The identity ${machineId} in ${dir} was made on another machine, and one identity can be used by one machine only. Remove that folder here and enrol this machine with a code of its own.`,
  );
}

/** The market may start later than this agent; only a refusal is final. Null when the signal aborted. */
async function enrolWhenPossible(options: Options, log: Log, signal: AbortSignal): Promise<Identity | null> {
  if (options.code === undefined) {
    throw new UsageError('This machine is not enrolled. Run "sublet-agent enrol" with a code, or give one by --code.');
  }
  for (let said = ''; !signal.aborted; ) {
    try {
      return await enrolThisMachine(options, codeFrom(options.code), log);
    } catch (error) {
      if (!(error instanceof MarketAway)) throw error;
      if (error.message !== said) log.warn(`${error.message} Trying again.`);
      said = error.message;
      await sleep(AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  }
  return null;
}

async function startThisMachine(
  options: Options,
  identity: Identity,
  stderr: Log,
  signal: AbortSignal,
): Promise<Agent> {
  const { dir } = options;
  const own = ownLogOf({ log: stderr, boot: randomUUID(), now: systemClock.wall });
  const { log } = own;
  const url = options.market === undefined ? identity.market : marketUrl(options.market);
  const toolsDirectory = await toolsFor(options, url, log, signal);
  const gpuSource = gpuSourceOf(options.simulate, identity.simulate, dir);
  const { machineId } = identity;
  const machine = await thisMachine({ dir, market: url, machineId, gpuSource, toolsDirectory });
  const journal = openJournal(join(dir, 'journal.sqlite'), (sentence) => log.error(sentence));
  const runtime = notePulls(machine.runtime, machine.docker, dir);
  const market = httpMarket(url);
  const agent = await startAgent({
    identity,
    keys: machine.keys,
    market,
    runtime,
    journal,
    clock: systemClock,
    machineBoot: machineBoot(),
    agentVersion: AGENT_VERSION,
    log,
    describe: machine.describe,
    gpuSampler: machine.gpuSampler(log),
    witness: witnessOf({
      served: servedLog(url),
      kept: keptWitnessed(dir),
      keep: (state) => keepWitnessed(dir, state),
      now: systemClock.wall,
      log,
    }),
    tellWitnessed: async (token, witness) => {
      const state = witness.state();
      if (state !== null) await tellWitnessed(url, token, state);
    },
    selfTest({ specification, gateways, clockOffsetMs }) {
      const trials = trialsOf({ runtime, toolsDirectory, folder: dir, gateways });
      return runSelfTest(specification, { ...trials, clockOffsetMs: () => clockOffsetMs }, new Date());
    },
  });
  log.info(`Agent ${AGENT_VERSION} runs for ${machineId} in ${url}.`);
  const shipped = own.ship({ token: agent.contact.token, send: market.sendOwnLog }, signal);
  return {
    ...agent,
    async stop() {
      await agent.stop();
      await shipped;
      journal.close();
    },
  };
}

/**
 * The folder of the ssh tools: given, or brought from the market, or what was brought before. Where there never were any,
 * it waits for the market until the signal aborts: no rental can be here that would have to go on meanwhile.
 */
export async function toolsFor(
  options: Pick<Options, 'tools' | 'dir'>,
  market: string,
  log: Log,
  signal: AbortSignal,
): Promise<string> {
  const none = join(options.dir, 'tools', 'none');
  if (options.tools !== undefined) return installedTools(options.tools)?.directory ?? none;
  const folder = join(options.dir, 'tools');
  for (let said = ''; ; ) {
    try {
      const brought = await bringTools(market, folder);
      if (brought !== null) return brought;
      log.warn(`The market at ${market} has no ssh tools for ${process.arch}, so renters would have no shell here.`);
      return installedTools(folder)?.directory ?? none;
    } catch (error) {
      if (messageOf(error) !== said) log.warn(messageOf(error));
      said = messageOf(error);
      const present = installedTools(folder);
      if (present !== null || signal.aborted) return present?.directory ?? none;
      await sleep(AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Another text after each start of the operating system. */
function machineBoot(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return randomUUID();
  }
}
