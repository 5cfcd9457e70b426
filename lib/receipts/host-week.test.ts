import { expect, it } from 'vitest';
import { addSeconds, DAY } from '#lib/base/time.ts';
import { type BookedAhead, occupancyWeek, projectedNet, weekStart } from './host-week.ts';

const now = new Date('2026-11-27T12:00:00Z');
const at = (hours: number) => addSeconds(now, hours * 3_600);

it('says of each day of the week how much of what was offered was rented', () => {
  const machine = {
    offers: [{ startsAt: new Date('2026-11-26T00:00:00Z'), endsAt: null }],
    gpus: [
      {
        presentFrom: new Date('2026-11-01T00:00:00Z'),
        presentUntil: null,
        rented: [{ startsAt: new Date('2026-11-26T18:00:00Z'), endsAt: new Date('2026-11-27T06:00:00Z') }],
      },
    ],
  };
  const days = occupancyWeek([machine], now);
  expect(days).toHaveLength(7);
  expect(days[0]?.startsAt).toEqual(weekStart(now));
  expect(weekStart(now)).toEqual(new Date('2026-11-21T00:00:00Z'));
  expect(days.map(({ basisPoints }) => basisPoints)).toEqual([null, null, null, null, null, 2_500, 5_000]);
  // Today counts as far as it has come.
  expect(days[6]).toMatchObject({ rentedGpuSeconds: 6 * 3_600, offeredGpuSeconds: 12 * 3_600 });
  expect(occupancyWeek([], now).every(({ basisPoints }) => basisPoints === null)).toBe(true);
  expect(weekStart(new Date(weekStart(now).getTime() + 6 * DAY))).toEqual(weekStart(now));
});

it('projects what is booked until its end or the end of the month, after the fee, and counts on no bid', () => {
  const terms = {
    priceMicrosPerGpuHour: 1_000_000n,
    diskPriceMicrosPerGibMonth: 0n,
    feeBasisPoints: 1_000,
    gpuCount: 2,
    gpuModel: 'RTX 4090',
    diskBytes: 0n,
    limits: { cpuMillis: 1, memoryBytes: 1n, pids: 1 },
  };
  const booked = (change: Partial<BookedAhead>): BookedAhead => ({
    kind: 'onDemand',
    desired: 'running',
    terms,
    startsAt: at(-10),
    endsAt: at(5),
    ...change,
  });
  expect(projectedNet(100n, [], now)).toBe(100n);
  expect(projectedNet(0n, [booked({})], now)).toBe(9_000_000n);
  expect(projectedNet(0n, [booked({ startsAt: at(3), kind: 'reserved' })], now)).toBe(3_600_000n);
  expect(projectedNet(0n, [booked({ kind: 'interruptible' }), booked({ desired: 'stopped' })], now)).toBe(0n);
  // Until midnight of the last of November: three and a half days.
  expect(projectedNet(0n, [booked({ endsAt: at(24 * 30) })], now)).toBe(2n * 84n * 900_000n);
  expect(projectedNet(0n, [booked({ startsAt: at(24 * 5), endsAt: at(24 * 6) })], now)).toBe(0n);
});
