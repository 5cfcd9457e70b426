import { Logger, run } from 'graphile-worker';
import { theWorld } from '#lib/base/time.ts';
import { noteSweep, type SweepNote } from '#lib/events/note-sweep.ts';
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
/** How each sweep went is written down twice a minute while all is well, and at once when it fails or is mended. */
const NOTED_EVERY_MS = 30_000;
const noted = new Map<string, { readonly at: number; readonly failed: boolean }>();

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
  let rows = 0;
  let failure: string | null = null;
  try {
    rows = await handle(theWorld);
    if (rows > 0) log.info({ sweep: name, rows }, 'swept');
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
    log.error({ sweep: name, err: error }, 'sweep failed; it runs again at its next time');
  } finally {
    running.delete(name);
    restsUntil.set(name, Date.now() + REST_TIMES * (Date.now() - began));
  }
  await note({
    name,
    everySeconds,
    rows,
    error: failure,
    beganAt: new Date(began),
    tookMilliseconds: Date.now() - began,
  });
}

async function note(run: SweepNote): Promise<void> {
  const last = noted.get(run.name);
  const failed = run.error !== null;
  if (last !== undefined && !failed && !last.failed && Date.now() - last.at < NOTED_EVERY_MS) return;
  noted.set(run.name, { at: Date.now(), failed });
  // Whoever cannot write it down goes on sweeping.
  await noteSweep(run).catch((error: unknown) =>
    log.warn({ sweep: run.name, err: error }, 'a run was not written down'),
  );
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
