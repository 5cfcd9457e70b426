import { verifySigned } from '#protocol/keys.ts';
import { type LeasePermit, leasePermit } from '#protocol/lease.ts';
import { parseLine } from '#protocol/line.ts';
import type { TunnelRefusal } from '#protocol/tunnel.ts';
import { DOMAINS, type Signed } from '#protocol/words.ts';

/** How far the clocks of market and gateway may differ before a window seems not to have begun. */
const CLOCK_TOLERANCE_MS = 60_000;

/** The ports that a gateway may open for renters, both ends included. */
export type PortRange = { readonly from: number; readonly to: number };
export const UNPRIVILEGED_PORTS: PortRange = { from: 1_024, to: 65_535 };

export type Judgement =
  | { readonly carry: true; readonly permit: LeasePermit; readonly port: number }
  | { readonly carry: false; readonly leaseId: string | null; readonly reason: TunnelRefusal };

/**
 * May this gateway open a port by this permit, for the machine that proved this key, at this instant? Decided by the
 * market's signature alone: nobody is asked, so a dead market changes nothing.
 */
export function judgePermit(
  message: Signed,
  at: {
    readonly leaseKey: string;
    readonly gateway: string;
    readonly ports: PortRange;
    readonly machineKey: string;
    readonly now: Date;
  },
): Judgement {
  const parsed = leasePermit.safeParse(parseLine(message.payload));
  if (!parsed.success) return { carry: false, leaseId: null, reason: 'malformed' };
  const permit = parsed.data;
  const refuse = (reason: TunnelRefusal): Judgement => ({ carry: false, leaseId: permit.leaseId, reason });
  if (!verifySigned(DOMAINS.lease, message, at.leaseKey)) return refuse('forged');
  if (permit.machineKey !== at.machineKey) return refuse('otherMachine');
  const own = permit.gateways.find((gateway) => gateway.name === at.gateway);
  if (own === undefined) return refuse('otherGateway');
  if (own.port < at.ports.from || own.port > at.ports.to) return refuse('portOutside');
  const now = at.now.getTime();
  if (Date.parse(permit.startsAt) > now + CLOCK_TOLERANCE_MS) return refuse('early');
  if (Date.parse(permit.endsAt) <= now) return refuse('late');
  return { carry: true, permit, port: own.port };
}
