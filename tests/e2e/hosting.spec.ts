import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { memoryRuntime } from '../../agent/act/memory.ts';
import { startAgent } from '../../agent/agent.ts';
import { systemClock } from '../../agent/clock.ts';
import { enrol } from '../../agent/enrol.ts';
import { keysFrom, makeKeys } from '../../agent/io/identity.ts';
import { openJournal } from '../../agent/io/journal.ts';
import { httpMarket } from '../../agent/io/market.ts';
import { silentLog } from '../../agent/log.ts';
import { ownLogOf } from '../../agent/own-log.ts';
import { AGENT_VERSION } from '../../protocol/agent-version.ts';
import type { SelfTest, Specification } from '../../protocol/specification.ts';
import { sql } from './database.ts';
import { axeFaults, narrowFaults, prefer, shot } from './look.ts';
import { signUp } from './people.ts';

test.describe.configure({ timeout: 240_000 });

const GIB = 2 ** 30;
const specification = (name: string): Specification => ({
  hostname: name,
  os: 'Debian GNU/Linux 12',
  kernel: '6.1',
  architecture: 'x86_64',
  cpuModel: 'A CPU of a test',
  cpuThreads: 16,
  memoryBytes: 64 * GIB,
  diskTotalBytes: 1_000 * GIB,
  diskFreeBytes: 3 * GIB,
  diskWriteBytesPerSecond: 900e6,
  networkDownBitsPerSecond: 900e6,
  networkUpBitsPerSecond: null,
  docker: {
    version: 'simulated',
    apiVersion: 'simulated',
    storageDriver: 'memory',
    cgroupVersion: '2',
    gpuRuntime: true,
  },
  gpus: [0, 1].map((index) => ({
    index,
    uuid: `GPU-${name}-${index}`,
    model: 'NVIDIA GeForce RTX 4090',
    vramBytes: 24 * GIB,
    driverVersion: '560.35',
    cudaVersion: '12.6',
    pcieGeneration: 4,
    pcieWidth: 16,
    powerLimitWatts: 450,
    temperatureCelsius: 41,
    utilisationPercent: 0,
    ecc: null,
    mig: null,
    powerWatts: 22,
    uncorrectedErrors: 0,
    retiredPages: 0,
  })),
  simulated: true,
  problems: [],
});

