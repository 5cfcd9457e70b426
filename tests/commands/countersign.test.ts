import '#tests/support/database.ts';
import { readFileSync } from 'node:fs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { clientKeysOf } from '#lib/auth/queries/client-keys.ts';
import { registerClientKey } from '#lib/auth/register-client-key.ts';
import { revokeClientKey } from '#lib/auth/revoke-client-key.ts';
import { addSeconds } from '#lib/base/time.ts';
import { extendBooking } from '#lib/bookings/extend-booking.ts';
import { db } from '#lib/io/db.ts';
import { leaseKey } from '#lib/io/lease-key.ts';
import { countersigningOf } from '#lib/receipts/queries/countersigning.ts';
import { receiptOf } from '#lib/receipts/queries/receipt.ts';
import { billFileOf } from '#lib/receipts/queries/receipts.ts';
import { billOf } from '#lib/receipts/queries.ts';
import { type Bill, billText, OLD_BILL_KIND } from '#protocol/bill.ts';
import { DOMAINS } from '#protocol/words.ts';
import { refusal } from '#tests/support/ask.ts';
import { check, faultOf } from '#tests/support/bill-file.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { clientOf } from '#tests/support/client.ts';
import { sql } from '#tests/support/database.ts';
import { person } from '#tests/support/people.ts';
import { logAll } from '#tests/support/public-log.ts';
import { rentalMarket } from '#tests/support/rental.ts';
import { keyPair } from '#tests/support/tunnel.ts';

afterEach(expectBooksBalance);

/** A renter with a client that is registered before it books, and a rental that ran a while. */
async function countersignedRental() {
  const market = await rentalMarket();
  const client = clientOf(market.renter, market.clock);
  const { id: keyId } = await client.register();
  const rental = await market.book();
  await client.look(rental.id);
  await rental.connect();
  await rental.run(150);
  await client.look(rental.id);
  await logAll(market.clock);
  const bill = () => billFileOf(market.renter, rental.id, market.clock.now());
  return { market, client, keyId, rental, bill };
}

