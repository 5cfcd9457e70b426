import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pack, unpack } from './pack.ts';

describe('a value as text', () => {
  it('comes back as it was: money, instants, lists and nothing', () => {
    const value = {
      micros: -(10n ** 20n),
      at: new Date('2026-11-23T12:00:00.123Z'),
      rows: [1n, null, 'a'],
      none: null,
    };
    expect(unpack(pack(value))).toEqual(value);
  });

  it('comes back as it was, whatever it is', () => {
    const leaf = fc.oneof(fc.bigInt(), fc.date({ noInvalidDate: true }), fc.string(), fc.boolean(), fc.integer());
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string().filter((key) => !/^(\$|__proto__$)/.test(key)),
          fc.array(leaf),
        ),
        (value) => {
          expect(unpack(pack(value))).toEqual({ ...value });
        },
      ),
    );
  });
});
