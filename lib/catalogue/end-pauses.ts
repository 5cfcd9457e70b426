import { THE_MARKET } from '#lib/base/actor.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { db, inTransaction, type Tx } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { nextOpening } from './calendar.ts';
import { whyNotOffered } from './listing.ts';
import { offerFacts } from './offer-facts.ts';
import { pausedUntil } from './pause.ts';
import { calendarOf } from './queries/calendar.ts';
import { settleOffer } from './settle-offer.ts';

const BATCH = 100;

/**
 * Sweep: for each pause whose time is over, opens the offered time again and tells the host once: that the machine is offered again, or
 * why it is not. Says nothing where the host withdrew or paused it again meanwhile, and nothing of a pause that was ended by hand.
 * Returns how many hosts were told.
 */
export async function endPauses(world: World = theWorld): Promise<number> {
  const now = world.now();
  const over = await db.calendarBlock.findMany({
    where: { kind: 'pause', endToldAt: null, endsAt: { lte: now } },
    orderBy: { endsAt: 'asc' },
    take: BATCH,
    select: { id: true, machineId: true },
  });
  let told = 0;
  for (const { id, machineId } of over) {
    const said = await inTransaction('end pause', async (tx) => {
      await tx.$executeRaw`SELECT 1 FROM machines WHERE id = ${machineId} FOR UPDATE`;
      const { count } = await tx.calendarBlock.updateMany({
        where: { id, endToldAt: null, endsAt: { lte: now } },
        data: { endToldAt: now },
      });
      return count === 1 && (await sayHowItEnded(tx, machineId, now));
    });
    if (said) told += 1;
  }
  return told;
}

async function sayHowItEnded(tx: Tx, machineId: string, now: Date): Promise<boolean> {
  const machine = await tx.machine.findUniqueOrThrow({
    where: { id: machineId },
    include: {
      listing: true,
      host: { select: { suspendedAt: true } },
      _count: { select: { gpus: { where: { removedAt: null } } } },
    },
  });
  const { listing } = machine;
  if (listing === null || listing.state !== 'published' || machine.retiredAt !== null) return false;
  const calendar = await calendarOf(tx, machineId, now);
  if (pausedUntil(calendar.blocks, now) !== null) return false;
  await settleOffer(tx, machineId, now);
  const offer = offerFacts(listing, machine, machine._count.gpus, env().listingApproval === 'staff');
  const why = whyNotOffered(offer, now);
  const opensAt = nextOpening(calendar, now);
  await recordEvent(
    tx,
    THE_MARKET,
    {
      kind: 'listing.pauseEnded',
      userId: machine.hostId,
      machineId,
      listingId: listing.id,
      data: {
        why: why?.sentence ?? null,
        opensAt: opensAt?.toISOString() ?? null,
        open: opensAt?.getTime() === now.getTime(),
      },
    },
    now,
  );
  return true;
}
