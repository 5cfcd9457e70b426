import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { openTunnels, type Tunnels } from '#agent/io/tunnel.ts';
import { type GatewayOptions, startGateway } from '#gateway/gateway.ts';
import { newSigningKey, rawPublicKey, signPayload } from '#protocol/keys.ts';
import type { LeaseGateway, LeasePermit } from '#protocol/lease.ts';
import { DOMAINS, PROTOCOL_VERSION, type Signed } from '#protocol/words.ts';

/** A pair of Ed25519 keys with its raw public half. */
export function keyPair() {
  const privateKey = newSigningKey();
  return { privateKey, publicKey: rawPublicKey(privateKey) };
}
export type KeyPair = ReturnType<typeof keyPair>;

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export type PermitFields = Partial<LeasePermit> & { gateways: LeaseGateway[]; machineKey: string };

/** A permit signed by `market`, good for an hour. */
export function signedPermit(market: KeyPair, fields: PermitFields): Signed {
  const now = Date.now();
  const permit: LeasePermit = {
    v: PROTOCOL_VERSION,
    leaseId: `lse_${randomBytes(8).toString('hex')}`,
    revision: 1,
    bookingId: 'bkg_test',
    machineId: 'mch_test',
    gpuUuids: ['GPU-1'],
    image: 'sublet/busybox:latest',
    authorizedKeys: [],
    startsAt: new Date(now - 1_000).toISOString(),
    endsAt: new Date(now + 3_600_000).toISOString(),
    priceMicrosPerGpuHour: '1000000',
    diskPriceMicrosPerGibMonth: '0',
    diskBytes: '0',
    ceilingMicros: '1000000',
    limits: { cpuMillis: 1_000, memoryBytes: '1073741824', pids: 512 },
    issuedAt: new Date(now).toISOString(),
    ...fields,
  };
  return signPayload(DOMAINS.lease, JSON.stringify(permit), market.privateKey);
}

/** A stand-in for a container's ssh server: one handler per connection, with half-close. */
export async function shellServer(handler: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    handler(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    sockets,
    connect: async () => {
      const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
      await once(socket, 'connect');
      return socket;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** Sends back what comes, and ends when the other side has said everything. */
export const echo = (socket: Socket) => void socket.pipe(socket);

/** A market key, a gateway, a machine and its agent, ready to carry leases. `end()` gives everything back. */
export async function tunnelWorld(
  options: {
    handler?: (socket: Socket) => void;
    gateway?: Partial<GatewayOptions>;
    connect?: Parameters<typeof openTunnels>[0]['connect'];
  } = {},
) {
  const market = keyPair();
  const machine = keyPair();
  const shell = await shellServer(options.handler ?? echo);
  const settings: GatewayOptions = {
    name: 'gw-test',
    host: '127.0.0.1',
    tunnelPort: 0,
    healthPort: 0,
    leaseKey: market.publicKey,
    ...options.gateway,
  };
  let gateway = await startGateway(settings);
  const tunnelPort = gateway.tunnelPort;
  const scheme = settings.tls ? 'tls' : 'tcp';
  const waiters = new Set<() => void>();
  const sign = (text: string) => signPayload(DOMAINS.tunnel, text, machine.privateKey).signature;
  const agents: Tunnels[] = [];

  const newAgent = () => {
    const agent = openTunnels({
      machineKey: machine.publicKey,
      sign,
      connect: options.connect ?? shell.connect,
      onChange: () => {
        for (const wake of waiters) wake();
      },
      ...(settings.tls ? { tls: { rejectUnauthorized: false } } : {}),
    });
    agents.push(agent);
    return agent;
  };
  const agent = newAgent();

  const world = {
    market,
    machine,
    shell,
    agent,
    newAgent,
    sign,
    tunnelPort,
    gateway: () => gateway,
    address: (port: number): LeaseGateway => ({
      name: settings.name,
      tunnelUrl: `${scheme}://127.0.0.1:${tunnelPort}`,
      publicHost: '127.0.0.1',
      port,
    }),
    permit: (port: number, fields: Partial<LeasePermit> = {}) =>
      signedPermit(market, { machineKey: machine.publicKey, gateways: [world.address(port)], ...fields }),
    /** Resolves when the agent says that this lease is (or is no longer) reachable. */
    until: (leaseId: string, open: boolean, of: Tunnels = agent) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (of.isOpen(leaseId) !== open) return;
          waiters.delete(look);
          resolve();
        };
        waiters.add(look);
        look();
      }),
    /** Carries one lease and waits until its port is open. */
    carry: async (fields: Partial<LeasePermit> = {}) => {
      const port = await freePort();
      const permit = world.permit(port, fields);
      const { leaseId } = JSON.parse(permit.payload) as LeasePermit;
      agent.carry(permit);
      await world.until(leaseId, true);
      return { port, leaseId, permit };
    },
    restartGateway: async () => {
      await gateway.close();
      gateway = await startGateway({ ...settings, tunnelPort });
    },
    end: async () => {
      for (const one of agents) one.close();
      await gateway.close();
      shell.close();
    },
  };
  return world;
}

/** A renter's plain TCP connection. Being reset is no error here: who waits for something learns it from that. */
export async function dialPort(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  return socket;
}

/** Everything a connection says until it ends cleanly; rejects when it is cut. */
export async function readAll(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Resolves when the other side hung up, cleanly or not. */
export function closed(socket: Socket): Promise<void> {
  socket.on('error', () => undefined).resume();
  if (socket.readableEnded) socket.end();
  else socket.once('end', () => socket.end());
  return socket.closed ? Promise.resolve() : new Promise((resolve) => socket.once('close', () => resolve()));
}

/** Resolves when a new connection to this port is refused or hung up on. */
export async function hungUp(port: number): Promise<void> {
  const socket = connect({ host: '127.0.0.1', port });
  await closed(socket);
}
