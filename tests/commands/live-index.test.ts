import '#tests/support/database.ts';
import { type ChildProcess, fork } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '#lib/base/actor.ts';
import { theWorld } from '#lib/base/time.ts';
import { type LiveIndex, liveIndexFrom } from '#lib/catalogue/index/live-index.ts';
import { EVERYTHING } from '#lib/catalogue/search.ts';
import { db } from '#lib/io/db.ts';
import { type Live, liveFrom } from '#lib/io/live.ts';
import { cutLive, databaseUrl } from '#tests/support/database.ts';
import type { IndexSays } from '#tests/support/index-process.ts';
import { person } from '#tests/support/people.ts';
import { offered } from '#tests/support/random-market.ts';

const ends: (() => unknown)[] = [];
let host: Actor;
let listingId: string;

beforeEach(async () => {
  host = await person();
  ({ listingId } = await offered(host, { lastSyncAt: new Date() }));
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const setPrice = (micros: bigint) =>
  db.listing.update({ where: { id: listingId }, data: { priceMicrosPerGpuHour: micros } });

/** The first word of a process that satisfies; register before what causes it. */
function heardFrom(child: ChildProcess, satisfies: (said: IndexSays) => boolean): Promise<IndexSays> {
  return new Promise((resolve, reject) => {
    child.on('message', (said: IndexSays) => {
      if (satisfies(said)) resolve(said);
    });
    child.once('exit', () => reject(new Error('the process ended')));
  });
}

describe('two web processes', () => {
  it('each show a change within 100 ms of its commit', async () => {
    const children = [1, 2].map(() => fork(new URL('../support/index-process.ts', import.meta.url)));
    for (const child of children) ends.push(() => child.kill());
    await Promise.all(children.map((child) => heardFrom(child, ({ prices }) => prices?.[listingId] !== undefined)));
    const delays: number[] = [];
    for (let turn = 1; turn <= 9; turn += 1) {
      const price = BigInt(500_000 + turn);
      const seen = children.map((child) => heardFrom(child, ({ prices }) => prices?.[listingId] === String(price)));
      await setPrice(price);
      const committedAt = Date.now();
      delays.push(Math.max(...(await Promise.all(seen)).map(({ at }) => at - committedAt)));
    }
    // The later of the two, in the quickest turn: how busy the test's own machine is is not the question.
    expect(Math.min(...delays)).toBeLessThan(100);
  }, 60_000);
});

function listening(): { live: Live; index: LiveIndex } {
  const live = liveFrom(() => databaseUrl);
  const index = liveIndexFrom(live, theWorld);
  ends.push(() => index.close());
  ends.push(() => live.close());
  return { live, index };
}

const everything = { ...EVERYTHING, trust: 'new', taken: true } as const;
const ask = (index: LiveIndex, now = new Date()) =>
  index.find(null, everything, { by: 'price' }, { take: 100, skip: 0 }, now);
const shows = (index: LiveIndex, id: string) => ask(index)?.rows.some((row) => row.listingId === id);

/** Waits for the next change after which it holds. */
async function until(index: LiveIndex, holds: () => boolean): Promise<void> {
  while (!holds()) {
    await new Promise<void>((resolve) => {
      const stop = index.onChange(() => {
        stop();
        resolve();
      });
    });
  }
}

describe('a process that keeps the index', () => {
  it('leaves the answer to the database until it has read everything', async () => {
    const { index } = listening();
    expect(ask(index)).toBeNull();
    await until(index, () => ask(index) !== null);
    expect(shows(index, listingId)).toBe(true);
  });

  it('leaves it to the database again while its connection is lost, and misses nothing of what happened meanwhile', async () => {
    const { live, index } = listening();
    await until(index, () => ask(index) !== null);
    await cutLive();
    await expect.poll(() => live.isListening(), { interval: 1 }).toBe(false);
    expect(ask(index)).toBeNull();
    const price = 654_321n;
    await setPrice(price);
    await until(
      index,
      () => ask(index)?.rows.find((row) => row.listingId === listingId)?.priceMicrosPerGpuHour === price,
    );
  });

  it('forgets what is withdrawn, takes in what is new, and knows a machine that is back', async () => {
    const { index } = listening();
    await until(index, () => ask(index) !== null);
    await db.listing.update({ where: { id: listingId }, data: { state: 'withdrawn' } });
    await until(index, () => shows(index, listingId) === false);
    const silent = await offered(host, { lastSyncAt: new Date(Date.now() - 300_000) });
    const other = await offered(host, { lastSyncAt: new Date() });
    await until(index, () => shows(index, other.listingId) === true);
    expect(shows(index, silent.listingId)).toBe(false);
    await db.machine.update({ where: { id: silent.machineId }, data: { lastSyncAt: new Date() } });
    await until(index, () => shows(index, silent.listingId) === true);
  });

  it('does not answer for a time at which it has not heard from machines for long, nor for one that is over', async () => {
    const { index } = listening();
    await until(index, () => ask(index) !== null);
    expect(ask(index, new Date(Date.now() + 60_000))).toBeNull();
    expect(ask(index, new Date(Date.now() - 60_000))).toBeNull();
  });
});
