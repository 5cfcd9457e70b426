import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { agentDoor } from './app.ts';

const PATH = /^\/api\/agent\/v1(?:[/?]|$)/;

/**
 * The door for agents in a process that serves other things as well: answers whether a request was for it. What it takes comes
 * straight from Node's server. By way of Next a heartbeat cost several times as much, compression of its two hundred bytes included.
 */
export function takeAgents(): (request: IncomingMessage, response: ServerResponse) => boolean {
  // The Request and Response of whatever else this process serves stay as they are.
  const listen = getRequestListener(agentDoor().fetch, { overrideGlobalObjects: false });
  return (request, response) => {
    if (!PATH.test(request.url ?? '')) return false;
    void listen(request, response);
    return true;
  };
}
