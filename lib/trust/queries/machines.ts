import { requireAdmin } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { type Page, toPage } from '#lib/base/page.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { db } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';

export type MachineRow = {
  readonly id: string;
  readonly name: string;
  readonly host: { readonly id: string; readonly name: string };
  readonly simulated: boolean;
  readonly selfTestPassed: boolean;
  readonly staffCheckedAt: Date | null;
  readonly lastSyncAt: Date | null;
  readonly identityCopiedAt: Date | null;
  readonly retiredAt: Date | null;
  readonly gpus: readonly { readonly model: string; readonly vramBytes: bigint }[];
  readonly listing: {
    readonly id: string;
    readonly state: string;
    readonly approvedAt: Date | null;
    readonly suspendedAt: Date | null;
    readonly suspendedReason: string | null;
    readonly priceMicrosPerGpuHour: bigint;
  } | null;
  readonly enrolledAt: Date;
};

export const MACHINE_QUEUES = ['all', 'waiting', 'suspended', 'copied'] as const;
export type MachineQueue = (typeof MACHINE_QUEUES)[number];

const MACHINES_A_PAGE = 50;

const machineRow = {
  id: true,
  name: true,
  host: { select: { id: true, name: true } },
  simulated: true,
  selfTestPassed: true,
  staffCheckedAt: true,
  lastSyncAt: true,
  identityCopiedAt: true,
  retiredAt: true,
  enrolledAt: true,
  gpus: { where: { removedAt: null }, select: { model: true, vramBytes: true }, orderBy: { position: 'asc' } },
  listing: {
    select: {
      id: true,
      state: true,
      approvedAt: true,
      suspendedAt: true,
      suspendedReason: true,
      priceMicrosPerGpuHour: true,
    },
  },
} as const;

/** Published, but not to be seen by renters before staff approve it: a self-tested machine needs that only where the market says so. */
export function waitingForApproval(approval: 'self-tested' | 'staff') {
  const listing = { is: { state: 'published', approvedAt: null, suspendedAt: null } };
  return { retiredAt: null, listing, ...(approval === 'staff' ? {} : { selfTestPassed: false }) };
}

function inQueue(queue: MachineQueue) {
  switch (queue) {
    case 'waiting':
      return waitingForApproval(env().listingApproval);
    case 'suspended':
      return { listing: { is: { suspendedAt: { not: null } } } };
    case 'copied':
      return { identityCopiedAt: { not: null } };
    case 'all':
      return {};
  }
}

/** Machines of a queue whose name, host or id contains `text`, newest first. For admins. */
export async function findMachines(
  actor: Actor,
  ask: { text: string; queue: MachineQueue; before?: string | undefined },
): Promise<Page<MachineRow>> {
  requireAdmin(actor);
  const rows = await db.machine.findMany({
    where: {
      ...inQueue(ask.queue),
      ...(ask.text === ''
        ? {}
        : {
            OR: [
              { name: { contains: ask.text, mode: 'insensitive' as const } },
              { host: { name: { contains: ask.text, mode: 'insensitive' as const } } },
              { id: ask.text },
            ],
          }),
      ...(ask.before === undefined ? {} : { id: { lt: ask.before } }),
    },
    select: machineRow,
    orderBy: { id: 'desc' },
    take: MACHINES_A_PAGE + 1,
  });
  return toPage(rows, MACHINES_A_PAGE);
}

/** One machine as staff see it. For admins; unknown ids are not found. */
export async function machineForStaff(actor: Actor, id: string): Promise<MachineRow & { readonly selfTest: unknown }> {
  requireAdmin(actor);
  const machine = await db.machine.findUnique({ where: { id }, select: { ...machineRow, selfTest: true } });
  if (machine === null) throw new Refusal('notFound');
  return machine;
}

/** The listing of a machine, for decisions about it. For admins; a machine without one is not found. */
export async function listingOfMachine(actor: Actor, machineId: string): Promise<string> {
  requireAdmin(actor);
  const listing = await db.listing.findUnique({ where: { machineId }, select: { id: true } });
  if (listing === null) throw new Refusal('notFound');
  return listing.id;
}
