import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { DAY } from '#lib/base/time.ts';
import {
  RELIABILITY_BAR_DAYS,
  type Reliability,
  type ReliabilityDay,
  reliability,
  reliabilityDays,
} from '#lib/catalogue/reliability.ts';
import { db } from '#lib/io/db.ts';

/** Reliability of a machine, as one figure and day by day. */
export async function history(
  machineId: string,
  now: Date,
): Promise<{ readonly reliability: Reliability; readonly reliabilityDays: readonly ReliabilityDay[] }> {
  const recent = {
    machineId,
    OR: [{ endsAt: null }, { endsAt: { gt: new Date(now.getTime() - (RELIABILITY_BAR_DAYS + 1) * DAY) } }],
  };
  const span = { startsAt: true, endsAt: true };
  const [offers, silences] = await Promise.all([
    db.offer.findMany({ where: recent, select: span }),
    db.silence.findMany({ where: recent, select: span }),
  ]);
  return {
    reliability: reliability(offers, silences, now),
    reliabilityDays: reliabilityDays(offers, silences, now),
  };
}

/** Something that happened to a machine. */
export type MachineEvent = {
  readonly id: bigint;
  readonly kind: string;
  readonly actor: string | null;
  readonly reason: string | null;
  readonly createdAt: Date;
};

/** What happened to a machine, newest first: for its host. */
export async function eventsOfMachine(actor: Actor, machineId: string, take = 50): Promise<readonly MachineEvent[]> {
  const own = await db.machine.count({ where: { id: machineId, hostId: actor.userId } });
  if (own === 0) throw new Refusal('notFound');
  return db.$queryRaw<MachineEvent[]>`
    SELECT e.id, e.kind, u.name AS actor, e.reason, e.created_at AS "createdAt"
    FROM events e LEFT JOIN users u ON u.id = e.actor_id
    WHERE e.machine_id = ${machineId} ORDER BY e.id DESC LIMIT ${take}::int`;
}

/** Whom this host does not rent to. */
export async function blockedRenters(
  actor: Actor,
): Promise<
  readonly { readonly renterId: string; readonly name: string; readonly reason: string; readonly createdAt: Date }[]
> {
  const rows = await db.renterBlock.findMany({
    where: { hostId: actor.userId },
    orderBy: { createdAt: 'desc' },
    select: { renterId: true, reason: true, createdAt: true, renter: { select: { name: true } } },
  });
  return rows.map(({ renter, ...row }) => ({ ...row, name: renter.name }));
}