/** An agent in this process that speaks for a machine of the test; its disk is full until it is mended. */
async function machineAt(market: string, code: string, name: string) {
  const folder = mkdtempSync(join(tmpdir(), 'hosting-'));
  const client = httpMarket(market);
  const keys = keysFrom(makeKeys());
  const about = specification(name);
  const enrolled = await enrol({
    market: client,
    keys,
    code,
    specification: about,
    agentVersion: AGENT_VERSION,
    clock: systemClock,
  });
  const state = { full: true };
  const selfTest = async (): Promise<SelfTest> => ({
    at: new Date().toISOString(),
    passed: !state.full,
    checks: [
      { name: 'GPUs', passed: true, detail: '2 × RTX 4090.', measured: '2 × RTX 4090', wanted: 'one', fix: null },
      {
        name: 'disk',
        passed: !state.full,
        detail: state.full ? '3 GiB free.' : '800 GiB free.',
        measured: state.full ? '3 GiB free' : '800 GiB free',
        wanted: '100 GiB free, at least 10 GiB',
        fix: state.full ? 'Make room: a rental needs at least 10 GiB.' : null,
      },
    ],
  });
  const own = ownLogOf({ log: silentLog, boot: name, now: Date.now });
  const journal = openJournal(join(folder, 'journal.sqlite'));
  const agent = await startAgent({
    identity: enrolled,
    keys,
    market: client,
    runtime: memoryRuntime(),
    journal,
    clock: systemClock,
    machineBoot: name,
    agentVersion: AGENT_VERSION,
    log: own.log,
    describe: async () => about,
    selfTest,
  });
  const over = new AbortController();
  const shipped = own.ship({ token: agent.contact.token, send: client.sendOwnLog }, over.signal);
  return {
    machineId: enrolled.machineId,
    mend: () => {
      state.full = false;
    },
    async stop() {
      over.abort();
      await agent.stop();
      await shipped;
      journal.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function isWell(page: Page, name: string): Promise<void> {
  await shot(page, `hosting-${name}`);
  expect(await axeFaults(page)).toEqual([]);
  await prefer(page, 'dark');
  expect(await axeFaults(page, 'colours')).toEqual([]);
  await prefer(page, 'light');
  await page.setViewportSize({ width: 320, height: 800 });
  expect(await narrowFaults(page)).toEqual([]);
  await page.setViewportSize({ width: 1_280, height: 720 });
}

const codeOf = async (page: Page) =>
  /sh -s -- (\S+)/.exec(
    (await page.getByRole('region', { name: 'Run as root, or with sudo' }).textContent()) ?? '',
  )?.[1] ?? '';

test('somebody new lists a machine, mends what its self-test found, and hears when it goes offline', async ({
  page,
  baseURL,
}) => {
  const market = baseURL ?? '';
  await signUp(page, 'Hedy');
  await page.goto('/host');
  await page.getByRole('main').getByRole('link', { name: 'List a machine' }).first().click();
  const step = (name: string) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name }) });
  await expect(step('Your account')).toContainText('done');
  await isWell(page, 'new');

  // A code that nobody used in time.
  await page.getByRole('button', { name: 'Make a code' }).click();
  const late = await codeOf(page);
  expect(late).not.toBe('');
  await page.reload();
  await expect(step('Install the agent')).toContainText('A code waits for its machine and expires');
  await expect(step('Your machine connects')).toContainText('Waiting for your machine');
  await sql(`UPDATE enrolment_codes SET expires_at = now() - interval '1 minute' WHERE used_at IS NULL`);
  await page.reload();
  await expect(step('Install the agent')).toContainText('The last code expired unused');
  await expect(machineAt(market, late, 'late')).rejects.toThrow(/used, expired or unknown/);

  // Another one, and the machine comes by itself.
  await page.getByRole('button', { name: 'Make another code' }).click();
  const name = `hedy-${Date.now()}`;
  const machine = await machineAt(market, await codeOf(page), name);
  try {
    await expect(step('Your machine connects')).toContainText('The machine answers', { timeout: 30_000 });
    await expect(step('Self-test')).toContainText('1 check failed', { timeout: 30_000 });
    await expect(step('Self-test')).toContainText('Make room: a rental needs at least 10 GiB.');
    await expect(step('Self-test')).toContainText('Wanted: 100 GiB free, at least 10 GiB');
    await isWell(page, 'failed');
    await step('Self-test').getByRole('link', { name: 'More on this' }).click();
    await expect(page.getByRole('heading', { name: 'disk', exact: true })).toBeVisible();
    await isWell(page, 'guide');

    // It is mended on the machine, and tested from the page.
    machine.mend();
    await page.goto('/host/new');
    await step('Self-test').getByRole('button', { name: 'Run the self-test again' }).click();
    await expect(step('Self-test')).toContainText('All passed', { timeout: 30_000 });
    await step('Price').first().getByLabel('Price', { exact: true }).fill('0.50');
    await step('Price').first().getByRole('button', { name: 'Save terms' }).click();
    await expect(step('Price').first()).toContainText('A price is set');
    await step('On the market').getByRole('button', { name: 'Publish' }).click();
    await expect(step('On the market')).toContainText('Renters see it', { timeout: 30_000 });
    await page.goto(`/host/new?machine=${machine.machineId}`);
    await isWell(page, 'listed');

    // Each part of its pages.
    const path = `/host/machines/${machine.machineId}`;
    for (const [part, words] of [
      ['', 'Self-test'],
      ['/health', 'Hottest GPU'],
      ['/rentals', 'Nothing is rented now'],
      ['/log', 'The self-test passed.'],
      ['/settings', 'up to date'],
      ['/calendar?from=2036-01-01T10:00&to=2036-01-01T12:00', 'A block begins within the next'],
    ] as const) {
      await page.goto(`${path}${part}`);
      await expect(page.getByText(words).first()).toBeVisible({ timeout: 20_000 });
      await isWell(page, `machine${part.replace(/\?.*/, '').replace('/', '-')}`);
    }
    await page.goto(`${path}/log`);
    await page.getByLabel('Which lines').selectOption('warn');
    await page.getByLabel('Look for a text in the log').fill('DISK failed');
    await page.getByRole('button', { name: 'Search the log' }).click();
    await expect(page.getByText('Self-test: disk failed. 3 GiB free.')).toBeVisible();
    await expect(page.getByText('The self-test passed.')).toBeHidden();
  } finally {
    await machine.stop();
  }

  // It is switched off.
  await sql(`UPDATE machines SET last_sync_at = now() - interval '10 minutes' WHERE id = $1`, [machine.machineId]);
  await page.goto('/host');
  await expect(page.getByRole('link', { name: `${name} does not answer` })).toBeVisible();
  await isWell(page, 'overview');
});
