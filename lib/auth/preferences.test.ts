import { describe, expect, it } from 'vitest';
import { isTimeZone, readBrowserZone } from './preferences.ts';
import { browserZone } from './schema.ts';

describe('the zone that a browser says it has', () => {
  it('is taken under an older name, too, and under one name for all', () => {
    for (const name of ['Asia/Kolkata', 'Asia/Calcutta', 'europe/berlin']) {
      const read = readBrowserZone(name);
      expect(read, name).toBeDefined();
      expect(isTimeZone(read ?? ''), name).toBe(true);
    }
    expect(readBrowserZone('Asia/Kolkata')).toBe(readBrowserZone('Asia/Calcutta'));
  });

  it('refuses nobody a sign-in, whatever it is', () => {
    for (const given of [undefined, '', 'Mars/Olympus', 'x'.repeat(1_000), 7, '<script>'])
      expect(browserZone.parse(given)).toBeUndefined();
    expect(browserZone.parse('Europe/Berlin')).toBe('Europe/Berlin');
  });
});
