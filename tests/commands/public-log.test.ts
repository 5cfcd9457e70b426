import '#tests/support/database.ts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { GET as getCheckpoint } from '#app/log/checkpoint/route.ts';
import { GET as getTile } from '#app/log/tile/[...path]/route.ts';
import { endBookingByStaff } from '#lib/bookings/end-booking-by-staff.ts';
import { db } from '#lib/io/db.ts';
import { forgetEnv } from '#lib/io/env.ts';
import { appendLog } from '#lib/receipts/append-log.ts';
import { findEntry, logHealth, perfectRoots, signedHead } from '#lib/receipts/queries/log.ts';
import { sameBytes } from '#protocol/base64.ts';
import { newSigningKey, sha256Bytes } from '#protocol/keys.ts';
import { entryOf, type RecordKind } from '#protocol/log-entry.ts';
import { parseProof } from '#protocol/log-proof.ts';
import { tilePath } from '#protocol/log-tiles.ts';
import { consistencyPath, inclusionPath, isConsistent, leafHash, rootFromPath } from '#protocol/log-tree.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { sql } from '#tests/support/database.ts';
import { person } from '#tests/support/people.ts';
import { logAll, readHead } from '#tests/support/public-log.ts';
import { DOLLAR, rentalMarket } from '#tests/support/rental.ts';

afterEach(expectBooksBalance);

const kinds = async () =>
  (await db.logEntry.findMany({ orderBy: { index: 'asc' }, select: { kind: true } })).map((row) => row.kind);
