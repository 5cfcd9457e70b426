import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '../market.ts';

const NEXT = 'node_modules/next/dist/bin/next';
const BARE = 'bench/web/bare';
const env = { ...process.env, NODE_ENV: 'production' as const, NEXT_TELEMETRY_DISABLED: '1' };

export type BareApp = { readonly url: string; stop(): Promise<void> };

/** Builds the smallest app that this version of Next makes and serves it as the market is served, by `next start`. */
export async function startBareApp(): Promise<BareApp> {
  const build = spawn(process.execPath, [NEXT, 'build', BARE], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(build, 'exit');
  if (code !== 0) throw new Error(`The bare app could not be built (exit code ${code}).`);
  const port = await freePort();
  const child = spawn(process.execPath, [NEXT, 'start', BARE, '-H', '127.0.0.1', '-p', String(port)], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  await untilAnswers(url, child);
  return {
    url,
    stop: async () => {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

async function untilAnswers(url: string, child: ChildProcess): Promise<void> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; ) {
    if (child.exitCode !== null) throw new Error(`The bare app ended with exit code ${child.exitCode}.`);
    if ((await fetch(url).catch(() => undefined))?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The bare app did not answer within a minute.');
}
