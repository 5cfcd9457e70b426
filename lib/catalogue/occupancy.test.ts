import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Span } from '#lib/base/spans.ts';
import { HOUR } from '#lib/base/time.ts';
import { gpuTimeOf, type OccupiedGpu, occupancyOf } from './occupancy.ts';

const at = (hour: number) => new Date(Date.UTC(2026, 10, 1) + hour * HOUR);
const span = (from: number, to: number | null): Span => ({ startsAt: at(from), endsAt: to === null ? null : at(to) });
const gpu = (rented: readonly Span[], change: Partial<OccupiedGpu> = {}): OccupiedGpu => ({
  presentFrom: at(-1_000),
  presentUntil: null,
  rented,
  ...change,
});
const hours = (ms: number) => ms / HOUR;

describe('occupancy', () => {
  it('is rented over offered time, GPU by GPU', () => {
    const machine = { offers: [span(0, 10)], gpus: [gpu([span(2, 7)]), gpu([])] };
    const time = gpuTimeOf(machine, at(0), at(24));
    expect([hours(time.rentedMs), hours(time.offeredMs)]).toEqual([5, 20]);
    expect(occupancyOf([time])).toBe(2_500);
  });

  it('counts only what lies in the span that was asked for', () => {
    const machine = { offers: [span(-50, null)], gpus: [gpu([span(-3, 1), span(9, 30)])] };
    const time = gpuTimeOf(machine, at(0), at(10));
    expect([hours(time.rentedMs), hours(time.offeredMs)]).toEqual([2, 10]);
  });

  it('counts a rental that goes on after the listing was withdrawn as offered', () => {
    const time = gpuTimeOf({ offers: [span(0, 4)], gpus: [gpu([span(2, 8)])] }, at(0), at(24));
    expect([hours(time.rentedMs), hours(time.offeredMs)]).toEqual([6, 8]);
  });

  it('does not count a GPU before it came or after it was taken out', () => {
    const late = gpu([], { presentFrom: at(6), presentUntil: at(9) });
    expect(hours(gpuTimeOf({ offers: [span(0, null)], gpus: [late] }, at(0), at(24)).offeredMs)).toBe(3);
    const gone = gpu([], { presentUntil: at(-1) });
    expect(gpuTimeOf({ offers: [span(0, null)], gpus: [gone] }, at(0), at(24)).offeredMs).toBe(0);
  });

  it('is nothing, and not zero, where nothing was offered', () => {
    expect(occupancyOf([])).toBeNull();
    expect(occupancyOf([gpuTimeOf({ offers: [], gpus: [gpu([])] }, at(0), at(24))])).toBeNull();
    expect(occupancyOf([gpuTimeOf({ offers: [span(0, 1)], gpus: [gpu([])] }, at(0), at(24))])).toBe(0);
  });

  it('is never more than all, and two halves of a span sum to the whole, whatever the spans are', () => {
    const someSpan = fc
      .tuple(fc.integer({ min: -20, max: 60 }), fc.integer({ min: 0, max: 50 }), fc.boolean())
      .map(([from, length, open]) => span(from, open ? null : from + length));
    const someGpu = fc
      .tuple(
        fc.array(someSpan, { maxLength: 5 }),
        fc.integer({ min: -5, max: 30 }),
        fc.option(fc.integer({ min: 0, max: 60 })),
      )
      .map(([rented, from, until]) =>
        gpu(rented, { presentFrom: at(from), presentUntil: until === null ? null : at(until) }),
      );
    const machines = fc.record({
      offers: fc.array(someSpan, { maxLength: 5 }),
      gpus: fc.array(someGpu, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(machines, fc.integer({ min: 0, max: 40 }), (machine, cut) => {
        const whole = gpuTimeOf(machine, at(0), at(40));
        const first = gpuTimeOf(machine, at(0), at(cut));
        const second = gpuTimeOf(machine, at(cut), at(40));
        expect(first.rentedMs + second.rentedMs).toBe(whole.rentedMs);
        expect(first.offeredMs + second.offeredMs).toBe(whole.offeredMs);
        expect(whole.rentedMs).toBeLessThanOrEqual(whole.offeredMs);
        expect(whole.offeredMs).toBeLessThanOrEqual(40 * HOUR * machine.gpus.length);
      }),
    );
  });
});
