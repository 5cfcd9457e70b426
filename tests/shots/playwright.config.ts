import { defineConfig } from '@playwright/test';
import market from '../../playwright.config.ts';

const cwd = new URL('../..', import.meta.url).pathname;
const [server] = [market.webServer ?? []].flat();
if (server === undefined) throw new Error('the browser tests start no market');

/** The market of the browser tests, visited by a photographer. */
export default defineConfig({
  ...market,
  testDir: '.',
  workers: 1,
  outputDir: '../../test-results',
  globalTeardown: '../support/forget-e2e.ts',
  webServer: { ...server, cwd },
});