describe('a renter’s client that countersigns', () => {
  it('makes the bill and its receipts say so, by a key that the logged terms name', async () => {
    const { market, client, rental, bill } = await countersignedRental();
    const file = await bill();
    expect((await check(file)).countersigned).toMatchObject({ sequence: 2, key: client.key, namedBy: 'terms' });
    expect(file.countersignature?.permit).toBeNull();
    expect((await rental.permit()).clientKeys).toEqual([client.key]);
    expect((await billOf(market.host, rental.id)).countersigned).toBe(2);
    for (const sequence of [0, 2])
      expect((await receiptOf(market.renter, rental.id, sequence))?.receipt.agreed?.key).toBe(client.key);
    await rental.run(60);
    await logAll(market.clock);
    expect((await receiptOf(market.renter, rental.id, 3))?.receipt.agreed).toBeNull();
    expect((await check(await bill())).countersigned?.sequence).toBe(2);
    expect(await client.look(rental.id)).toEqual({ sequence: 3 });
    expect((await check(await bill())).countersigned?.sequence).toBe(3);
  });

  it('is not needed: without one the bill says that the host alone signed', async () => {
    const market = await rentalMarket();
    const rental = await market.book();
    await rental.connect();
    await rental.run(60);
    await logAll(market.clock);
    const file = await billFileOf(market.renter, rental.id, market.clock.now());
    expect(file.countersignature).toBeNull();
    expect((await check(file)).countersigned).toBeNull();
  });

  it('registered later countersigns when the permit is issued again, which then stands in the bill', async () => {
    const market = await rentalMarket();
    const rental = await market.book({ durationSeconds: 3_600 });
    const client = clientOf(market.renter, market.clock);
    await client.look(rental.id);
    await client.register();
    await rental.connect();
    await rental.run(60);
    await logAll(market.clock);
    expect((await refusal(client.look(rental.id))).sentence).toContain('issued again');
    await extendBooking(
      market.renter,
      { bookingId: rental.id, endsAt: addSeconds(market.clock.now(), 7_200) },
      market.clock.world,
    );
    expect(await client.send(rental.id, client.sign(0, (await rental.lease()).statementHash, rental.leaseId))).toEqual({
      sequence: 0,
    });
    const file = await billFileOf(market.renter, rental.id, market.clock.now());
    expect((await check(file)).countersigned).toMatchObject({ key: client.key, namedBy: 'permit' });
    const named = file.countersignature as NonNullable<Bill['countersignature']>;
    const signed = named.permit as NonNullable<typeof named.permit>;
    const edited = (change: Partial<typeof named>) => faultOf({ ...file, countersignature: { ...named, ...change } });
    expect(await edited({ permit: null })).toBe('the countersignature');
    const forged = { ...signed, payload: signed.payload.replace(client.key, keyPair().publicKey) };
    expect(await edited({ permit: forged })).toBe('the countersignature');
    expect(await edited({ key: keyPair().publicKey })).toBe('the countersignature');
  });

  it('is refused for another statement than is stored, another rental, and a signature that does not fit', async () => {
    const { market, client, rental } = await countersignedRental();
    await rental.run(60);
    const hash = (await rental.lease()).statementHash;
    const why = async (...args: Parameters<typeof client.send>) => (await refusal(client.send(...args))).reason;
    expect(await why(rental.id, client.sign(3, 'f'.repeat(64), rental.leaseId))).toBe('conflict');
    expect(await why(rental.id, client.sign(4, hash, rental.leaseId))).toBe('conflict');
    expect(await why(rental.id, client.sign(3, hash, 'lse_another'))).toBe('badInput');
    const good = client.sign(3, hash, rental.leaseId);
    expect(
      await why(rental.id, {
        ...good,
        signature: clientOf(market.renter, market.clock).sign(3, hash, rental.leaseId).signature,
      }),
    ).toBe('signatureInvalid');
    expect(await why(rental.id, { ...good, payload: '{}' })).toBe('badInput');
    expect(await why(`${rental.id}x`, good)).toBe('notFound');
    const stranger = clientOf(await person(), market.clock);
    await stranger.register();
    expect((await refusal(stranger.send(rental.id, stranger.sign(3, hash, rental.leaseId)))).reason).toBe('notFound');
    expect((await refusal(countersigningOf(market.host, rental.id, -1))).reason).toBe('notFound');
    // One that came late, or twice, takes nothing back.
    expect(await client.send(rental.id, good)).toEqual({ sequence: 3 });
    expect(await client.send(rental.id, good)).toEqual({ sequence: 3 });
    const older = await db.statementRecord.findFirstOrThrow({ where: { leaseId: rental.leaseId, sequence: 1 } });
    expect(await client.send(rental.id, client.sign(1, older.hash, rental.leaseId))).toEqual({ sequence: 3 });
  });

  it('countersigns no more once its key is revoked; what it countersigned stays', async () => {
    const { market, client, keyId, rental, bill } = await countersignedRental();
    await revokeClientKey(market.renter, { id: keyId }, market.clock.world);
    await rental.run(60);
    await logAll(market.clock);
    expect((await refusal(client.look(rental.id))).reason).toBe('notNow');
    expect((await check(await bill())).countersigned?.sequence).toBe(2);
    expect(await clientKeysOf(market.renter)).toEqual([]);
    expect((await refusal(client.register())).reason).toBe('conflict');
    expect((await refusal(revokeClientKey(market.host, { id: keyId }))).reason).toBe('notFound');
    const again = await market.book();
    expect((await again.permit()).clientKeys).toEqual([]);
  });
});

