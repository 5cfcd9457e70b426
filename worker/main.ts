import { Logger, run } from 'graphile-worker';
import { theWorld } from '#lib/base/time.ts';
import { disconnect } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { live } from '#lib/io/live.ts';
import { log } from '#lib/io/log.ts';
import { nudgeOnNews } from './nudges.ts';
import { SWEEPS, type Sweep } from './sweeps.ts';

const running = new Set<string>();
/** News wake a sweep no sooner than after a rest four times as long as it worked: in a busy market there are always news. */
const restsUntil = new Map<string, number>();
const REST_TIMES = 4;

/**
 * The clock of the market: each sweep is one job of graphile-worker whose key is its name, so any number of workers run
 * each sweep once. It books its next time before it begins, so that a crash in the middle costs one turn and no more;
 * a turn that comes while the last one still runs here is left out.
 */
async function sweep(
  { name, everySeconds, handle }: Sweep,
  again: (seconds: number) => Promise<unknown>,
): Promise<void> {
  await again(everySeconds);
  if (running.has(name)) return;
  running.add(name);
  const began = Date.now();
  try {
    const rows = await handle(theWorld);
    if (rows > 0) log.info({ sweep: name, rows }, 'swept');
  } catch (error) {
    log.error({ sweep: name, err: error }, 'sweep failed; it runs again at its next time');
  } finally {
    running.delete(name);
    restsUntil.set(name, Date.now() + REST_TIMES * (Date.now() - began));
  }
}

/** graphile-worker's own words: what it calls news is our detail. */
const engineLog = new Logger((scope) => (level, message) => {
  const ours = level === 'error' ? 'error' : level === 'warning' ? 'warn' : 'debug';
  log[ours]({ engine: scope.label }, message);
});

const runner = await run({
  logger: engineLog,
  connectionString: env().databaseUrl,
  concurrency: 4,
  noHandleSignals: true,
  pollInterval: 500,
  taskList: Object.fromEntries(
    SWEEPS.map((each) => [
      each.name,
      (_payload: unknown, helpers: { addJob: typeof runner.addJob }) =>
        sweep(each, (seconds) =>
          helpers.addJob(each.name, {}, { jobKey: each.name, runAt: new Date(Date.now() + seconds * 1000) }),
        ),
    ]),
  ),
});

for (const { name } of SWEEPS) await runner.addJob(name, {}, { jobKey: name });
const stopNudging = nudgeOnNews(() =>
  Promise.all(
    SWEEPS.filter(({ name, onNews }) => onNews && Date.now() >= (restsUntil.get(name) ?? 0)).map(({ name }) =>
      runner.addJob(name, {}, { jobKey: name }),
    ),
  ),
);
log.info({ sweeps: SWEEPS.length }, 'worker is running');

async function end(signal: string): Promise<void> {
  log.info({ signal }, 'worker is ending');
  stopNudging();
  await live.close();
  await runner.stop();
  await disconnect();
}
process.once('SIGTERM', () => void end('SIGTERM'));
process.once('SIGINT', () => void end('SIGINT'));
await runner.promise;
