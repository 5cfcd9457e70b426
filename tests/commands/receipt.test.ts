import '#tests/support/database.ts';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { logKeyOf } from '#lib/receipts/queries/log.ts';
import { receiptOf } from '#lib/receipts/queries/receipt.ts';
import { BillFault } from '#protocol/bill.ts';
import { sha256Bytes, verifyBytes } from '#protocol/keys.ts';
import { type Receipt, verifyReceipt } from '#protocol/receipt.ts';
import { readReceiptText, receiptText } from '#protocol/receipt-text.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { clientOf } from '#tests/support/client.ts';
import { logAll } from '#tests/support/public-log.ts';
import { type RentalHand, type RentalMarket, rentalMarket } from '#tests/support/rental.ts';
import { TAMPERING_MS, TAMPERINGS, tampered } from '#tests/support/tampered.ts';

let market: RentalMarket;
let rental: RentalHand;
let logKey: string;

/** A rental of four statements, countersigned up to the third. */
beforeAll(async () => {
  market = await rentalMarket();
  const client = clientOf(market.renter, market.clock);
  await client.register();
  rental = await market.book();
  await client.look(rental.id);
  await rental.connect();
  await rental.run(180);
  await client.look(rental.id);
  await rental.run(60);
  await logAll(market.clock);
  logKey = (await logKeyOf())?.line ?? '';
});
afterEach(expectBooksBalance);

const textOf = async (sequence: number) => {
  const env = { address: '127.0.0.1', cookieActor: market.renter };
  return (await v1.request(`/bookings/${rental.id}/receipts/${sequence}`, {}, env)).text();
};
const shortTextOf = async (sequence: number) => {
  const env = { address: '127.0.0.1', cookieActor: market.renter };
  return (await v1.request(`/bookings/${rental.id}/receipts/${sequence}/text`, {}, env)).text();
};
const check = (text: string, entry?: string) =>
  verifyReceipt(text, { sha256: sha256Bytes, verify: verifyBytes, logKey, entry });
const faultOf = async (text: string, entry?: string) => {
  try {
    await check(text, entry);
    return null;
  } catch (error) {
    if (error instanceof BillFault) return error.record;
    throw error;
  }
};

describe('a receipt', () => {
  it('shows by itself that its statement is in the log, and that the renter agreed to it or to a later one', async () => {
    expect(await check(await textOf(2))).toMatchObject({ statement: { sequence: 2 }, agreed: 2 });
    expect(await check(await textOf(0))).toMatchObject({ statement: { sequence: 0 }, agreed: 2 });
    expect(await check(await textOf(3))).toMatchObject({ statement: { sequence: 3 }, agreed: null });
  });

  it('has at most 2 KB in a log of a million entries, for eight GPUs and a market of 24 letters', async () => {
    for (const sequence of [0, 2, 3]) {
      const text = await shortTextOf(sequence);
      const lines = text.split('\n').length - 13;
      const { statement, agreed } = await check(text);
      const names = (text.split('market.example').length - 1) * (24 - 'market.example'.length);
      // The GPUs of the tests have names of their own; NVIDIA's take 16 bytes each, and all together two quotes.
      const uuids = Math.ceil((8 * 16 * 4) / 3) + 2 - JSON.stringify(statement?.gpuUuids).length;
      // Place and size of the log have 6 and 7 digits, and there are 45 letters to a hash of the path.
      const grown = Buffer.byteLength(text) + (20 - lines) * 45 + names + uuids + 5 + 6;
      expect(lines).toBeLessThan(20);
      expect(agreed === null).toBe(sequence === 3);
      expect(grown).toBeLessThanOrEqual(2_048);
    }
  });

  it('says the same as short text and as JSON, the form of before', async () => {
    for (const sequence of [0, 2, 3]) {
      const [json, text] = [await textOf(sequence), await shortTextOf(sequence)];
      expect(readReceiptText(text)).toEqual(JSON.parse(json));
      expect(await check(text)).toEqual(await check(json));
      expect(text.length).toBeLessThan(json.length);
    }
  });

  it('names GPUs of any driver: NVIDIA’s as bytes, others as they are, and keeps the signed text to the byte', () => {
    const hex = fc
      .stringMatching(/^[0-9a-f]{32}$/)
      .map((all) => all.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, 'GPU-$1-$2-$3-$4-$5'));
    const uuids = fc.array(fc.oneof(hex, hex, hex, fc.string()), { maxLength: 8 });
    fc.assert(
      fc.property(uuids, fc.string(), (gpuUuids, word) => {
        const payload = JSON.stringify({ v: 1, leaseId: word, gpuUuids, gpuSeconds: 5 });
        const receipt = { payload, signature: 'sig', salt: 'salt', proof: 'p\n\nq\n', agreed: null };
        const text = receiptText(receipt);
        // A word that looks like the field itself may be one that this form cannot carry: then it stays JSON.
        if (text !== null) expect(readReceiptText(text)).toEqual(receipt);
        if (!word.includes('gpuUuids')) expect(text).not.toBeNull();
      }),
    );
  });

  it(
    'is refused with any one character changed, in statement, proof, checkpoint or countersignature',
    async () => {
      for (const text of [await textOf(0), await textOf(2), await shortTextOf(0)])
        await fc.assert(
          fc.asyncProperty(tampered(text), async (bad) => (await faultOf(bad)) !== null),
          { numRuns: Math.ceil(TAMPERINGS / 3) },
        );
    },
    TAMPERING_MS,
  );

  it('names what is wrong with it', async () => {
    const own = JSON.parse(await textOf(2)) as Receipt;
    const other = JSON.parse(await textOf(1)) as Receipt;
    const fault = (change: Partial<Receipt>) => faultOf(JSON.stringify({ ...own, ...change }));
    expect(await fault({ proof: other.proof })).toBe('the proof');
    expect(await fault({ proof: 'nothing' })).toBe('the proof');
    expect(await fault({ proof: own.proof.replace('market', 'narket') })).toBe('the checkpoint');
    expect(await fault({ payload: '{}' })).toBe('the statement');
    expect(await fault({ salt: '' })).toBe('the salt');
    expect(await fault({ agreed: other.agreed })).toBe('the countersignature');
    expect(await fault({ agreed: own.agreed && { ...own.agreed, at: '2026-11-23T12:00:00.000Z' } })).toBe(
      'the countersignature',
    );
    for (const text of ['', '{}', 'null', '[]', `${JSON.stringify(own, null, 1)}`])
      expect(await faultOf(text)).toBe('the receipt');
  });

  it('is not of another log', async () => {
    const [name = '', , key = ''] = logKey.split('+');
    const text = await textOf(2);
    const asked = verifyReceipt(text, { sha256: sha256Bytes, verify: verifyBytes, logKey: `${name}+00000000+${key}` });
    await expect(asked).rejects.toThrow('It is not one');
  });
});

describe('a proof alone', () => {
  it('is checked with the digest that it is said to be of', async () => {
    const found = await receiptOf(market.renter, rental.id, 1);
    const { proof } = found?.receipt ?? { proof: '' };
    expect(await check(proof, ` ${found?.entry.toUpperCase()}`)).toMatchObject({
      statement: null,
      index: found?.index,
    });
    expect(await faultOf(proof)).toBe('the digest');
    expect(await faultOf(proof, '00'.repeat(32))).toBe('the proof');
    await fc.assert(
      fc.asyncProperty(tampered(proof), async (bad) => (await faultOf(bad, found?.entry)) !== null),
      { numRuns: 300 },
    );
  });
});
