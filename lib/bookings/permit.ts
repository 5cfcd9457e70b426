import type { LeaseGateway, LeasePermit } from '#protocol/lease.ts';
import { PROTOCOL_VERSION } from '#protocol/words.ts';
import type { Terms } from './terms.ts';

/** What a new lease is made of. */
export type NewPermit = {
  readonly leaseId: string;
  readonly bookingId: string;
  readonly machineId: string;
  /** The machine's raw Ed25519 key. */
  readonly machineKey: string;
  readonly terms: Terms;
  readonly image: string;
  readonly gpuUuids: readonly string[];
  readonly authorizedKeys: readonly string[];
  /** The renter's client keys, raw. */
  readonly clientKeys: readonly string[];
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly ceilingMicros: bigint;
  readonly gateway: LeaseGateway;
  /** It runs a command to its end. */
  readonly untilExit?: boolean;
};

/** The first permit of a lease. The text that is signed is its JSON, made once and kept byte for byte. */
export function firstPermit(lease: NewPermit, now: Date): LeasePermit {
  const { terms } = lease;
  return {
    v: PROTOCOL_VERSION,
    leaseId: lease.leaseId,
    revision: 1,
    bookingId: lease.bookingId,
    machineId: lease.machineId,
    machineKey: lease.machineKey,
    gpuUuids: [...lease.gpuUuids],
    image: lease.image,
    authorizedKeys: [...lease.authorizedKeys],
    clientKeys: [...lease.clientKeys],
    startsAt: lease.startsAt.toISOString(),
    endsAt: lease.endsAt.toISOString(),
    priceMicrosPerGpuHour: terms.priceMicrosPerGpuHour.toString(),
    diskPriceMicrosPerGibMonth: terms.diskPriceMicrosPerGibMonth.toString(),
    diskBytes: terms.diskBytes.toString(),
    ...(lease.untilExit === true ? { untilExit: true } : {}),
    ceilingMicros: lease.ceilingMicros.toString(),
    limits: {
      cpuMillis: terms.limits.cpuMillis,
      memoryBytes: terms.limits.memoryBytes.toString(),
      pids: terms.limits.pids,
    },
    gateways: [lease.gateway],
    issuedAt: now.toISOString(),
  };
}

/** What a later revision may change. Prices, image, disk and machine stay for the life of a lease. */
export type Revision = {
  readonly gpuUuids?: readonly string[] | undefined;
  readonly authorizedKeys?: readonly string[] | undefined;
  readonly clientKeys?: readonly string[] | undefined;
  readonly startsAt?: Date | undefined;
  readonly endsAt?: Date | undefined;
  readonly ceilingMicros?: bigint | undefined;
  readonly gateway?: LeaseGateway | undefined;
  /** False: from now on it waits for its renter, whatever it ran before. */
  readonly untilExit?: false | undefined;
};

/** The permit that replaces another: one revision higher, with what changed. */
export function revisedPermit(permit: LeasePermit, change: Revision, now: Date): LeasePermit {
  const { untilExit, ...before } = permit;
  return {
    ...before,
    ...(untilExit === undefined || change.untilExit === false ? {} : { untilExit }),
    revision: permit.revision + 1,
    gpuUuids: change.gpuUuids === undefined ? permit.gpuUuids : [...change.gpuUuids],
    authorizedKeys: change.authorizedKeys === undefined ? permit.authorizedKeys : [...change.authorizedKeys],
    clientKeys: [...(change.clientKeys ?? permit.clientKeys ?? [])],
    startsAt: change.startsAt?.toISOString() ?? permit.startsAt,
    endsAt: change.endsAt?.toISOString() ?? permit.endsAt,
    ceilingMicros: change.ceilingMicros?.toString() ?? permit.ceilingMicros,
    gateways: change.gateway === undefined ? permit.gateways : [change.gateway],
    issuedAt: now.toISOString(),
  };
}
