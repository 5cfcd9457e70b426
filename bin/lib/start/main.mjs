import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { bundleAgent } from '../agent-bundle.mjs';
import { generate } from '../generate.mjs';
import { HOME } from '../home.mjs';
import { endRunning } from '../run.mjs';
import { phase, report, Stop } from '../say.mjs';
import { warmPages } from '../warm.mjs';
import { buildIfNeeded } from './build.mjs';
import { openDatabase } from './database.mjs';
import { lockFolder } from './folder-lock.mjs';
import { gatewayPorts } from './ports.mjs';
import { ENDING_ORDER, marketEnvironment, programs } from './programs.mjs';
import { rentalsAfter, rentalsRunning } from './rentals-left.mjs';
import { runScript } from './run-script.mjs';
import { readSecrets } from './secrets.mjs';
import { claimPort, prepareFolder, readSettings } from './settings.mjs';
import { showSummary } from './summary.mjs';
import { Supervisor } from './supervisor.mjs';
import { waitUntilReady } from './wait-until-ready.mjs';

/** `npm start` and `npm run dev`: sets everything up, runs it, and ends it all when told to. Resolves to the exit code. */
export async function main(args) {
  const settings = readSettings(args);
  const ending = untilToldToEnd();
  const undo = [];
  const failed = Promise.withResolvers();
  try {
    process.stderr.write(`${styleText('bold', 'Sublet')} is getting ready.\n`);
    await Promise.race([bringUp(settings, undo, failed.reject), ending.promise, failed.promise]);
    await Promise.race([ending.promise, failed.promise]);
    return 0;
  } catch (error) {
    return ending.told() ? 0 : report(error);
  } finally {
    endRunning();
    const running = undo.length > 1;
    if (running) process.stderr.write('\nEnding Sublet …\n');
    const rentals = running ? rentalsRunning(settings.dir) : 0;
    for (const step of undo.reverse())
      await step().catch((error) => process.stderr.write(`${error?.message ?? error}\n`));
    if (running) process.stderr.write(`${['Sublet has ended.', ...rentalsAfter(settings.dir, rentals)].join(' ')}\n`);
    // A build that was cut off may still hold the event loop.
    setImmediate(() => process.exit());
  }
}

async function bringUp(settings, undo, fail) {
  await prepareFolder(settings.dir);
  const { note, release } = await lockFolder(settings.dir, settings.localUrl);
  undo.push(release);
  await claimPort(settings);
  const secrets = await readSecrets(settings.dir);
  const database = await phase(settings.ownDatabase ? 'starting PostgreSQL' : 'reaching the database', () =>
    openDatabase(settings, (sentence) => fail(new Stop(sentence))),
  );
  undo.push(database.stop);
  if (settings.ownDatabase) await note({ databaseUrl: database.url });
  await phase('preparing the database client', generate);
  const ports = await gatewayPorts(settings.dir, settings.host, settings.port);
  const environment = marketEnvironment({ settings, databaseUrl: database.url, secrets, ports });
  const { deployMigrations } = await import('../../../prisma/migrate.ts');
  await phase('migrating the database', () => deployMigrations(database.url));
  if (existsSync(join(HOME, 'agent', 'main.ts'))) {
    await phase('bundling the agent', () => bundleAgent(join(settings.dir, 'dist')));
  }
  const tools = existsSync(join(HOME, 'bin', 'build-tools.mjs'))
    ? await phase('preparing the ssh tools', () =>
        optional(['bin/build-tools.mjs', '--root', settings.dir], environment),
      )
    : undefined;
  if (!settings.dev) await buildIfNeeded();
  if (settings.demo && existsSync(join(HOME, 'prisma', 'seed.ts'))) {
    await phase('laying out the demo market', () => runScript(['prisma/seed.ts'], environment));
  }
  const supervisor = new Supervisor({
    logFolder: join(settings.dir, 'logs'),
    show: (name, line, isError) => showLine(settings, name, line, isError),
    onEnd: ({ name, why, failures, pauseMs }) => {
      process.stderr.write(`${styleText('yellow', name)} ended (${why}); it starts again in ${pauseMs / 1000} s.\n`);
      if (failures >= 4 && !up)
        fail(
          new Stop(
            `The ${name} does not stay up. Its words are above, and in ${join(settings.dir, 'logs', `${name}.log`)}`,
          ),
        );
    },
  });
  let up = false;
  undo.push(() => supervisor.stop(ENDING_ORDER));
  const ready = await phase('starting', async () => {
    for (const program of programs({ settings, environment, ports })) await supervisor.start(program);
    if (settings.demo) {
      // As soon as the machine is there, its host of the demo publishes it; before that the market is not ready.
      const seen = await waitUntilReady(
        `${settings.localUrl}/api/ready`,
        (words) => words.ok || words.localMachine?.synced,
      );
      if (!seen.ok && seen.localMachine?.synced) await optional(['prisma/seed.ts', '--publish-local'], environment);
    }
    return waitUntilReady(`${settings.localUrl}/api/ready`);
  });
  up = true;
  if (!settings.dev) void warmPages(settings.localUrl);
  // For machines without a Node.js of their own; nobody waits for it.
  void optional(['bin/node-pieces.mjs', join(settings.dir, 'dist')], environment);
  showSummary({ settings, ready, toolsProblem: tools });
}

/** Runs a step that the market can do without; resolves to why it did not work, or undefined. */
async function optional(command, environment) {
  try {
    await runScript(command, environment);
    return undefined;
  } catch (error) {
    return error.message;
  }
}

/** Every line when asked for; else what a person should see: warnings and errors. All are in the log files. */
function showLine(settings, name, line, isError) {
  const level = /^\{.*?"level":"?(\w+)"?/.exec(line)?.[1];
  const loud = line.startsWith('{') ? ['warn', 'error', 'fatal', '40', '50', '60'].includes(level) : isError;
  // In development Next tells of every request; those of agents would drown the others.
  const dull = / (GET|POST) \/api\/(agent|ready|health)/.test(line);
  if (loud || (settings.verbose && !dull)) process.stdout.write(`${styleText('dim', `${name.padEnd(7)} |`)} ${line}\n`);
}

/** Resolves at Ctrl-C, SIGTERM or SIGHUP, and when npm, which started this, has gone. */
function untilToldToEnd() {
  const { promise, resolve } = Promise.withResolvers();
  let told = false;
  const end = () => {
    told = true;
    resolve();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end);
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event !== undefined) {
    setInterval(() => {
      if (process.ppid !== parent) end();
    }, 1_000).unref();
  }
  return { promise, told: () => told };
}
