import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

type Door = { fetch(request: Request): Response | Promise<Response> };

/** A door over real HTTP, which can go away with everything that hangs on it, and come back at the same address. */
export async function serveDoor(door: Door) {
  let server: Server | undefined;
  let port = 0;

  const answer = async (request: IncomingMessage, gone: AbortSignal): Promise<Response> => {
    const body: Buffer[] = [];
    for await (const piece of request) body.push(piece as Buffer);
    const headers = new Headers();
    for (const [name, value] of Object.entries(request.headers))
      if (typeof value === 'string') headers.set(name, value);
    const { method = 'GET' } = request;
    return door.fetch(
      new Request(new URL(request.url ?? '/', `http://127.0.0.1:${port}`), {
        method,
        headers,
        signal: gone,
        ...(method === 'GET' ? {} : { body: Buffer.concat(body) }),
      }),
    );
  };

  const open = async () => {
    server = createServer(async (request, response) => {
      const caller = new AbortController();
      response.once('close', () => caller.abort());
      try {
        const said = await answer(request, caller.signal);
        response.writeHead(said.status, Object.fromEntries(said.headers));
        response.end(await said.text());
      } catch {
        response.destroy();
      }
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  };
  const close = async () => {
    const closing = server;
    server = undefined;
    if (closing === undefined) return;
    closing.closeAllConnections();
    closing.close();
    await once(closing, 'close');
  };
  await open();
  return { url: `http://127.0.0.1:${port}`, open, close };
}
