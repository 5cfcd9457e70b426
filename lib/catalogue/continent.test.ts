import { describe, expect, it } from 'vitest';
import { CONTINENTS, countriesOf, isRegion, regionName } from './continent.ts';
import { countries } from './country.ts';

describe('continents', () => {
  it('share out all countries, none of them twice, none that is no country', () => {
    const shared = CONTINENTS.flatMap((word) => countriesOf([word]) ?? []);
    expect(new Set(shared).size).toBe(shared.length);
    const known = countries().map(({ code }) => code);
    expect(shared.filter((code) => !known.includes(code))).toEqual([]);
    // Antarctica, and two islands of the far south.
    expect(known.filter((code) => !shared.includes(code)).sort()).toEqual(['AQ', 'BV']);
  });

  it('and countries may be wished for together, and nothing is anywhere', () => {
    const wished = countriesOf(['europe', 'DE', 'JP']) ?? [];
    expect(wished).toContain('FR');
    expect(wished).toContain('JP');
    expect(wished).not.toContain('US');
    expect(wished.filter((code) => code === 'DE')).toHaveLength(1);
    expect(countriesOf([])).toBeNull();
  });

  it('have words that are not taken for countries', () => {
    expect(isRegion('europe')).toBe(true);
    expect(isRegion('DE')).toBe(true);
    expect(isRegion('EU')).toBe(false);
    expect(isRegion('toString')).toBe(false);
    expect(regionName('northAmerica')).toBe('North America');
    expect(regionName('DE')).toBe('Germany');
  });
});
