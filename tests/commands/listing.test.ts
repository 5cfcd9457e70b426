import '#tests/support/database.ts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Actor } from '#lib/base/actor.ts';
import type { Refusal } from '#lib/base/refusal.ts';
import { DAY, HOUR } from '#lib/base/time.ts';
import { approveListing, restoreListing, suspendListing } from '#lib/catalogue/decide-listing.ts';
import { publishListing } from '#lib/catalogue/publish-listing.ts';
import { searchListings } from '#lib/catalogue/queries/search.ts';
import { retireMachine } from '#lib/catalogue/retire-machine.ts';
import { saveListing } from '#lib/catalogue/save-listing.ts';
import { saveListingInput } from '#lib/catalogue/schema.ts';
import { EVERYTHING } from '#lib/catalogue/search.ts';
import { settleOffers } from '#lib/catalogue/settle-offers.ts';
import { withdrawListing } from '#lib/catalogue/withdraw-listing.ts';
import { db } from '#lib/io/db.ts';
import { forgetEnv } from '#lib/io/env.ts';
import { person } from '#tests/support/people.ts';
import { listingOf, machineOf, NOW, takenBy } from '#tests/support/stalls.ts';

const later = (ms: number) => new Date(NOW.getTime() + ms);
const at = (ms: number) => ({ now: () => later(ms) });
const world = at(0);
const terms = { price: 350_000n, diskPrice: 100_000n, minGpus: 1, endsAt: null };

afterEach(() => {
  vi.unstubAllEnvs();
  forgetEnv();
});

const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => 'nothing',
    (error: Refusal) => error.reason,
  );
const visible = async (machineId: string, when = NOW) =>
  (await searchListings(null, { ...EVERYTHING, trust: 'new', taken: true }, when)).rows.some(
    (row) => row.machineId === machineId,
  );
const eventsOf = async (machineId: string) =>
  (await db.event.findMany({ where: { machineId }, orderBy: { id: 'asc' } })).map((event) => event.kind);
const offersOf = (machineId: string) =>
  db.offer.findMany({ where: { machineId }, orderBy: { startsAt: 'asc' }, select: { startsAt: true, endsAt: true } });

async function published(host: Actor, machine: Parameters<typeof machineOf>[1] = {}) {
  const placed = await machineOf(host, machine);
  const { listingId } = await saveListing(host, { machineId: placed.machineId, ...terms }, world);
  await publishListing(host, { machineId: placed.machineId }, world);
  return { ...placed, listingId };
}

