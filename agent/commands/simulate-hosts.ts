import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makePrivateFolder } from '../io/files.ts';
import { lockFolder } from '../io/folder-lock.ts';
import { httpMarket, marketUrl } from '../io/market.ts';
import { type Log, messageOf } from '../log.ts';
import { readHosts, startHosts } from '../simulate/hosts.ts';
import { type Options, UsageError } from './options.ts';

const LOOK_EVERY_MS = 1_000;

/** Runs the simulated hosts of a file until the signal aborts. Waits for the file: the market may still be laying it out. */
export async function simulateHostsCommand(options: Options, log: Log, signal: AbortSignal): Promise<void> {
  if (options.market === undefined) throw new UsageError('Say which market: --market https://market.example.');
  const market = httpMarket(marketUrl(options.market));
  const file = options.file ?? join(options.dir, 'hosts.json');
  makePrivateFolder(options.dir);
  const unlock = lockFolder(options.dir);
  try {
    if (!existsSync(file)) log.info(`Waiting for ${file}.`);
    while (!existsSync(file) && !signal.aborted)
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    const hosts = readHosts(readText(file), file);
    const running = await startHosts({ hosts, market, dir: options.dir, log, signal });
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    await running.stop();
  } finally {
    unlock();
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${messageOf(error)}.`);
  }
}
