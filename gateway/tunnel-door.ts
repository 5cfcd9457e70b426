import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { cut } from '#protocol/join.ts';
import { firstLine, parseLine } from '#protocol/line.ts';
import { tunnelHello } from '#protocol/tunnel.ts';
import type { Carrier } from './carrier.ts';
import { serveControl } from './control.ts';
import { type Limits, sourceOf, tokenBuckets } from './limits.ts';
import type { Log } from './log.ts';
import type { PortRange } from './permit.ts';

export type TunnelDoorOptions = {
  readonly carrier: Carrier;
  readonly gateway: string;
  readonly leaseKey: string;
  readonly ports: PortRange;
  readonly limits: Limits;
  readonly tls: { readonly cert: string | Buffer; readonly key: string | Buffer } | null;
  readonly now: () => Date;
  readonly log: Log;
};

/** Counts strangers by source: {@link LIMITS} says how many may be there at once. */
function strangers(limits: Limits) {
  const bySource = new Map<string, number>();
  let total = 0;
  return {
    /** Lets one in, or returns null; the function returned takes it off the count, once. */
    admit(source: string): (() => void) | null {
      const here = bySource.get(source) ?? 0;
      if (here >= limits.unprovenPerSource || total >= limits.unprovenTotal) return null;
      bySource.set(source, here + 1);
      total += 1;
      let counted = true;
      return () => {
        if (!counted) return;
        counted = false;
        total -= 1;
        const left = (bySource.get(source) ?? 1) - 1;
        if (left === 0) bySource.delete(source);
        else bySource.set(source, left);
      };
    },
  };
}

/**
 * The port that agents dial: the first line of a connection says whether it is a control connection or a dialled-back
 * stream. Whatever else arrives is cut within the time limit, and a source that keeps sending it is not listened to for a while.
 */
export function tunnelDoor(options: TunnelDoorOptions): Server {
  const { carrier, limits, now, log } = options;
  const guests = strangers(limits);
  const faults = tokenBuckets(limits.faultBurst, limits.faultsPerSecond);

  const receive = async (socket: Socket) => {
    socket.on('error', () => undefined);
    const source = sourceOf(socket.remoteAddress);
    const leave = faults.isEmpty(source, now().getTime()) ? null : guests.admit(source);
    if (leave === null) return cut(socket);
    socket.once('close', leave);
    const fault = (what: string) => {
      faults.take(source, now().getTime());
      log('stranger refused', { source, what });
    };
    const line = await firstLine(socket, limits.unprovenSeconds * 1_000).catch((error: Error) => {
      if (!socket.destroyed && !socket.readableEnded) fault(error.message);
      return null;
    });
    if (line === null) return cut(socket);
    const hello = tunnelHello.safeParse(parseLine(line));
    if (!hello.success) {
      fault('unreadable first line');
      return cut(socket);
    }
    if (hello.data.kind === 'control') {
      const { machineKey } = hello.data;
      return serveControl(socket, machineKey, { ...options, onTrusted: leave, onFault: fault });
    }
    if (carrier.dialBack(hello.data.id, socket)) return leave();
    fault('unknown dial-back');
    cut(socket);
  };

  const settings = { allowHalfOpen: true, noDelay: true, keepAlive: true };
  const onConnection = (socket: Socket) => void receive(socket);
  if (options.tls === null) return createServer(settings, onConnection);
  const server = createTlsServer(
    { ...settings, ...options.tls, handshakeTimeout: limits.unprovenSeconds * 1_000 },
    onConnection,
  );
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return server;
}
