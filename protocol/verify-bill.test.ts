import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faultOf } from '#tests/support/bill-file.ts';
import { TAMPERING_MS, TAMPERINGS, tampered } from '#tests/support/tampered.ts';
import { type Bill, parseBill } from './bill.ts';

const text = readFileSync('tests/fixtures/bills/v2.json', 'utf8');
const bill = parseBill(text);

/** Another letter in the place of the first. */
const other = (word: string) => (word.startsWith('A') ? 'B' : 'A') + word.slice(1);

const spoiled = <Signed extends { readonly signature: string }>(signed: Signed): Signed => ({
  ...signed,
  signature: other(signed.signature),
});

/** The records of a bill in the order in which they are checked, and a way to make each of them wrong. */
const WRONG: readonly (readonly [string, (bill: Bill) => Bill])[] = [
  ['the checkpoint', (b) => ({ ...b, checkpoint: b.checkpoint.replace('market', 'narket') })],
  [
    'the older checkpoint',
    (b) => ({
      ...b,
      earlier: b.earlier && { ...b.earlier, checkpoint: b.earlier.checkpoint.replace('market', 'narket') },
    }),
  ],
  ['the market’s key', (b) => ({ ...b, marketKey: { ...b.marketKey, signature: other(b.marketKey.signature) } })],
  ['the machine’s key', (b) => ({ ...b, machineKey: { ...b.machineKey, signature: other(b.machineKey.signature) } })],
  ['the terms', (b) => ({ ...b, terms: { ...b.terms, salt: other(b.terms.salt) } })],
  ...bill.statements.map((_, at): readonly [string, (bill: Bill) => Bill] => [
    `statement ${at}`,
    (b) => ({
      ...b,
      statements: b.statements.map((line, index) =>
        index === at ? { ...line, payload: line.payload.replace('"gpuSeconds":', '"gpuSeconds":1') } : line,
      ),
    }),
  ]),
  [
    'credit 0',
    (b) => ({ ...b, credits: b.credits.map((credit) => ({ ...credit, signature: other(credit.signature) })) }),
  ],
  [
    'the countersignature',
    (b) => (b.countersignature == null ? b : { ...b, countersignature: spoiled(b.countersignature) }),
  ],
  ['the hashes', (b) => ({ ...b, hashes: [...b.hashes, b.hashes[0] ?? ''] })],
  ['the totals', (b) => ({ ...b, totals: { ...b.totals, hostMicros: '1' } })],
  ['the bill', (b) => ({ ...b, signature: other(b.signature) })],
];

describe('a bill with a credit and a countersignature', () => {
  it('is right as it is', async () => {
    expect(await faultOf(text)).toBeNull();
  });

  it('names the record that is wrong, and of two the first', async () => {
    for (const [at, [name, spoil]] of WRONG.entries()) {
      expect(await faultOf(spoil(bill))).toBe(name);
      for (const [, more] of WRONG.slice(at + 1)) expect(await faultOf(more(spoil(bill)))).toBe(name);
    }
  });

  it('is refused with what was countersigned moved to another statement, or taken from another rental', async () => {
    const signed = bill.countersignature as NonNullable<Bill['countersignature']>;
    const saying = (change: (payload: string) => string) =>
      faultOf({ ...bill, countersignature: { ...signed, payload: change(signed.payload) } });
    expect(await saying((payload) => payload.replace(/"sequence":\d+/, '"sequence":0'))).toBe('the countersignature');
    expect(await saying((payload) => payload.replace(/"sequence":\d+/, '"sequence":99'))).toBe('the countersignature');
    expect(await saying((payload) => payload.replace('lse_', 'lsx_'))).toBe('the countersignature');
    expect(await saying(() => '{}')).toBe('the countersignature');
  });

  it(
    'is refused with any one character changed, anywhere',
    async () => {
      await fc.assert(
        fc.asyncProperty(tampered(text), async (bad) => (await faultOf(bad)) !== null),
        { numRuns: TAMPERINGS },
      );
    },
    TAMPERING_MS,
  );
});