describe('a client key', () => {
  it('is registered by who holds it, for their own account, once', async () => {
    const { market, client } = await countersignedRental();
    expect((await client.register()).id).toBe((await clientKeysOf(market.renter))[0]?.id);
    const other = await person();
    const copied = { key: client.key, proof: client.proofFor(market.renter) };
    expect((await refusal(registerClientKey(other, copied))).reason).toBe('signatureInvalid');
    expect((await refusal(registerClientKey(other, { ...copied, proof: client.proofFor(other) }))).reason).toBe(
      'conflict',
    );
  });

  it('comes and goes by the public API, as does a countersignature', async () => {
    const market = await rentalMarket();
    const client = clientOf(market.renter, market.clock);
    const token = await tokenOf(market.renter.userId);
    const ask = async (method: string, path: string, body?: unknown) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const answer = await v1.request(path, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
    };
    const made = await ask('POST', '/client-keys', { key: client.key, proof: client.proofFor(market.renter) });
    expect(made.status).toBe(201);
    expect((await ask('POST', '/client-keys', { key: 'short', proof: 'x' })).status).toBe(422);
    expect((await ask('GET', '/client-keys')).json).toMatchObject({ account: market.renter.userId, rows: [made.json] });
    const rental = await market.book();
    await rental.connect();
    await rental.run(60);
    const path = `/bookings/${rental.id}/countersignature`;
    const seen = await ask('GET', `${path}?after=-1`);
    expect(seen.json).toMatchObject({ latest: 0, countersigned: null, clientKeys: [client.key] });
    expect((await ask('GET', `${path}?after=x`)).status).toBe(422);
    const signed = client.sign(0, (await rental.lease()).statementHash, rental.leaseId);
    expect(await ask('POST', path, { ...signed, key: client.key })).toEqual({ status: 200, json: { sequence: 0 } });
    expect((await ask('GET', `${path}?after=0`)).json).toMatchObject({
      countersigned: { sequence: 0 },
      statements: [],
    });
    expect((await ask('DELETE', `/client-keys/${made.json.id}`)).json).toEqual({ revoked: true });
    expect((await ask('DELETE', '/client-keys/clk_none')).status).toBe(404);
  });

  async function tokenOf(userId: string): Promise<string> {
    const { hashOfSecret } = await import('#lib/auth/secret.ts');
    const token = 'sublet_test_token_of_a_client_key_test';
    await sql(
      `INSERT INTO sessions (id, user_id, kind, token_hash, label, created_at, last_seen_at, expires_at)
       VALUES ('ses_client', $1, 'api', $2, 'test', now(), now(), '2036-01-01')`,
      [userId, hashOfSecret(token)],
    );
    return token;
  }
});

describe('what cannot happen to a countersignature', () => {
  let leaseId: string;
  let bookingId: string;
  beforeAll(async () => {
    const { rental } = await countersignedRental();
    leaseId = rental.leaseId;
    bookingId = rental.id;
  });

  it('it is not taken back, not deleted, and of no statement that is not there', async () => {
    const where = `WHERE lease_id = '${leaseId}'`;
    await expect(sql(`UPDATE countersignatures SET sequence = 1 ${where}`)).rejects.toThrow('not taken back');
    await expect(sql(`UPDATE countersignatures SET payload = '' ${where}`)).rejects.toThrow('not taken back');
    await expect(sql(`UPDATE countersignatures SET sequence = 77 ${where}`)).rejects.toThrow('foreign key');
    await expect(sql(`DELETE FROM countersignatures ${where}`)).rejects.toThrow('never changed or deleted');
    await expect(sql('TRUNCATE countersignatures')).rejects.toThrow('never changed or deleted');
    await expect(sql(`UPDATE countersignatures SET sequence = 2, permit = 'x' ${where}`)).rejects.toThrow();
  });

  it('the keys that the terms name are frozen, and a key is one', async () => {
    await expect(sql(`UPDATE bookings SET client_keys = '{}' WHERE id = '${bookingId}'`)).rejects.toThrow(
      'never changed',
    );
    await expect(sql(`UPDATE client_keys SET key = 'short'`)).rejects.toThrow('client_keys_shape');
  });
});

describe('a bill from before renters countersigned', () => {
  const old = readFileSync('tests/fixtures/bills/v1.json', 'utf8');

  it('verifies as it always did, and is the host’s word only', async () => {
    expect(await check(old)).toMatchObject({ statements: 5, countersigned: null, totals: { gpuSeconds: '240' } });
  });

  it('is not a new one with its countersignature cut out', async () => {
    const { bill } = await countersignedRental();
    const { countersignature: _, ...rest } = await bill();
    expect(await faultOf({ ...rest, kind: OLD_BILL_KIND })).toBe('the bill');
    expect(await faultOf({ ...(await bill()), countersignature: null })).toBe('the bill');
    const { signature } = leaseKey().signAs(DOMAINS.bill, billText({ ...rest, kind: OLD_BILL_KIND }));
    expect(await faultOf({ ...rest, kind: OLD_BILL_KIND, signature })).toBeNull();
  });
});
