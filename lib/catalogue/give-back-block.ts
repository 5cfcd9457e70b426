import type { Tx } from '#lib/io/db.ts';
import { keepRules } from './keep-rules.ts';

type StoredBlock = {
  readonly id: string;
  readonly machineId: string;
  readonly startsAt: Date;
};

/** Step: gives what is left of a block's time back to the market; whoever does it need not be told that it is over. The machine is locked. */
export async function giveBackBlock(tx: Tx, block: StoredBlock, now: Date): Promise<void> {
  if (block.startsAt < now)
    await tx.calendarBlock.update({ where: { id: block.id }, data: { endsAt: now, endToldAt: now } });
  else await tx.calendarBlock.delete({ where: { id: block.id } });
  await keepRules(tx, block.machineId, null, now);
}
