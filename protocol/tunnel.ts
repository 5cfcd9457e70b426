import * as z from 'zod/mini';
import { base64url, count, sentence, signed, version, word } from './words.ts';

/*
 * What agent and gateway say to each other: JSON lines over TCP or TLS on the gateway's tunnel port. The agent always dials.
 *
 * Control connection, one per machine and gateway:
 *   agent    control  → gateway challenge → agent prove → gateway ready
 *   agent    open     → gateway opened | refused         (one per lease; again with a later revision)
 *   agent    close    → gateway closed
 *   gateway  stream   → agent dials a new connection whose first line is `stream` with that id; after the line come raw bytes
 *                       both ways. Or agent answers `unreachable` and the gateway hangs up on the renter.
 *   agent    ping     → gateway pong
 */

/** A line longer than this is not ours, and its connection is cut. */
export const LINE_MAX_BYTES = 131_072;
/** An agent pings this often; a side that hears nothing for {@link SILENCE_SECONDS} takes the other for gone. */
export const PING_SECONDS = 15;
export const SILENCE_SECONDS = 45;
/** A renter's connection waits this long for the agent to dial back. */
export const DIAL_BACK_SECONDS = 10;

export const tunnelHello = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('control'), v: version, machineKey: base64url }),
  z.object({ kind: z.literal('stream'), v: version, id: word }),
]);
export type TunnelHello = z.infer<typeof tunnelHello>;

export const agentLine = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('prove'), proof: base64url }),
  z.object({ kind: z.literal('open'), permit: signed }),
  z.object({ kind: z.literal('close'), leaseId: word }),
  z.object({ kind: z.literal('unreachable'), id: word }),
  z.object({ kind: z.literal('ping') }),
]);
export type AgentLine = z.infer<typeof agentLine>;

/** Why a gateway does not (or no longer) carry a lease. */
export const TUNNEL_REFUSALS = {
  malformed: 'The permit could not be read.',
  forged: 'The permit is not signed by the market of this gateway.',
  otherMachine: 'The permit belongs to another machine than the one that proved its key.',
  otherGateway: 'The permit does not name this gateway.',
  early: 'The window of the permit has not begun.',
  late: 'The window of the permit is over.',
  outdated: 'A later revision of this lease was already shown.',
  portOutside: 'The port is not one of those that this gateway may open.',
  portTaken: 'A later lease has this port.',
  portBusy: 'Another program holds this port on the gateway.',
  superseded: 'The machine opened this lease over another connection.',
  asked: 'The agent asked for it.',
} as const;
export type TunnelRefusal = keyof typeof TUNNEL_REFUSALS;

const refusal = z.enum(Object.keys(TUNNEL_REFUSALS) as [TunnelRefusal, ...TunnelRefusal[]]);

export const gatewayLine = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('challenge'), v: version, gateway: word, nonce: word }),
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('opened'), leaseId: word, revision: count, port: count }),
  z.object({ kind: z.literal('refused'), leaseId: z.nullable(word), reason: refusal, detail: sentence }),
  z.object({ kind: z.literal('closed'), leaseId: word, reason: refusal }),
  z.object({ kind: z.literal('stream'), leaseId: word, id: word }),
  z.object({ kind: z.literal('pong') }),
]);
export type GatewayLine = z.infer<typeof gatewayLine>;

/** What `proof` signs in the tunnel domain. The name is the one that the agent meant to dial, so that no gateway can pass a challenge on to another. */
export function tunnelText(gateway: string, nonce: string, machineKey: string): string {
  return JSON.stringify([gateway, nonce, machineKey]);
}
