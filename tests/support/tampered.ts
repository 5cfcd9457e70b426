import fc from 'fast-check';

/** A text with one character of it, anywhere, made another one. */
export function tampered(text: string): fc.Arbitrary<string> {
  return fc.tuple(fc.nat(text.length - 1), fc.integer({ min: 32, max: 125 })).map(([at, code]) => {
    const other = String.fromCharCode(code === text.charCodeAt(at) ? code + 1 : code);
    return text.slice(0, at) + other + text.slice(at + 1);
  });
}

/** How many random changes are tried: 2,000 in `npm test`, 100,000 in `npm run test:long`. */
export const TAMPERINGS = process.env.SUBLET_LONG === '1' ? 100_000 : 2_000;

/** Long enough for as many on a busy machine. */
export const TAMPERING_MS = TAMPERINGS > 2_000 ? 3_600_000 : 60_000;