describe('a host', () => {
  it('saves terms, publishes, and is seen at once when the self-test has passed', async () => {
    const host = await person();
    const { machineId } = await machineOf(host, { gpuCount: 2 });
    await saveListing(host, { machineId, ...terms, minGpus: 2, endsAt: later(DAY) }, world);
    expect(await visible(machineId)).toBe(false);
    expect(await publishListing(host, { machineId }, world)).toMatchObject({ waiting: null });
    expect(await visible(machineId)).toBe(true);
    expect(await eventsOf(machineId)).toEqual(['listing.saved', 'listing.published']);
    expect(await offersOf(machineId)).toEqual([{ startsAt: NOW, endsAt: null }]);
  });

  it('edits terms without publishing anew, and the edit says what it was before', async () => {
    const host = await person();
    const { machineId, listingId } = await published(host);
    expect(await saveListing(host, { machineId, ...terms, price: 500_000n }, world)).toEqual({ listingId });
    expect(await visible(machineId)).toBe(true);
    expect(await db.listing.findUnique({ where: { id: listingId } })).toMatchObject({
      state: 'published',
      priceMicrosPerGpuHour: 500_000n,
    });
    const event = await db.event.findFirst({ where: { listingId }, orderBy: { id: 'desc' } });
    expect(event?.data).toMatchObject({ priceMicrosPerGpuHour: '500000', previousPriceMicrosPerGpuHour: '350000' });
  });

  it('is told field by field what is wrong, and nothing is saved', async () => {
    const host = await person();
    const { machineId } = await machineOf(host);
    const wrong = saveListing(host, { machineId, price: 0n, diskPrice: 99_000_000n, minGpus: 2, endsAt: NOW }, world);
    await expect(wrong).rejects.toMatchObject({ reason: 'badInput' });
    await expect(wrong).rejects.toHaveProperty('detail.price');
    await expect(wrong).rejects.toHaveProperty('detail.diskPrice');
    await expect(wrong).rejects.toHaveProperty('detail.minGpus');
    await expect(wrong).rejects.toHaveProperty('detail.endsAt');
    expect(await db.listing.count({ where: { machineId } })).toBe(0);
  });

  it('cannot touch a machine of somebody else, nor tell that there is one', async () => {
    const { machineId } = await published(await person());
    const stranger = await person();
    for (const id of [machineId, 'mch_nothing'])
      for (const command of [
        () => saveListing(stranger, { machineId: id, ...terms }, world),
        () => publishListing(stranger, { machineId: id }, world),
        () => withdrawListing(stranger, { machineId: id }, world),
        () => retireMachine(stranger, { machineId: id }, world),
      ])
        expect(await refusal(command())).toBe('notFound');
  });

  it('cannot list anything while suspended or before confirming the address', async () => {
    const suspended = { ...(await person()), suspended: true };
    const { machineId } = await machineOf(suspended);
    expect(await refusal(saveListing(suspended, { machineId, ...terms }, world))).toBe('suspended');
    const unconfirmed = await person({ confirmed: false });
    const other = await machineOf(unconfirmed);
    await saveListing(unconfirmed, { machineId: other.machineId, ...terms }, world);
    expect(await refusal(publishListing(unconfirmed, { machineId: other.machineId }, world))).toBe('emailUnconfirmed');
  });

  it('cannot publish a machine that could not run a rental', async () => {
    const host = await person();
    const { machineId } = await machineOf(host, { docker: false });
    expect(await refusal(publishListing(host, { machineId }, world))).toBe('notNow');
    await saveListing(host, { machineId, ...terms }, world);
    expect(await refusal(publishListing(host, { machineId }, world))).toBe('machineNotReady');
  });

  it('withdraws, and what is rented goes on', async () => {
    const host = await person();
    const placed = await published(host);
    const rental = await takenBy(await person(), { ...placed, hostId: host.userId }, { from: NOW, to: later(DAY) });
    await withdrawListing(host, { machineId: placed.machineId }, at(HOUR));
    expect(await visible(placed.machineId, later(HOUR))).toBe(false);
    expect(await db.booking.findUnique({ where: { id: rental } })).toMatchObject({ desired: 'running' });
    // What is rented is promised: its reliability is measured until that is over.
    expect(await offersOf(placed.machineId)).toEqual([{ startsAt: NOW, endsAt: null }]);
    expect(await refusal(withdrawListing(host, { machineId: placed.machineId }, at(HOUR)))).toBe('notNow');
    await db.machine.update({ where: { id: placed.machineId }, data: { lastSyncAt: later(2 * HOUR) } });
    await publishListing(host, { machineId: placed.machineId }, at(2 * HOUR));
    expect(await offersOf(placed.machineId)).toHaveLength(1);
    await db.booking.update({ where: { id: rental }, data: { endedAt: NOW, desired: 'ended', observed: 'ended' } });
    await withdrawListing(host, { machineId: placed.machineId }, at(3 * HOUR));
    expect(await offersOf(placed.machineId)).toEqual([{ startsAt: NOW, endsAt: later(3 * HOUR) }]);
  });

  it('retires a machine only when nothing is rented on it; its GPUs may then be enrolled elsewhere', async () => {
    const host = await person();
    const placed = await published(host);
    const rental = await takenBy(await person(), { ...placed, hostId: host.userId }, { from: NOW, to: later(DAY) });
    expect(await refusal(retireMachine(host, { machineId: placed.machineId }, world))).toBe('notNow');
    await db.booking.update({ where: { id: rental }, data: { endedAt: NOW, desired: 'ended', observed: 'ended' } });
    const before = await db.machine.findUniqueOrThrow({ where: { id: placed.machineId } });
    await retireMachine(host, { machineId: placed.machineId }, world);
    expect(await db.gpu.count({ where: { machineId: placed.machineId, removedAt: null } })).toBe(0);
    expect(await db.listing.findUnique({ where: { id: placed.listingId } })).toMatchObject({ state: 'withdrawn' });
    const after = await db.machine.findUniqueOrThrow({ where: { id: placed.machineId } });
    expect(after.generation).toBe(before.generation + 1);
    expect(await refusal(saveListing(host, { machineId: placed.machineId, ...terms }, world))).toBe('notNow');
  });
});

