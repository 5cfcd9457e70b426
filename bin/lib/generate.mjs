import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, HOME, nodeForRun } from './home.mjs';
import { lastLines, run } from './run.mjs';

const OUTPUT = join(HOME, 'lib', 'io', 'generated');
const STAMP = join(OUTPUT, '.digest');

/** Generates the database client unless the schema is the one it was last made from. Resolves to whether it did. */
export async function generate() {
  const digest = await digestOf(['prisma/schema', 'node_modules/@prisma/client/package.json']);
  if ((await readFile(STAMP, 'utf8').catch(() => '')) === digest) return false;
  await rm(STAMP, { force: true });
  const { code, output } = await run(
    [nodeForRun(), join(HOME, 'node_modules', 'prisma', 'build', 'index.js'), 'generate'],
    {
      cwd: HOME,
      // Prisma would fetch an engine from the internet that generating does not use.
      env: {
        ...process.env,
        PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true',
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
        CHECKPOINT_DISABLE: '1',
      },
    },
  );
  if (code !== 0) throw new Error(`prisma generate failed:\n${lastLines(output, 30)}`);
  await writeFile(STAMP, digest);
  return true;
}
