import '#tests/support/database.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { restoreUser } from '#lib/auth/restore-user.ts';
import { suspendUser } from '#lib/auth/suspend-user.ts';
import type { Actor } from '#lib/base/actor.ts';
import { endBooking } from '#lib/bookings/end-booking.ts';
import { listingPage } from '#lib/catalogue/queries/listing.ts';
import { db } from '#lib/io/db.ts';
import { walletOf } from '#lib/ledger/queries.ts';
import { deliverNotices } from '#lib/notices/deliver-notices.ts';
import { noticesOfViewer } from '#lib/notices/queries.ts';
import { personFile } from '#lib/trust/queries/person-file.ts';
import { suspensionFacts } from '#lib/trust/queries/suspension.ts';
import { refusal } from '#tests/support/ask.ts';
import { type Person, person } from '#tests/support/people.ts';
import { type RentalHand, type RentalMarket, rentalMarket } from '#tests/support/rental.ts';

const WHY = 'It breaks our terms.';
let admin: Person;
let market: RentalMarket;
let hand: RentalHand;

beforeAll(async () => {
  market = await rentalMarket();
  admin = await person({ role: 'admin' });
  hand = await market.book();
  await hand.connect();
});

const suspend = (who: Actor) => suspendUser(admin, { userId: who.userId, reason: WHY }, market.clock.world);
const restore = (who: Actor) => restoreUser(admin, { userId: who.userId, reason: WHY }, market.clock.world);
const titles = async (who: Actor) => {
  await deliverNotices(market.clock.world);
  return (await noticesOfViewer(who, {})).rows.map(({ title, body }) => `${title}: ${body}`).join('\n');
};

describe('before a suspension', () => {
  it('what it would touch is counted: running rentals, listings, what others rent', async () => {
    const renter = await suspensionFacts(admin, market.renter.userId, market.clock.now());
    expect(renter).toMatchObject({ rentals: 1, hosted: 0, listings: 0, admin: false });
    expect(renter.freeMicros).toBe((await walletOf(market.renter)).freeMicros);
    const host = await suspensionFacts(admin, market.host.userId, market.clock.now());
    expect(host).toMatchObject({ rentals: 0, hosted: 1, listings: 1 });
    for (const who of [market.renter, market.host])
      expect((await refusal(suspensionFacts(who, who.userId, market.clock.now()))).reason).toBe('forbidden');
  });
});

describe('a suspended host', () => {
  it('disappears from search while what is rented goes on and is paid, and is back when restored', async () => {
    const stranger = await person();
    const look = () => listingPage(stranger, market.listingId, market.clock.now());
    await expect(look()).resolves.toBeDefined();
    await suspend(market.host);
    expect((await refusal(look())).reason).toBe('notFound');
    await hand.run(60);
    expect((await db.booking.findUniqueOrThrow({ where: { id: hand.id } })).observed).toBe('connectable');
    expect((await hand.lease()).chargedMicros).toBeGreaterThan(0n);
    expect(await titles(market.host)).toContain(
      `Your account is suspended: You can look and end what runs, but begin nothing new. Reason given: ${WHY}`,
    );
    await restore(market.host);
    await expect(look()).resolves.toBeDefined();
    expect(await titles(market.host)).toContain('Your account is restored');
  });
});

describe('a suspended renter', () => {
  it('begins nothing, keeps what runs, its wallet and its history, and may end it', async () => {
    await suspend(market.renter);
    expect((await refusal(suspend(market.renter))).sentence).toContain('suspended already');
    const fallen = { ...market.renter, suspended: true };
    const before = await walletOf(fallen);
    expect((await refusal(market.bookAs(fallen))).reason).toBe('suspended');
    await hand.run(60);
    const file = await personFile(admin, market.renter.userId);
    expect(file).toMatchObject({ suspendedReason: WHY });
    expect(file.movements.length).toBeGreaterThan(0);
    expect(file.sessions).toHaveLength(1);
    expect((await walletOf(fallen)).freeMicros).toBe(before.freeMicros);
    await endBooking(fallen, { bookingId: hand.id }, market.clock.world);
    await restore(market.renter);
    expect((await db.user.findUniqueOrThrow({ where: { id: market.renter.userId } })).suspendedAt).toBeNull();
  });
});

describe('the file of a person', () => {
  it('tells staff no password, key, token or environment', async () => {
    const text = JSON.stringify(await personFile(admin, market.renter.userId), (_, value) =>
      typeof value === 'bigint' ? value.toString() : value,
    );
    expect(text).not.toMatch(/passwordHash|tokenHash|secret|sealed|argon2|ssh-ed25519/i);
  });
});
