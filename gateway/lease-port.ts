import { createServer, type Server, type Socket } from 'node:net';
import { cut, join } from '#protocol/join.ts';

/** The public TCP port of one lease: listens while its agent is connected, and knows the streams that run through it. */
export type LeasePort = {
  readonly port: number;
  readonly streams: ReadonlySet<Socket>;
  isListening(): boolean;
  /** Joins a renter's connection with the agent's. A stream without a byte for `idleMs` is cut. */
  carry(renter: Socket, agent: Socket, idleMs: number): void;
  /** Takes no new connections; streams go on. */
  stopListening(): void;
  /** Takes no new connections and cuts the streams. */
  close(): void;
};

/** Opens a port; rejects when it cannot be had (`EADDRINUSE`, `EACCES`). Connections arrive paused: no byte is read before the agent is there. */
export function openLeasePort(host: string, port: number, onRenter: (renter: Socket) => void): Promise<LeasePort> {
  const streams = new Set<Socket>();
  const options = { allowHalfOpen: true, pauseOnConnect: true, noDelay: true, keepAlive: true };
  const server: Server = createServer(options, (renter) => {
    renter.on('error', () => undefined);
    onRenter(renter);
  });
  const leasePort: LeasePort = {
    port,
    streams,
    isListening: () => server.listening,
    carry(renter, agent, idleMs) {
      streams.add(renter);
      renter.setTimeout(idleMs, () => cut(renter));
      join(renter, agent, () => streams.delete(renter));
    },
    stopListening() {
      if (server.listening) server.close();
    },
    close() {
      leasePort.stopListening();
      for (const stream of streams) cut(stream);
    },
  };
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      server.on('error', () => undefined);
      resolve(leasePort);
    });
  });
}
