import '#tests/support/database.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import type { Actor } from '#lib/base/actor.ts';
import { forgetLogs } from '#lib/bookings/forget-logs.ts';
import { LOG_KEPT_SECONDS } from '#lib/bookings/log-keeping.ts';
import { logsOf, searchLogs } from '#lib/bookings/queries/logs.ts';
import { db } from '#lib/io/db.ts';
import { refusal } from '#tests/support/ask.ts';
import { person } from '#tests/support/people.ts';
import { type RentalMarket, rentalMarket } from '#tests/support/rental.ts';

let market: RentalMarket;
beforeAll(async () => {
  market = await rentalMarket({ machine: { gpuCount: 8 } });
});

type Printed = readonly [text: string, stream?: string];
async function prints(bookingId: string, printed: readonly Printed[]): Promise<void> {
  let offset = 0;
  const rows = printed.map(([text, stream = 'stdout'], index) => {
    const row = { bookingId, offset: BigInt(offset), stream, text, at: new Date(Date.UTC(2026, 0, 1) + index) };
    offset += Buffer.byteLength(text);
    return row;
  });
  await db.logChunk.createMany({ data: rows });
}
const texts = ({ rows }: { rows: readonly { text: string }[] }) => rows.map(({ text }) => text);

async function ask(path: string, actor: Actor | null = market.renter) {
  const answer = await v1.request(path, {}, { address: '::1', cookieActor: actor });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

describe('what was printed', () => {
  it('is searched whole, whatever the case, across the cuts of its pieces, and by stream', async () => {
    const rental = await market.book();
    await prints(rental.id, [
      ['Loss: 0.'],
      ['91\nloss', 'stderr'],
      ['7\nstep\n'],
      [' is NaN\nother\n', 'stderr'],
      ['\u001b[31mlo'],
      ['ss\u001b[0m at the end'],
    ]);
    const found = await searchLogs(market.renter, rental.id, { text: 'LOSS' });
    expect(texts(found)).toEqual(['Loss: 0.7', 'loss is NaN', 'loss at the end']);
    expect(found.rows[0]).toMatchObject({ offset: 0, stream: 'stdout', at: new Date(Date.UTC(2026, 0, 1)) });
    expect(texts(await searchLogs(market.renter, rental.id, { text: 'loss', stream: 'stderr' }))).toEqual([
      'loss is NaN',
    ]);
    expect(await searchLogs(market.renter, rental.id, { text: '%_\\' })).toEqual({ rows: [], total: 0 });
  });

  it('gives the newest of too many lines, and says how many there are', async () => {
    const rental = await market.book();
    await prints(
      rental.id,
      Array.from({ length: 5_000 }, (_, index): Printed => [`line ${index}\n`]),
    );
    const { rows, total } = await searchLogs(market.renter, rental.id, { text: 'line' });
    expect([rows.length, total, rows[0]?.text, rows.at(-1)?.text]).toEqual([200, 5_000, 'line 4800', 'line 4999']);
  });

  it('is brought as a file, with times and streams or as it was printed, and nothing is left out', async () => {
    const rental = await market.book();
    const printed = Array.from({ length: 2_500 }, (_, index): Printed => [`${index}: ${'ü'.repeat(20)}\n`]);
    await prints(rental.id, [...printed, ['\u001b[1mhalf', 'stderr']]);
    const path = `/bookings/${rental.id}/logs.txt`;
    const plain = await ask(`${path}?plain=true`);
    expect(plain.text).toBe(`${printed.map(([text]) => text).join('')}\u001b[1mhalf`);
    const timed = await ask(path);
    const lines = timed.text.trimEnd().split('\n');
    expect(lines).toHaveLength(2_501);
    expect(lines[7]).toBe(`2026-01-01T00:00:00.007Z stdout 7: ${'ü'.repeat(20)}`);
    expect(lines.at(-1)).toBe('2026-01-01T00:00:02.500Z stderr half');
    expect(timed.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(timed.headers.get('content-disposition')).toBe(`attachment; filename="${rental.id}.log"`);
  });

  it('is searched and brought by its renter only', async () => {
    const rental = await market.book();
    await prints(rental.id, [['secret\n']]);
    for (const path of [`/bookings/${rental.id}/logs.txt`, `/bookings/${rental.id}/logs/search?text=secret`]) {
      expect((await ask(path)).status).toBe(200);
      for (const other of [market.host, await person({ role: 'admin' }), await person()]) {
        const answer = await ask(path, other);
        expect(answer.status).toBe(404);
        expect(answer.text).not.toContain('secret\\n');
      }
      expect((await ask(path, null)).status).toBe(401);
    }
    expect((await ask(`/bookings/${rental.id}/logs/search?text=`)).status).toBe(422);
    expect((await ask(`/bookings/${rental.id}/logs/search?text=a&stream=stdin`)).status).toBe(422);
    expect((await ask('/bookings/bkg%00/logs.txt')).status).toBe(422);
    expect((await refusal(searchLogs(market.host, rental.id, { text: 'a' }))).reason).toBe('notFound');
  });

  it('is kept for two weeks after the end and then forgotten, and of others nothing', async () => {
    const [ended, later, running] = [await market.book(), await market.book(), await market.book()];
    const endedAt = market.clock.now();
    for (const rental of [ended, later, running]) await prints(rental.id, [['kept\n'], ['too\n']]);
    await db.booking.update({ where: { id: ended.id }, data: { endedAt } });
    market.clock.pass(60);
    await db.booking.update({ where: { id: later.id }, data: { endedAt: market.clock.now() } });
    market.clock.pass(LOG_KEPT_SECONDS - 60);
    expect(await forgetLogs(market.clock.world)).toBe(0);
    market.clock.pass(1);
    expect(await forgetLogs(market.clock.world)).toBe(1);
    expect(await forgetLogs(market.clock.world)).toBe(0);
    const left = await Promise.all([ended, later, running].map(({ id }) => logsOf(market.renter, id, {})));
    expect(left.map((pieces) => pieces.length)).toEqual([0, 2, 2]);
  });
});
