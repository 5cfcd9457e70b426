import '#tests/support/database.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { createApiToken } from '#lib/auth/create-api-token.ts';
import type { Actor } from '#lib/base/actor.ts';
import { DAY } from '#lib/base/time.ts';
import { inTransaction } from '#lib/io/db.ts';
import { dispositionHeader, FILES_KEPT_DAYS, MOST_FILE_BYTES, MOST_FILES } from '#lib/trust/evidence-file.ts';
import { forgetDisputeFiles } from '#lib/trust/forget-dispute-files.ts';
import { forgetPerson } from '#lib/trust/forget-person.ts';
import { moveDispute } from '#lib/trust/move-dispute.ts';
import { caseView } from '#lib/trust/queries/cases.ts';
import { disputeOf, evidenceFileOf, evidenceOf } from '#lib/trust/queries/dispute.ts';
import { ownData } from '#lib/trust/queries/own-data.ts';
import { refusal } from '#tests/support/ask.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { sql } from '#tests/support/database.ts';
import { type Case, closedCase } from '#tests/support/disputes.ts';
import { person } from '#tests/support/people.ts';

let one: Case;
let id: string;
beforeEach(async () => {
  one = await closedCase();
  id = await one.open();
});
afterEach(expectBooksBalance);

const PNG = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);
/** As large as it says. */
function png(widthPixels: number, heightPixels: number): Uint8Array<ArrayBuffer> {
  const header = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
  const sides = Buffer.alloc(8);
  sides.writeUInt32BE(widthPixels, 0);
  sides.writeUInt32BE(heightPixels, 4);
  return Uint8Array.from(Buffer.concat([header, sides, Buffer.alloc(12)]));
}
const text = (words: string) => Uint8Array.from(new TextEncoder().encode(words));
const attach = (who: Actor, name: string, bytes: Uint8Array<ArrayBuffer>) =>
  moveDispute(
    who,
    { disputeId: id, move: 'say', amountMicros: null, text: 'See the file.', file: { name, bytes } },
    one.market.clock.world,
  );
const filesOf = async (who: Actor) =>
  (await disputeOf(who, id, one.market.clock.now())).steps
    .flatMap(({ evidence }) => evidence)
    .filter(({ kind }) => kind === 'file');
const lastFile = async (who: Actor) => ({ disputeId: id, evidenceId: (await filesOf(who)).at(-1)?.id ?? '' });

