import '#tests/support/database.ts';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { addSeconds, utcWords } from '#lib/base/time.ts';
import { endBookingByHost } from '#lib/bookings/end-booking-by-host.ts';
import { extendBooking } from '#lib/bookings/extend-booking.ts';
import { extensionOf } from '#lib/bookings/queries/extension.ts';
import { db } from '#lib/io/db.ts';
import { warnWindows } from '#lib/leases/warn-windows.ts';
import { deliverNotices } from '#lib/notices/deliver-notices.ts';
import { noticesOfViewer } from '#lib/notices/queries.ts';
import { refusal } from '#tests/support/ask.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { person } from '#tests/support/people.ts';
import { DOLLAR, type RentalHand, type RentalMarket, rentalMarket } from '#tests/support/rental.ts';

let market: RentalMarket;
let rental: RentalHand;
beforeEach(async () => {
  market = await rentalMarket();
  rental = await market.book({ durationSeconds: 7_200 });
  await rental.connect();
});
afterEach(expectBooksBalance);

const warn = async (times = 1) => {
  for (let count = 0; count < times; count += 1) await warnWindows(market.clock.world);
};
const told = async () => {
  const events = await db.event.findMany({
    where: { bookingId: rental.id, kind: 'booking.windowEnding' },
    orderBy: { id: 'asc' },
  });
  return events.map(({ data }) => (data as { leftSeconds: number }).leftSeconds);
};
const titles = async () => {
  await deliverNotices(market.clock.world);
  return (await noticesOfViewer(market.renter)).rows.filter(({ title }) => title.includes(' ends in '));
};
const extendTo = (endsAt: Date) => extendBooking(market.renter, { bookingId: rental.id, endsAt }, market.clock.world);
const look = () => extensionOf(market.renter, rental.id, market.clock.now());

describe('a rental that nears its end', () => {
  it('is told of half an hour and five minutes before, once each, with the way to more time', async () => {
    market.clock.pass(5_399);
    await warn();
    expect(await told()).toEqual([]);
    market.clock.pass(1);
    await warn(3);
    expect(await told()).toEqual([1_800]);
    market.clock.pass(1_500);
    await Promise.all([warn(), warn(), warn()]);
    expect(await told()).toEqual([1_800, 300]);
    const rows = await titles();
    expect(rows.map(({ title }) => title.match(/ends in \d+ minutes/)?.[0]).sort()).toEqual([
      'ends in 30 minutes',
      'ends in 5 minutes',
    ]);
    for (const { link, body } of rows) {
      expect(link).toBe(`/bookings/${rental.id}/extend`);
      expect(body).toContain('stopped 10 seconds later');
    }
    expect(await db.mail.count({ where: { subject: { contains: 'ends in' } } })).toBeGreaterThanOrEqual(2);
    expect((await noticesOfViewer(market.host)).rows.some(({ title }) => title.includes('ends in'))).toBe(false);
  });

  it('is told of again when its end was moved, and not of the end that it no longer has', async () => {
    market.clock.pass(5_400);
    await warn();
    const { endsAt } = await rental.booking();
    await extendTo(addSeconds(endsAt, 3_600));
    market.clock.pass(1_700);
    await warn();
    expect(await told()).toEqual([1_800]);
    market.clock.pass(1_900);
    await warn(2);
    expect(await told()).toEqual([1_800, 1_800]);
  });

  it('is told of once after an outage of ours: what is still true', async () => {
    market.clock.pass(7_000);
    await warn(2);
    expect(await told()).toEqual([300]);
    market.clock.pass(201);
    await warn();
    expect(await told()).toEqual([300]);
  });

  it('is not warned of what was known when it was booked', async () => {
    const short = await market.book({ durationSeconds: 1_200 });
    await short.connect();
    await warn();
    expect(await db.event.count({ where: { bookingId: short.id, kind: 'booking.windowEnding' } })).toBe(0);
    market.clock.pass(950);
    await warn();
    expect(await db.event.count({ where: { bookingId: short.id, kind: 'booking.windowEnding' } })).toBe(1);
  });

  it('is told of when its host ends it, without an offer of more time', async () => {
    await endBookingByHost(market.host, { bookingId: rental.id, reason: 'Power cut' }, market.clock.world);
    market.clock.pass(3_300);
    await warn();
    expect(await told()).toEqual([300]);
    expect((await titles())[0]).toMatchObject({
      link: `/bookings/${rental.id}`,
      body: expect.stringContaining('The host ends it.'),
    });
  });

  it('hears each warning at most once, at whatever moments workers look', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 1_200 }), { minLength: 1, maxLength: 12 }),
        async (passes) => {
          market = await rentalMarket();
          rental = await market.book({ durationSeconds: 3_600 });
          await rental.connect();
          let left = 3_600;
          const due = new Set<number>();
          for (const seconds of passes) {
            market.clock.pass(seconds);
            left -= seconds;
            await warn();
            if (left > 0 && left <= 1_800) due.add(left <= 300 ? 300 : 1_800);
          }
          expect(await told()).toEqual([...due]);
        },
      ),
      { numRuns: 12 },
    );
  });
});

