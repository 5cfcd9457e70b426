import { connect, type Socket } from 'node:net';
import type { WebSocket } from 'ws';

/** So much may wait on either side before the other is asked to pause. */
export const MOST_WAITING_BYTES = 262_144;
const CONNECT_MS = 10_000;
const PING_MS = 25_000;

export type Relay = {
  /** Ends it, told to the page by code and word. */
  close(code: number, reason: string): void;
};

export type RelayOptions = {
  readonly socket: WebSocket;
  readonly host: string;
  readonly port: number;
  /** The page says that somebody is there. */
  readonly onActive: () => void;
  /** Called once. `answered`: the machine had said anything at all. */
  readonly onEnd: (how: { readonly by: 'page' | 'machine' | 'us'; readonly answered: boolean }) => void;
};

/**
 * Carries bytes, unread and unchanged, between a WebSocket (binary messages) and a TCP port. A slow side slows the other down: no more than
 * {@link MOST_WAITING_BYTES} and one message wait for either. A text message is a sign of life and nothing else.
 */
export function relay({ socket, host, port, onActive, onEnd }: RelayOptions): Relay {
  const tcp: Socket = connect({ host, port, noDelay: true, keepAlive: true });
  let answered = false;
  let over = false;
  let heard = true;

  const end = (by: 'page' | 'machine' | 'us', code: number, reason: string) => {
    if (over) return;
    over = true;
    clearInterval(ping);
    clearTimeout(patience);
    tcp.destroy();
    // Its answer to the close must be heard.
    socket.resume();
    socket.close(code, reason);
    // A page that does not answer the close is gone.
    setTimeout(() => socket.terminate(), 5_000).unref();
    onEnd({ by, answered });
  };
  const patience = setTimeout(() => tcp.destroy(new Error('no answer in time')), CONNECT_MS);
  const ping = setInterval(() => {
    if (!heard) return end('page', 1_001, '');
    heard = false;
    socket.ping();
    return undefined;
  }, PING_MS);

  tcp.once('connect', () => clearTimeout(patience));
  tcp.on('data', (bytes) => {
    answered = true;
    if (over) return;
    socket.send(bytes, { binary: true }, () => {
      if (socket.bufferedAmount < MOST_WAITING_BYTES) tcp.resume();
    });
    if (socket.bufferedAmount >= MOST_WAITING_BYTES) tcp.pause();
  });
  tcp.on('drain', () => socket.resume());
  tcp.on('error', () => undefined);
  tcp.on('close', () => end('machine', answered ? 4_007 : 4_004, answered ? 'lost' : 'unreachable'));
  socket.on('message', (data, isBinary) => {
    if (over) return;
    if (!isBinary) {
      onActive();
      return;
    }
    const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer);
    if (!tcp.write(bytes) && tcp.writableLength >= MOST_WAITING_BYTES) socket.pause();
  });
  socket.on('pong', () => {
    heard = true;
  });
  socket.on('error', () => undefined);
  socket.on('close', () => end('page', 1_000, ''));
  return { close: (code, reason) => end('us', code, reason) };
}
