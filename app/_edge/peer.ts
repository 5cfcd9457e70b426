import { type IncomingMessage, Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { guardForm, refuse } from './form-guard.ts';

/** Headers that this process writes over whatever a client sent: who is on the other end of the socket, and what was asked for. */
export const PEER_HEADER = 'x-sublet-peer';
export const ASKED_HEADER = 'x-sublet-asked';

/** Answers whether a change of protocol is its own. */
export type TakesUpgrade = (request: IncomingMessage, stream: Duplex, head: Buffer) => boolean;

/** Answers whether a request is its own: then it answers it, and Next never hears of it. */
export type TakesRequest = (request: IncomingMessage, response: ServerResponse) => boolean;

const told = Symbol.for('sublet.peer');

/**
 * Lets pages know the address on the other end of the socket, which Next does not tell: its `x-forwarded-for` is whatever the
 * client claims. Refuses what Next would fail at: addresses with a NUL, forms
 * that are cut off. Hands a change of protocol to `takesUpgrade` first: Next has no WebSockets of
 * its users; and every request to `takesRequest`. Called once per process, before the first request.
 */
export function tellPeers(takesUpgrade: TakesUpgrade = () => false, takesRequest: TakesRequest = () => false): void {
  const prototype = Server.prototype as Server & { [told]?: true };
  if (prototype[told]) return;
  prototype[told] = true;
  const emit = prototype.emit;
  prototype.emit = function (this: Server, event: string, ...rest: unknown[]) {
    const pass = () => emit.apply(this, [event, ...rest] as Parameters<typeof emit>);
    if (event === 'upgrade') {
      const [request, stream, head] = rest as [IncomingMessage, Duplex, Buffer];
      return takesUpgrade(request, stream, head) || pass();
    }
    if (event !== 'request') return pass();
    const [request, response] = rest as [IncomingMessage, ServerResponse];
    // No text in PostgreSQL holds a NUL, so no address of ours does.
    if (/%00|\0/.test(request.url ?? '')) refuse(response, [400, 'This address holds a character that none here has.']);
    else if (!takesRequest(request, response)) {
      request.headers[PEER_HEADER] = request.socket.remoteAddress ?? '';
      request.headers[ASKED_HEADER] = request.url ?? '/';
      guardForm(request, response, pass);
    }
    return true;
  } as typeof emit;
}

/**
 * The client's address: the socket's, or behind `proxies` reverse proxies of the operator's own the one that the outermost of
 * them saw. Entries before that are the client's claims and count for nothing.
 */
export function clientAddress(peer: string | null, forwardedFor: string | null, proxies: number): string {
  const chain = [...(forwardedFor ?? '').split(','), peer ?? '']
    .map((text) => text.trim())
    .filter((text) => text !== '');
  const found = chain[Math.max(0, chain.length - 1 - proxies)] ?? '';
  const bare = found.replace(/^\[([^\]]+)\](?::\d+)?$/, '$1').replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
  return /^[0-9a-fA-F.:]{2,45}$/.test(bare) ? bare : 'unknown';
}
