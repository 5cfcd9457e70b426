import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';

export type RunningMarket = { readonly url: string; stop(): Promise<void> };

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

/**
 * Starts a whole market as `npm start` does, with its data in a folder of its own, and waits until it says it is ready.
 * `url` set: uses that running market instead and leaves it alone.
 */
export async function startMarket(url: string | undefined): Promise<RunningMarket> {
  if (url !== undefined) return { url, stop: async () => undefined };
  const port = await freePort();
  const child = spawn(process.execPath, ['bin/start.mjs'], {
    env: { ...process.env, PORT: String(port), SUBLET_DIR: join('.sublet', 'bench') },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const own = `http://127.0.0.1:${port}`;
  await untilReady(own, child);
  return {
    url: own,
    stop: async () => {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  for (const deadline = Date.now() + 600_000; Date.now() < deadline; ) {
    if (child.exitCode !== null)
      throw new Error(`The market ended with exit code ${child.exitCode} before it was ready.`);
    const answer = await fetch(`${url}/api/ready`).catch(() => undefined);
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error('The market was not ready within ten minutes.');
}
