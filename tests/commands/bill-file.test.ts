import '#tests/support/database.ts';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { endBookingByStaff } from '#lib/bookings/end-booking-by-staff.ts';
import { billCsv } from '#lib/receipts/bill-csv.ts';
import { FUTURE_MS, UNBILLED_REASONS } from '#lib/receipts/billing.ts';
import { receiptOf } from '#lib/receipts/queries/receipt.ts';
import { billFileOf } from '#lib/receipts/queries/receipts.ts';
import { billOf } from '#lib/receipts/queries.ts';
import { toHex } from '#protocol/base64.ts';
import { type Bill, writeBill } from '#protocol/bill.ts';
import { CLOCK_AHEAD_MS, UNBILLED } from '#protocol/bill-rules.ts';
import { sha256Bytes } from '#protocol/keys.ts';
import { entryOf } from '#protocol/log-entry.ts';
import { parseProof } from '#protocol/log-proof.ts';
import { leafHash, rootFromPath } from '#protocol/log-tree.ts';
import type { Receipt } from '#protocol/receipt.ts';
import { sha256Plain } from '#protocol/sha256.ts';
import { verifyByWebCrypto } from '#protocol/web-crypto.ts';
import { billedRental, check, faultOf } from '#tests/support/bill-file.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { readPdf } from '#tests/support/pdf-text.ts';
import { person } from '#tests/support/people.ts';
import { logAll, readHead } from '#tests/support/public-log.ts';
import { DOLLAR } from '#tests/support/rental.ts';
import { TAMPERING_MS, TAMPERINGS, tampered } from '#tests/support/tampered.ts';

type Rental = Awaited<ReturnType<typeof billedRental>>;
let made: Rental;
let bill: Bill;
const folder = mkdtempSync(join(tmpdir(), 'sublet-bill-'));

