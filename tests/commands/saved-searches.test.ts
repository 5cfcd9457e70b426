import '#tests/support/database.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { suspendUser } from '#lib/auth/suspend-user.ts';
import { addSeconds } from '#lib/base/time.ts';
import { savedSearch, savedSearches } from '#lib/catalogue/queries/saved-searches.ts';
import { changeSearch, deleteSearch, saveSearch } from '#lib/catalogue/save-search.ts';
import { MOST_SAVED_SEARCHES } from '#lib/catalogue/saved-search.ts';
import { changeSearchInput, saveSearchInput } from '#lib/catalogue/saved-search-schema.ts';
import { watchSearches } from '#lib/catalogue/watch-searches.ts';
import { db } from '#lib/io/db.ts';
import { deliverNotices } from '#lib/notices/deliver-notices.ts';
import { refusal } from '#tests/support/ask.ts';
import { sql } from '#tests/support/database.ts';
import { type Person, person } from '#tests/support/people.ts';
import { offered } from '#tests/support/random-market.ts';
import { NOW } from '#tests/support/stalls.ts';

let ada: Person;
let host: Person;
let now: Date;
const world = { now: () => now };

beforeEach(async () => {
  await sql('DELETE FROM saved_searches; UPDATE listings SET state = $$withdrawn$$; DELETE FROM notices');
  [ada, host] = [await person({ name: 'Ada' }), await person({ name: 'Host' })];
  now = NOW;
});

/** Machines answer as time passes, as their heartbeats have it. */
async function pass(seconds: number): Promise<void> {
  now = addSeconds(now, seconds);
  await db.machine.updateMany({ data: { lastSyncAt: now } });
}

const offer = (cents: number, model = 'RTX 4090') =>
  offered(host, { model, lastSyncAt: now }, { priceMicrosPerGpuHour: BigInt(cents) * 10_000n });
const price = (listingId: string, cents: number) =>
  db.listing.update({ where: { id: listingId }, data: { priceMicrosPerGpuHour: BigInt(cents) * 10_000n } });
const save = (change: object = {}, who = ada) =>
  saveSearch(who, saveSearchInput.parse({ name: 'mine', query: 'model=RTX+4090', tellsNew: true, ...change }), world);
const titles = async () =>
  (await db.notice.findMany({ where: { kind: 'search.matched' }, orderBy: { id: 'asc' } })).map(({ title }) => title);
async function sweep(): Promise<readonly string[]> {
  await watchSearches(world);
  await deliverNotices(world);
  return titles();
}

describe('a saved search', () => {
  it('is kept under a name, seen with what it finds now, changed and forgotten by its owner, and by nobody else', async () => {
    await offer(30);
    await offer(90, 'H100 SXM');
    const id = await save({ below: '0.25', byMail: true });
    expect(await savedSearches(ada, now)).toMatchObject([
      { id, name: 'mine', query: 'model=RTX+4090', offers: 1, belowMicrosPerGpuHour: 250_000n, byMail: true },
    ]);
    const stranger = await person();
    const changes = changeSearchInput.parse({ searchId: id, name: 'yours', tellsNew: false });
    expect(await savedSearches(stranger, now)).toEqual([]);
    for (const theirs of [
      () => savedSearch(stranger, id, now),
      () => changeSearch(stranger, changes, world),
      () => deleteSearch(stranger, { searchId: id }, world),
    ])
      expect((await refusal(theirs())).reason).toBe('notFound');
    await changeSearch(ada, changes, world);
    expect(await savedSearch(ada, id, now)).toMatchObject({ name: 'yours', tellsNew: false });
    await deleteSearch(ada, { searchId: id }, world);
    expect(await savedSearches(ada, now)).toEqual([]);
  });

  it('has a name of its own, and there are twenty at most, also when two are saved at once', async () => {
    await save();
    expect(await refusal(save())).toMatchObject({ reason: 'conflict', detail: { field: 'name' } });
    const tried = await Promise.allSettled(
      Array.from({ length: MOST_SAVED_SEARCHES + 3 }, (_, index) => save({ name: `search ${index}` })),
    );
    expect(tried.filter(({ status }) => status === 'rejected')).toHaveLength(4);
    expect(await db.savedSearch.count({ where: { ownerId: ada.userId } })).toBe(MOST_SAVED_SEARCHES);
    // A name is one person's: others may have it too.
    await save({}, await person());
    await suspendUser(await person({ role: 'admin' }), { userId: host.userId, reason: 'a test' }, world);
    expect((await refusal(save({}, { ...host, suspended: true }))).reason).toBe('suspended');
  });

  it('is refused without a name, with a limit that is none, and with a span that nobody offers', () => {
    const wrong = (change: object) => saveSearchInput.safeParse({ name: 'mine', query: '', ...change }).success;
    expect(wrong({})).toBe(true);
    for (const change of [{ name: ' ' }, { name: 'a\u0000b' }, { below: '0' }, { below: 'x' }, { everySeconds: 60 }])
      expect([change, wrong(change)]).toEqual([change, false]);
  });
});

