import '#tests/support/database.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { PAUSE_TOLD_MS } from '#lib/catalogue/index/live-index.ts';
import { inTransaction } from '#lib/io/db.ts';
import { liveFrom, type News } from '#lib/io/live.ts';
import { databaseUrl, sql } from '#tests/support/database.ts';
import { person } from '#tests/support/people.ts';
import { offered } from '#tests/support/random-market.ts';
import { NOW, spansOf, takenBy } from '#tests/support/stalls.ts';

const live = liveFrom(() => databaseUrl);
const heard: News[] = [];
let host: Actor;
let made: Awaited<ReturnType<typeof offered>>;

beforeAll(async () => {
  await live.ready();
  live.subscribe((wake) => {
    // That the desk of staff hears of some of it, too, is another test's.
    if (wake !== 'rebuild' && wake.desk === undefined) heard.push(wake);
  });
  host = await person();
  made = await offered(host, { gpuCount: 2 });
});
afterAll(() => live.close());

let marks = 0;

/** What listeners hear of some work: all of it, and no more, once a mark that is committed after it has arrived. */
async function toldBy(work: () => Promise<unknown>): Promise<readonly string[][]> {
  await mark();
  heard.length = 0;
  await work();
  const last = await mark();
  return heard.filter((news) => news.event !== last).map((news) => [...(news.moved ?? ['something else'])]);
}

async function mark(): Promise<string> {
  marks += 1;
  const name = `mark ${marks}`;
  await sql(`SELECT pg_notify('sublet', $1)`, [JSON.stringify({ event: name })]);
  await expect.poll(() => heard.some(({ event }) => event === name), { interval: 2 }).toBe(true);
  return name;
}

describe('what changes the answer of a search is told when it commits, by the database itself:', () => {
  const changes: [string, () => Promise<unknown>][] = [
    ['a price', () => sql(`UPDATE listings SET price_micros_per_gpu_hour = 300000 WHERE id = $1`, [made.listingId])],
    ['a withdrawal', () => sql(`UPDATE listings SET state = 'withdrawn' WHERE id = $1`, [made.listingId])],
    ['a publication', () => sql(`UPDATE listings SET state = 'published' WHERE id = $1`, [made.listingId])],
    ['a name', () => sql(`UPDATE machines SET name = 'other' WHERE id = $1`, [made.machineId])],
    ['a failed self-test', () => sql(`UPDATE machines SET self_test_passed = false WHERE id = $1`, [made.machineId])],
    ['a copied identity', () => sql(`UPDATE machines SET identity_copied_at = now() WHERE id = $1`, [made.machineId])],
    ['a GPU that is gone', () => sql(`UPDATE gpus SET removed_at = now() WHERE id = $1`, [made.gpuIds[0]])],
    ['a host that is suspended', () => sql(`UPDATE users SET suspended_at = now() WHERE id = $1`, [host.userId])],
    ["a host's name", () => sql(`UPDATE users SET name = 'Zoe' WHERE id = $1`, [host.userId])],
    ['offered time', () => spansOf(made.machineId, { offers: [{ startsAt: NOW, endsAt: null }] })],
    ['a silence', () => spansOf(made.machineId, { silences: [{ startsAt: NOW, endsAt: null }] })],
    ['a silence that ended', () => sql(`UPDATE silences SET ends_at = now() WHERE machine_id = $1`, [made.machineId])],
    ['a window that is taken', () => takenBy(host, made, { from: NOW, to: new Date(NOW.getTime() + 1_000) })],
    ['a window that grew', () => sql(`UPDATE allocations SET ends_at = ends_at + interval '1 hour'`)],
    ['a window that is given back', () => sql(`DELETE FROM allocations`)],
    [
      'a machine that is back after a pause',
      () =>
        sql(`UPDATE machines SET last_sync_at = last_sync_at + $2 * interval '1 millisecond' WHERE id = $1`, [
          made.machineId,
          PAUSE_TOLD_MS + 1,
        ]),
    ],
  ];
  for (const [what, change] of changes)
    it(what, async () => {
      expect(await toldBy(change)).toEqual([[made.machineId]]);
    });
});

describe('nobody is told of', () => {
  it('a heartbeat', async () => {
    expect(
      await toldBy(() =>
        sql(
          `UPDATE machines SET last_sync_at = last_sync_at + $1 * interval '1 millisecond', clock_drift_ms = 3, generation = generation + 1`,
          [PAUSE_TOLD_MS],
        ),
      ),
    ).toEqual([]);
  });

  it('marks of the meter on a window', async () => {
    await takenBy(host, made, { from: NOW, to: new Date(NOW.getTime() + 1_000) });
    expect(await toldBy(() => sql(`UPDATE allocations SET connectable_at = now(), billable_from = now()`))).toEqual([]);
  });

  it('a machine that nobody offers', async () => {
    await sql(`UPDATE listings SET state = 'withdrawn' WHERE id = $1`, [made.listingId]);
    expect(await toldBy(() => sql(`UPDATE machines SET name = 'unseen', last_sync_at = now()`))).toEqual([]);
  });

  it('what was rolled back', async () => {
    const work = () =>
      inTransaction('test: rolled back', async (tx) => {
        await tx.listing.update({ where: { id: made.listingId }, data: { minGpus: 2 } });
        throw new Error('no');
      });
    expect(await toldBy(() => expect(work()).rejects.toThrow('no'))).toEqual([]);
  });
});

it('a transaction says each thing once, and a plan for hundreds of machines fits into notifications', async () => {
  const twice = () =>
    inTransaction('test: twice', async (tx) => {
      await tx.listing.update({ where: { id: made.listingId }, data: { minGpus: 2 } });
      await tx.listing.update({ where: { id: made.listingId }, data: { minGpus: 1 } });
    });
  expect(await toldBy(twice)).toEqual([[made.machineId]]);

  const many = 450;
  const machineIds = Array.from({ length: many }, () => newId('machine', NOW));
  const told = await toldBy(() => sql(`SELECT tell_moved($1::text[])`, [machineIds]));
  expect(told.map((ids) => ids.length).sort()).toEqual([200, 200, 50].sort());
  expect(told.flat().sort()).toEqual(machineIds.sort());
});
