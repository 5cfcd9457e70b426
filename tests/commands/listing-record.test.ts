import '#tests/support/database.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { addSeconds, DAY, HOUR } from '#lib/base/time.ts';
import { endBookingByHost } from '#lib/bookings/end-booking-by-host.ts';
import { listingPage } from '#lib/catalogue/queries/listing.ts';
import { sql } from '#tests/support/database.ts';
import { type RentalMarket, rentalMarket } from '#tests/support/rental.ts';
import { listingOf, machineOf, spansOf } from '#tests/support/stalls.ts';

let market: RentalMarket;
beforeEach(async () => {
  market = await rentalMarket();
});

const page = () => listingPage(null, market.listingId, market.clock.now());

describe('the record of a machine on its listing', () => {
  it('is empty of a machine that nobody has rented', async () => {
    expect((await page()).record).toEqual({
      finishedRentals: 0,
      brokenOff: 0,
      failedStarts: 0,
      starts: 0,
      medianStartSeconds: null,
    });
  });

  it('counts rentals that are over, those its host broke off, starts that it failed, and the usual time to a shell', async () => {
    for (const seconds of [4, 10, 40]) {
      const rental = await market.book();
      market.clock.pass(seconds);
      await rental.connect();
      await rental.run(60);
      const broken = { bookingId: rental.id, reason: 'The power goes off in this street.' };
      if (seconds === 40) await endBookingByHost(market.host, broken, market.clock.world);
      await sql("UPDATE bookings SET desired = 'ended', observed = 'ended', ended_at = $2 WHERE id = $1", [
        rental.id,
        market.clock.now(),
      ]);
      await sql('UPDATE allocations SET ends_at = $2 WHERE booking_id = $1', [rental.id, market.clock.now()]);
    }
    const failed = await market.book();
    await failed.say('failed', { failure: { code: 'gpuMissing', detail: 'it fell off' } });
    const mistyped = await market.book();
    await mistyped.say('failed', { failure: { code: 'imageNotFound', detail: 'no such image' } });
    const { record } = await page();
    expect(record).toMatchObject({ finishedRentals: 3, brokenOff: 1, failedStarts: 1, starts: 3 });
    expect(record.medianStartSeconds).toBeCloseTo(10, 0);
    const later = addSeconds(market.clock.now(), 91 * 86_400);
    expect((await listingPage(market.host, market.listingId, later)).record.finishedRentals).toBe(0);
  });
});

describe('the host on a listing', () => {
  it('is shown with their other visible machines and the reliability of all together', async () => {
    const now = market.clock.now();
    const ago = (ms: number) => new Date(now.getTime() - ms);
    const other = await machineOf(market.host, { name: 'other box', lastSyncAt: now });
    const otherListing = await listingOf(market.host, other.machineId, {});
    await spansOf(other.machineId, {
      offers: [{ startsAt: ago(10 * DAY), endsAt: null }],
      silences: [{ startsAt: ago(2 * DAY), endsAt: ago(DAY) }],
    });
    const draft = await machineOf(market.host, { name: 'draft box' });
    await listingOf(market.host, draft.machineId, { state: 'draft' });
    const { host } = await page();
    expect(host.machines).toBe(3);
    expect(host.others.map(({ listingId, machineName }) => [listingId, machineName])).toEqual([
      [otherListing, 'other box'],
    ]);
    expect(host.others[0]?.reliability).toMatchObject({ basisPoints: 9_000 });
    expect(host.reliability).toMatchObject({ state: 'measured' });
    expect(host.reliability.offeredMs).toBeGreaterThanOrEqual(10 * DAY - HOUR);
  });
});

describe('a listing by the API', () => {
  it('says what the page says, to anybody', async () => {
    const answer = await v1.request(`/listings/${market.listingId}`, {}, { address: '::1', cookieActor: null });
    expect(answer.status).toBe(200);
    const listing = await answer.json();
    expect(listing).toMatchObject({ listingId: market.listingId, record: { starts: 0 }, host: { others: [] } });
    expect(listing.reliabilityDays).toHaveLength(90);
    const gone = await v1.request('/listings/lst_nothing', {}, { address: '::1', cookieActor: null });
    expect(gone.status).toBe(404);
  });
});
