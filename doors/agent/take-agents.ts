import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { theWorld } from '#lib/base/time.ts';
import { agentDoor } from './app.ts';

const PATH = /^\/api\/agent\/v1(?:[/?]|$)/;

/**
 * The door for agents in a process that serves other things as well: answers whether a request was for it. What it takes comes
 * straight from Node's server. By way of Next a heartbeat cost several times as much, compression of its two hundred bytes included.
 * Once `closing` aborts whoever is held is answered, and connections are given up with their next answer, so that a server can end.
 */
export function takeAgents(closing?: AbortSignal): (request: IncomingMessage, response: ServerResponse) => boolean {
  // The Request and Response of whatever else this process serves stay as they are.
  const listen = getRequestListener(agentDoor(theWorld, { closing }).fetch, { overrideGlobalObjects: false });
  return (request, response) => {
    if (!PATH.test(request.url ?? '')) return false;
    void listen(request, response);
    return true;
  };
}
