import { connect as connectTcp, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { cut, join } from '../../protocol/join.ts';
import { eachLine, parseLine } from '../../protocol/line.ts';
import {
  type AgentLine,
  DIAL_BACK_SECONDS,
  type GatewayLine,
  gatewayLine,
  PING_SECONDS,
  SILENCE_SECONDS,
  TUNNEL_REFUSALS,
  type TunnelHello,
  type TunnelRefusal,
  tunnelText,
} from '../../protocol/tunnel.ts';
import { PROTOCOL_VERSION, type Signed } from '../../protocol/words.ts';

const SHORTEST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;
/** A control connection that held this long makes the next pause short again. */
const STEADY_MS = 10_000;
/** A gateway that asks for more streams than this at once is not obeyed. */
const STREAMS_MAX = 2_048;
/** How long to wait before a refused lease is offered again; no entry waits for another permit or connection. */
const OFFER_AGAIN_MS: { readonly [Reason in TunnelRefusal]?: number } = {
  early: 5_000,
  portBusy: 5_000,
  portTaken: 30_000,
  superseded: 30_000,
};

export type TunnelLinkOptions = {
  readonly gateway: string;
  /** `tcp://host:port` or `tls://host:port`. */
  readonly tunnelUrl: string;
  readonly machineKey: string;
  /** Signs text in the tunnel domain, base64url. */
  readonly sign: (text: string) => string;
  /** One stream to the ssh server of a lease, with half-close. */
  readonly connect: (leaseId: string) => Promise<Duplex>;
  /** `problem` is null while the port is open, else a sentence. */
  readonly onChange: (leaseId: string, problem: string | null) => void;
  readonly tls?: ConnectionOptions;
};

/** The agent's end of the control connection to one gateway. */
export type TunnelLink = {
  offer(leaseId: string, permit: Signed): void;
  withdraw(leaseId: string): void;
  isEmpty(): boolean;
  close(): void;
};

function dial(tunnelUrl: string, tls: ConnectionOptions = {}): Promise<Socket> {
  const { protocol, hostname, port } = new URL(tunnelUrl);
  const host = hostname.replace(/^\[|\]$/g, '');
  const where = { host, port: Number(port), allowHalfOpen: true, noDelay: true, keepAlive: true };
  return new Promise((resolve, reject) => {
    const secure = protocol === 'tls:';
    // RFC 6066 allows no address as a server name.
    const name = isIP(host) === 0 ? { servername: host } : {};
    const socket = secure ? connectTls({ ...name, ...tls, ...where }) : connectTcp(where);
    const timer = setTimeout(() => socket.destroy(new Error('no answer in time')), DIAL_BACK_SECONDS * 1_000);
    socket.once('close', () => clearTimeout(timer));
    socket.once('error', reject);
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer);
      socket.off('error', reject).on('error', () => undefined);
      resolve(socket);
    });
  });
}

function say(socket: Socket, line: TunnelHello | AgentLine): void {
  if (socket.writable) socket.write(`${JSON.stringify(line)}\n`);
}

/**
 * Keeps one control connection as long as it has a lease to offer, and comes back by itself after a fault: first at once,
 * then with growing, jittered pauses of at most 5 s. Streams that run survive a lost control connection.
 */
