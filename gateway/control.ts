import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { cut } from '#protocol/join.ts';
import { verifySigned } from '#protocol/keys.ts';
import { eachLine, parseLine } from '#protocol/line.ts';
import {
  type AgentLine,
  agentLine,
  type GatewayLine,
  SILENCE_SECONDS,
  TUNNEL_REFUSALS,
  type TunnelRefusal,
  tunnelText,
} from '#protocol/tunnel.ts';
import { DOMAINS, PROTOCOL_VERSION } from '#protocol/words.ts';
import type { Carrier, Control } from './carrier.ts';
import type { Limits } from './limits.ts';
import { judgePermit, type PortRange } from './permit.ts';

/** An agent that does not read what we say is cut when this much waits. */
const UNREAD_MAX_BYTES = 1_048_576;

export type ControlOptions = {
  readonly carrier: Carrier;
  readonly gateway: string;
  readonly leaseKey: string;
  readonly ports: PortRange;
  readonly limits: Limits;
  readonly now: () => Date;
  /** Called once, when a first permit was accepted: from then on this is no stranger. */
  readonly onTrusted: () => void;
  /** Called for each wrong proof, permit or line. */
  readonly onFault: (what: string) => void;
};

/** Serves one control connection until it ends. The socket's first line was read already and named `machineKey`. */
export function serveControl(socket: Socket, machineKey: string, options: ControlOptions): void {
  const { carrier, gateway, leaseKey, ports, limits, now } = options;
  const nonce = randomBytes(24).toString('base64url');
  let proved = false;
  let trusted = false;

  const control: Control = {
    machineKey,
    get gone() {
      return socket.destroyed;
    },
    send(line: GatewayLine) {
      if (!socket.writable) return;
      socket.write(`${JSON.stringify(line)}\n`);
      if (socket.writableLength > UNREAD_MAX_BYTES) socket.destroy();
    },
  };

  const refuse = (leaseId: string | null, reason: TunnelRefusal) =>
    control.send({ kind: 'refused', leaseId, reason, detail: TUNNEL_REFUSALS[reason] });

  const fault = (what: string) => {
    options.onFault(what);
    cut(socket);
  };

  const open = async (line: AgentLine & { kind: 'open' }) => {
    const judged = judgePermit(line.permit, { leaseKey, gateway, ports, machineKey, now: now() });
    if (!judged.carry) {
      if (judged.reason !== 'early' && judged.reason !== 'late') options.onFault(judged.reason);
      return refuse(judged.leaseId, judged.reason);
    }
    const { permit, port } = judged;
    const refusal = await carrier.open(control, permit, port);
    if (refusal !== null) return refuse(permit.leaseId, refusal);
    control.send({ kind: 'opened', leaseId: permit.leaseId, revision: permit.revision, port });
    if (!trusted) options.onTrusted();
    trusted = true;
  };

  const hear = (text: string) => {
    const parsed = agentLine.safeParse(parseLine(text));
    if (!parsed.success) return fault('unreadable line');
    const line = parsed.data;
    if (line.kind === 'prove') {
      const proof = { payload: tunnelText(gateway, nonce, machineKey), signature: line.proof };
      if (!verifySigned(DOMAINS.tunnel, proof, machineKey)) return fault('wrong proof');
      proved = true;
      return control.send({ kind: 'ready' });
    }
    if (!proved) return fault('nothing proved');
    if (line.kind === 'open') void open(line);
    else if (line.kind === 'close') carrier.close(control, line.leaseId);
    else if (line.kind === 'unreachable') carrier.unreachable(control, line.id);
    else control.send({ kind: 'pong' });
  };

  const silence = setTimeout(() => socket.destroy(), SILENCE_SECONDS * 1_000);
  const proof = setTimeout(() => proved || fault('no proof in time'), limits.unprovenSeconds * 1_000);
  const empty = setInterval(() => {
    if (carrier.leasesOf(control) === 0) socket.destroy();
  }, limits.emptyControlSeconds * 1_000);

  socket.on('close', () => {
    clearTimeout(silence);
    clearTimeout(proof);
    clearInterval(empty);
    carrier.leave(control);
  });
  eachLine(socket, (text) => {
    silence.refresh();
    hear(text);
  });
  // Agents never half-close a control connection: an end is a goodbye.
  socket.on('end', () => socket.destroy());
  control.send({ kind: 'challenge', v: PROTOCOL_VERSION, gateway, nonce });
  socket.resume();
}