const ask = (path: string) => {
  const parts = path.replace(/^tile\//, '').split('/');
  return getTile(new Request(`http://market.test/log/${path}`), { params: Promise.resolve({ path: parts }) });
};

describe('the public log', () => {
  it('gets the market’s key, each machine’s key, terms, statements and credits, each once', async () => {
    const market = await rentalMarket();
    const rental = await market.book();
    await rental.connect();
    await rental.run(150);
    await logAll(market.clock);
    const before = await kinds();
    expect(before.filter((kind) => kind === 'statement')).toHaveLength(3);
    expect(before.filter((kind) => kind === 'terms')).toHaveLength(1);
    // The machine got another key when the test took it over: both are there for everybody to see.
    expect(before.filter((kind) => kind === 'key').length).toBeGreaterThanOrEqual(3);
    const admin = await person({ role: 'admin' });
    await endBookingByStaff(admin, { bookingId: rental.id, reason: 'It was slow.', refundMicros: DOLLAR / 100n });
    await appendLog(market.clock.world);
    const after = await kinds();
    expect(after.slice(before.length)).toEqual(['credit']);
    expect(await appendLog(market.clock.world)).toBe(0);
    expect(await db.logWaiting.count()).toBe(0);
    const credit = await db.logEntry.findFirstOrThrow({ where: { kind: 'credit' } });
    const moved = await db.transfer.findMany({
      where: { bookingId: rental.id, kind: { in: ['refund', 'feeRefund'] } },
    });
    expect(JSON.parse(credit.payload ?? '')).toMatchObject({
      leaseId: rental.leaseId,
      micros: '10000',
      hostMicros: '9000',
      feeMicros: '1000',
      reason: 'It was slow.',
      evidence: moved.map((transfer) => transfer.id).sort(),
    });
  });

  it('has entries that are salted digests of exact text and signature, and shows nothing else', async () => {
    const rows = await sql<{ kind: RecordKind; salt: string; entry: Buffer; payload: string; signature: string }>(
      `SELECT e.kind, e.salt, e.entry, coalesce(e.payload, s.payload) AS payload, coalesce(e.signature, s.signature) AS signature
       FROM log_entries e LEFT JOIN statements s USING (lease_id, sequence) ORDER BY index`,
    );
    expect(rows.length).toBeGreaterThan(6);
    for (const row of rows) expect(sameBytes(entryOf(sha256Bytes, row) ?? new Uint8Array(), row.entry)).toBe(true);
    const salts = rows.filter((row) => row.kind !== 'key').map((row) => row.salt);
    expect(new Set(salts).size).toBe(salts.length);
    const bundle = new Uint8Array(await (await ask(`tile/entries/000.p/${rows.length}`)).arrayBuffer());
    expect(bundle.length).toBe(rows.length * 34);
    for (const [at, row] of rows.entries()) {
      expect([...bundle.subarray(34 * at, 34 * at + 2)]).toEqual([0, 32]);
      expect(sameBytes(bundle.subarray(34 * at + 2, 34 * at + 34), row.entry)).toBe(true);
    }
  });

  it('grows by signed heads that continue each other, over more than a tile, whatever way it is cut', async () => {
    const market = await rentalMarket();
    const rental = await market.book();
    await rental.connect();
    const heads = [await logAll(market.clock)];
    for (const minutes of [1, 200, 55, 1, 0, 300]) {
      if (minutes > 0) await rental.run(60 * minutes);
      heads.push(await logAll(market.clock));
    }
    const newest = heads.at(-1) as (typeof heads)[number];
    expect(newest.size).toBeGreaterThan(560);
    const roots = perfectRoots(newest.size);
    for (const older of heads) {
      const path = await consistencyPath(sha256Bytes, roots, older.size, newest.size);
      expect(isConsistent(sha256Bytes, older, newest, path)).toBe(true);
    }
    for (const row of await db.logEntry.findMany({ where: { index: { in: [0n, 255n, 256n, 511n, 512n, 560n] } } })) {
      const path = await inclusionPath(sha256Bytes, roots, Number(row.index), newest.size);
      const root = rootFromPath(sha256Bytes, leafHash(sha256Bytes, row.entry), Number(row.index), newest.size, path);
      expect(root).toEqual(newest.root);
    }
  });

  it('is served without login, full tiles for ever, heads and the rest to be asked for again', async () => {
    const { size } = await readHead();
    const head = await getCheckpoint(new Request('http://market.test/log/checkpoint'));
    expect(await head.text()).toMatch(new RegExp(`^market\\.example/log\n${size}\n`));
    expect(head.headers.get('cache-control')).toBe('no-cache');
    const again = { headers: { 'if-none-match': head.headers.get('etag') ?? '' } };
    expect((await getCheckpoint(new Request('http://market.test/log/checkpoint', again))).status).toBe(304);
    const full = await ask(tilePath({ level: 0, index: 0, width: 256 }));
    expect((await full.arrayBuffer()).byteLength).toBe(8_192);
    expect(full.headers.get('cache-control')).toContain('immutable');
    const part = await ask(tilePath({ level: 1, index: 0, width: Math.floor(size / 256) }));
    expect((await part.arrayBuffer()).byteLength).toBe(32 * Math.floor(size / 256));
    expect(part.headers.get('cache-control')).toBe('no-cache');
    for (const path of ['tile/0/999', `tile/0/00${Math.floor(size / 256)}`, 'tile/9/000', 'tile/0/0', 'tile/x/../000'])
      expect((await ask(path)).status).toBe(404);
  });

  it('lets anybody look an entry up, with its proof', async () => {
    const entry = await db.logEntry.findUniqueOrThrow({ where: { index: 300n } });
    const hex = Buffer.from(entry.entry).toString('hex');
    const found = await findEntry(` ${hex.toUpperCase()} `);
    expect(found).toMatchObject({ index: 300, entry: hex });
    expect(await findEntry('300')).toEqual(found);
    const proof = parseProof(found?.proof ?? '');
    const head = await readHead();
    const leaf = leafHash(sha256Bytes, entry.entry);
    expect(rootFromPath(sha256Bytes, leaf, 300, head.size, proof?.path ?? [])).toEqual(head.root);
    for (const none of ['', '-1', '999999', '1.5', 'zz'.repeat(32), '00'.repeat(32), '9'.repeat(40)])
      expect(await findEntry(none)).toBeNull();
    expect(await logHealth(new Date())).toMatchObject({ waiting: 0, refusals: 0, head: { size: head.size } });
  });
});

describe('what cannot happen to the log', () => {
  it('no entry, subtree or head is changed or deleted', async () => {
    for (const table of ['log_entries', 'log_subtrees', 'log_checkpoints', 'log_identity']) {
      await expect(sql(`DELETE FROM ${table}`)).rejects.toThrow('never changed or deleted');
      await expect(sql(`TRUNCATE ${table}`)).rejects.toThrow('never changed or deleted');
    }
    await expect(sql(`UPDATE log_entries SET salt = salt`)).rejects.toThrow('never changed or deleted');
    await expect(sql(`UPDATE log_checkpoints SET note = ''`)).rejects.toThrow('never changed or deleted');
  });

  it('no entry stands beside a gap, comes without a head, or twice; no head without its entries', async () => {
    const { size } = await readHead();
    const entry = (index: number, subject: string) =>
      `INSERT INTO log_entries (index, kind, entry, salt, subject, logged_at)
       VALUES (${index}, 'key', decode(repeat('${subject}', 32), 'hex'), '', '${subject}', now())`;
    const checkpoint = (of: number) =>
      `INSERT INTO log_checkpoints SELECT ${of}, root, frontier, note, signed_at FROM log_checkpoints LIMIT 1`;
    await expect(sql(entry(size + 1, 'aa'))).rejects.toThrow('places in the log are dense');
    await expect(sql(entry(size, 'bb'))).rejects.toThrow('come with a signed head');
    await expect(sql(checkpoint(size + 1))).rejects.toThrow('of the entries that are there');
    await expect(sql(checkpoint(3))).rejects.toThrow(/of the entries that are there|duplicate key/);
    await expect(sql(entry(0, 'cc'))).rejects.toThrow(/duplicate key|dense/);
    expect((await readHead()).size).toBe(size);
  });

  it('a crash in the middle leaves the log as it was, and nothing is lost', async () => {
    const market = await rentalMarket();
    const rental = await market.book();
    await rental.connect();
    await rental.run(120);
    const before = await signedHead();
    await sql(
      `CREATE FUNCTION power_cut() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'power cut'; END $$`,
    );
    await sql('CREATE TRIGGER power_cut AFTER DELETE ON log_waiting FOR EACH STATEMENT EXECUTE FUNCTION power_cut()');
    await expect(appendLog(market.clock.world)).rejects.toThrow('power cut');
    expect(await signedHead()).toEqual(before);
    await sql('DROP TRIGGER power_cut ON log_waiting');
    const added = await appendLog(market.clock.world);
    expect(added).toBe((await readHead()).size - (before?.size ?? 0));
    expect(await db.logEntry.count({ where: { kind: 'statement', leaseId: rental.leaseId } })).toBe(2);
  });

  it('several workers at once log each record once', async () => {
    const market = await rentalMarket();
    const rental = await market.book();
    await rental.connect();
    await rental.run(60 * 30);
    const before = (await readHead()).size;
    const added = await Promise.all(Array.from({ length: 6 }, () => appendLog(market.clock.world)));
    await appendLog(market.clock.world);
    const { size } = await readHead();
    expect(size - before).toBeGreaterThanOrEqual(30 + 1);
    expect(added.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(size - before);
    expect(await db.logEntry.count({ where: { leaseId: rental.leaseId, kind: 'statement' } })).toBe(30);
  });

  it('another key does not go on with it', async () => {
    const before = await signedHead();
    vi.stubEnv('SUBLET_LOG_KEY', newSigningKey().export({ type: 'pkcs8', format: 'pem' }).toString());
    forgetEnv();
    await expect(appendLog()).rejects.toThrow('not the key that this log began with');
    vi.unstubAllEnvs();
    forgetEnv();
    expect(await signedHead()).toEqual(before);
  });

  it('one record that cannot be logged does not keep the others out', async () => {
    const market = await rentalMarket();
    const rental = await market.book();
    await sql(`UPDATE bookings SET terms = '{}' WHERE id = '${rental.id}'`);
    const other = await market.book();
    await appendLog(market.clock.world);
    const logged = await db.logEntry.findMany({
      where: { kind: 'terms', leaseId: { in: [rental.leaseId, other.leaseId] } },
    });
    expect(logged.map((row) => row.leaseId)).toEqual([other.leaseId]);
    expect(await db.logWaiting.count()).toBe(1);
  });
});
