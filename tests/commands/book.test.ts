import '#tests/support/database.ts';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bookListing } from '#lib/bookings/book-listing.ts';
import { forgetQuotes } from '#lib/bookings/forget-quotes.ts';
import { previewQuote } from '#lib/bookings/queries/quote.ts';
import { rentalOf } from '#lib/bookings/queries/rental.ts';
import { requestQuote } from '#lib/bookings/request-quote.ts';
import { db } from '#lib/io/db.ts';
import { leaseKey } from '#lib/io/lease-key.ts';
import { walletOf } from '#lib/ledger/queries.ts';
import { verifySigned } from '#protocol/keys.ts';
import { leasePermit } from '#protocol/lease.ts';
import { DOMAINS } from '#protocol/words.ts';
import { refusal } from '#tests/support/ask.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { sql } from '#tests/support/database.ts';
import { person } from '#tests/support/people.ts';
import { DOLLAR, type RentalMarket, rentalMarket, renterWith } from '#tests/support/rental.ts';
import { GIB } from '#tests/support/stalls.ts';

let market: RentalMarket;
beforeEach(async () => {
  market = await rentalMarket();
});
afterEach(expectBooksBalance);

async function quoteFor(who = market.renter, change: object = {}) {
  const ask = { listingId: market.listingId, gpuCount: 1, diskBytes: BigInt(GIB), durationSeconds: null, ...change };
  return requestQuote(who, ask, market.clock.world);
}

function wish(quoteId: string, change: object = {}) {
  return {
    quoteId,
    image: 'ubuntu:24.04',
    command: null,
    environment: {},
    capMicros: null,
    idempotencyKey: randomBytes(8).toString('hex'),
    ...change,
  };
}

describe('whoever loses a race by moments', () => {
  const sized = { durationSeconds: 7_200, gpuCount: 2 };
  const afterMs = (ms: number) => new Date(market.clock.world.now().getTime() + ms);

  it('is told that the GPUs are taken, though they asked before the winner had them', async () => {
    const mine = await quoteFor(market.renter, sized);
    const other = await renterWith(500, market.clock);
    const theirs = await quoteFor(other, sized);
    await bookListing(market.renter, wish(mine.id), { now: () => afterMs(20) });
    // They asked first, and waited for the lock until the winner was done.
    const clock = [0, 30];
    const late = { now: () => afterMs(clock.length > 1 ? (clock.shift() ?? 0) : (clock[0] ?? 0)) };
    const refused = await refusal(bookListing(other, wish(theirs.id), late));
    expect(refused.reason).toBe('gpuTaken');
    expect(refused.sentence).toContain('Every GPU of this machine is taken now');
  });

  it('is told so, too, by a process whose clock is a little slow', async () => {
    const mine = await quoteFor(market.renter, sized);
    const other = await renterWith(500, market.clock);
    const theirs = await quoteFor(other, sized);
    await bookListing(market.renter, wish(mine.id), { now: () => afterMs(20) });
    const refused = await refusal(bookListing(other, wish(theirs.id), market.clock.world));
    expect(refused.reason).toBe('gpuTaken');
    expect(refused.sentence).toContain('Somebody else has just booked this. Nothing was charged');
  });
});

