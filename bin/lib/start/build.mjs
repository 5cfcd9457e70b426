import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, HOME, nodeForRun } from '../home.mjs';
import { lastLines, run } from '../run.mjs';
import { phase, Stop } from '../say.mjs';

const SOURCES = [
  'app',
  'components',
  'doors',
  'lib',
  'protocol',
  'public',
  'prisma/schema',
  'next.config.ts',
  'postcss.config.mjs',
  'tsconfig.json',
  'package.json',
  'package-lock.json',
];
const STAMP = join(HOME, '.next', 'sublet-digest');

/** Builds the pages unless nothing that goes into them changed since the last build. */
export async function buildIfNeeded() {
  const digest = await digestOf(
    SOURCES,
    (path) => path === join('lib', 'io', 'generated') || /\.test\.tsx?$/.test(path),
  );
  if ((await readFile(STAMP, 'utf8').catch(() => '')) === digest) return;
  await phase('building the pages', async () => {
    await nextBuild();
    await writeFile(STAMP, digest);
  });
}

async function nextBuild() {
  const next = join(HOME, 'node_modules', 'next', 'dist', 'bin', 'next');
  const { code, signal, output } = await run([nodeForRun(), next, 'build'], {
    cwd: HOME,
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
  });
  if (code !== 0)
    throw new Stop(`The pages could not be built (${signal ?? `exit code ${code}`}):\n${lastLines(output, 40)}`);
}