describe('its alerts', () => {
  it('tell of an offer that appears, once, with the cheapest of them, and not of what was there', async () => {
    await offer(30);
    await save({ everySeconds: 3_600 });
    await pass(100);
    expect(await sweep()).toEqual([]);
    await offer(40);
    await offer(35);
    await offer(10, 'H100 SXM');
    await pass(100);
    expect(await sweep()).toEqual(['2 new offers for “mine”']);
    const [notice] = await db.notice.findMany({ where: { kind: 'search.matched' } });
    expect(notice).toMatchObject({ userId: ada.userId, link: '/gpus?model=RTX+4090' });
    expect(notice?.body).toContain('RTX 4090 at $0.35 per GPU-hour');
    await pass(100);
    expect(await sweep()).toHaveLength(1);
  });

  it('tell of a price that falls below the limit, again when it rose in between, and by mail when asked to', async () => {
    const { listingId } = await offer(40);
    await save({ tellsNew: false, below: '0.30', everySeconds: 3_600, byMail: true });
    await pass(100);
    expect(await sweep()).toEqual([]);
    await price(listingId, 30);
    await pass(100);
    expect(await sweep()).toEqual([]);
    await price(listingId, 29);
    await pass(100);
    expect(await sweep()).toEqual(['1 now below $0.30 for “mine”']);
    expect(await db.mail.count({ where: { toAddress: ada.email } })).toBe(1);
    await pass(3_700);
    expect(await sweep()).toHaveLength(1);
    await price(listingId, 50);
    await pass(100);
    expect(await sweep()).toHaveLength(1);
    await price(listingId, 20);
    await pass(100);
    expect(await sweep()).toHaveLength(2);
  });

  it('come at most once in their interval: what appears meanwhile is told when it is over, all together', async () => {
    await save({ everySeconds: 3_600 });
    await offer(40);
    await pass(100);
    expect(await sweep()).toEqual(['1 new offer for “mine”']);
    await offer(41);
    await pass(600);
    expect(await sweep()).toHaveLength(1);
    await offer(42);
    await pass(3_000);
    expect(await sweep()).toEqual(['1 new offer for “mine”', '2 new offers for “mine”']);
  });

  it('are given once however many workers look at the same time', async () => {
    await save();
    await offer(40);
    await pass(100);
    const told = await Promise.all([1, 2, 3, 4].map(() => watchSearches(world)));
    expect(told.reduce((sum, count) => sum + count, 0)).toBe(1);
    await deliverNotices(world);
    expect(await titles()).toHaveLength(1);
  });

  it('are silent about one’s own machines, for who is suspended, and where nothing is to be told', async () => {
    await save({}, host);
    await save({ name: 'quiet', tellsNew: false });
    const gone = await person();
    await save({}, gone);
    await db.user.update({ where: { id: gone.userId }, data: { suspendedAt: now } });
    await offer(40);
    await pass(100);
    expect(await sweep()).toEqual([]);
  });
});

describe('the database', () => {
  it('is the last witness: one notice an interval, names, limits and spans', async () => {
    const id = await save();
    const set = (change: string) => sql(`UPDATE saved_searches SET ${change} WHERE id = $1`, [id]);
    for (const change of [
      `name = ''`,
      'below_micros_per_gpu_hour = 0',
      'every_seconds = 60',
      `query = repeat('x', 4001)`,
      `seen_listing_ids = array_fill('x'::text, ARRAY[2001])`,
    ])
      await expect(set(change)).rejects.toThrow(/saved_searches_whole/);
    await set(`told_at = '2026-11-23T12:00:00Z'`);
    await expect(set(`told_at = '2026-11-24T11:59:59Z'`)).rejects.toThrow(/saved_searches_told_once/);
    await set(`told_at = '2026-11-24T12:00:00Z'`);
    await expect(
      sql(
        'INSERT INTO saved_searches SELECT $2, owner_id, name, query, tells_new, below_micros_per_gpu_hour, every_seconds, by_mail, seen_listing_ids, below_listing_ids, NULL, looked_at, created_at, updated_at FROM saved_searches WHERE id = $1',
        [id, 'sse_2'],
      ),
    ).rejects.toThrow(/saved_searches_owner_id_name_key/);
  });
});
