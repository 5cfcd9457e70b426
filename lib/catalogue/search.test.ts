import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { usualWorkload } from './fit/workload.ts';
import { EVERYTHING, FILTERS, isOn, readSearch, type SearchAsk, SORTS, searchHref, without } from './search.ts';

const ask: fc.Arbitrary<SearchAsk> = fc
  .record({
    models: fc.uniqueArray(fc.constantFrom('RTX 4090', 'A100 SXM4', 'Tesla T4', '<script>', '🦊 & co', 'a+b%20=c'), {
      maxLength: 3,
    }),
    gpus: fc.option(fc.integer({ min: 1, max: 1_000 })),
    vramGib: fc.option(fc.integer({ min: 1, max: 10_000 })),
    maxPriceMicrosPerGpuHour: fc.option(fc.bigInt({ min: 1n, max: 999_999_999_999n })),
    countries: fc.uniqueArray(fc.constantFrom('DE', 'US', 'IS'), { maxLength: 3 }),
    trust: fc.constantFrom('new', 'selfTested', 'checkedByStaff'),
    leastReliabilityBasisPoints: fc.option(fc.integer({ min: 0, max: 10_000 })),
    taken: fc.boolean(),
    hideSimulated: fc.boolean(),
    job: fc.option(
      fc.constantFrom(
        usualWorkload('llama-3.1-8b', 'inference'),
        usualWorkload('llama-3.1-8b', 'qlora'),
        usualWorkload('llama-3.1-70b', 'qlora'),
        usualWorkload('llama-3.1-8b', 'full'),
      ),
    ),
    sort: fc.constantFrom(...SORTS),
    page: fc.integer({ min: 1, max: 10_000 }),
  })
  .map((asked) => (asked.sort === 'cost' && asked.job === null ? { ...asked, sort: 'start' } : asked));

function params(href: string): Record<string, string | string[]> {
  const found: Record<string, string | string[]> = {};
  const query = new URL(href, 'http://market.test').searchParams;
  for (const name of new Set(query.keys())) {
    const values = query.getAll(name);
    found[name] = values.length === 1 ? (values[0] as string) : values;
  }
  return found;
}

describe('a search', () => {
  it('is whole in its URL: a link that is shared finds the same', () => {
    fc.assert(
      fc.property(ask, (asked) => {
        expect(readSearch(params(searchHref(asked)))).toEqual(asked);
      }),
    );
  });

  it('has the bare page as its URL when nothing is asked', () => {
    expect(searchHref(EVERYTHING)).toBe('/gpus');
    expect(readSearch({})).toEqual(EVERYTHING);
  });

  it('ignores what makes no sense instead of failing', () => {
    const rubbish = fc.dictionary(
      fc.constantFrom(
        'model',
        'gpus',
        'vram',
        'price',
        'country',
        'trust',
        'reliability',
        'taken',
        'sort',
        'job',
        'page',
        'x',
      ),
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.array(fc.string(), { maxLength: 60 }),
        fc.constant('-1'),
        fc.constant('1e9'),
      ),
    );
    fc.assert(
      fc.property(rubbish, (given) => {
        const read = readSearch(given);
        expect(readSearch(params(searchHref(read)))).toEqual(read);
      }),
    );
    expect(readSearch({ price: '0', gpus: '0', page: '-3', vram: 'lots', sort: 'colour', reliability: '101' })).toEqual(
      EVERYTHING,
    );
  });

  it('can be relaxed by each of its filters', () => {
    fc.assert(
      fc.property(ask, fc.constantFrom(...FILTERS), (asked, filter) => {
        const relaxed = without(asked, filter);
        expect(isOn(relaxed, filter)).toBe(false);
        for (const other of FILTERS) if (other !== filter) expect(isOn(relaxed, other)).toBe(isOn(asked, other));
      }),
    );
  });
});
