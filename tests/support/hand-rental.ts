import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { db } from '#lib/io/db.ts';
import { NO_PREVIOUS } from '#protocol/statement.ts';
import { connectedAgent, type DoorWorld, type HandAgent } from './hand-agent.ts';
import { person } from './people.ts';
import { listingOf, NOW, takenBy } from './stalls.ts';

export type HandRental = { agent: HandAgent; bookingId: string; leaseId: string; host: Actor; renter: Actor };

/** An agent with a rental on its machine, as rows: what is rented and how is not the subject here. */
export async function rented(setting: DoorWorld): Promise<HandRental> {
  const host = await person();
  const renter = await person();
  const agent = await connectedAgent(setting, host);
  const { machineId } = agent;
  const listingId = await listingOf(host, machineId);
  const window = { from: NOW, to: new Date(NOW.getTime() + 3_600_000) };
  const bookingId = await takenBy(renter, { hostId: host.userId, machineId, listingId, gpuIds: [] }, window);
  const leaseId = newId('lease', NOW);
  await db.lease.create({
    data: {
      id: leaseId,
      bookingId,
      machineId,
      revision: 1,
      permit: `{"permit of":"${leaseId}"}`,
      signature: 'c2lnbmVk',
      ceilingMicros: 1n,
      holdId: 'hold',
      heldMicros: 0n,
      statementHash: NO_PREVIOUS,
      createdAt: NOW,
    },
  });
  return { agent, bookingId, leaseId, host, renter };
}
