import { THE_MARKET } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { addSeconds, theWorld, type World } from '#lib/base/time.ts';
import { returnForSilence } from '#lib/bookings/return-for-silence.ts';
import { OFFLINE_AFTER_SECONDS } from '#lib/catalogue/machine.ts';
import { DOOR_BEAT, type DoorBeat } from '#lib/events/beat.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { db, inTransaction } from '#lib/io/db.ts';
import { eachRow } from '#lib/io/each-row.ts';
import { wasToldSilent } from './queries/silences.ts';
import { silentSince } from './silence.ts';

const BATCH = 500;

/**
 * Sweep: opens a span of silence for each machine that has not been heard for as long as makes it offline, while we
 * listened, and tells its host, once until it answers again. An outage of ours is nobody's silence: it only cuts one in
 * two. Whoever gave a reserved window back in it, before it was known, gets back what that cost. Returns how many were opened.
 */
export async function noteSilences(world: World = theWorld): Promise<number> {
  const now = world.now();
  const door = await db.beat.findUnique({ where: { name: DOOR_BEAT }, select: { at: true, backAt: true } });
  const candidates = await db.machine.findMany({
    where: {
      retiredAt: null,
      lastSyncAt: { lt: addSeconds(now, -OFFLINE_AFTER_SECONDS + 1) },
      silences: { none: { cause: 'unreachable', endsAt: null } },
    },
    orderBy: { lastSyncAt: 'asc' },
    take: BATCH,
    select: { id: true, lastSyncAt: true },
  });
  const silent = candidates.filter(
    ({ lastSyncAt }) => lastSyncAt !== null && silentSince(lastSyncAt, door, now) !== null,
  );
  // Money comes back with it: where that goes wrong on one machine, the others are silent all the same.
  return eachRow('noteSilences', silent, ({ id }) => openSilence(id, door, now));
}

async function openSilence(machineId: string, door: DoorBeat | null, now: Date): Promise<boolean> {
  return inTransaction('note-silences', async (tx) => {
    await tx.$executeRaw`SELECT 1 FROM machines WHERE id = ${machineId} FOR NO KEY UPDATE`;
    const machine = await tx.machine.findUniqueOrThrow({
      where: { id: machineId },
      select: { hostId: true, lastSyncAt: true, silences: { where: { cause: 'unreachable', endsAt: null }, take: 1 } },
    });
    const since = machine.lastSyncAt === null ? null : silentSince(machine.lastSyncAt, door, now);
    if (since === null || machine.lastSyncAt === null || machine.silences.length > 0) return false;
    const told = await wasToldSilent(tx, machineId, machine.lastSyncAt);
    await tx.silence.create({
      data: { id: newId('silence', now), machineId, cause: 'unreachable', startsAt: since, endsAt: null },
    });
    await returnForSilence(tx, machineId, since, now);
    if (told) return true;
    await recordEvent(tx, THE_MARKET, { kind: 'machine.silent', userId: machine.hostId, machineId }, now);
    return true;
  });
}
