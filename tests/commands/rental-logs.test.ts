import '#tests/support/database.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import type { Actor } from '#lib/base/actor.ts';
import { bookedUnder } from '#lib/bookings/queries/booked-under.ts';
import { type LogPiece, logsOf } from '#lib/bookings/queries/logs.ts';
import { db } from '#lib/io/db.ts';
import { statementOf } from '#lib/receipts/queries/statement.ts';
import { verifySigned } from '#protocol/keys.ts';
import { DOMAINS } from '#protocol/words.ts';
import { refusal } from '#tests/support/ask.ts';
import { person } from '#tests/support/people.ts';
import { type RentalMarket, rentalMarket } from '#tests/support/rental.ts';

let market: RentalMarket;
let admin: Actor;
const KEY = 'booked-for-the-logs';

beforeAll(async () => {
  market = await rentalMarket({ machine: { gpuCount: 8 } });
  admin = await person({ role: 'admin' });
});

/** What the agent would have sent: pieces one behind the other. */
async function prints(bookingId: string, texts: readonly string[]): Promise<void> {
  let offset = 0n;
  const rows = texts.map((text) => {
    const row = { bookingId, offset, stream: 'stdout', text, at: market.clock.now() };
    offset += BigInt(text.length);
    return row;
  });
  await db.logChunk.createMany({ data: rows });
}

const textOf = (pieces: readonly LogPiece[]) => pieces.map(({ text }) => text).join('');

describe('what a rental prints', () => {
  it('is read by its renter, oldest first, and on from any point', async () => {
    const rental = await market.book();
    await prints(rental.id, ['one\n', 'two\n', 'three\n']);
    const all = await logsOf(market.renter, rental.id, {});
    expect(textOf(all)).toBe('one\ntwo\nthree\n');
    expect(textOf(await logsOf(market.renter, rental.id, { after: all[1]?.offset }))).toBe('three\n');
    expect(textOf(await logsOf(market.renter, rental.id, { after: -1 }))).toBe('one\ntwo\nthree\n');
    expect(await logsOf(market.renter, rental.id, { after: all[2]?.offset })).toEqual([]);
  });

  it('is found by nobody else: not by the host, not by staff, not by another renter', async () => {
    const rental = await market.book();
    for (const other of [market.host, admin, await person()])
      expect((await refusal(logsOf(other, rental.id, {}))).reason).toBe('notFound');
  });

  it('comes in bounded pieces: the newest at first, and nothing is left out on the way', async () => {
    const rental = await market.book();
    const texts = Array.from({ length: 700 }, (_, index) => `${index} ${'x'.repeat(1_000)}\n`);
    await prints(rental.id, texts);
    const newest = await logsOf(market.renter, rental.id, {});
    expect(newest.length).toBeLessThan(300);
    expect(newest.at(-1)?.text).toBe(texts.at(-1));
    let read = '';
    for (let after = -1; ; ) {
      const pieces = await logsOf(market.renter, rental.id, { after });
      expect(textOf(pieces).length).toBeLessThanOrEqual(256 * 1024 + 2_000);
      read += textOf(pieces);
      const last = pieces.at(-1);
      if (last === undefined) break;
      after = last.offset;
    }
    expect(read).toBe(texts.join(''));
  });

  it('is followed through the API: a held request is answered as soon as there is something', async () => {
    const rental = await market.book();
    const ask = async (query: string, actor: Actor = market.renter) => {
      const answer = await v1.request(
        `/bookings/${rental.id}/logs${query}`,
        {},
        { address: '::1', cookieActor: actor },
      );
      return { status: answer.status, ...((await answer.json()) as { rows: LogPiece[] }) };
    };
    expect(await ask('')).toEqual({ status: 200, rows: [] });
    const held = ask('?after=-1&hold=true');
    await prints(rental.id, ['hello\n']);
    expect(textOf((await held).rows)).toBe('hello\n');
    expect((await ask('?after=abc')).status).toBe(422);
    expect((await ask('?hold=true', market.host)).status).toBe(404);
  });
});

describe('a statement of a bill', () => {
  it('is shown to renter, host and staff, byte for byte as it was signed, and to nobody else', async () => {
    const rental = await market.book();
    await rental.connect();
    await rental.run(60);
    for (const somebody of [market.renter, market.host, admin]) {
      const statement = await statementOf(somebody, rental.id, 0);
      expect(verifySigned(DOMAINS.statement, statement, statement.machineKey)).toBe(true);
    }
    expect((await refusal(statementOf(await person(), rental.id, 0))).reason).toBe('notFound');
    expect((await refusal(statementOf(market.renter, rental.id, 99))).reason).toBe('notFound');
  });
});

describe('a form that is sent twice', () => {
  it('finds what it booked by its key, and never what another booked by the same', async () => {
    const rental = await market.book({ idempotencyKey: KEY });
    expect(await bookedUnder(market.renter, KEY)).toBe(rental.id);
    expect(await bookedUnder(market.host, KEY)).toBeNull();
  });
});
