import '#tests/support/database.ts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { addSeconds, HOUR } from '#lib/base/time.ts';
import { endBooking } from '#lib/bookings/end-booking.ts';
import { extendBooking } from '#lib/bookings/extend-booking.ts';
import { setBlock } from '#lib/bookings/set-block.ts';
import { ALWAYS, type Hours, openBetween } from '#lib/catalogue/calendar.ts';
import { calendarOf } from '#lib/catalogue/queries/calendar.ts';
import { removeBlock } from '#lib/catalogue/remove-block.ts';
import { saveCalendar } from '#lib/catalogue/save-calendar.ts';
import { WEEKDAYS } from '#lib/catalogue/wall-clock.ts';
import { db } from '#lib/io/db.ts';
import { endExpiredLeases } from '#lib/leases/end-expired-leases.ts';
import { booksProblems } from '#lib/ledger/queries.ts';
import { sql } from '#tests/support/database.ts';
import { type RentalMarket, rentalMarket, renterWith } from '#tests/support/rental.ts';

const LONG = process.env.SUBLET_LONG === '1';

type Step =
  | { readonly does: 'book'; readonly gpus: number; readonly hours: number | null }
  | { readonly does: 'reserve'; readonly gpus: number; readonly from: number; readonly hours: number }
  | { readonly does: 'end' | 'extend'; readonly which: number; readonly hours: number }
  | { readonly does: 'block'; readonly from: number; readonly hours: number; readonly maintenance: boolean }
  | { readonly does: 'unblock'; readonly which: number }
  | { readonly does: 'rules'; readonly hours: readonly Hours[]; readonly most: number | null }
  | { readonly does: 'pass'; readonly hours: number };

const gpus = fc.integer({ min: 1, max: 2 });
const ahead = fc.integer({ min: 0, max: 60 });
const length = fc.constantFrom(1, 2, 3, 8, 0.5);
const hours: fc.Arbitrary<Hours> = fc
  .record({ fromMinute: fc.integer({ min: 0, max: 23 }), toMinute: fc.integer({ min: 1, max: 24 }) })
  .filter(({ fromMinute, toMinute }) => fromMinute !== toMinute)
  .map(({ fromMinute, toMinute }) => ({ days: [...WEEKDAYS], fromMinute: fromMinute * 60, toMinute: toMinute * 60 }));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ does: fc.constant('book' as const), gpus, hours: fc.option(length) }) },
  { weight: 6, arbitrary: fc.record({ does: fc.constant('reserve' as const), gpus, from: ahead, hours: length }) },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constantFrom('end' as const, 'extend' as const),
      which: fc.nat(30),
      hours: length,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('block' as const),
      from: ahead,
      hours: length,
      maintenance: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('unblock' as const), which: fc.nat(10) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('rules' as const),
      hours: fc.array(hours, { maxLength: 2 }),
      most: fc.constantFrom(null, 4),
    }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('pass' as const), hours: fc.constantFrom(1, 5, 13) }) },
);

