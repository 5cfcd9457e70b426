import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayStart } from '#lib/base/day.ts';
import { DAY, HOUR } from '#lib/base/time.ts';
import { cellsOf, mergeCells, type PriceCell, type PricedListing } from './price-day.ts';

const from = dayStart('2026-11-20');
const until = dayStart('2026-11-21');
const at = (hours: number) => new Date(from.getTime() + hours * HOUR);
const span = (start: number, end: number | null) => ({ startsAt: at(start), endsAt: end === null ? null : at(end) });
const gpu = (...booked: readonly (readonly [number, number, bigint])[]) => ({
  presentFrom: at(-500),
  presentUntil: null,
  booked: booked.map(([start, end, priceMicrosPerGpuHour]) => ({ ...span(start, end), priceMicrosPerGpuHour })),
});
const listing = (change: Partial<PricedListing> = {}): PricedListing => ({
  prices: [{ since: at(-300), priceMicrosPerGpuHour: 300n }],
  offers: [span(-300, null)],
  gpus: [gpu()],
  ...change,
});
const cell = (price: bigint, listings: number, offered: number, booked = 0): PriceCell => ({
  priceMicrosPerGpuHour: price,
  listings,
  offeredGpuSeconds: BigInt(offered * 3_600),
  bookedGpuSeconds: BigInt(booked * 3_600),
});

describe('what a listing adds to the facts of a day', () => {
  it('is its whole day at its price, for each of its GPUs', () => {
    expect(cellsOf(listing(), from, until)).toEqual([cell(300n, 1, 24)]);
    expect(cellsOf(listing({ gpus: [gpu(), gpu()] }), from, until)).toEqual([cell(300n, 1, 48)]);
  });

  it('is split where the price changed, and its price of the day is the one that stood longest', () => {
    const prices = [
      { since: at(-300), priceMicrosPerGpuHour: 300n },
      { since: at(10), priceMicrosPerGpuHour: 250n },
    ];
    expect(cellsOf(listing({ prices }), from, until)).toEqual([cell(300n, 0, 10), cell(250n, 1, 14)]);
    // Of equals the lower, so that the answer hangs on nothing else.
    const even = prices.map((price, index) => (index === 1 ? { ...price, since: at(12) } : price));
    expect(cellsOf(listing({ prices: even }), from, until)).toEqual([cell(300n, 0, 12), cell(250n, 1, 12)]);
  });

  it('counts what is booked at the price that was agreed, however the listing changed', () => {
    const rented = listing({ gpus: [gpu([-10, 6, 200n], [20, 30, 300n])] });
    expect(cellsOf(rented, from, until)).toEqual([cell(200n, 0, 6, 6), cell(300n, 1, 18, 4)]);
  });

  it('is nothing where it was not offered, and only the rental where it was withdrawn under one', () => {
    expect(cellsOf(listing({ offers: [span(-300, -1)] }), from, until)).toEqual([]);
    expect(cellsOf(listing({ offers: [span(-300, -1)], gpus: [gpu([-5, 3, 300n])] }), from, until)).toEqual([
      cell(300n, 0, 3, 3),
    ]);
    expect(cellsOf(listing({ gpus: [] }), from, until)).toEqual([]);
  });

  it('leaves out a GPU that was not there yet or no longer', () => {
    const there = { ...gpu(), presentFrom: at(6), presentUntil: at(8) };
    expect(cellsOf(listing({ gpus: [there] }), from, until)).toEqual([cell(300n, 1, 2)]);
  });

  it('never books more than was offered, and parts of a day make the whole', () => {
    const hour = fc.integer({ min: -30, max: 54 });
    const someSpan = fc
      .tuple(hour, fc.integer({ min: 1, max: 30 }))
      .map(([start, long]) => [start, start + long] as const);
    const some = fc
      .record({
        offers: fc.array(someSpan, { maxLength: 4 }),
        changes: fc.array(fc.tuple(hour, fc.bigInt({ min: 1n, max: 5n })), { maxLength: 4 }),
        rentals: fc.array(fc.tuple(someSpan, fc.bigInt({ min: 1n, max: 5n })), { maxLength: 3 }),
      })
      .map(({ offers, changes, rentals }) => {
        const booked: [number, number, bigint][] = [];
        let free = -100;
        for (const [[start, end], price] of rentals.toSorted((a, b) => a[0][0] - b[0][0])) {
          if (end <= free) continue;
          booked.push([Math.max(start, free), end, price]);
          free = end;
        }
        return listing({
          offers: offers.map(([start, end]) => span(start, end)),
          prices: [[-300, 3n] as const, ...changes.toSorted((a, b) => a[0] - b[0])].map(([hours, price]) => ({
            since: at(hours),
            priceMicrosPerGpuHour: price,
          })),
          gpus: [gpu(...booked)],
        });
      });
    fc.assert(
      fc.property(some, fc.integer({ min: 1, max: 23 }), (made, cut) => {
        const whole = mergeCells([cellsOf(made, from, until)]);
        for (const one of whole) {
          expect(one.bookedGpuSeconds <= one.offeredGpuSeconds).toBe(true);
          expect(one.offeredGpuSeconds <= BigInt(DAY / 1_000)).toBe(true);
        }
        const parts = mergeCells([cellsOf(made, from, at(cut)), cellsOf(made, at(cut), until)]);
        const times = (cells: readonly PriceCell[]) =>
          cells.filter(({ offeredGpuSeconds }) => offeredGpuSeconds > 0n).map(({ listings: _, ...time }) => time);
        expect(times(parts)).toEqual(times(whole));
        expect(whole.reduce((sum, { listings }) => sum + listings, 0)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('is merged into one list by price, the cheapest first', () => {
    expect(mergeCells([[cell(3n, 1, 2)], [cell(1n, 1, 4, 1), cell(3n, 0, 5, 5)]])).toEqual([
      cell(1n, 1, 4, 1),
      cell(3n, 1, 7, 5),
    ]);
  });
});
