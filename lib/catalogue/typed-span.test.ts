import { describe, expect, it } from 'vitest';
import { readSpan } from './typed-span.ts';

const read = (zone: string, from: string, to: string) => readSpan(zone, { from, to });
const span = (startsAt: string, endsAt: string) => ({ startsAt: new Date(startsAt), endsAt: new Date(endsAt) });

describe('a span that a host types', () => {
  it('is read on the clocks of its zone, in half-hour ones as well', () => {
    expect(read('Asia/Kolkata', '2026-11-27T22:00', '2026-11-28T07:30')).toEqual(
      span('2026-11-27T16:30:00Z', '2026-11-28T02:00:00Z'),
    );
  });

  it('has both of a time that the wall shows twice', () => {
    // 02:30 in Berlin on 25 October is 00:30 and 01:30 UTC; 01:45 on Lord Howe on 5 April is 14:45 and 15:15 UTC the day before.
    expect(read('Europe/Berlin', '2026-10-25T02:30', '2026-10-25T02:30')).toEqual(
      span('2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'),
    );
    expect(read('Australia/Lord_Howe', '2026-04-05T01:45', '2026-04-05T01:45')).toEqual(
      span('2026-04-04T14:45:00Z', '2026-04-04T15:15:00Z'),
    );
  });

  it('reaches to the change where one end is not there, and is none, with its reason, where both are not', () => {
    expect(read('Europe/Berlin', '2026-03-29T02:30', '2026-03-29T04:00')).toEqual(
      span('2026-03-29T01:00:00Z', '2026-03-29T02:00:00Z'),
    );
    expect(read('Europe/Berlin', '2026-03-29T02:10', '2026-03-29T02:50')).toEqual({
      problems: { from: expect.stringContaining('put forward over this time') },
    });
    expect(read('Australia/Lord_Howe', '2026-10-04T02:05', '2026-10-04T02:25')).toHaveProperty('problems.from');
  });

  it('says which end is no time; that it ends before it begins is said by whoever takes it', () => {
    expect(read('UTC', '', '2026-11-28T07:30')).toEqual({ problems: { from: 'Choose a day and a time.' } });
    expect(read('UTC', 'soon', '2026-02-30T07:30')).toEqual({
      problems: { from: 'Choose a day and a time.', to: 'Choose a day and a time.' },
    });
    expect(read('UTC', '2026-11-28T07:30', '2026-11-28T07:00')).toHaveProperty('startsAt');
  });
});
