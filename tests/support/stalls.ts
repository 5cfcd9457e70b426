import { randomBytes } from 'node:crypto';
import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { db } from '#lib/io/db.ts';
import type { Specification } from '#protocol/specification.ts';

/** Rows as the product's own commands leave them, for tests whose subject comes after them. */

export const NOW = new Date('2026-11-23T12:00:00.000Z');
export const GIB = 1_073_741_824;

export function specificationOf(gpus: readonly { uuid: string; model: string; vramBytes: number }[]): Specification {
  return {
    hostname: 'box',
    os: 'Debian GNU/Linux 12',
    kernel: '6.1.0',
    architecture: 'x64',
    cpuModel: 'Test CPU',
    cpuThreads: 16,
    memoryBytes: 64 * GIB,
    diskTotalBytes: 1_000 * GIB,
    diskFreeBytes: 800 * GIB,
    diskWriteBytesPerSecond: 1_000_000_000,
    networkDownBitsPerSecond: 900_000_000,
    networkUpBitsPerSecond: 500_000_000,
    docker: { version: '20.10', apiVersion: '1.41', storageDriver: 'overlay2', cgroupVersion: '1', gpuRuntime: false },
    gpus: gpus.map((gpu, index) => ({
      index,
      ...gpu,
      driverVersion: '560.1',
      cudaVersion: '12.6',
      pcieGeneration: 4,
      pcieWidth: 16,
      powerLimitWatts: 300,
      temperatureCelsius: 40,
      utilisationPercent: 0,
      ecc: null,
      mig: null,
    })),
    simulated: false,
    problems: [],
  };
}

export type SomeMachine = {
  readonly gpuCount?: number;
  readonly model?: string;
  readonly vramBytes?: number;
  readonly simulated?: boolean;
  readonly docker?: boolean;
  readonly selfTestPassed?: boolean;
  readonly staffCheckedAt?: Date | null;
  readonly lastSyncAt?: Date | null;
  readonly retiredAt?: Date | null;
  readonly identityCopiedAt?: Date | null;
  readonly country?: string | null;
  readonly region?: string | null;
  readonly name?: string;
};

/** An enrolled machine that answered just now and passed its self-test. */
export async function machineOf(
  host: Actor,
  change: SomeMachine = {},
): Promise<{ machineId: string; gpuIds: string[] }> {
  const machineId = newId('machine', NOW);
  const vramBytes = change.vramBytes ?? 24 * GIB;
  const model = change.model ?? 'RTX 4090';
  const gpus = Array.from({ length: change.gpuCount ?? 1 }, () => ({
    id: newId('gpu', NOW),
    uuid: `GPU-${randomBytes(8).toString('hex')}`,
    model,
    vramBytes,
  }));
  const specification = specificationOf(gpus.map(({ uuid }) => ({ uuid, model, vramBytes })));
  await db.machine.create({
    data: {
      id: machineId,
      hostId: host.userId,
      name: change.name ?? 'box',
      region: change.region ?? null,
      country: change.country ?? null,
      signingKey: randomBytes(32).toString('base64url'),
      sealingKey: randomBytes(32).toString('base64url'),
      agentVersion: 'test',
      simulated: change.simulated ?? false,
      specification: { ...specification, docker: change.docker === false ? null : specification.docker },
      selfTestPassed: change.selfTestPassed ?? true,
      selfTestedAt: NOW,
      staffCheckedAt: change.staffCheckedAt ?? null,
      lastSyncAt: change.lastSyncAt === undefined ? NOW : change.lastSyncAt,
      identityCopiedAt: change.identityCopiedAt ?? null,
      enrolledAt: NOW,
      retiredAt: change.retiredAt ?? null,
      gpus: {
        create: gpus.map((gpu, position) => ({
          id: gpu.id,
          uuid: gpu.uuid,
          position,
          model,
          vramBytes: BigInt(vramBytes),
        })),
      },
    },
  });
  return { machineId, gpuIds: gpus.map((gpu) => gpu.id) };
}

