import '#tests/support/database.ts';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '#lib/base/actor.ts';
import { suits } from '#lib/bookings/bid-wish.ts';
import { cancelBid } from '#lib/bookings/cancel-bid.ts';
import { editBid } from '#lib/bookings/edit-bid.ts';
import { endBookingByHost } from '#lib/bookings/end-booking-by-host.ts';
import { bidOf } from '#lib/bookings/queries/bids.ts';
import { startBooking } from '#lib/bookings/start-booking.ts';
import { stopBooking } from '#lib/bookings/stop-booking.ts';
import { tidyBids } from '#lib/bookings/tidy-bids.ts';
import { db } from '#lib/io/db.ts';
import { forgetEnv } from '#lib/io/env.ts';
import { endExpiredLeases } from '#lib/leases/end-expired-leases.ts';
import { renewHolds } from '#lib/leases/renew-holds.ts';
import { settleLeases } from '#lib/leases/settle-leases.ts';
import { open, sealContext } from '#protocol/seal.ts';
import { refusal } from '#tests/support/ask.ts';
import { type Bidding, bidding } from '#tests/support/bids.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { sql } from '#tests/support/database.ts';
import { DOLLAR } from '#tests/support/rental.ts';
import { GIB } from '#tests/support/stalls.ts';

process.env.SUBLET_SECRETS_KEY = randomBytes(32).toString('base64url');

let market: Bidding;
let ann: Actor;
beforeEach(async () => {
  forgetEnv();
  market = await bidding();
  ann = market.renter;
});
afterEach(expectBooksBalance);

const stored = (id: string) => db.bid.findUniqueOrThrow({ where: { id } });
const machine = (data: object) => db.machine.update({ where: { id: market.machineId }, data });
const anywhere = (more: object = {}) => ({ listingId: null, models: ['RTX 4090'], ...more });

describe('where a bid runs, and what was checked there', () => {
  it('is on no simulated machine unless its renter said that one will do, and who forgot to is told so', async () => {
    await machine({ simulated: true });
    const forgot = await refusal(market.bid(ann, 3, anywhere()));
    expect(forgot.detail.models).toContain('Only simulated machines with RTX 4090 take bids now');
    const knowing = await market.bid(ann, 3, anywhere({ simulatedToo: true }));
    await market.clear();
    expect((await stored(knowing)).bookingId).not.toBeNull();
    await machine({ simulated: false });
  });

  it('is what its renter wished, when it is placed and when it starts', async () => {
    await machine({ country: 'DE' });
    const european = await market.bid(ann, 3, anywhere({ regions: ['europe'], leastTrust: 'selfTested' }));
    const american = market.bid(ann, 3, anywhere({ regions: ['northAmerica', 'JP'] }));
    expect((await refusal(american)).detail.regions).toContain('Germany');
    const nowhere = market.bid(ann, 3, anywhere({ regions: ['atlantis'] }));
    expect((await refusal(nowhere)).detail.regions).toContain('"atlantis"');
    const checked = market.bid(ann, 3, anywhere({ leastTrust: 'checkedByStaff' }));
    expect((await refusal(checked)).detail.leastTrust).toContain('checked by staff');

    // What staff checked, and looked at again: nothing starts there meanwhile for whoever asked for it.
    await machine({ staffCheckedAt: market.clock.now() });
    const careful = await market.bid(ann, 2.9, anywhere({ leastTrust: 'checkedByStaff' }));
    await machine({ staffCheckedAt: null });
    await market.clear();
    expect(await stored(careful)).toMatchObject({ bookingId: null, waits: 'noMachine' });
    expect((await stored(european)).bookingId).not.toBeNull();
    await machine({ staffCheckedAt: market.clock.now() });
    market.clock.pass(5);
    await market.clear();
    expect((await stored(careful)).bookingId).not.toBeNull();
    expect(await bidOf(ann, { id: european })).toMatchObject({ regions: ['europe'], leastTrust: 'selfTested' });
  });

  it('is an unverified machine only for whoever says that this will do, from the bid to the start', async () => {
    // Staff let it be offered although its self-test has not passed.
    await db.listing.update({ where: { id: market.listingId }, data: { approvedAt: market.clock.now() } });
    const careful = await market.bid(ann, 3, { leastTrust: 'selfTested' });
    await machine({ selfTestPassed: false });
    const late = await refusal(market.bid(ann, 3, { leastTrust: 'selfTested' }));
    expect(late.detail.leastTrust).toContain('self-tested now');
    await market.clear();
    expect(await stored(careful)).toMatchObject({ bookingId: null, waits: 'noMachine' });
    // It pays less, and has the GPU: nobody who wants more of a machine stands before it.
    const anything = await market.bid(ann, 2, { leastTrust: 'new' });
    market.clock.pass(5);
    await market.clear();
    expect((await stored(anything)).bookingId).not.toBeNull();
    expect((await stored(careful)).bookingId).toBeNull();
  });

  it('a machine of no known country is in no region, and is anywhere', () => {
    const nobodyKnows = { country: null, trust: 'selfTested' } as const;
    expect(suits({ regions: ['europe'], leastTrust: 'new' }, nobodyKnows)).toBe(false);
    expect(suits({ regions: [], leastTrust: 'selfTested' }, nobodyKnows)).toBe(true);
    expect(suits({ regions: ['asia', 'DE'], leastTrust: 'new' }, { country: 'DE', trust: 'new' })).toBe(true);
  });
});

