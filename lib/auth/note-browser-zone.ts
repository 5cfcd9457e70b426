import { inTransaction } from '#lib/io/db.ts';

/**
 * Keeps the zone of the browser in which somebody has just signed in. It is used where nothing else is known: while they chose no zone, for
 * what is written away from their browser. `undefined`, from a browser without scripts, changes nothing.
 */
export async function noteBrowserZone(userId: string, zone: string | undefined): Promise<void> {
  if (zone === undefined) return;
  await inTransaction('note-browser-zone', (tx) =>
    tx.user.updateMany({
      where: { id: userId, deletedAt: null, OR: [{ browserZone: null }, { browserZone: { not: zone } }] },
      data: { browserZone: zone },
    }),
  );
}
