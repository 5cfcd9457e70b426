import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { pack, unpack } from '#components/ui/packed.ts';
import { usualWorkload } from '#lib/catalogue/fit/workload.ts';
import { EVERYTHING } from '#lib/catalogue/search.ts';

import { filterWords } from './filter-words.ts';
import { Filters } from './filters.tsx';
import type { PageState } from './state.ts';

const found = {
  models: [{ model: 'RTX 4090', offers: 12 }],
  countries: [
    { country: 'SE', offers: 1 },
    { country: 'DE', offers: 3 },
  ],
  gpuCounts: [{ count: 2, offers: 7 }],
  tiers: { new: 1, selfTested: 4, checkedByStaff: 2 },
};

const form = (change: Partial<PageState['ask']> = {}, rest: Partial<PageState> = {}) => {
  const state: PageState = { ask: { ...EVERYTHING, ...change }, view: 'table', compare: [], ...rest };
  return renderToStaticMarkup(<Filters words={pack(filterWords(state, found, '/gpus', 0))} />);
};

describe('the filters of a search', () => {
  it('say how many offers each choice would find, and countries by their names', () => {
    const said = form();
    expect(said).toContain('value="RTX 4090"/>RTX 4090<small>12</small>');
    expect(said.indexOf('Germany')).toBeLessThan(said.indexOf('Sweden'));
    expect(said).toContain('<option value="2">2 (7)</option>');
    expect(said).toContain('Self-tested or better (6)');
    expect(said).toContain('Unverified machines too (7)');
    expect(said).not.toContain('type="hidden"');
  });

  it('stay chosen, also where the market has none of it', () => {
    const said = form({
      models: ['H200'],
      countries: ['FR'],
      gpus: 3,
      leastReliabilityBasisPoints: 9_950,
      taken: true,
    });
    expect(said).toMatch(/name="model" checked="" value="H200"\/>H200<small>0</);
    expect(said).toMatch(/name="country" checked="" value="FR"\/>France<small>0</);
    expect(said).toContain('<option value="3" selected="">3</option>');
    expect(said).toContain('<option value="99.5" selected="">≥ 99.5 %</option>');
    expect(said).toMatch(/name="taken"[^>]* checked=""/);
    expect(said).not.toMatch(/name="simulated"[^>]* checked=""/);
  });

  it('take the order, the view, the tray and the job along', () => {
    const job = usualWorkload('llama-3.1-8b', 'full');
    const said = form({ sort: 'cost', job }, { view: 'cards', compare: ['lst_1', 'lst_2'] });
    const along = [...said.matchAll(/type="hidden" name="(\w+)" value="([^"]+)"/g)].map(([, name, value]) => [
      name,
      value,
    ]);
    expect(along.slice(0, 4)).toEqual([
      ['sort', 'cost'],
      ['view', 'cards'],
      ['compare', 'lst_1'],
      ['compare', 'lst_2'],
    ]);
    expect(along[4]).toEqual(['job', expect.stringContaining('llama-3.1-8b_full')]);
    expect(said).toContain('What fits my job');
  });
});

it('words that are packed come out as they went in', () => {
  const words = { name: '<b>"x"</b>', lines: ['a', 'b'], place: 3, chosen: false };
  expect(unpack(pack(words))).toEqual(words);
});