describe('more time', () => {
  it('is offered with its price while the GPU is free, and is had for that', async () => {
    const before = await look();
    expect(before).toMatchObject({ whyNot: null, takenFrom: null });
    expect(before.choices.map(({ hours, whyNot }) => [hours, whyNot])).toEqual([
      [1, null],
      [4, null],
      [24, null],
    ]);
    // $3.60 an hour and a GiB of disk.
    const [hour] = before.choices;
    expect(hour?.priceMicros).toBeGreaterThanOrEqual((36n * DOLLAR) / 10n);
    expect(hour?.priceMicros).toBeLessThan((37n * DOLLAR) / 10n);
    await extendTo(hour?.endsAt ?? new Date(Number.NaN));
    expect((await look()).endsAt).toEqual(hour?.endsAt);
    expect((await refusal(extendTo(hour?.endsAt ?? new Date()))).detail, 'pressed twice').toMatchObject({
      endsAt: expect.stringContaining('after the present one'),
    });
  });

  it('says from when the GPU is somebody else’s, as the command does', async () => {
    const { endsAt } = await rental.booking();
    const next = addSeconds(endsAt, 2 * 3_600);
    const [{ gpuId } = { gpuId: '' }] = await db.allocation.findMany({ where: { bookingId: rental.id } });
    await db.allocation.create({
      data: { id: 'alc_after', bookingId: rental.id, gpuId, startsAt: next, endsAt: addSeconds(next, 3_600) },
    });
    const seen = await look();
    expect(seen.takenFrom).toEqual(next);
    for (const choice of seen.choices) {
      if (choice.whyNot === null) continue;
      expect((await refusal(extendTo(choice.endsAt))).reason).toBe('gpuTaken');
    }
    expect(seen.choices.map(({ whyNot }) => whyNot === null)).toEqual([true, false, false]);
    await extendTo(seen.choices[0]?.endsAt ?? next);
  });

  it('is not offered where the listing ends, or the host breaks it off', async () => {
    const { endsAt, listingId } = await rental.booking();
    await db.listing.update({ where: { id: listingId }, data: { endsAt: addSeconds(endsAt, 3_600) } });
    const tooLong = `The host offers this machine until ${utcWords(addSeconds(endsAt, 3_600))}. Choose an end by then.`;
    expect((await look()).choices.map(({ whyNot }) => whyNot)).toEqual([null, tooLong, tooLong]);
    await db.listing.update({ where: { id: listingId }, data: { state: 'withdrawn' } });
    expect((await look()).choices[0]?.whyNot).toContain('no longer offered');
    expect((await refusal(extendTo(addSeconds(endsAt, 3_600)))).reason).toBe('listingGone');
    await endBookingByHost(market.host, { bookingId: rental.id, reason: 'x' }, market.clock.world);
    expect((await look()).whyNot).toContain('breaks it off');
  });

  it('is its renter’s to see', async () => {
    for (const other of [market.host, await person(), await person({ role: 'admin' })])
      expect((await refusal(extensionOf(other, rental.id, market.clock.now()))).reason).toBe('notFound');
    const path = `/bookings/${rental.id}/extension`;
    const answer = await v1.request(path, {}, { address: '::1', cookieActor: market.renter });
    expect(await answer.json()).toMatchObject({
      bookingId: rental.id,
      choices: [{ hours: 1 }, { hours: 4 }, { hours: 24 }],
    });
    expect((await v1.request(path, {}, { address: '::1', cookieActor: market.host })).status).toBe(404);
    expect((await v1.request(path, {}, { address: '::1', cookieActor: null })).status).toBe(401);
  });
});
