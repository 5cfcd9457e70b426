import type { Duplex } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import { type LeasePermit, leasePermit } from '../../protocol/lease.ts';
import type { Signed } from '../../protocol/words.ts';
import { openTunnelLink, type TunnelLink } from './tunnel-link.ts';

export type TunnelsOptions = {
  /** This machine's raw Ed25519 key, base64url, and its signature (base64url) over text in the tunnel domain. */
  readonly machineKey: string;
  readonly sign: (text: string) => string;
  /** One stream to the ssh server of a lease, with half-close; a rejection hangs up on the renter. */
  readonly connect: (leaseId: string) => Promise<Duplex>;
  /** Called when a lease becomes reachable from outside, or is so no longer. */
  readonly onChange?: (leaseId: string, open: boolean) => void;
  readonly tls?: ConnectionOptions;
};

/** The ways in to this machine's rentals. */
export type Tunnels = {
  /**
   * Keeps the lease reachable through each gateway that its permit names, until {@link Tunnels.drop}: reconnects by
   * itself, needs no market. Give a later revision to replace an earlier one. The permit must have been verified.
   */
  carry(permit: Signed): void;
  drop(leaseId: string): void;
  /** True once at least one gateway said that the port is open. */
  isOpen(leaseId: string): boolean;
  /** What stands in the way, one sentence a gateway. */
  problems(leaseId: string): string[];
  close(): void;
};

type Carried = { readonly revision: number; readonly gateways: Map<string, string | null> };

const linkName = (gateway: LeasePermit['gateways'][number]) => `${gateway.name} ${gateway.tunnelUrl}`;

/** Opens no connection before the first lease; one control connection per gateway carries all leases of the machine. */
export function openTunnels(options: TunnelsOptions): Tunnels {
  const links = new Map<string, TunnelLink>();
  const leases = new Map<string, Carried>();

  const isOpen = (leaseId: string) => [...(leases.get(leaseId)?.gateways.values() ?? [])].includes(null);

  const note = (leaseId: string, link: string, problem: string | null) => {
    const lease = leases.get(leaseId);
    if (!lease?.gateways.has(link)) return;
    const before = isOpen(leaseId);
    lease.gateways.set(link, problem);
    if (isOpen(leaseId) !== before) options.onChange?.(leaseId, !before);
  };

  const withdraw = (leaseId: string, name: string) => {
    const link = links.get(name);
    link?.withdraw(leaseId);
    if (!link?.isEmpty()) return;
    link.close();
    links.delete(name);
  };

  const linkTo = (gateway: LeasePermit['gateways'][number]): TunnelLink => {
    const name = linkName(gateway);
    const existing = links.get(name);
    if (existing !== undefined) return existing;
    const link = openTunnelLink({
      ...options,
      gateway: gateway.name,
      tunnelUrl: gateway.tunnelUrl,
      onChange: (leaseId, problem) => note(leaseId, name, problem),
    });
    links.set(name, link);
    return link;
  };

  return {
    carry(permit) {
      const { leaseId, revision, gateways } = leasePermit.parse(JSON.parse(permit.payload));
      const before = leases.get(leaseId);
      if (before !== undefined && before.revision >= revision) return;
      const wasOpen = isOpen(leaseId);
      const now = new Map<string, string | null>(gateways.map((gateway) => [linkName(gateway), 'not connected yet']));
      for (const [name, problem] of before?.gateways ?? []) {
        if (now.has(name)) now.set(name, problem);
        else withdraw(leaseId, name);
      }
      leases.set(leaseId, { revision, gateways: now });
      if (wasOpen && !isOpen(leaseId)) options.onChange?.(leaseId, false);
      for (const gateway of gateways) linkTo(gateway).offer(leaseId, permit);
    },
    drop(leaseId) {
      const lease = leases.get(leaseId);
      leases.delete(leaseId);
      for (const name of lease?.gateways.keys() ?? []) withdraw(leaseId, name);
    },
    isOpen,
    problems: (leaseId) => [...(leases.get(leaseId)?.gateways.values() ?? [])].filter((problem) => problem !== null),
    close() {
      for (const link of links.values()) link.close();
      links.clear();
      leases.clear();
    },
  };
}