describe('environment variables of a bid', () => {
  it('are kept encrypted while it is open, sealed to its machine when it wins, and forgotten when it is over', async () => {
    const { x: sealingKey = '', d = '' } = generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' });
    await machine({ sealingKey });
    const environment = { TOKEN: 'not-for-the-database', MODE: 'x y' };
    const bidId = await market.bid(ann, 3, { environment });
    expect((await stored(bidId)).encryptedEnvironment).not.toBeNull();
    expect(JSON.stringify(await sql('SELECT * FROM bids'))).not.toContain('not-for-the-database');
    expect(await bidOf(ann, { id: bidId })).toMatchObject({ hasEnvironment: true });
    await market.clear();
    const hand = await market.rentalOf(bidId);
    const { id: leaseId } = (await hand?.lease()) ?? expect.fail();
    const sealed = (await hand?.booking())?.sealedEnvironment ?? expect.fail();
    expect(JSON.parse(await open(sealed, d, sealContext(leaseId, market.machineId)))).toEqual(environment);
    await cancelBid(ann, { bidId }, market.clock.world);
    expect((await stored(bidId)).encryptedEnvironment).toBeNull();
  });

  it('of a market that lost its key start nothing, and the bid says so', async () => {
    const bidId = await market.bid(ann, 3, { environment: { A: '1' } });
    process.env.SUBLET_SECRETS_KEY = randomBytes(32).toString('base64url');
    forgetEnv();
    await market.clear();
    expect(await stored(bidId)).toMatchObject({ bookingId: null, waits: 'variablesLost' });
  });

  it('that are none are refused where the others are; without a key of the market all are', async () => {
    expect((await refusal(market.bid(ann, 3, { environment: { '1A': '' } }))).detail).toHaveProperty('environment');
    const { SUBLET_SECRETS_KEY } = process.env;
    delete process.env.SUBLET_SECRETS_KEY;
    forgetEnv();
    const why = await refusal(market.bid(ann, 3, { environment: { A: '1' } }));
    expect(why.detail.environment).toContain('SUBLET_SECRETS_KEY');
    process.env.SUBLET_SECRETS_KEY = SUBLET_SECRETS_KEY;
  });
});