export function openTunnelLink(options: TunnelLinkOptions): TunnelLink {
  const { gateway, tunnelUrl, machineKey, onChange } = options;
  const permits = new Map<string, Signed>();
  const again = new Map<string, NodeJS.Timeout>();
  let control: Socket | null = null;
  let ready = false;
  let busy = false;
  let closed = false;
  let failures = 0;
  let streams = 0;
  let retry: NodeJS.Timeout | undefined;

  const openOn = (socket: Socket, leaseId: string) => {
    const permit = permits.get(leaseId);
    if (permit !== undefined) say(socket, { kind: 'open', permit });
  };

  const forgetRetry = (leaseId: string) => {
    clearTimeout(again.get(leaseId));
    again.delete(leaseId);
  };

  const refused = (leaseId: string, reason: TunnelRefusal) => {
    if (!permits.has(leaseId)) return;
    onChange(leaseId, `${gateway}: ${TUNNEL_REFUSALS[reason]}`);
    const waitMs = OFFER_AGAIN_MS[reason];
    if (waitMs === undefined) return;
    forgetRetry(leaseId);
    again.set(
      leaseId,
      setTimeout(() => control !== null && ready && openOn(control, leaseId), waitMs),
    );
  };

  const serveStream = async (leaseId: string, id: string) => {
    if (!permits.has(leaseId) || streams >= STREAMS_MAX) return unreachable(id);
    streams += 1;
    const [shell, back] = await Promise.allSettled([options.connect(leaseId), dial(tunnelUrl, options.tls)]);
    if (shell.status === 'fulfilled' && back.status === 'fulfilled') {
      say(back.value, { kind: 'stream', v: PROTOCOL_VERSION, id });
      join(back.value, shell.value, () => {
        streams -= 1;
      });
      return;
    }
    streams -= 1;
    for (const end of [shell, back]) {
      if (end.status !== 'fulfilled') continue;
      end.value.on('error', () => undefined);
      cut(end.value);
    }
    unreachable(id);
  };

  const unreachable = (id: string) => {
    if (control !== null) say(control, { kind: 'unreachable', id });
  };

  const hear = (socket: Socket, line: GatewayLine) => {
    if (line.kind === 'challenge') {
      if (line.gateway !== gateway) return socket.destroy(new Error(`it calls itself ${line.gateway}`));
      // The name that we meant is signed, not the one that was said: a challenge cannot be passed on to another gateway.
      say(socket, { kind: 'prove', proof: options.sign(tunnelText(gateway, line.nonce, machineKey)) });
    } else if (line.kind === 'ready') {
      ready = true;
      for (const leaseId of permits.keys()) openOn(socket, leaseId);
    } else if (line.kind === 'opened') {
      forgetRetry(line.leaseId);
      if (permits.has(line.leaseId)) onChange(line.leaseId, null);
      else say(socket, { kind: 'close', leaseId: line.leaseId });
    } else if (line.kind === 'refused') {
      if (line.leaseId !== null) refused(line.leaseId, line.reason);
    } else if (line.kind === 'closed') {
      refused(line.leaseId, line.reason);
    } else if (line.kind === 'stream') {
      void serveStream(line.leaseId, line.id);
    }
    return undefined;
  };

  const attend = (socket: Socket) => {
    const steady = setTimeout(() => {
      failures = 0;
    }, STEADY_MS);
    const silence = setTimeout(() => socket.destroy(new Error('it fell silent')), SILENCE_SECONDS * 1_000);
    const ping = setInterval(() => say(socket, { kind: 'ping' }), PING_SECONDS * 1_000);
    let why = 'the connection ended';
    socket.on('error', (error) => {
      why = error.message;
    });
    socket.once('end', () => socket.destroy());
    socket.once('close', () => {
      clearTimeout(silence);
      clearInterval(ping);
      clearTimeout(steady);
      control = null;
      ready = false;
      for (const leaseId of permits.keys()) onChange(leaseId, `${gateway}: ${why}`);
      later();
    });
    eachLine(socket, (text) => {
      silence.refresh();
      const parsed = gatewayLine.safeParse(parseLine(text));
      if (parsed.success) hear(socket, parsed.data);
      else socket.destroy(new Error('it speaks another protocol'));
    });
    say(socket, { kind: 'control', v: PROTOCOL_VERSION, machineKey });
  };

  const later = () => {
    if (closed || permits.size === 0) return;
    const limit = Math.min(LONGEST_WAIT_MS, SHORTEST_WAIT_MS * 2 ** failures);
    failures += 1;
    clearTimeout(retry);
    retry = setTimeout(() => void begin(), limit / 2 + (Math.random() * limit) / 2);
  };

  const begin = async () => {
    if (closed || busy || control !== null || permits.size === 0) return;
    busy = true;
    try {
      const socket = await dial(tunnelUrl, options.tls);
      if (closed || permits.size === 0) return socket.destroy();
      control = socket;
      attend(socket);
    } catch (error) {
      for (const leaseId of permits.keys()) onChange(leaseId, `${gateway}: ${(error as Error).message}`);
      later();
    } finally {
      busy = false;
    }
    return undefined;
  };

  return {
    offer(leaseId, permit) {
      permits.set(leaseId, permit);
      forgetRetry(leaseId);
      if (control !== null && ready) openOn(control, leaseId);
      else void begin();
    },
    withdraw(leaseId) {
      if (!permits.delete(leaseId)) return;
      forgetRetry(leaseId);
      if (control !== null && ready) say(control, { kind: 'close', leaseId });
    },
    isEmpty: () => permits.size === 0,
    close() {
      closed = true;
      clearTimeout(retry);
      for (const timer of again.values()) clearTimeout(timer);
      // What was said last still goes out; the gateway hangs up then.
      control?.end();
      control?.setTimeout(1_000, () => control?.destroy());
    },
  };
}