describe('staff', () => {
  it('approve what waits for them where the market asks for it', async () => {
    vi.stubEnv('SUBLET_LISTING_APPROVAL', 'staff');
    forgetEnv();
    const host = await person();
    const admin = await person({ role: 'admin' });
    const { machineId } = await machineOf(host);
    const { listingId } = await saveListing(host, { machineId, ...terms }, world);
    expect((await publishListing(host, { machineId }, world)).waiting).toContain('approval');
    expect(await visible(machineId)).toBe(false);
    expect(await offersOf(machineId)).toEqual([]);
    await approveListing(admin, { listingId, reason: 'looks right' }, world);
    expect(await visible(machineId)).toBe(true);
    expect(await offersOf(machineId)).toHaveLength(1);
    expect(await refusal(approveListing(admin, { listingId, reason: 'again' }, world))).toBe('notNow');
  });

  it('suspend and restore a listing with a reason; the host cannot publish past them', async () => {
    const host = await person();
    const admin = await person({ role: 'admin' });
    const { machineId, listingId } = await published(host);
    await suspendListing(admin, { listingId, reason: 'reported twice' }, world);
    expect(await visible(machineId)).toBe(false);
    await withdrawListing(host, { machineId }, world);
    expect(await refusal(publishListing(host, { machineId }, world))).toBe('notNow');
    const event = await db.event.findFirst({ where: { listingId, kind: 'listing.suspended' } });
    expect(event).toMatchObject({ actorId: admin.userId, userId: host.userId, reason: 'reported twice' });
    await restoreListing(admin, { listingId, reason: 'cleared up' }, world);
    await publishListing(host, { machineId }, world);
    expect(await visible(machineId)).toBe(true);
    expect(await refusal(restoreListing(admin, { listingId, reason: 'again' }, world))).toBe('notNow');
  });

  it('are the only ones who decide', async () => {
    const host = await person();
    const { listingId } = await published(host);
    for (const command of [approveListing, suspendListing, restoreListing])
      expect(await refusal(command(host, { listingId, reason: 'because' }, world))).toBe('forbidden');
    const admin = await person({ role: 'admin' });
    expect(await refusal(suspendListing(admin, { listingId: 'lst_nothing', reason: 'because' }, world))).toBe(
      'notFound',
    );
  });
});

describe('offered time', () => {
  it('ends with the listing, not when somebody looks', async () => {
    const host = await person();
    const { machineId } = await machineOf(host);
    await saveListing(host, { machineId, ...terms, endsAt: later(HOUR) }, world);
    await publishListing(host, { machineId }, world);
    expect(await settleOffers(at(DAY))).toBeGreaterThanOrEqual(1);
    expect(await offersOf(machineId)).toEqual([{ startsAt: NOW, endsAt: later(HOUR) }]);
    expect(await settleOffers(at(DAY))).toBe(0);
  });

  it('ends when the account of the host is suspended and goes on when it is restored', async () => {
    const host = await person();
    const { machineId } = await published(host);
    await db.user.update({ where: { id: host.userId }, data: { suspendedAt: NOW } });
    await settleOffers(at(HOUR));
    expect(await offersOf(machineId)).toEqual([{ startsAt: NOW, endsAt: later(HOUR) }]);
    await db.user.update({ where: { id: host.userId }, data: { suspendedAt: null } });
    await settleOffers(at(2 * HOUR));
    expect(await offersOf(machineId)).toHaveLength(2);
  });

  it('of one machine is open once, however many change it at the same time', async () => {
    const host = await person();
    const { machineId } = await machineOf(host);
    await listingOf(host, machineId);
    await Promise.all([1, 2, 3, 4].map(() => settleOffers(world)));
    expect(await offersOf(machineId)).toHaveLength(1);
  });
});

describe('the form of a listing', () => {
  const read = (change: object) =>
    saveListingInput.safeParse({
      machineId: 'mch_1',
      price: '0.35',
      diskPrice: '0.1',
      minGpus: '1',
      endsAt: '',
      ...change,
    });

  it('reads dollars exactly and a day as its last second', () => {
    expect(read({ endsAt: '2027-01-31' }).data).toEqual({
      machineId: 'mch_1',
      price: 350_000n,
      diskPrice: 100_000n,
      minGpus: 1,
      endsAt: new Date('2027-01-31T23:59:59.000Z'),
    });
    expect(read({ endsAt: '2027-01-31T10:00:00+02:00' }).data?.endsAt).toEqual(new Date('2027-01-31T08:00:00.000Z'));
  });

  it.each([
    { price: '-1' },
    { price: '1e3' },
    { price: '' },
    { price: '0.1234567' },
    { price: '9'.repeat(5_000) },
    { price: ['1', '2'] },
    { diskPrice: 'free' },
    { minGpus: '1.5' },
    { minGpus: 'many' },
    { minGpus: '0' },
    { endsAt: '2027-13-01' },
    { endsAt: 'tomorrow' },
    { endsAt: '2027-02-30T00:00' },
    { machineId: '' },
  ])('refuses %o', (change) => {
    expect(read(change).success).toBe(false);
  });
});
