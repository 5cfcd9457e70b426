import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig, devices } from '@playwright/test';
import { chromiumPath } from './bin/lib/test/needs.mjs';

// This file is read again by every worker: the first reading decides, the environment carries it on.
process.env.SUBLET_E2E_PORT ??= '3457';
process.env.SUBLET_E2E_DIR ??= mkdtempSync(join(tmpdir(), 'sublet-e2e-'));
const url = `http://127.0.0.1:${process.env.SUBLET_E2E_PORT}`;
const executablePath = chromiumPath();

/** The whole product, started as a person starts it, with a data folder of its own that is thrown away. */
export default defineConfig({
  testDir: 'tests/e2e',
  testMatch: /\.(spec|test)\.ts$/,
  globalTeardown: './tests/support/forget-e2e.ts',
  outputDir: 'test-results',
  workers: 2,
  fullyParallel: false,
  forbidOnly: process.env.CI === 'true' || process.env.SUBLET_TEST === '1',
  timeout: 90_000,
  // A busy machine is slow, not wrong.
  expect: { timeout: 30_000 },
  reporter: [['list']],
  use: {
    ...devices['Desktop Chrome'],
    baseURL: url,
    trace: 'retain-on-failure',
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-dev-shm-usage'],
    },
  },
  projects: [{ name: 'chromium' }],
  webServer: {
    command: 'node bin/start.mjs',
    url: `${url}/api/ready`,
    timeout: 300_000,
    reuseExistingServer: false,
    stdout: 'pipe',
    stderr: 'pipe',
    gracefulShutdown: { signal: 'SIGTERM', timeout: 30_000 },
    env: {
      PORT: process.env.SUBLET_E2E_PORT,
      SUBLET_DIR: process.env.SUBLET_E2E_DIR,
      DATABASE_URL: '',
      SUBLET_DEMO: '',
    },
  },
});