describe('the cap of a bid', () => {
  const capOf = async (bookingId: string) =>
    (await db.booking.findUniqueOrThrow({ where: { id: bookingId } })).capMicros;

  it('covers an hour at least, is set aside when it starts, and waits for the money', async () => {
    expect((await refusal(market.bid(ann, 3, { capMicros: 2_000_000n }))).detail.capMicros).toContain('an hour');
    const poor = await market.renterWith(9);
    const waiting = await market.bid(poor, 3, { capMicros: 10n * DOLLAR });
    const { hand } = await market.runningBid(ann, 3, { capMicros: 10n * DOLLAR });
    expect((await stored(waiting)).waits).toBe('noMoneyForCap');
    const lease = await hand.lease();
    expect(lease.heldMicros).toBe(10n * DOLLAR);
    expect(lease.ceilingMicros).toBeLessThan(10n * DOLLAR);
  });

  it('is over what it costs in the end: what comes back above the price may be spent again', async () => {
    // Bid $3, price $1.80: an hour costs $1.80 in the end.
    const { bidId, hand } = await market.runningBid(ann, 3, { capMicros: 4n * DOLLAR });
    await hand.run(3_600);
    market.clock.pass(901);
    await hand.state({ seconds: 0 });
    await tidyBids(market.clock.world);
    const { refundedMicros, chargedMicros } = await hand.lease();
    expect(refundedMicros).toBeGreaterThan(1_100_000n);
    expect(await capOf(hand.id)).toBe(4n * DOLLAR + refundedMicros);
    expect((await bidOf(ann, { id: bidId })).spentMicros).toBe(chargedMicros - refundedMicros);
    const before = (await hand.lease()).ceilingMicros;
    await renewHolds(market.clock.world);
    expect((await hand.lease()).ceilingMicros).toBe(before + refundedMicros);
  });

  it('counts the rentals that it had before, and says when nothing is left of it', async () => {
    const { bidId, hand } = await market.runningBid(ann, 3.6, { capMicros: 5n * DOLLAR });
    await hand.run(3_600);
    await endBookingByHost(market.host, { bookingId: hand.id, reason: 'The card broke.' }, market.clock.world);
    market.clock.pass(3_601);
    await endExpiredLeases(market.clock.world);
    await hand.say('ended');
    market.clock.pass(130);
    await settleLeases(market.clock.world);
    await tidyBids(market.clock.world);
    market.clock.pass(700);
    await market.clear();
    const { spentMicros } = await bidOf(ann, { id: bidId });
    expect(spentMicros).toBeGreaterThan(1_700_000n);
    // $5 less about $1.80 do not pay an hour at $3.60.
    expect(await stored(bidId)).toMatchObject({ bookingId: null, waits: 'capSpent' });
    await editBid(ann, { bidId, microsPerGpuHour: 3_600_000n, capMicros: 9n * DOLLAR }, market.clock.world);
    market.clock.pass(5);
    await market.clear();
    const second = (await stored(bidId)).bookingId ?? expect.fail();
    expect(await capOf(second)).toBe(9n * DOLLAR - spentMicros);
  });

  it('is raised while it runs, lowered while it does not, and never below what it has cost', async () => {
    const { bidId, hand } = await market.runningBid(ann, 3, { capMicros: 5n * DOLLAR, diskBytes: BigInt(GIB) });
    const edit = (capMicros: bigint | null) =>
      editBid(ann, { bidId, microsPerGpuHour: 3_000_000n, capMicros }, market.clock.world);
    await edit(8n * DOLLAR);
    expect(await capOf(hand.id)).toBe(8n * DOLLAR);
    expect((await refusal(edit(6n * DOLLAR))).detail.capMicros).toContain('not lowered');
    await hand.run(600);
    await stopBooking(ann, { bookingId: hand.id }, market.clock.world);
    await hand.say('stopped');
    expect((await refusal(edit(1n))).detail.capMicros).toContain('already');
    await edit(6n * DOLLAR);
    await startBooking(ann, { bookingId: hand.id, durationSeconds: null }, market.clock.world);
    market.clock.pass(5);
    await market.clear();
    expect((await hand.booking()).run).toBe(2);
    const { refundedMicros } = await hand.lease();
    expect(await capOf(hand.id)).toBe(6n * DOLLAR + refundedMicros);
    await edit(null);
    expect(await capOf(hand.id)).toBeNull();
  });
});
