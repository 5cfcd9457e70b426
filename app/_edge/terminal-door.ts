import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { decode } from 'next-auth/jwt';
import { type WebSocket, WebSocketServer } from 'ws';
import { userOfSession } from '#lib/auth/queries.ts';
import type { Actor } from '#lib/base/actor.ts';
import { isId } from '#lib/base/id.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld } from '#lib/base/time.ts';
import { attachTerminal } from '#lib/bookings/attach-terminal.ts';
import { endTerminal } from '#lib/bookings/end-terminal.ts';
import { keepTerminal } from '#lib/bookings/keep-terminal.ts';
import {
  TERMINAL_ENDS,
  TERMINAL_IDLE_SECONDS,
  TERMINAL_MOST_SECONDS,
  TERMINAL_SEEN_SECONDS,
  type TerminalEnd,
} from '#lib/bookings/terminal.ts';
import { env } from '#lib/io/env.ts';
import { live } from '#lib/io/live.ts';
import { log } from '#lib/io/log.ts';
import { relay } from '#lib/io/relay.ts';

export const TERMINAL_PROTOCOL = 'sublet.terminal.v1';
/** Of one process: beyond that it refuses, and the page says so. */
const MOST_TERMINALS = 1_000;
const LONGEST_MESSAGE_BYTES = 131_072;

type Options = { readonly cookieName: () => string; readonly secret: () => string };

/**
 * Takes WebSockets for terminals, at `/api/terminals/{id}`: from pages of this market alone (origin), by the session that opened the
 * terminal (cookie), with its ticket (as a subprotocol, so that no log of addresses holds it), once. Answers whether a
 * request was for it.
 */
export function terminalDoor(options: Options) {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: LONGEST_MESSAGE_BYTES,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(TERMINAL_PROTOCOL) ? TERMINAL_PROTOCOL : false),
  });
  let count = 0;

  async function meet(request: IncomingMessage, stream: Duplex, head: Buffer, terminalId: string): Promise<void> {
    if (!isOwnOrigin(request)) return turnAway(stream, '403 Forbidden');
    const actor = await actorOf(request, options);
    if (actor === null) return turnAway(stream, '401 Unauthorized');
    if (count >= MOST_TERMINALS) return turnAway(stream, '503 Service Unavailable');
    const [, ticket = ''] = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((word) => word.trim());
    server.handleUpgrade(request, stream, head, (socket) => {
      count += 1;
      socket.once('close', () => {
        count -= 1;
      });
      socket.on('error', () => undefined);
      // Nothing is read before it is known who is there.
      socket.pause();
      void attach(socket, actor, terminalId, ticket);
    });
  }

  return (request: IncomingMessage, stream: Duplex, head: Buffer): boolean => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const [, id = ''] = /^\/api\/terminals\/(\w{1,64})$/.exec(path) ?? [];
    if (!isId('terminal', id)) return false;
    stream.on('error', () => undefined);
    meet(request, stream, head, id).catch((error: unknown) => {
      log.error({ err: error }, 'a terminal could not be attached');
      turnAway(stream, '500 Internal Server Error');
    });
    return true;
  };
}

async function attach(socket: WebSocket, actor: Actor, terminalId: string, ticket: string): Promise<void> {
  try {
    const place = await attachTerminal(actor, { terminalId, ticket });
    if (socket.readyState === socket.OPEN) carry(socket, terminalId, actor, place);
    else await endTerminal(terminalId, 'lost');
  } catch (error) {
    const why = error instanceof Refusal && error.reason === 'unavailable' ? 'unreachable' : 'closed';
    if (!(error instanceof Refusal)) log.error({ err: error }, 'a terminal could not be attached');
    // Its answer to the close is read, and nothing else.
    socket.resume();
    socket.close(TERMINAL_ENDS[why], why);
  }
}

/** From here on until its end: bytes both ways, and a look every few seconds whether it may go on. */
function carry(
  socket: WebSocket,
  terminalId: string,
  actor: Actor,
  place: { readonly bookingId: string; readonly host: string; readonly port: number },
): void {
  let reason: TerminalEnd = 'lost';
  const close = (why: TerminalEnd) => {
    reason = why;
    carried.close(TERMINAL_ENDS[why], why);
  };
  let looking = false;
  let again = false;
  const look = async () => {
    // News come in crowds: one look at a time, and one more after the last of them.
    again = looking;
    if (looking) return;
    looking = true;
    try {
      const why = await keepTerminal(terminalId);
      if (why !== null) close(why);
    } catch (error) {
      log.warn({ err: error }, 'a terminal could not be looked after');
    }
    looking = false;
    if (again) void look();
  };
  const looks = setInterval(() => void look(), TERMINAL_SEEN_SECONDS * 1_000);
  const idle = setTimeout(() => close('idle'), TERMINAL_IDLE_SECONDS * 1_000);
  const longest = setTimeout(() => close('tooLong'), TERMINAL_MOST_SECONDS * 1_000);
  // Sooner when something happened to the booking or to the person: it stops, a session is revoked.
  const stop = live.subscribe((wake) => {
    if (wake === 'rebuild' || wake.booking === place.bookingId || wake.user === actor.userId) void look();
  });
  const carried = relay({
    socket,
    host: place.host,
    port: place.port,
    onActive: () => idle.refresh(),
    onEnd({ by, answered }) {
      clearInterval(looks);
      clearTimeout(idle);
      clearTimeout(longest);
      stop();
      const why = by === 'machine' && !answered ? 'unreachable' : reason;
      endTerminal(terminalId, why).catch((error: unknown) =>
        log.warn({ err: error }, 'the end of a terminal is not noted'),
      );
    },
  });
  socket.resume();
}

/** A page of another site may not open one in the name of whoever looks at it. */
function isOwnOrigin({ headers }: IncomingMessage): boolean {
  const { origin, host } = headers;
  if (origin === undefined || !URL.canParse(origin)) return false;
  const from = new URL(origin);
  return from.origin === new URL(env().publicUrl).origin || (from.host === host && /^https?:$/.test(from.protocol));
}

async function actorOf(request: IncomingMessage, { cookieName, secret }: Options): Promise<Actor | null> {
  const cookies = (request.headers.cookie ?? '').split(';').map((part) => part.trim());
  const value = cookies.find((part) => part.startsWith(`${cookieName()}=`))?.slice(cookieName().length + 1);
  if (value === undefined || value === '') return null;
  try {
    const token = await decode({ token: decodeURIComponent(value), secret: secret() });
    if (typeof token?.sessionId !== 'string') return null;
    return (await userOfSession(token.sessionId, theWorld.now()))?.actor ?? null;
  } catch {
    // Forged, damaged, or made under another secret: nobody.
    return null;
  }
}

function turnAway(stream: Duplex, status: string): void {
  if (!stream.writable) return;
  stream.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
