import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addSeconds } from '#lib/base/time.ts';
import { askOf, isDue, look, MOST_SAVED_SEARCHES, MOST_SEEN, queryOf, whyNotSaveSearch } from './saved-search.ts';
import { EVERYTHING } from './search.ts';

const NOTHING = { seenListingIds: [], belowListingIds: [] };
const at = (listingId: string, cents: number) => ({ listingId, priceMicrosPerGpuHour: BigInt(cents) * 10_000n });

describe('a saved search', () => {
  it('keeps what it looks for, from the first page', () => {
    const ask = { ...EVERYTHING, models: ['RTX 4090', 'a&b'], countries: ['DE'], sort: 'start' as const, page: 7 };
    expect(askOf(queryOf(ask))).toEqual({ ...ask, page: 1 });
    expect(askOf('')).toEqual(EVERYTHING);
    expect(askOf('page=9&nonsense=1')).toEqual(EVERYTHING);
  });

  it('tells what appeared once, and nothing of what was there when it was saved', () => {
    const alerts = { tellsNew: true, belowMicrosPerGpuHour: null };
    const first = look(alerts, NOTHING, [at('a', 30)]).known;
    const later = look(alerts, first, [at('a', 30), at('b', 40)]);
    expect(later.appeared.map(({ listingId }) => listingId)).toEqual(['b']);
    expect(look(alerts, later.known, [at('a', 20), at('b', 40)]).appeared).toEqual([]);
    // Taken, and free again.
    const away = look(alerts, later.known, [at('a', 30)]).known;
    expect(look(alerts, away, [at('a', 30), at('b', 40)]).appeared).toEqual([]);
  });

  it('tells what fell below the limit, again after it rose, and never one offer twice in one notice', () => {
    const alerts = { tellsNew: true, belowMicrosPerGpuHour: 300_000n };
    const known = look(alerts, NOTHING, [at('a', 30)]).known;
    // A limit is no fall: 30 cents are not below 30 cents.
    expect(known.belowListingIds).toEqual([]);
    const fallen = look(alerts, known, [at('a', 29), at('b', 10)]);
    expect(fallen.fell.map(({ listingId }) => listingId)).toEqual(['a']);
    expect(fallen.appeared.map(({ listingId }) => listingId)).toEqual(['b']);
    expect(look(alerts, fallen.known, [at('a', 28), at('b', 10)])).toMatchObject({ fell: [], appeared: [] });
    const risen = look(alerts, fallen.known, [at('a', 31), at('b', 10)]).known;
    expect(look(alerts, risen, [at('a', 29), at('b', 10)]).fell.map(({ listingId }) => listingId)).toEqual(['a']);
  });

  it('never tells of an offer that it knows, and knows everything that it has seen, up to a limit', () => {
    const offers = fc.uniqueArray(fc.record({ id: fc.nat(60), cents: fc.integer({ min: 1, max: 60 }) }), {
      selector: ({ id }) => id,
      maxLength: 30,
    });
    fc.assert(
      fc.property(fc.array(offers, { maxLength: 8 }), (looks) => {
        const alerts = { tellsNew: true, belowMicrosPerGpuHour: 300_000n };
        let known = { seenListingIds: [] as readonly string[], belowListingIds: [] as readonly string[] };
        const told: string[] = [];
        for (const found of looks) {
          const looked = look(
            alerts,
            known,
            found.map(({ id, cents }) => at(String(id), cents)),
          );
          told.push(...looked.appeared.map(({ listingId }) => listingId));
          known = looked.known;
        }
        expect(new Set(told).size).toBe(told.length);
        expect(known.seenListingIds.toSorted()).toEqual(told.toSorted());
      }),
    );
    const many = Array.from({ length: MOST_SEEN + 5 }, (_, index) => at(`l${index}`, 10));
    expect(look({ tellsNew: true, belowMicrosPerGpuHour: 1_000_000n }, NOTHING, many).known).toMatchObject({
      seenListingIds: { length: MOST_SEEN },
      belowListingIds: { length: MOST_SEEN },
    });
  });

  it('is told of at most once in its interval, and there are twenty of them', () => {
    const now = new Date('2026-11-27T12:00:00Z');
    expect(isDue({ toldAt: null, everySeconds: 3_600 }, now)).toBe(true);
    expect(isDue({ toldAt: now, everySeconds: 3_600 }, addSeconds(now, 3_599))).toBe(false);
    expect(isDue({ toldAt: now, everySeconds: 3_600 }, addSeconds(now, 3_600))).toBe(true);
    expect(whyNotSaveSearch(MOST_SAVED_SEARCHES - 1)).toBeNull();
    expect(whyNotSaveSearch(MOST_SAVED_SEARCHES)?.reason).toBe('notNow');
  });
});
