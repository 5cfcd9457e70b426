import '#tests/support/database.ts';
import { describe, expect, it } from 'vitest';
import type { Refusal } from '#lib/base/refusal.ts';
import { DAY, HOUR } from '#lib/base/time.ts';
import { blockRenter, unblockRenter } from '#lib/catalogue/block-renter.ts';
import { checkMachine } from '#lib/catalogue/check-machine.ts';
import { editMachine } from '#lib/catalogue/edit-machine.ts';
import { whyNotBookable } from '#lib/catalogue/listing.ts';
import { lockOffer } from '#lib/catalogue/lock-offer.ts';
import { editMachineInput } from '#lib/catalogue/schema.ts';
import { db, inTransaction } from '#lib/io/db.ts';
import { person } from '#tests/support/people.ts';
import { listingOf, machineOf, NOW, takenBy } from '#tests/support/stalls.ts';

const world = { now: () => NOW };
const later = (ms: number) => new Date(NOW.getTime() + ms);
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => 'nothing',
    (error: Refusal) => error.reason,
  );

describe('a machine', () => {
  it('gets a name and a place from its host, and from nobody else', async () => {
    const host = await person();
    const { machineId } = await machineOf(host);
    await editMachine(host, { machineId, name: '🦊 <script>', region: 'Bavaria', country: 'DE' }, world);
    expect(await db.machine.findUnique({ where: { id: machineId } })).toMatchObject({
      name: '🦊 <script>',
      region: 'Bavaria',
      country: 'DE',
    });
    expect(
      await refusal(editMachine(await person(), { machineId, name: 'mine', region: null, country: null }, world)),
    ).toBe('notFound');
  });

  it('is not called what a form must not accept', () => {
    const read = (change: object) => editMachineInput.safeParse({ machineId: 'mch_1', name: 'box', ...change });
    expect(read({}).data).toEqual({ machineId: 'mch_1', name: 'box', region: null, country: null });
    for (const change of [
      { name: '' },
      { name: 'a'.repeat(300) },
      { name: 'a\nb' },
      { country: 'XX' },
      { country: 'Germany' },
      { region: 'r'.repeat(61) },
      { name: ['a'] },
    ])
      expect(read(change).success).toBe(false);
  });

  it('is checked by staff with a reason, and the mark can be taken back', async () => {
    const host = await person();
    const admin = await person({ role: 'admin' });
    const { machineId } = await machineOf(host);
    const input = { machineId, reason: 'visited it', checked: true };
    expect(await refusal(checkMachine(host, input, world))).toBe('forbidden');
    await checkMachine(admin, input, world);
    expect(await db.machine.findUnique({ where: { id: machineId } })).toMatchObject({
      staffCheckedAt: NOW,
      staffCheckedBy: admin.userId,
    });
    await checkMachine(admin, { ...input, checked: false }, world);
    expect(await db.machine.findUnique({ where: { id: machineId } })).toMatchObject({
      staffCheckedAt: null,
      staffCheckedBy: null,
    });
    const untested = await machineOf(host, { selfTestPassed: false });
    expect(await refusal(checkMachine(admin, { ...input, machineId: untested.machineId }, world))).toBe('notNow');
  });
});

describe('a host', () => {
  it('blocks whoever rents from them, and nobody else', async () => {
    const host = await person();
    const renter = await person();
    const placed = await machineOf(host);
    const listingId = await listingOf(host, placed.machineId);
    const bookingId = await takenBy(
      renter,
      { ...placed, listingId, hostId: host.userId },
      { from: NOW, to: later(HOUR) },
    );
    expect(await refusal(blockRenter(await person(), { bookingId, reason: 'not mine' }, world))).toBe('notFound');
    await blockRenter(host, { bookingId, reason: 'mined coins' }, world);
    await blockRenter(host, { bookingId, reason: 'mined coins' }, world);
    expect(await db.renterBlock.findMany({ where: { hostId: host.userId } })).toMatchObject([
      { renterId: renter.userId, reason: 'mined coins' },
    ]);
    expect(await db.event.count({ where: { actorId: host.userId, kind: 'renter.blocked' } })).toBe(1);
    await unblockRenter(host, { renterId: renter.userId }, world);
    expect(await refusal(unblockRenter(host, { renterId: renter.userId }, world))).toBe('notFound');
  });
});

describe('an offer under lock', () => {
  it('says which GPUs are free, until when, and at which terms', async () => {
    const host = await person();
    const placed = await machineOf(host, { gpuCount: 3 });
    const listingId = await listingOf(host, placed.machineId, { priceMicrosPerGpuHour: 350_000n, endsAt: later(DAY) });
    const place = { ...placed, listingId, hostId: host.userId };
    const [first = '', second = ''] = placed.gpuIds;
    await takenBy(await person(), { ...place, gpuIds: [first] }, { from: later(-HOUR), to: later(HOUR) });
    await takenBy(await person(), { ...place, gpuIds: [second] }, { from: later(2 * HOUR), to: later(3 * HOUR) });
    const offer = await inTransaction('look', (tx) => lockOffer(tx, listingId, NOW));
    expect(offer).toMatchObject({
      listingId,
      machineId: placed.machineId,
      hostId: host.userId,
      terms: { priceMicrosPerGpuHour: 350_000n, endsAt: later(DAY) },
    });
    expect(offer?.gpus.map(({ takenUntil, nextTakenAt }) => [takenUntil, nextTakenAt])).toEqual([
      [later(HOUR), null],
      [null, later(2 * HOUR)],
      [null, null],
    ]);
    const wish = { renterId: 'usr_somebody', blocked: false, freeGpus: 2 };
    expect(offer && whyNotBookable(offer.facts, { ...wish, gpuCount: 2 }, NOW)).toBeNull();
    expect(offer && whyNotBookable(offer.facts, { ...wish, gpuCount: 3 }, NOW)?.reason).toBe('gpuTaken');
  });

  it('is held until the transaction ends: a second one waits and sees the change', async () => {
    const host = await person();
    const { machineId } = await machineOf(host);
    const listingId = await listingOf(host, machineId);
    const locked = Promise.withResolvers<void>();
    const first = inTransaction('first', async (tx) => {
      await lockOffer(tx, listingId, NOW);
      locked.resolve();
      await tx.listing.update({ where: { id: listingId }, data: { state: 'withdrawn' } });
    });
    await locked.promise;
    const second = await inTransaction('second', (tx) => lockOffer(tx, listingId, NOW));
    await first;
    expect(second?.facts.state).toBe('withdrawn');
  });

  it('that does not exist is undefined', async () => {
    expect(await inTransaction('look', (tx) => lockOffer(tx, 'lst_nothing', NOW))).toBeUndefined();
  });
});
