import '#tests/support/database.ts';
import { describe, expect, it } from 'vitest';
import type { Refusal } from '#lib/base/refusal.ts';
import { DAY, HOUR, MINUTE } from '#lib/base/time.ts';
import { blockRenter } from '#lib/catalogue/block-renter.ts';
import { editMachine } from '#lib/catalogue/edit-machine.ts';
import { blockedRenters, eventsOfMachine } from '#lib/catalogue/queries/history.ts';
import { listingPage } from '#lib/catalogue/queries/listing.ts';
import { machinesOf, machineOf as ownMachine } from '#lib/catalogue/queries/machines.ts';
import { db } from '#lib/io/db.ts';
import { person } from '#tests/support/people.ts';
import { listingOf, machineOf, NOW, spansOf, takenBy } from '#tests/support/stalls.ts';

const later = (ms: number) => new Date(NOW.getTime() + ms);
const world = { now: () => NOW };
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => 'nothing',
    (error: Refusal) => error.reason,
  );

async function stall(machine: Parameters<typeof machineOf>[1] = {}, listing: Parameters<typeof listingOf>[2] = {}) {
  const host = await person({ name: 'Ada Host' });
  const placed = await machineOf(host, machine);
  const listingId = await listingOf(host, placed.machineId, listing);
  return { host, ...placed, listingId, hostId: host.userId };
}

describe('the page of an offer', () => {
  it('shows a guest terms, GPUs and until when they are free, and nothing of the inside of the host', async () => {
    const place = await stall({ gpuCount: 3, simulated: true, name: 'box' }, { endsAt: later(10 * DAY) });
    const [first = '', second = ''] = place.gpuIds;
    await takenBy(await person(), { ...place, gpuIds: [first] }, { from: later(-HOUR), to: later(HOUR) });
    await takenBy(await person(), { ...place, gpuIds: [second] }, { from: later(2 * DAY), to: later(3 * DAY) });
    await spansOf(place.machineId, { offers: [{ startsAt: later(-10 * DAY), endsAt: null }] });
    const page = await listingPage(null, place.listingId, NOW);
    expect(page).toMatchObject({
      simulated: true,
      own: false,
      host: { name: 'Ada Host', machines: 1 },
      gpuModel: 'RTX 4090',
      freeGpus: 2,
      freeUntil: later(2 * DAY),
      whyNotBookable: null,
      reliability: { state: 'measured', basisPoints: 10_000 },
    });
    expect(page.gpus.map((gpu) => gpu.takenUntil)).toEqual([later(HOUR), null, null]);
    const text = JSON.stringify(page, (_, value) => (typeof value === 'bigint' ? String(value) : value));
    for (const secret of ['GPU-', 'signingKey', '"hostname"', '"uuid"', 'email']) expect(text).not.toContain(secret);
  });

  it('says why it cannot be booked: taken, silent, blocked, own', async () => {
    const place = await stall();
    const renter = await person();
    const why = async (viewer: typeof renter | null, now = NOW) =>
      (await listingPage(viewer, place.listingId, now)).whyNotBookable?.reason ?? null;
    expect(await why(renter)).toBeNull();
    expect(await why(place.host)).toBe('ownMachine');
    expect(await why(renter, later(5 * MINUTE))).toBe('machineNotReady');
    const bookingId = await takenBy(renter, place, { from: NOW, to: later(HOUR) });
    expect(await why(renter)).toBe('gpuTaken');
    expect(await why(null)).toBe('gpuTaken');
    await db.allocation.deleteMany({ where: { bookingId } });
    await blockRenter(place.host, { bookingId, reason: 'mined coins' }, world);
    expect(await why(renter)).toBe('renterBlocked');
    expect(await why(null)).toBeNull();
  });

  it('is found only by its host and by staff when strangers do not see it', async () => {
    const place = await stall({}, { suspendedAt: NOW });
    expect(await refusal(listingPage(null, place.listingId, NOW))).toBe('notFound');
    expect(await refusal(listingPage(await person(), place.listingId, NOW))).toBe('notFound');
    expect((await listingPage(place.host, place.listingId, NOW)).whyNotVisible?.sentence).toContain('suspended');
    expect((await listingPage(await person({ role: 'admin' }), place.listingId, NOW)).own).toBe(false);
    expect(await refusal(listingPage(place.host, 'lst_nothing', NOW))).toBe('notFound');
  });
});

describe('the pages of a host', () => {
  it('list their own machines only, each with what keeps renters away', async () => {
    const place = await stall({ gpuCount: 2 });
    await takenBy(await person(), { ...place, gpuIds: place.gpuIds.slice(0, 1) }, { from: NOW, to: later(HOUR) });
    const { machineId: unlisted } = await machineOf(place.host, { docker: false });
    const { machineId: retired } = await machineOf(place.host, { retiredAt: NOW });
    const rows = await machinesOf(place.host, NOW);
    expect(rows.map((row) => row.id).at(-1)).toBe(retired);
    expect(rows.find((row) => row.id === place.machineId)).toMatchObject({
      takenGpus: 1,
      gpuCount: 2,
      listingState: 'published',
      obstacle: null,
      priceMicrosPerGpuHour: 400_000n,
    });
    expect(rows.find((row) => row.id === unlisted)).toMatchObject({
      listingState: 'none',
      obstacle: expect.stringContaining('price'),
    });
    expect(await machinesOf(await person(), NOW)).toEqual([]);
  });

  it('show a machine with its GPUs by UUID, its terms and the buttons that would work', async () => {
    const place = await stall({ gpuCount: 2 }, { state: 'withdrawn' });
    const machine = await ownMachine(place.host, place.machineId, NOW);
    expect(machine.gpus).toHaveLength(2);
    expect(machine.gpus[0]?.uuid).toMatch(/^GPU-/);
    expect(machine).toMatchObject({
      listing: { state: 'withdrawn', priceMicrosPerGpuHour: 400_000n },
      whyNotPublish: null,
      whyNotWithdraw: { reason: 'notNow' },
      whyNotRetire: null,
      whyNotReady: null,
    });
    expect(await refusal(ownMachine(await person(), place.machineId, NOW))).toBe('notFound');
    expect(await refusal(ownMachine(await person({ role: 'admin' }), place.machineId, NOW))).toBe('notFound');
  });

  it('tell what happened to a machine and whom its host does not rent to', async () => {
    const place = await stall();
    await editMachine(place.host, { machineId: place.machineId, name: 'box two', region: null, country: null }, world);
    expect(await eventsOfMachine(place.host, place.machineId)).toMatchObject([
      { kind: 'machine.renamed', actor: 'Ada Host' },
    ]);
    expect(await refusal(eventsOfMachine(await person(), place.machineId))).toBe('notFound');
    const renter = await person({ name: 'Renter' });
    const bookingId = await takenBy(renter, place, { from: NOW, to: later(HOUR) });
    await blockRenter(place.host, { bookingId, reason: 'mined coins' }, world);
    expect(await blockedRenters(place.host)).toMatchObject([
      { renterId: renter.userId, name: 'Renter', reason: 'mined coins' },
    ]);
    expect(await blockedRenters(renter)).toEqual([]);
  });
});