async function ask(who: Actor | null, method: string, path: string, body?: object) {
  const token = who === null ? null : (await createApiToken(who, { label: 'test', days: 1 })).token;
  const headers = {
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  return v1.request(path, init, { address: '203.0.113.9', cookieActor: null });
}

describe('a file in a dispute', () => {
  it('is attached by either side, named by its hash, and saved by both sides and admins, and by nobody else', async () => {
    const { renter, host } = one.market;
    await attach(renter, 'C:\\Users\\ada\\shot "1".png', PNG);
    await attach(host, 'log ü.txt', text('\u001b[31mNVRM: Xid 79\u001b[0m\n'));
    const [picture, log] = await filesOf(host);
    expect([picture?.title, log?.title]).toEqual(['shot 1.png', 'log ü.txt']);
    const where = { disputeId: id, evidenceId: picture?.id ?? '' };
    const piece = await evidenceOf(host, where);
    expect(JSON.parse(piece.payload)).toMatchObject({ mediaType: 'image/png', sizeBytes: PNG.length });
    expect(piece.fileKept).toBe(true);
    const admin = await person({ role: 'admin' });
    for (const who of [renter, host, admin]) expect([...(await evidenceFileOf(who, where)).bytes]).toEqual([...PNG]);
    const path = `/disputes/${id}/evidence/${picture?.id}/file`;
    const answer = await ask(host, 'GET', path);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-disposition': dispositionHeader('attachment', 'shot 1.png'),
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
      'cache-control': 'private, no-store',
    });
    expect([...new Uint8Array(await answer.arrayBuffer())]).toEqual([...PNG]);
    const stranger = await person();
    expect((await refusal(evidenceFileOf(stranger, where))).reason).toBe('notFound');
    expect((await ask(stranger, 'GET', path)).status).toBe(404);
    expect((await ask(null, 'GET', path)).status).toBe(401);
    const words = (await disputeOf(host, id, one.market.clock.now())).steps[0]?.evidence[0]?.id ?? log?.id ?? '';
    expect((await ask(host, 'GET', `/disputes/${id}/evidence/${words}x/file`)).status).toBe(404);
  });

  it('comes by the API as base64, and is what its bytes say, whatever its name', async () => {
    const { renter } = one.market;
    const file = (name: string, bytes: Uint8Array) => ({ name, base64: Buffer.from(bytes).toString('base64') });
    const move = (given: object) =>
      ask(renter, 'POST', `/disputes/${id}/moves`, { move: 'say', text: 'See the file.', file: given });
    expect((await move(file('page.html', text('<script>alert(1)</script>')))).status).toBe(200);
    const answer = await ask(renter, 'GET', `/disputes/${id}/evidence/${(await lastFile(renter)).evidenceId}/file`);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toContain('attachment');
    for (const [name, bytes] of [
      ['shot.png', Uint8Array.from([0x4d, 0x5a, 0, 0, 1])],
      ['log.txt', Uint8Array.from([0xc3, 0x28])],
      ['empty.txt', new Uint8Array()],
    ] as const) {
      const wrong = await move(file(name, bytes));
      expect(wrong.status, name).toBe(422);
      expect(await wrong.json(), name).toMatchObject({ fields: { evidenceFile: expect.any(String) } });
    }
    expect((await move({ name: 'x', base64: '%%%' })).status).toBe(422);
  });

  it('is shown where it is a picture of a size that a browser unpacks without harm, to the same people, as nothing but a picture', async () => {
    const { renter, host } = one.market;
    const PICTURES = [
      ['shot.html', png(640, 480)],
      ['bomb.png', png(50_000, 50_000)],
      ['cut.png', PNG],
      ['log.png', text('<svg onload="alert(1)"/>')],
    ] as const;
    for (const [name, bytes] of PICTURES) await attach(renter, name, bytes);
    const files = await filesOf(host);
    expect(files.map(({ title, picture }) => [title, picture])).toEqual([
      ['shot.html', { widthPixels: 640, heightPixels: 480 }],
      ['bomb.png', null],
      ['cut.png', null],
      ['log.png', null],
    ]);
    const path = (at: number, end = 'picture') => `/disputes/${id}/evidence/${files[at]?.id}/${end}`;
    const admin = await person({ role: 'admin' });
    for (const who of [renter, host, admin]) {
      const answer = await ask(who, 'GET', path(0));
      expect(answer.status).toBe(200);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'content-type': 'image/png',
        'content-disposition': dispositionHeader('inline', 'shot.html'),
        'x-content-type-options': 'nosniff',
        'content-security-policy': "sandbox; default-src 'none'",
        'cross-origin-resource-policy': 'same-origin',
      });
      expect([...new Uint8Array(await answer.arrayBuffer())]).toEqual([...png(640, 480)]);
      for (const at of [1, 2, 3]) {
        expect((await ask(who, 'GET', path(at))).status).toBe(404);
        expect((await ask(who, 'GET', path(at, 'file'))).status).toBe(200);
      }
    }
    expect((await ask(await person(), 'GET', path(0))).status).toBe(404);
    expect((await ask(null, 'GET', path(0))).status).toBe(401);
    const { evidence } = await caseView(admin, { kind: 'dispute', id }, one.market.clock.now());
    const shown = evidence.flatMap(({ file }) => (file === undefined ? [] : [file]));
    expect(shown).toHaveLength(4);
    expect(shown[0]).toMatchObject({ name: 'shot.html', sentBy: 'the renter', picture: { widthPixels: 640 } });
  });

  it('has a size, and a side has so many of them', async () => {
    const { renter, host } = one.market;
    const large = new Uint8Array(MOST_FILE_BYTES + 1).fill(0x61);
    expect((await refusal(attach(renter, 'long.txt', large))).detail).toHaveProperty('evidenceFile');
    await attach(renter, 'long.txt', large.slice(1));
    for (let count = 1; count < MOST_FILES; count += 1) await attach(renter, `${count}.png`, PNG);
    expect((await refusal(attach(renter, 'more.png', PNG))).detail).toHaveProperty('evidenceFile');
    await attach(host, 'mine.png', PNG);
    expect(await filesOf(renter)).toHaveLength(MOST_FILES + 1);
    const insert = "INSERT INTO dispute_files (evidence_id, bytes) SELECT id, ''::bytea FROM dispute_evidence LIMIT 1";
    await expect(sql(insert)).rejects.toThrow('dispute_files_size');
    await expect(sql("UPDATE dispute_files SET bytes = '\\x00'")).rejects.toThrow(/never changed/);
  });

  it('is in the export of whoever attached it, and goes 90 days after the decision, or with its owner', async () => {
    const { renter, host, clock } = one.market;
    await attach(renter, 'a.png', PNG);
    await attach(host, 'b.png', PNG);
    const exported = async (who: Actor) => {
      let whole = '';
      for await (const piece of ownData(who, clock.now())) whole += piece;
      return (JSON.parse(whole) as { parts: { filesYouAttached: { bytes: string }[] } }).parts.filesYouAttached;
    };
    expect(await exported(renter)).toMatchObject([{ bytes: Buffer.from(PNG).toString('base64') }]);
    expect(await exported(host)).toHaveLength(1);
    await one.handOver(id);
    await one.decide(await person({ role: 'admin' }), id, 'none');
    clock.pass((FILES_KEPT_DAYS * DAY) / 1_000 - 60);
    expect(await forgetDisputeFiles(clock.world)).toBe(0);
    const [email] = await sql<{ email: string }>('SELECT email FROM users WHERE id = $1', [host.userId]);
    await inTransaction('test: leave', (tx) =>
      forgetPerson(tx, { userId: host.userId, email: email?.email ?? '' }, clock.now()),
    );
    const kept =
      'SELECT 1 FROM dispute_files f JOIN dispute_evidence e ON e.id = f.evidence_id WHERE e.dispute_id = $1';
    expect(await sql(kept, [id])).toHaveLength(1);
    clock.pass(120);
    expect(await forgetDisputeFiles(clock.world)).toBe(1);
    const [first] = await filesOf(renter);
    const where = { disputeId: id, evidenceId: first?.id ?? '' };
    expect(await evidenceOf(renter, where)).toMatchObject({ title: 'a.png', fileKept: false, picture: null });
    expect((await refusal(evidenceFileOf(renter, where))).reason).toBe('notFound');
  });
});
