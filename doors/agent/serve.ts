import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { theWorld, type World } from '#lib/base/time.ts';
import { live } from '#lib/io/live.ts';
import { agentDoor } from './app.ts';

export type ServeOptions = {
  readonly host: string;
  /** 0: any that is free. Other processes may listen on the same port: the system shares out the connections. */
  readonly port: number;
  readonly holdMs?: number;
  readonly world?: World;
};

export type ServedDoor = {
  readonly port: number;
  /** Answers whoever is held, lets nobody new in, and resolves when the last answer is sent; what hangs for 5 s is cut. */
  close(): Promise<void>;
};

/** Longer than a reverse proxy keeps a connection for its next request: it is the one to close. */
const KEEP_ALIVE_MS = 75_000;
const PATIENCE_MS = 5_000;

/** Serves the door for agents alone. `GET /health` answers 200 while this process can hold syncs, else 503. */
export async function serveAgents({ host, port, world = theWorld, ...options }: ServeOptions): Promise<ServedDoor> {
  const closing = new AbortController();
  const app = new Hono();
  app.get('/health', (context) => {
    const ok = live.isListening() && !closing.signal.aborted;
    return context.json({ ok }, ok ? 200 : 503, { 'cache-control': 'no-store' });
  });
  let underWay = 0;
  let nothingLeft: (() => void) | undefined;
  // What was asked is done to its end, also when whoever asked is gone.
  app.use(async (_, next) => {
    underWay += 1;
    try {
      await next();
    } finally {
      underWay -= 1;
      if (underWay === 0) nothingLeft?.();
    }
  });
  app.route('/', agentDoor(world, { ...options, closing: closing.signal }));

  await live.ready();
  const server = createAdaptorServer({
    fetch: app.fetch,
    serverOptions: { keepAliveTimeout: KEEP_ALIVE_MS, noDelay: true },
  }) as Server;
  server.listen({ host, port, reusePort: port !== 0 });
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, 'close');
      const done = new Promise<void>((resolve) => {
        nothingLeft = resolve;
        if (underWay === 0) resolve();
      });
      server.close();
      closing.abort();
      const cut = setTimeout(() => {
        server.closeAllConnections();
        nothingLeft?.();
      }, PATIENCE_MS);
      await Promise.all([closed, done]);
      clearTimeout(cut);
    },
  };
}
