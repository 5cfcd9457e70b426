import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';
import { DIAL_BACK_SECONDS } from '#protocol/tunnel.ts';
import { leaseCarrier } from './carrier.ts';
import { LIMITS, type Limits } from './limits.ts';
import { type Log, silentLog } from './log.ts';
import { type PortRange, UNPRIVILEGED_PORTS } from './permit.ts';
import { type TunnelDoorOptions, tunnelDoor } from './tunnel-door.ts';

export type GatewayOptions = {
  /** The name by which permits know this gateway. */
  readonly name: string;
  /** The address that tunnel, health and lease ports are bound to. */
  readonly host: string;
  /** 0 picks a free one. */
  readonly tunnelPort: number;
  readonly healthPort: number;
  /** The market's raw Ed25519 key, base64url. */
  readonly leaseKey: string;
  /** Renters' ports that may be opened; any unprivileged one when absent. */
  readonly ports?: PortRange | undefined;
  readonly tls?: TunnelDoorOptions['tls'];
  readonly limits?: Partial<Limits>;
  readonly dialBackMs?: number;
  readonly now?: () => Date;
  readonly log?: Log;
};

export type Gateway = {
  readonly tunnelPort: number;
  readonly healthPort: number;
  counts(): { leases: number; streams: number; waiting: number };
  /** Cuts everything and gives all ports back. */
  close(): Promise<void>;
};

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/**
 * Starts a blind relay: renters reach containers behind any NAT through it, and it sees only ciphertext. It knows no
 * database and asks nobody; the market's signature on a permit is all it believes, so rentals are reached while the
 * market is down. Rejects when its own ports cannot be had.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { name, host, leaseKey } = options;
  const now = options.now ?? (() => new Date());
  const log = options.log ?? silentLog;
  const limits: Limits = { ...LIMITS, ...options.limits };
  const dialBackMs = options.dialBackMs ?? DIAL_BACK_SECONDS * 1_000;
  const carrier = leaseCarrier({ host, limits, dialBackMs, now, log });
  const ports = options.ports ?? UNPRIVILEGED_PORTS;
  const door = tunnelDoor({ carrier, gateway: name, leaseKey, ports, limits, tls: options.tls ?? null, now, log });
  const sockets = new Set<Socket>();
  door.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const health = createHttpServer((request, response) => {
    const found = request.method === 'GET' && request.url === '/health';
    response.writeHead(found ? 200 : 404, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(JSON.stringify(found ? { ok: true, gateway: name, ...carrier.counts() } : { ok: false }));
  });
  const tunnelPort = await listen(door, host, options.tunnelPort);
  const healthPort = await listen(health, host, options.healthPort).catch((error: unknown) => {
    door.close();
    throw error;
  });
  return {
    tunnelPort,
    healthPort,
    counts: carrier.counts,
    async close() {
      carrier.closeAll();
      const closed = [door, health].map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
      for (const socket of sockets) socket.destroy();
      health.closeAllConnections();
      await Promise.all(closed);
    },
  };
}
