import '#tests/support/database.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '#lib/base/actor.ts';
import { addSeconds, HOUR } from '#lib/base/time.ts';
import { ALWAYS } from '#lib/catalogue/calendar.ts';
import { saveCalendar } from '#lib/catalogue/save-calendar.ts';
import { WEEKDAYS } from '#lib/catalogue/wall-clock.ts';
import { db } from '#lib/io/db.ts';
import { refusal } from '#tests/support/ask.ts';
import { type Bidding, bidding } from '#tests/support/bids.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { NOW } from '#tests/support/stalls.ts';

let market: Bidding;
let ann: Actor;
beforeEach(async () => {
  market = await bidding({ machine: { gpuCount: 1 } });
  ann = await market.renterWith(1_000);
});
afterEach(expectBooksBalance);

const inHours = (hours: number) => new Date(NOW.getTime() + hours * HOUR);
const reserve = (startsAt: Date) => market.book({ startsAt, durationSeconds: 4 * 3_600 });

describe('an interruptible rental on a machine with a calendar', () => {
  it('ends where a window begins that somebody reserves, and is told of it when the notice begins', async () => {
    const { hand } = await market.runningBid(ann, 3);
    const reserved = await reserve(inHours(30));
    expect(await hand.booking()).toMatchObject({ desired: 'running', reason: null, endsAt: inHours(30) });
    expect((await hand.permit()).endsAt).toBe(inHours(30).toISOString());
    expect(await reserved.booking()).toMatchObject({ kind: 'reserved', startsAt: inHours(30), desired: 'running' });
    const taken = await db.allocation.findMany({
      orderBy: { startsAt: 'asc' },
      select: { endsAt: true, startsAt: true },
    });
    expect(taken[0]?.endsAt).toEqual(taken[1]?.startsAt);
    market.clock.pass((inHours(30).getTime() - market.clock.now().getTime()) / 1_000 - 110);
    await market.clear();
    expect(await hand.booking()).toMatchObject({ desired: 'running', reason: 'interrupted', endsAt: inHours(30) });
  });

  it('keeps its GPU when a window begins sooner than its notice would end', async () => {
    const { hand } = await market.runningBid(ann, 3);
    const before = (await hand.booking()).endsAt;
    const soon = addSeconds(market.clock.now(), 60);
    expect((await refusal(reserve(soon))).reason).toBe('gpuTaken');
    expect((await hand.booking()).endsAt).toEqual(before);
  });

  it('is not begun while the host is closed, and ends when the hours do', async () => {
    // It is noon.
    const hours = [{ days: [...WEEKDAYS], fromMinute: 13 * 60, toMinute: 18 * 60 }];
    await saveCalendar(market.host, { ...ALWAYS, machineId: market.machineId, hours }, market.clock.world);
    const bidId = await market.bid(ann, 3);
    await market.clear();
    expect(await market.rentalOf(bidId)).toBeNull();
    market.clock.pass(3_601);
    await market.clear();
    expect(await (await market.rentalOf(bidId))?.booking()).toMatchObject({ desired: 'running', endsAt: inHours(6) });
  });
});
