import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Docker from 'dockerode';
import { AGENT_VERSION } from '../../protocol/agent-version.ts';
import { dockerRuntime } from '../act/docker/runtime.ts';
import type { ContainerRuntime } from '../act/runtime.ts';
import { lockFolder } from '../io/folder-lock.ts';
import { identityOf, isCopied, keysOf } from '../io/identity.ts';
import { openJournal } from '../io/journal.ts';
import { httpMarket } from '../io/market.ts';
import { leaveMarket } from '../leave.ts';
import { type Log, messageOf } from '../log.ts';
import { type Options, UsageError } from './options.ts';
import { pulledImages } from './pulled-images.ts';

const SERVICE = 'sublet-agent.service';

/** What install.sh laid out, as its launcher says; empty when the agent runs from elsewhere. */
export type Installed = { home: string | null; unit: string | null; link: string | null };

export function installedAt(environment: Record<string, string | undefined>): Installed {
  const home = environment.SUBLET_AGENT_HOME ?? null;
  const prefix = home?.replace(/\/opt\/sublet-agent$/, '') ?? '';
  if (home === null) return { home: null, unit: null, link: null };
  return {
    home,
    unit: join(prefix, '/etc/systemd/system', SERVICE),
    link: join(prefix, '/usr/local/bin/sublet-agent'),
  };
}

/** Takes the agent and all that it made off this machine. Refuses while rentals are here, unless forced. */
export async function uninstallCommand(options: Options, log: Log, installed: Installed): Promise<void> {
  const { dir } = options;
  const rented = rentedHere(dir);
  if (rented > 0 && !options.force) {
    throw new UsageError(
      `${rented === 1 ? 'A rental is' : `${rented} rentals are`} on this machine. End ${rented === 1 ? 'it' : 'them'} on the machine's page first; or "sublet-agent uninstall --force" ends ${rented === 1 ? 'it' : 'them'} here, with the renters' files.`,
    );
  }
  if (installed.unit !== null && existsSync(installed.unit)) systemctl('disable', '--now', SERVICE);
  let told = 'It was enrolled in no market.';
  if (existsSync(dir)) {
    const unlock = lockFolder(dir);
    try {
      await clearEngine(dir, log);
      told = await tellMarket(dir);
    } finally {
      unlock();
    }
    rmSync(dir, { recursive: true, force: true });
  }
  if (installed.unit !== null && existsSync(installed.unit)) {
    rmSync(installed.unit);
    systemctl('daemon-reload');
  }
  if (installed.link !== null && installed.home !== null && leadsTo(installed.link, installed.home))
    rmSync(installed.link);
  if (installed.home !== null) rmSync(installed.home, { recursive: true, force: true });
  log.info(`Nothing of the agent is left on this machine. ${told}`);
}

const OUTCOMES = {
  retired: ': the machine is retired there.',
  rented: ' and offers it no more, but a booking of it is open still: end that on its page, and retire it there.',
  copied: ', and another machine uses the identity of this one: it stays there. Clear that up on its page.',
} as const;

/** Has the market take this machine out; a sentence about what came of it. A market that is away does not keep the agent here. */
async function tellMarket(dir: string): Promise<string> {
  const identity = identityOf(dir);
  if (identity === null) return 'It was enrolled in no market.';
  const { market, machineId } = identity;
  if (isCopied(identity)) return 'It was a copy from another machine, which stays in its market.';
  const journal = openJournal(join(dir, 'journal.sqlite'));
  try {
    const outcome = await leaveMarket({
      market: httpMarket(market),
      machineId,
      keys: keysOf(dir),
      journal,
      agentVersion: AGENT_VERSION,
      now: () => new Date(),
    });
    return `${market} was told${OUTCOMES[outcome]}`;
  } catch (error) {
    return `The market could not be told (${messageOf(error)}) Its page there still lists it: retire it there.`;
  } finally {
    journal.close();
  }
}

function rentedHere(dir: string): number {
  const identity = identityOf(dir);
  const path = join(dir, 'journal.sqlite');
  if (identity === null || !existsSync(path)) return 0;
  const journal = openJournal(path);
  try {
    return journal.rentals(identity.machineId).filter(({ lease }) => lease.desired !== 'ended').length;
  } finally {
    journal.close();
  }
}

async function clearEngine(dir: string, log: Log): Promise<void> {
  const identity = identityOf(dir);
  if (identity === null) return;
  const docker = new Docker();
  const options = { docker, market: identity.machineId, stateDirectory: dir, toolsDirectory: dir };
  const runtime: ContainerRuntime = dockerRuntime({ ...options, gpus: 'simulated' });
  const { docker: engine, problem } = await runtime.describe();
  if (engine === null) {
    if (existsSync(join(dir, 'leases')) && readdirSync(join(dir, 'leases')).length > 0) {
      throw new Error(`Containers of rentals may be left, and Docker cannot be asked: ${problem}`);
    }
    return;
  }
  for (const { leaseId } of await runtime.list()) {
    await runtime.stop(leaseId, 10);
    await runtime.remove(leaseId);
  }
  for (const image of pulledImages(dir)) {
    // An image that something else uses by now stays: Docker refuses to remove it.
    await docker
      .getImage(image)
      .remove()
      .catch((error: { statusCode?: number }) => {
        if (error.statusCode !== 404) log.info(`The image ${image} stays: ${messageOf(error)}`);
      });
  }
}

function systemctl(...words: string[]): void {
  execFileSync('systemctl', words, { stdio: 'ignore' });
}

function leadsTo(link: string, home: string): boolean {
  try {
    return readlinkSync(link) === join(home, 'sublet-agent');
  } catch {
    return false;
  }
}