describe('booking what was quoted', () => {
  it('takes a GPU, holds a day of cost and a day of disk, and signs a lease for the machine', async () => {
    const hand = await market.book();
    const booking = await hand.booking();
    expect(booking).toMatchObject({
      desired: 'running',
      observed: 'held',
      billable: 'nothing',
      reason: null,
      gatewayName: 'gw-test',
      run: 1,
    });
    expect(booking.allocations).toHaveLength(1);
    const lease = await hand.lease();
    // 24 × $3.60, 1 GiB at $0.10 a month for that day, and for the day it is kept after the money is gone (rounded up).
    expect(lease.heldMicros).toBe(86_400_000n + 3_333n + 3_334n);
    expect((await walletOf(market.renter)).freeMicros).toBe(1_000n * DOLLAR - lease.heldMicros);
    expect((await walletOf(market.renter)).heldMicros).toBe(lease.heldMicros);
    const signed = { payload: lease.permit, signature: lease.signature };
    expect(verifySigned(DOMAINS.lease, signed, leaseKey().publicKey)).toBe(true);
    const permit = leasePermit.parse(JSON.parse(lease.permit));
    expect(permit).toMatchObject({
      leaseId: hand.leaseId,
      revision: 1,
      machineId: market.machineId,
      machineKey: market.machine.signingKey,
      image: 'sublet/busybox:latest',
      priceMicrosPerGpuHour: '3600000',
    });
    expect(permit.authorizedKeys).toHaveLength(1);
    expect(permit.gateways).toEqual([
      {
        name: 'gw-test',
        publicHost: 'gw.example.test',
        tunnelUrl: 'tcp://127.0.0.1:7000',
        port: booking.gatewayPort,
      },
    ]);
    expect(permit.ceilingMicros).toBe('86403333');
  });

  it('wakes the machine and leaves one event', async () => {
    const before = await db.machine.findUniqueOrThrow({ where: { id: market.machineId } });
    const hand = await market.book();
    const after = await db.machine.findUniqueOrThrow({ where: { id: market.machineId } });
    expect(after.generation).toBe(before.generation + 1);
    const events = await db.event.findMany({ where: { bookingId: hand.id } });
    expect(events.map((event) => event.kind)).toEqual(['booking.made']);
    expect(events[0]?.machineId).toBe(market.machineId);
  });

  it('keeps the terms that were quoted, whatever the host asks later', async () => {
    const quote = await quoteFor();
    await db.listing.update({ where: { id: market.listingId }, data: { priceMicrosPerGpuHour: 9_000_000n } });
    const { bookingId } = await bookListing(market.renter, wish(quote.id), market.clock.world);
    const rental = await rentalOf(market.renter, bookingId, market.clock.now());
    expect(rental.terms.priceMicrosPerGpuHour).toBe(3_600_000n);
  });

  it('keeps environment variables sealed: no plain text of them is stored anywhere', async () => {
    const hand = await market.book({ environment: { TOKEN: 'canary-8c1f' } });
    expect((await hand.booking()).sealedEnvironment).toMatch(/^[\w-]+\.[\w-]+$/);
    const tables = await sql<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`,
    );
    for (const { name } of tables) {
      const found = await sql(`SELECT 1 FROM "${name}" AS t WHERE t::text LIKE '%canary-8c1f%'`);
      expect(found, name).toEqual([]);
    }
  });

  it('books once for one key, and answers the same booking again', async () => {
    const quote = await quoteFor();
    const asked = wish(quote.id);
    const all = await Promise.all([1, 2, 3, 4].map(() => bookListing(market.renter, asked, market.clock.world)));
    expect(new Set(all.map((booked) => booked.bookingId)).size).toBe(1);
    expect(all.filter((booked) => booked.created)).toHaveLength(1);
    expect(await db.transfer.count({ where: { kind: 'hold', bookingId: all[0]?.bookingId ?? '' } })).toBe(1);
  });

  it('refuses a key that was used for another quote, and a quote that was booked', async () => {
    const [first, second] = [await quoteFor(), await quoteFor()];
    const asked = wish(first.id);
    await bookListing(market.renter, asked, market.clock.world);
    expect((await refusal(bookListing(market.renter, { ...asked, quoteId: second.id }))).reason).toBe('conflict');
    expect((await refusal(bookListing(market.renter, wish(first.id), market.clock.world))).reason).toBe('quoteUsed');
  });

  it('lets one of two renters win who race for one GPU, and charges the other nothing', async () => {
    const only = await rentalMarket({ machine: { gpuCount: 1 } });
    const rivals = await Promise.all([1, 2, 3].map(() => renterWith(500, only.clock)));
    const outcomes = await Promise.allSettled(rivals.map((rival) => only.bookAs(rival)));
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === 'fulfilled') continue;
      expect(outcome.reason).toMatchObject({ reason: 'gpuTaken' });
      const loser = rivals[index];
      if (loser !== undefined) expect(await walletOf(loser)).toEqual({ freeMicros: 500n * DOLLAR, heldMicros: 0n });
    }
  });

  it('gives the GPUs of a machine in their order, and none twice', async () => {
    const first = await market.book();
    const second = await market.book();
    expect((await first.booking()).allocations[0]?.gpuId).toBe(market.gpuIds[0]);
    expect((await second.booking()).allocations[0]?.gpuId).toBe(market.gpuIds[1]);
    const third = await refusal(market.bookAs(market.renter));
    expect(third.reason).toBe('gpuTaken');
    expect(third.detail).toMatchObject({ freeGpus: 0 });
  });

  it('gives two bookings of a gateway two ports', async () => {
    const [one, two] = [await (await market.book()).booking(), await (await market.book()).booking()];
    expect(one.gatewayPort).not.toBe(two.gatewayPort);
  });
});

describe('what a renter may not book', () => {
  const asked = async (change: object, ask: object = {}, who = market.renter) =>
    refusal(bookListing(who, wish((await quoteFor(who, ask)).id, change), market.clock.world));

  it.each([
    ['an image with a space', { image: 'ubuntu --privileged' }, 'imageInvalid'],
    ['an image that is a flag', { image: '--rm' }, 'imageInvalid'],
    ['no image', { image: '' }, 'imageInvalid'],
    ['a name of control characters', { name: 'a\u0007b' }, 'badInput'],
    ['a name of 300 characters', { name: 'x'.repeat(300) }, 'badInput'],
    ['10 MB of environment', { environment: { BIG: 'x'.repeat(10_000_000) } }, 'badInput'],
    ['a variable with a name that is none', { environment: { '1=2': 'x' } }, 'badInput'],
    ['an empty command', { command: [] }, 'badInput'],
    ['a cap of a cent', { capMicros: 10_000n }, 'badInput'],
    ['a cap of nothing', { capMicros: 0n }, 'badInput'],
    ['a key with spaces', { idempotencyKey: 'a b c d e f g' }, 'badInput'],
  ])('not %s', async (_, change, reason) => {
    expect((await asked(change)).reason).toBe(reason);
    expect(await walletOf(market.renter)).toEqual({ freeMicros: 1_000n * DOLLAR, heldMicros: 0n });
  });

  it('takes a name of any script', async () => {
    const hand = await market.book({ name: '<script>alert(1)</script> 🦊 מבחן' });
    expect((await hand.booking()).name).toBe('<script>alert(1)</script> 🦊 מבחן');
  });

  it('not with money for less than an hour; with money for an hour that is what is held', async () => {
    const poor = await renterWith(5, market.clock);
    expect((await asked({}, { gpuCount: 2 }, poor)).reason).toBe('insufficientFunds');
    await market.bookAs(poor);
    expect(await walletOf(poor)).toEqual({ freeMicros: 0n, heldMicros: 5n * DOLLAR });
  });

  it('not without money: the refusal says what is needed and what there is', async () => {
    const poor = await renterWith(0, market.clock);
    const refused = await asked({}, {}, poor);
    expect(refused.reason).toBe('insufficientFunds');
    expect(refused.detail).toMatchObject({ freeMicros: '0' });
    expect(refused.sentence).toContain('$3.60');
  });

  it('not a cap that the wallet does not have', async () => {
    expect((await asked({ capMicros: 5_000n * DOLLAR })).reason).toBe('insufficientFunds');
  });

  it('not without an SSH key', async () => {
    await db.sshKey.deleteMany({ where: { userId: market.renter.userId } });
    expect((await asked({})).reason).toBe('keyNeeded');
  });

  it('not before the e-mail address is confirmed, nor while suspended', async () => {
    const stranger = await person({ confirmed: false });
    expect((await asked({}, {}, stranger)).reason).toBe('emailUnconfirmed');
    const suspended = { ...market.renter, suspended: true };
    expect((await refusal(quoteFor(suspended))).reason).toBe('suspended');
  });

  it('not their own machine', async () => {
    expect((await asked({}, {}, market.host)).reason).toBe('keyNeeded');
    await db.sshKey.updateMany({ where: { userId: market.renter.userId }, data: { userId: market.host.userId } });
    expect((await asked({}, {}, market.host)).reason).toBe('ownMachine');
  });

  it('not from a host who blocked them', async () => {
    await db.renterBlock.create({
      data: {
        id: 'blk_1',
        hostId: market.host.userId,
        renterId: market.renter.userId,
        reason: 'no',
        createdAt: market.clock.now(),
      },
    });
    expect((await asked({})).reason).toBe('renterBlocked');
  });

  it('not by somebody else’s quote', async () => {
    const quote = await quoteFor();
    const thief = await renterWith(100, market.clock);
    expect((await refusal(bookListing(thief, wish(quote.id), market.clock.world))).reason).toBe('notFound');
  });

  it('not by a quote that expired', async () => {
    const quote = await quoteFor();
    market.clock.pass(301);
    await market.beat();
    expect((await refusal(bookListing(market.renter, wish(quote.id), market.clock.world))).reason).toBe('quoteExpired');
  });

  it('not what was withdrawn or suspended meanwhile, and not a silent machine', async () => {
    const quote = await quoteFor();
    await db.listing.update({ where: { id: market.listingId }, data: { suspendedAt: market.clock.now() } });
    expect((await refusal(bookListing(market.renter, wish(quote.id), market.clock.world))).reason).toBe('listingGone');
    await db.listing.update({ where: { id: market.listingId }, data: { suspendedAt: null } });
    market.clock.pass(200);
    expect((await refusal(bookListing(market.renter, wish(quote.id), market.clock.world))).reason).toBe(
      'machineNotReady',
    );
  });
});

describe('a quote', () => {
  it.each([
    ['no GPU', { gpuCount: 0 }, 'gpuCount'],
    ['more GPUs than there are', { gpuCount: 3 }, 'gpuCount'],
    ['half a GPU', { gpuCount: 0.5 }, 'gpuCount'],
    ['no time', { durationSeconds: 0 }, 'durationSeconds'],
    ['negative time', { durationSeconds: -1 }, 'durationSeconds'],
    ['100 years', { durationSeconds: 3_155_760_000 }, 'durationSeconds'],
    ['no disk', { diskBytes: 0n }, 'diskBytes'],
    ['more disk than there is', { diskBytes: 900n * BigInt(GIB) }, 'diskBytes'],
    ['an absurd disk', { diskBytes: 10n ** 17n }, 'diskBytes'],
  ])('is not made for %s', async (_, change, field) => {
    const refused = await refusal(quoteFor(market.renter, change));
    expect(refused.reason).toBe('badInput');
    expect(refused.detail[field]).toEqual(expect.any(String));
  });

  it('is not made for a listing that is not there', async () => {
    expect((await refusal(quoteFor(market.renter, { listingId: 'lst_no' }))).reason).toBe('notFound');
  });

  it('ends with the listing, and says so before booking', async () => {
    const endsAt = new Date(market.clock.now().getTime() + 2 * 3_600_000);
    await db.listing.update({ where: { id: market.listingId }, data: { endsAt } });
    const ask = { listingId: market.listingId, gpuCount: 1, diskBytes: BigInt(GIB), capMicros: null };
    const quote = await previewQuote(null, { ...ask, durationSeconds: null }, market.clock.now());
    expect(quote.endsAt).toEqual(endsAt);
    expect(quote.hold.nowMicros).toBeNull();
    const hand = await market.book();
    expect((await hand.booking()).endsAt).toEqual(endsAt);
    expect((await refusal(quoteFor(market.renter, { durationSeconds: 3 * 3_600 }))).reason).toBe('badInput');
  });

  it('counts the disk that others have been promised', async () => {
    await market.book({ diskBytes: 700n * BigInt(GIB) });
    expect((await refusal(quoteFor(market.renter, { diskBytes: 101n * BigInt(GIB) }))).detail.diskBytes).toContain(
      '100 GiB',
    );
  });

  it('is forgotten a day after it expired, unless it was booked', async () => {
    const [forgotten, booked] = [await quoteFor(), await quoteFor()];
    await bookListing(market.renter, wish(booked.id), market.clock.world);
    market.clock.pass(86_000);
    await forgetQuotes(market.clock.world);
    expect(await db.quote.count({ where: { id: forgotten.id } })).toBe(1);
    market.clock.pass(1_000);
    await forgetQuotes(market.clock.world);
    expect(await db.quote.count({ where: { id: { in: [forgotten.id, booked.id] } } })).toBe(1);
  });

  it('is not made while nothing says that the machine lives', async () => {
    await db.machine.update({ where: { id: market.machineId }, data: { lastSyncAt: null } });
    expect((await refusal(quoteFor())).reason).toBe('machineNotReady');
  });
});

describe('a machine whose offer ends', () => {
  it('says when, for a rental from now on and for a window that lies ahead', async () => {
    // It is Monday, noon; the offer ends at 15:00.
    const until = (hours: number) => new Date(market.clock.now().getTime() + hours * 3_600_000);
    const ends = (hours: number) =>
      db.listing.update({ where: { id: market.listingId }, data: { endsAt: until(hours) } });
    const refused = async (change: object) => (await refusal(quoteFor(market.renter, change))).detail.durationSeconds;
    await ends(3);
    expect(await refused({ durationSeconds: 4 * 3_600 })).toBe(
      'The host rents this machine until 2026-11-23 15:00 UTC: 3 hours from now at most. Take a shorter time.',
    );
    const window = refusal(quoteFor(market.renter, { startsAt: until(5), durationSeconds: 3_600 }));
    expect(await window).toMatchObject({
      reason: 'hostClosed',
      sentence: 'The host offers this machine until 2026-11-23 15:00 UTC. Choose a window that ends by then.',
    });
    await ends(0.05);
    expect(await refused({})).toBe(
      'The host rents this machine until 2026-11-23 12:03 UTC: less than the 5 minutes of the shortest rental are left. Take another offer.',
    );
  });
});
