import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { blockProblems } from '#lib/catalogue/calendar-rules.ts';
import { db } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { type BlockOutlook, type BlockWanted, blockOutlook } from '../block-outlook.ts';
import type { BookingKind } from '../booking.ts';
import { readTerms } from '../terms.ts';

/**
 * What taking this time out of the calendar of an own machine would do now: whom it ends, what stands in its way, what it
 * costs. Setting it decides anew. Refuses with `badInput`, as setting it would, and `notFound`.
 */
export async function blockOutlookOf(
  actor: Actor,
  machineId: string,
  block: BlockWanted,
  now: Date,
): Promise<BlockOutlook> {
  const machine = await db.machine.findFirst({
    where: { id: machineId, hostId: actor.userId },
    select: {
      blocks: { where: { kind: { not: 'pause' }, endsAt: { gt: now } }, select: { startsAt: true, endsAt: true } },
    },
  });
  if (machine === null) throw new Refusal('notFound');
  const problems = blockProblems({ ...block, note: '' }, machine.blocks, now);
  if (Object.keys(problems).length > 0) throw new Refusal('badInput', problems);
  const rows = await db.booking.findMany({
    where: {
      machineId,
      desired: 'running',
      allocations: { some: { startsAt: { lt: block.endsAt }, endsAt: { gt: block.startsAt } } },
    },
    orderBy: [{ startsAt: 'asc' }, { id: 'asc' }],
    select: {
      id: true,
      kind: true,
      name: true,
      terms: true,
      startsAt: true,
      endsAt: true,
      renter: { select: { name: true } },
    },
  });
  const rentals = rows.map(({ renter, terms, kind, ...row }) => ({
    ...row,
    kind: kind as BookingKind,
    renterName: renter.name,
    terms: readTerms(terms),
  }));
  return blockOutlook(rentals, block, env().interruptionNoticeSeconds, now);
}
