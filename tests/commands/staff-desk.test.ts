import '#tests/support/database.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '#lib/base/actor.ts';
import { suspendListing } from '#lib/catalogue/decide-listing.ts';
import { auditTrail } from '#lib/trust/queries/audit.ts';
import { findMachines, machineForStaff } from '#lib/trust/queries/machines.ts';
import { overview } from '#lib/trust/queries/overview.ts';
import { findPeople } from '#lib/trust/queries/people.ts';
import { personFile } from '#lib/trust/queries/person-file.ts';
import { findRentals, rentalForStaff } from '#lib/trust/queries/rentals.ts';
import { refusal } from '#tests/support/ask.ts';
import { person } from '#tests/support/people.ts';
import { type RentalMarket, rentalMarket } from '#tests/support/rental.ts';

const NAME = '<script>alert(1)</script> 🙂';

describe('the desk of staff', () => {
  let market: RentalMarket;
  let admin: Actor;
  let bookingId: string;

  beforeAll(async () => {
    market = await rentalMarket();
    admin = await person({ role: 'admin', name: NAME });
    bookingId = (await market.book()).id;
  });

  const everything = (actor: Actor): (() => Promise<unknown>)[] => [
    () => overview(actor),
    () => findPeople(actor, { text: '' }),
    () => personFile(actor, market.renter.userId),
    () => findMachines(actor, { text: '', queue: 'all' }),
    () => machineForStaff(actor, market.machineId),
    () => findRentals(actor, { text: '', live: false }),
    () => rentalForStaff(actor, bookingId),
    () => auditTrail(actor, { byPeople: false }),
  ];

  it('shows nothing to a member, to a host, or to an admin who is suspended', async () => {
    const fallen: Actor = { ...admin, suspended: true };
    for (const actor of [market.renter, market.host, fallen]) {
      for (const look of everything(actor)) expect((await refusal(look())).status).toBe(403);
    }
  });

  it('shows an admin people, machines and bookings, and finds them by name and id', async () => {
    for (const look of everything(admin)) await expect(look()).resolves.toBeDefined();
    expect((await findPeople(admin, { text: '<SCRIPT>' })).rows.map(({ name }) => name)).toEqual([NAME]);
    expect((await findMachines(admin, { text: market.machineId, queue: 'all' })).rows).toHaveLength(1);
    expect((await findRentals(admin, { text: bookingId, live: true })).rows).toHaveLength(1);
    expect((await findRentals(admin, { text: '', live: false, userId: admin.userId })).rows).toEqual([]);
  });

  it('says that what does not exist is not found', async () => {
    for (const look of [personFile, machineForStaff, rentalForStaff]) {
      expect((await refusal(look(admin, 'nothing'))).reason).toBe('notFound');
    }
  });

  it('shows a decision with its reason in the audit trail, and the listing in its queue', async () => {
    await suspendListing(admin, { listingId: market.listingId, reason: 'The photo shows another card.' });
    const trail = await auditTrail(admin, { about: market.machineId, kind: 'listing.suspended', byPeople: true });
    expect(trail.rows.map(({ actor, reason }) => ({ by: actor?.name, reason }))).toEqual([
      { by: NAME, reason: 'The photo shows another card.' },
    ]);
    expect((await findMachines(admin, { text: '', queue: 'suspended' })).rows.map(({ id }) => id)).toEqual([
      market.machineId,
    ]);
  });

  it('tells staff nothing of environment variables, keys or passwords', async () => {
    const told = await Promise.all(everything(admin).map((look) => look()));
    const text = JSON.stringify(told, (_key, value) => (typeof value === 'bigint' ? value.toString() : value));
    expect(text).not.toMatch(/passwordHash|sealedEnvironment|tokenHash|sealingKey|argon2/i);
  });
});