beforeAll(async () => {
  made = await billedRental();
  bill = await made.bill();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(expectBooksBalance);

const creditSaying = (reason: string) => ({
  payload: JSON.stringify({ micros: '500000', reason, at: '2026-11-23T12:00:00.000Z' }),
  signature: '',
  salt: '',
  index: 7,
  path: [],
});

describe('the bill of a rental as a file', () => {
  it('is recomputed from what the machine signed, to the micro-dollar of the market’s books', async () => {
    const verified = await check(bill);
    const known = await billOf(made.market.renter, made.rental.id);
    expect(verified).toMatchObject({
      bookingId: made.rental.id,
      machineId: made.market.machineId,
      final: false,
      statements: 5,
      credits: 0,
      notYetLogged: 0,
      totals: {
        gpuSeconds: '240',
        chargedMicros: known.chargedMicros.toString(),
        hostMicros: known.hostCreditedMicros.toString(),
        feeMicros: known.feeMicros.toString(),
        refundedMicros: '0',
      },
    });
    expect(verified.earlierSize).toBeLessThan(verified.logSize);
  });

  it('is the same for its host and for staff, and not there for anybody else', async () => {
    const { market, rental } = made;
    expect((await made.bill(market.host)).totals).toEqual(bill.totals);
    expect((await made.bill(await person({ role: 'admin' }))).totals).toEqual(bill.totals);
    await expect(made.bill(await person())).rejects.toMatchObject({ reason: 'notFound' });
    await expect(billFileOf(market.renter, `${rental.id}x`, new Date())).rejects.toMatchObject({ reason: 'notFound' });
  });

  it('comes through the public API, to the byte', async () => {
    const address = { address: '127.0.0.1', cookieActor: made.market.renter };
    const answer = await v1.request(`/bookings/${made.rental.id}/receipts`, {}, address);
    expect(answer.headers.get('content-disposition')).toContain(`sublet-bill-so-far-${made.rental.id}.json`);
    expect((await check(await answer.text())).totals).toEqual(bill.totals);
    expect((await v1.request(`/bookings/${made.rental.id}/receipts?since=0`, {}, address)).status).toBe(422);
    expect((await v1.request(`/bookings/${made.rental.id}/receipts?since=99999`, {}, address)).status).toBe(422);
    expect((await v1.request(`/bookings/${made.rental.id}/receipts`)).status).toBe(401);
  });

  it('is a table too, each line linked to its statement', async () => {
    const address = { address: '127.0.0.1', cookieActor: made.market.renter };
    const answer = await v1.request(`/bookings/${made.rental.id}/bill.csv`, {}, address);
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const [head, first, ...rest] = (await answer.text()).split('\r\n');
    expect(head).toMatch(/^line,kind,starts_at,ends_at,state,/);
    expect(first).toMatch(/^0,statement,\S+Z,\S+Z,running,60,60,\d+,0\.06\d*,,\d+,https:/);
    expect(first?.endsWith(`https://market.example/bookings/${made.rental.id}/bill/0`)).toBe(true);
    expect(rest).toHaveLength(bill.statements.length);
    const csv = billCsv({ ...bill, credits: [creditSaying('=1+1,"now"')] }, String);
    expect(csv).toContain(`,-0.50,"'=1+1,""now""",7,`);
  });

  it('is an invoice to print, each line linked to its statements', async () => {
    const address = { address: '127.0.0.1', cookieActor: made.market.renter };
    const answer = await v1.request(`/bookings/${made.rental.id}/bill.pdf`, {}, address);
    expect(answer.headers.get('content-type')).toBe('application/pdf');
    const { lines, links } = readPdf(new Uint8Array(await answer.arrayBuffer()));
    expect(lines).toContain(made.rental.id);
    expect(links).toEqual([`https://market.example/bookings/${made.rental.id}/bill?before=5`]);
    const stranger = { ...address, cookieActor: await person() };
    expect((await v1.request(`/bookings/${made.rental.id}/bill.pdf`, {}, stranger)).status).toBe(404);
  });

  it('has a receipt for each statement, of less than 2 KB, that proves itself', async () => {
    const address = { address: '127.0.0.1', cookieActor: made.market.renter };
    const answer = await v1.request(`/bookings/${made.rental.id}/receipts/3`, {}, address);
    const text = await answer.text();
    const receipt = JSON.parse(text) as Receipt;
    const proof = parseProof(receipt.proof);
    const entry = entryOf(sha256Bytes, { kind: 'statement', ...receipt }) ?? new Uint8Array();
    expect(toHex(entry)).toBe((await receiptOf(made.market.renter, made.rental.id, 3))?.entry);
    const head = await readHead();
    const leaf = leafHash(sha256Bytes, entry);
    expect(rootFromPath(sha256Bytes, leaf, proof?.index ?? -1, head.size, proof?.path ?? [])).toEqual(head.root);
    // In a log of a million entries a path has twenty hashes, each a line of 45 bytes.
    expect(text.length + (20 - (proof?.path.length ?? 0)) * 46).toBeLessThan(2_048);
    expect((await v1.request(`/bookings/${made.rental.id}/receipts/99`, {}, address)).status).toBe(404);
    const stranger = { ...address, cookieActor: await person() };
    expect((await v1.request(`/bookings/${made.rental.id}/receipts/3`, {}, stranger)).status).toBe(404);
  });

  it('proves that the log continues the checkpoint that the asker holds', async () => {
    const earlier = bill.earlier?.checkpoint ?? '';
    const size = Number(earlier.split('\n')[1]);
    expect(await faultOf(await made.bill(made.market.renter, size), { seen: earlier })).toBeNull();
    expect(await faultOf(bill, { seen: bill.checkpoint })).toBeNull();
    expect(await faultOf({ ...bill, earlier: null }, { seen: earlier })).toBe('the checkpoint that you saw');
  });

  it('is verified by a key of the log that is known from elsewhere', async () => {
    expect(await faultOf(bill, { logKey: `${bill.log}\n` })).toBeNull();
    expect(await faultOf(bill, { logKey: bill.log.replace('market', 'another') })).toBe('the log’s key');
  });

  it('is verified by the same code in a browser’s cryptography', async () => {
    const own = { sha256: sha256Plain, verify: verifyByWebCrypto };
    expect((await check(bill, own)).totals).toEqual(bill.totals);
    const other = bill.signature.startsWith('A') ? 'B' : 'A';
    expect(await faultOf({ ...bill, signature: `${other}${bill.signature.slice(1)}` }, own)).toBe('the bill');
  });

  it('goes by the market’s own rules', () => {
    expect(CLOCK_AHEAD_MS).toBe(FUTURE_MS);
    expect([...UNBILLED].sort()).toEqual(Object.keys(UNBILLED_REASONS).sort());
  });
});

describe('what is wrong with a bill is named', () => {
  const edited = (change: Partial<Bill>): Bill => ({ ...bill, ...change });
  const line = (at: number) => bill.statements[at] as Bill['statements'][number];
  const statementAt = (at: number, change: Partial<Bill['statements'][number]>) =>
    edited({ statements: bill.statements.with(at, { ...line(at), ...change }) });

  it(
    'is refused with any one character changed, anywhere',
    async () => {
      const text = writeBill(bill);
      await fc.assert(
        fc.asyncProperty(tampered(text), async (bad) => (await faultOf(bad)) !== null),
        { numRuns: TAMPERINGS },
      );
    },
    TAMPERING_MS,
  );

  it('names the statement that was changed, left out, put twice, or moved', async () => {
    const payload = line(2).payload.replace('"gpuSeconds":30', '"gpuSeconds":31');
    expect(payload).not.toBe(line(2).payload);
    expect(await faultOf(statementAt(2, { payload }))).toBe('statement 2');
    const lines = (list: Bill['statements']) => faultOf(edited({ statements: list }));
    expect(await lines(bill.statements.toSpliced(1, 1))).toBe('statement 1');
    expect(await lines(bill.statements.toSpliced(1, 0, line(0)))).toBe('statement 1');
    expect(await lines([line(0), line(2), line(1), line(3), line(4)])).toBe('statement 1');
    expect(await lines(bill.statements.slice(0, 4))).toBe('the hashes');
  });

  it('names the record whose place in the log is another', async () => {
    expect(await faultOf(statementAt(3, { salt: line(0).salt }))).toBe('statement 3');
    expect(await faultOf(statementAt(3, { index: 0 }))).toBe('statement 3');
    expect(await faultOf(statementAt(3, { path: [] }))).toBe('statement 3');
    expect(await faultOf(statementAt(3, { path: [99_999] }))).toBe('statement 3');
    expect(await faultOf(edited({ terms: bill.marketKey }))).toBe('the terms');
    expect(await faultOf(edited({ machineKey: bill.marketKey }))).toBe('the machine’s key');
  });

  it('does not take a statement as news that should be in the log since long', async () => {
    const late = { index: null, path: [], salt: '' };
    expect(await faultOf(statementAt(0, { ...late, receivedAt: '2020-01-01T00:00:00.000Z' }))).toBe('statement 0');
  });

  it('recomputes every amount', async () => {
    const charged = (bill.statements[1]?.chargedMicros ?? '0') + 1;
    expect(await faultOf(statementAt(1, { chargedMicros: charged }))).toBe('statement 1');
    expect(await faultOf(statementAt(1, { billedGpuSeconds: 61 }))).toBe('statement 1');
    expect(await faultOf(statementAt(1, { billedGpuSeconds: 59 }))).toBe('statement 1');
    expect(await faultOf(statementAt(1, { reason: 'because' }))).toBe('statement 1');
    expect(await faultOf(edited({ totals: { ...bill.totals, feeMicros: '0' } }))).toBe('the totals');
    expect(await faultOf(edited({ capMicros: '1' }))).toBe('statement 0');
    // Nothing else in the file says so, but the market signed another file.
    expect(await faultOf(edited({ final: true }))).toBe('the bill');
  });

  it('is no bill when it is something else', async () => {
    const deep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
    for (const text of ['', 'null', '{}', '[]', deep, `${writeBill(bill)}\n`, writeBill(bill).replace(':', ': ')])
      expect(await faultOf(text)).toBe('the file');
  });
});

describe('a credit', () => {
  it('is signed, logged, names its evidence, and is given back on the bill', async () => {
    const { market, rental } = await billedRental();
    const admin = await person({ role: 'admin' });
    await endBookingByStaff(admin, { bookingId: rental.id, reason: 'Too slow.', refundMicros: DOLLAR / 50n });
    await endBookingByStaff(admin, { bookingId: rental.id, reason: 'Sorry again.', refundMicros: 777n });
    await logAll(market.clock);
    const file = await billFileOf(market.renter, rental.id, market.clock.now());
    const known = await billOf(market.renter, rental.id);
    const verified = await check(file);
    expect(verified).toMatchObject({ credits: 2, totals: { refundedMicros: known.refundedMicros.toString() } });
    const forged = file.credits.map((credit, at) =>
      at === 1 ? { ...credit, payload: credit.payload.replace('777', '999') } : credit,
    );
    expect(await faultOf({ ...file, credits: forged })).toBe('credit 1');
    expect(await faultOf({ ...file, credits: file.credits.slice(0, 1) })).toBe('the hashes');
  });
});

describe('sublet verify', () => {
  const dead = { HTTP_PROXY: 'http://127.0.0.1:9', HTTPS_PROXY: 'http://127.0.0.1:9' };
  const env = { PATH: process.env.PATH, ...dead } as unknown as NodeJS.ProcessEnv;
  const run = (command: string, args: readonly string[]) =>
    promisify(execFile)(command, [...args], { env, encoding: 'utf8' }).then(
      ({ stdout }) => ({ code: 0, stdout }),
      (error: { code: number; stdout: string }) => ({ code: error.code, stdout: error.stdout }),
    );
  const good = join(folder, 'bill.json');

  beforeAll(() => writeFileSync(good, writeBill(bill)));

  it('says that a right bill is right and what it comes to', async () => {
    const args = ['bin/sublet.mjs', 'verify', good, '--log-key', bill.log];
    const { code, stdout } = await run(process.execPath, args);
    expect(stdout).toMatch(/^RIGHT: the bill of bkg_\w+ \(so far\) adds up\.\n {2}5 statements signed by mch_\w+/);
    expect(stdout).toContain('240 GPU-seconds at $3.600000 per GPU-hour');
    expect(code).toBe(0);
  });

  it('names what is wrong, and exits with 1', async () => {
    const bad = join(folder, 'bad.json');
    writeFileSync(bad, writeBill(bill).replace('\\"gpuSeconds\\":60', '\\"gpuSeconds\\":90'));
    expect(await run(process.execPath, ['bin/verify.mjs', bad])).toEqual({
      code: 1,
      stdout: 'WRONG: statement 0. Its signature does not fit.\n',
    });
    const json = await run(process.execPath, ['bin/verify.mjs', bad, '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, record: 'statement 0' });
    expect((await run(process.execPath, ['bin/verify.mjs', join(folder, 'none.json')])).code).toBe(1);
    expect((await run(process.execPath, ['bin/sublet.mjs', 'verify'])).code).toBe(2);
    expect((await run(process.execPath, ['bin/sublet.mjs', 'destroy'])).code).toBe(2);
  });

  it('holds the bill against a checkpoint that somebody else saw', async () => {
    const seen = join(folder, 'checkpoint');
    writeFileSync(seen, bill.checkpoint);
    expect((await run(process.execPath, ['bin/verify.mjs', good, '--checkpoint', seen])).code).toBe(0);
    writeFileSync(seen, bill.checkpoint.replace('market', 'narket'));
    expect((await run(process.execPath, ['bin/verify.mjs', good, '--checkpoint', seen])).stdout).toContain('WRONG');
  });
});