/** Does one step as its person would; answers false when it was refused, which is as good. */
async function take(
  market: RentalMarket,
  renters: readonly Actor[],
  one: Step,
  kept: Map<string, readonly [Date, Date]>,
): Promise<boolean> {
  const { clock, host, machineId } = market;
  const now = clock.now();
  const at = (hour: number) => addSeconds(now, hour * 3_600);
  const renter = renters[Math.floor(now.getTime() / HOUR) % renters.length] as Actor;
  const running = () => db.booking.findMany({ where: { machineId, desired: 'running' }, orderBy: { id: 'asc' } });
  switch (one.does) {
    case 'book':
    case 'reserve': {
      const startsAt = one.does === 'reserve' ? at(one.from) : null;
      const durationSeconds = one.hours === null ? null : one.hours * 3_600;
      const calendar = await calendarOf(db, machineId, now);
      const { bookingId } = await market.bookAs(renter, { gpuCount: one.gpus, durationSeconds, startsAt });
      const made = await db.booking.findUniqueOrThrow({ where: { id: bookingId } });
      const open = openBetween(calendar, made.startsAt.getTime(), made.endsAt.getTime());
      expect(open).toEqual([[made.startsAt.getTime(), made.endsAt.getTime()]]);
      if (startsAt !== null) kept.set(bookingId, [startsAt, addSeconds(startsAt, durationSeconds ?? 0)]);
      return true;
    }
    case 'end':
    case 'extend': {
      const all = await running();
      const booking = all[one.which % Math.max(1, all.length)];
      if (booking === undefined) return false;
      const own = { ...renter, userId: booking.renterId };
      if (one.does === 'end') {
        await endBooking(own, { bookingId: booking.id }, clock.world);
        kept.delete(booking.id);
        return true;
      }
      const endsAt = addSeconds(booking.endsAt, one.hours * 3_600);
      await extendBooking(own, { bookingId: booking.id, endsAt }, clock.world);
      if (kept.has(booking.id)) kept.set(booking.id, [booking.startsAt, endsAt]);
      return true;
    }
    case 'block':
      await setBlock(
        host,
        {
          machineId,
          kind: one.maintenance ? 'maintenance' : 'block',
          startsAt: at(one.from),
          endsAt: at(one.from + one.hours),
          note: '',
        },
        clock.world,
      );
      return true;
    case 'unblock': {
      const blocks = await db.calendarBlock.findMany({
        where: { machineId, endsAt: { gt: now } },
        orderBy: { id: 'asc' },
      });
      const block = blocks[one.which % Math.max(1, blocks.length)];
      if (block !== undefined) await removeBlock(host, { machineId, blockId: block.id }, clock.world);
      return block !== undefined;
    }
    case 'rules':
      await saveCalendar(
        host,
        {
          ...ALWAYS,
          machineId,
          hours: one.hours,
          mostSeconds: one.most === null ? null : one.most * 3_600,
          maintenanceNoticeSeconds: 6 * 3_600,
        },
        clock.world,
      );
      return true;
    case 'pass':
      clock.pass(one.hours * 3_600);
      await market.beat();
      await endExpiredLeases(clock.world);
      for (const [id, [, end]] of kept) if (end <= clock.now()) kept.delete(id);
      return true;
  }
}

it('keeps calendars free of overlap, reserved time whole and books balanced, whatever renters and host do', async () => {
  let done = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 22 }), async (steps) => {
      const market = await rentalMarket({ dollars: 2_000 });
      const renters = [market.renter, await renterWith(2_000, market.clock)];
      /** Reserved windows that were accepted and not given back. */
      const kept = new Map<string, readonly [Date, Date]>();
      for (const one of steps) {
        const did = await take(market, renters, one, kept).catch((error: unknown) => {
          if (error instanceof Refusal) return false;
          throw error;
        });
        if (did) done += 1;
        const overlaps = await sql(
          `SELECT a.id FROM allocations a JOIN gpus g ON g.id = a.gpu_id AND g.machine_id = $1 WHERE EXISTS (
             SELECT 1 FROM allocations b WHERE b.gpu_id = a.gpu_id AND b.id <> a.id
               AND tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at))`,
          [market.machineId],
        );
        expect(overlaps).toEqual([]);
        const blocked = await sql(
          `SELECT a.id FROM allocations a JOIN gpus g ON g.id = a.gpu_id JOIN calendar_blocks k ON k.machine_id = g.machine_id
             JOIN bookings b ON b.id = a.booking_id AND b.desired = 'running'
           WHERE g.machine_id = $1 AND tstzrange(a.starts_at, a.ends_at) && tstzrange(k.starts_at, k.ends_at)`,
          [market.machineId],
        );
        expect(blocked).toEqual([]);
        for (const [bookingId, [from, to]] of kept) {
          const rows = await db.allocation.findMany({ where: { bookingId } });
          for (const row of rows) expect([row.startsAt, row.endsAt]).toEqual([from, to]);
        }
      }
      expect(await booksProblems(db)).toEqual([]);
    }),
    { numRuns: LONG ? 150 : 10, endOnFailure: true, ...(LONG ? {} : { interruptAfterTimeLimit: 30_000 }) },
  );
  expect(done).toBeGreaterThan(5);
});
