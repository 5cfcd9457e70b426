import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters, styleText } from 'node:util';
import { generate } from '../generate.mjs';
import { HOME } from '../home.mjs';
import { freePort } from '../postgres.mjs';
import { endRunning } from '../run.mjs';
import { report } from '../say.mjs';
import { buildIfNeeded } from '../start/build.mjs';
import { playwrightCounts, vitestCounts } from './counts.mjs';
import { missingNeeds, NEEDS } from './needs.mjs';
import { bin, step } from './step.mjs';

/** `npm test`, `npm run test:long`, `npm run check`: everything that must hold, one line of counts at the very end. Resolves to the exit code. */
export async function main(args) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      endRunning();
      process.exit(130);
    });
  }
  const folder = await mkdtemp(join(tmpdir(), 'sublet-results-'));
  try {
    return await everything({ folder, long: args.includes('--long') });
  } catch (error) {
    report(error);
    return conclude([failedStep('setting up')], []);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function everything({ folder, long }) {
  await generate();
  const lacking = missingNeeds();
  for (const name of lacking)
    loud(`This machine has no ${NEEDS[name].title}: what needs it is skipped. To get it: ${NEEDS[name].get}.`);
  const env = {
    ...process.env,
    NODE_ENV: 'test',
    NEXT_TELEMETRY_DISABLED: '1',
    SUBLET_TEST: '1',
    ...(long ? { SUBLET_LONG: '1' } : {}),
  };
  const counts = [];
  const one = async (name, command) => counts.push((await step(name, command, env)) ? PASSED : failedStep(name));

  await one('format and lint', [bin('@biomejs/biome/bin/biome'), 'check', '--error-on-warnings', '.']);
  await one('route types', [bin('next/dist/bin/next'), 'typegen']);
  await one('types', [bin('typescript/bin/tsc'), '--noEmit']);
  counts.push(await built());
  counts.push(await vitest(folder, env));
  counts.push(await browser(folder, env, lacking));
  return conclude(counts, lacking);
}

const PASSED = { passed: 1, failed: 0, skipped: 0 };
const SKIPPED = { passed: 0, failed: 0, skipped: 1 };

function failedStep(name) {
  return { passed: 0, failed: 1, skipped: 0, failures: [{ name, said: 'See above.' }] };
}

async function built() {
  try {
    await buildIfNeeded();
    return PASSED;
  } catch (error) {
    report(error);
    return failedStep('the build');
  }
}

async function vitest(folder, env) {
  const file = join(folder, 'vitest.json');
  const ok = await step(
    'tests without a browser',
    [
      bin('vitest/vitest.mjs'),
      'run',
      '--allowOnly=false',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
    ],
    env,
  );
  return vitestCounts(await read(file), ok);
}

async function browser(folder, env, lacking) {
  const specs = await readdir(join(HOME, 'tests', 'e2e'), { recursive: true }).catch(() => []);
  if (!specs.some((name) => /\.(spec|test)\.ts$/.test(name))) return { passed: 0, failed: 0, skipped: 0 };
  if (lacking.includes('chromium')) return SKIPPED;
  const file = join(folder, 'playwright.json');
  const ok = await step('tests in a browser', [bin('@playwright/test/cli.js'), 'test', '--reporter=list,json'], {
    ...env,
    PLAYWRIGHT_JSON_OUTPUT_FILE: file,
    SUBLET_E2E_PORT: String(await freePort()),
  });
  return playwrightCounts(await read(file), ok);
}

async function read(file) {
  return JSON.parse(await readFile(file, 'utf8').catch(() => 'null'));
}

/** What failed, once more, since it stands far above; then the very last line, alone, and the exit code: with CI=true a skip is a failure. */
function conclude(counts, lacking) {
  const sum = (key) => counts.reduce((total, one) => total + one[key], 0);
  const [passed, failed, skipped] = [sum('passed'), sum('failed'), sum('skipped')];
  process.stdout.write('\n');
  for (const { name, said } of counts.flatMap((one) => one.failures ?? [])) {
    process.stdout.write(`${styleText('red', `✗ ${name.replace(`${HOME}/`, '')}`)}\n${beginning(said)}\n`);
  }
  for (const name of lacking) loud(`Skipped what needs ${NEEDS[name].title}. To get it: ${NEEDS[name].get}.`);
  const strict = process.env.CI === 'true' || process.env.CI === '1';
  if (skipped > 0 && strict) loud('With CI=true a skipped test is a failure.');
  process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
  return failed > 0 || passed === 0 || (skipped > 0 && strict) ? 1 : 0;
}

function beginning(text) {
  const lines = stripVTControlCharacters(text).split('\n');
  const shown = lines.slice(0, 40).map((line) => `    ${line.slice(0, 300)}`);
  return [...shown, ...(lines.length > 40 ? [`    (${lines.length - 40} more lines: see above)`] : [])].join('\n');
}

function loud(text) {
  process.stdout.write(`${styleText(['bold', 'yellow'], text)}\n`);
}
