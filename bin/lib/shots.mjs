import { freePort } from './postgres.mjs';
import { bin, step } from './test/step.mjs';

/** `npm run shots [-- /path]`: pictures of the pages, or of those whose path has a part in common, in the folder `shots`. */
export async function main([part = '']) {
  const env = { ...process.env, SHOTS: part, SUBLET_TEST: '1', SUBLET_E2E_PORT: String(await freePort()) };
  const command = [bin('@playwright/test/cli.js'), 'test', '--config', 'tests/shots/playwright.config.ts'];
  const ok = await step('pictures of the pages', command, env);
  if (ok) process.stdout.write('Look at shots/index.html.\n');
  return ok ? 0 : 1;
}
