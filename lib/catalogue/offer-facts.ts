import type { ListingState, OfferFacts } from './listing.ts';
import type { MachineFacts } from './machine.ts';

type ListingColumns = {
  readonly state: string;
  readonly minGpus: number;
  readonly endsAt: Date | null;
  readonly approvedAt: Date | null;
  readonly suspendedAt: Date | null;
};

type MachineColumns = {
  readonly hostId: string;
  readonly host: { readonly suspendedAt: Date | null };
  readonly selfTestPassed: boolean;
  readonly lastSyncAt: Date | null;
  readonly identityCopiedAt: Date | null;
  readonly retiredAt: Date | null;
  readonly specification: unknown;
};

/** The facts of a machine from its stored row. */
export function machineFacts(machine: Omit<MachineColumns, 'hostId' | 'host'>, gpuCount: number): MachineFacts {
  return {
    lastSyncAt: machine.lastSyncAt,
    identityCopiedAt: machine.identityCopiedAt,
    retiredAt: machine.retiredAt,
    hasDocker: hasDocker(machine.specification),
    gpuCount,
  };
}

/** The facts of an offer from its stored rows. */
export function offerFacts(
  listing: ListingColumns,
  machine: MachineColumns,
  gpuCount: number,
  approvalNeeded: boolean,
): OfferFacts {
  return {
    state: listing.state as ListingState,
    minGpus: listing.minGpus,
    endsAt: listing.endsAt,
    approvedAt: listing.approvedAt,
    suspendedAt: listing.suspendedAt,
    hostId: machine.hostId,
    hostSuspendedAt: machine.host.suspendedAt,
    selfTestPassed: machine.selfTestPassed,
    approvalNeeded,
    machine: machineFacts(machine, gpuCount),
  };
}

/**
 * Whether something runs on a machine with this specification. A demo host is simulated as a whole, as the name of its runtime
 * says; the machine that a demo market stands on has a runtime of its own, whatever its GPUs are.
 */
export function runsContainers(specification: unknown): boolean {
  const docker = (specification as { docker?: { version?: unknown } | null } | null)?.docker;
  return docker != null && docker.version !== 'simulated';
}

function hasDocker(specification: unknown): boolean {
  const docker = (specification as { docker?: unknown } | null)?.docker;
  return typeof docker === 'object' && docker !== null;
}