export type SomeListing = {
  readonly state?: 'draft' | 'published' | 'withdrawn';
  readonly priceMicrosPerGpuHour?: bigint;
  readonly diskPriceMicrosPerGibMonth?: bigint;
  readonly minGpus?: number;
  readonly endsAt?: Date | null;
  readonly approvedAt?: Date | null;
  readonly suspendedAt?: Date | null;
  readonly publishedAt?: Date;
  readonly takesBids?: boolean;
  readonly bidFloorMicrosPerGpuHour?: bigint | null;
};

/** A published listing of a machine. */
export async function listingOf(host: Actor, machineId: string, change: SomeListing = {}): Promise<string> {
  const id = newId('listing', NOW);
  const state = change.state ?? 'published';
  await db.listing.create({
    data: {
      id,
      machineId,
      hostId: host.userId,
      state,
      priceMicrosPerGpuHour: change.priceMicrosPerGpuHour ?? 400_000n,
      diskPriceMicrosPerGibMonth: change.diskPriceMicrosPerGibMonth ?? 100_000n,
      minGpus: change.minGpus ?? 1,
      endsAt: change.endsAt ?? null,
      publishedAt: state === 'draft' ? null : (change.publishedAt ?? NOW),
      approvedAt: change.approvedAt ?? null,
      suspendedAt: change.suspendedAt ?? null,
      takesBids: change.takesBids ?? false,
      bidFloorMicrosPerGpuHour: change.bidFloorMicrosPerGpuHour ?? null,
      createdAt: NOW,
      updatedAt: NOW,
    },
  });
  return id;
}

/** GPUs taken for a window by a rental of `renter`; the rows that a rental needs stand behind it. */
export async function takenBy(
  renter: Actor,
  place: {
    readonly hostId: string;
    readonly machineId: string;
    readonly listingId: string;
    readonly gpuIds: readonly string[];
  },
  window: { readonly from: Date; readonly to: Date },
): Promise<string> {
  const quoteId = newId('quote', NOW);
  const bookingId = newId('booking', NOW);
  const { hostId, machineId, listingId, gpuIds } = place;
  await db.quote.create({
    data: {
      id: quoteId,
      renterId: renter.userId,
      listingId,
      gpuCount: gpuIds.length,
      diskBytes: 0n,
      terms: {},
      createdAt: NOW,
      expiresAt: NOW,
    },
  });
  await db.booking.create({
    data: {
      id: bookingId,
      quoteId,
      renterId: renter.userId,
      hostId,
      machineId,
      listingId,
      name: 'rental',
      image: 'busybox',
      terms: {},
      idempotencyKey: bookingId,
      desired: 'running',
      observed: 'held',
      billable: 'nothing',
      createdAt: NOW,
      observedAt: NOW,
      startsAt: window.from,
      endsAt: window.to,
      allocations: {
        create: gpuIds.map((gpuId) => ({
          id: newId('allocation', NOW),
          gpuId,
          startsAt: window.from,
          endsAt: window.to,
        })),
      },
    },
  });
  return bookingId;
}

/** Spans of offered and silent time of a machine. */
export async function spansOf(
  machineId: string,
  spans: { readonly offers?: readonly Span[]; readonly silences?: readonly Span[] },
): Promise<void> {
  await db.offer.createMany({
    data: (spans.offers ?? []).map((span) => ({ id: newId('offer', NOW), machineId, ...span })),
  });
  await db.silence.createMany({
    data: (spans.silences ?? []).map((span) => ({ id: newId('silence', NOW), machineId, cause: 'silent', ...span })),
  });
}
type Span = { readonly startsAt: Date; readonly endsAt: Date | null };

/** A calendar that is open in these spans only: what searches go by, without rules that would say so. */
export async function hoursOf(machineId: string, open: readonly (readonly [from: Date, until: Date])[]): Promise<void> {
  await db.$executeRaw`
    INSERT INTO calendars (machine_id, zone, hours, least_seconds, lead_seconds, cancellation, maintenance_notice_seconds, open, updated_at)
    SELECT ${machineId}, 'UTC', '[]', 300, 0, 'moderate', 259200, coalesce(range_agg(tstzrange(f, u)), '{}'), ${NOW}::timestamptz
    FROM unnest(${open.map(([from]) => from)}::timestamptz[], ${open.map(([, until]) => until)}::timestamptz[]) span(f, u)`;
}
