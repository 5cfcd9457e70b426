import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeNext, signInPath } from './next-path.ts';

describe('where signing in leads', () => {
  it('is the page that was asked for', () => {
    expect(safeNext('/bookings/bkg_1?tab=logs#end')).toBe('/bookings/bkg_1?tab=logs#end');
    expect(safeNext('/gpus?model=H100&_rsc=1a2b')).toBe('/gpus?model=H100');
    expect(signInPath('/wallet?a=1&b=2')).toBe('/sign-in?next=%2Fwallet%3Fa%3D1%26b%3D2');
    expect(signInPath('/')).toBe('/sign-in');
  });

  it('is never another site, an API or the sign-in page itself', () => {
    for (const text of [
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      '\\\\evil.example',
      '/\t/evil.example',
      '/\n/evil.example',
      ' //evil.example',
      '/./\\evil.example',
      '/a/..//evil.example',
      'javascript:alert(1)',
      '/sign-in?next=/sign-in',
      '/api/auth/signout',
      '',
      `/${'a'.repeat(1_001)}`,
    ])
      expect(safeNext(text)).toBe('/');
    for (const text of [null, undefined]) expect(safeNext(text, '/account')).toBe('/account');
  });

  it('stays on this site whatever is asked', () => {
    const path = fc
      .array(fc.constantFrom('/', '\\', '.', '..', '@', ':', '\t', 'evil.example', '?', '#', 'a', '%2f', '//'))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(
        path,
        (text) => new URL(safeNext(text), 'https://market.example').origin === 'https://market.example',
      ),
    );
  });
});
