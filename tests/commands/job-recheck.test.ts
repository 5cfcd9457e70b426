import '#tests/support/database.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { db, inTransaction } from '#lib/io/db.ts';
import { commitPlacements } from '#lib/jobs/commit-placements.ts';
import { queueNow } from '#lib/jobs/queries/queue.ts';
import { preparePlacements } from '#lib/jobs/queries/work.ts';
import { walletOf } from '#lib/ledger/queries.ts';
import { planPlacements } from '#lib/scheduler/plan.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { closeJobMarkets, type JobMarket, jobMarket } from '#tests/support/jobs.ts';

afterEach(async () => {
  await expectBooksBalance();
  await closeJobMarkets();
});

/** What may happen between the look that a plan follows from and the lock under which it is carried out. */
const MEANWHILE: Readonly<Record<string, (market: JobMarket, machineId: string, hostId: string) => Promise<unknown>>> =
  {
    'the price goes above the most that is paid': (_, machineId) =>
      db.listing.updateMany({ where: { machineId }, data: { priceMicrosPerGpuHour: 3_600_001n } }),
    'the listing is withdrawn': (_, machineId) =>
      db.listing.updateMany({ where: { machineId }, data: { state: 'withdrawn' } }),
    'the host blocks the renter': (market, machineId, hostId) =>
      db.renterBlock.create({
        data: {
          id: `blk_${machineId}`,
          hostId,
          renterId: market.renter.userId,
          reason: 'no',
          createdAt: market.clock.now(),
        },
      }),
    'the host ends the offer sooner': (market, machineId) =>
      db.listing.updateMany({
        where: { machineId },
        data: { endsAt: new Date(market.clock.now().getTime() + 600_000) },
      }),
    'the host rents more GPUs together only': (_, machineId) =>
      db.listing.updateMany({ where: { machineId }, data: { minGpus: 2 } }),
    'the machine is enrolled anew, with other keys': (_, machineId) =>
      db.machine.update({ where: { id: machineId }, data: { sealingKey: 'A'.repeat(43) } }),
  };

describe('a plan that does not hold any more when it is carried out', () => {
  it.each(Object.entries(MEANWHILE))('places nothing, and holds nothing: %s', async (_, happens) => {
    const market = await jobMarket({ machines: [{ gpuCount: 2 }] });
    const arrayId = await market.submit({ maxPriceMicrosPerGpuHour: '3600000' });
    const now = market.clock.now();
    const { freeMicros } = await walletOf(market.renter);
    const commit = async (change: () => Promise<unknown>) => {
      const queue = await queueNow(now);
      if (queue === null) throw new Error('nobody waits');
      const { assignments } = planPlacements(queue.snapshot, 'amplyCpu');
      expect(assignments).toHaveLength(1);
      const { placements } = await preparePlacements(queue, assignments, now);
      await change();
      return inTransaction('test: place', (tx) =>
        commitPlacements(tx, placements, { beginsAt: queue.beginsAt, yielding: false }, now),
      );
    };
    const [machine] = market.machines;
    if (machine === undefined) throw new Error('no machine');
    expect((await commit(() => happens(market, machine.id, machine.hostId))).placed).toEqual([]);
    expect(await market.jobOf(arrayId)).toMatchObject({ observed: 'waiting', attempts: 0 });
    expect(await walletOf(market.renter)).toMatchObject({ freeMicros });
    expect(await db.booking.count({ where: { machineId: machine.id } })).toBe(0);
  });
});
