import '#tests/support/database.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import { suspendUser } from '#lib/auth/suspend-user.ts';
import { approveListing } from '#lib/catalogue/decide-listing.ts';
import { auditTrail } from '#lib/trust/queries/audit.ts';
import { sql } from '#tests/support/database.ts';
import { type Person, person } from '#tests/support/people.ts';
import { type RentalMarket, rentalMarket } from '#tests/support/rental.ts';

const WHY = '=cmd|calc: 100 % "sure"_';
let market: RentalMarket;
let ada: Person;
let bob: Person;

beforeAll(async () => {
  market = await rentalMarket();
  ada = await person({ role: 'admin', name: 'Ada, "the first"' });
  bob = await person({ role: 'admin', name: 'Bob' });
  await approveListing(ada, { listingId: market.listingId, reason: WHY }, market.clock.world);
  await suspendUser(bob, { userId: market.renter.userId, reason: 'Breaks our terms.' }, market.clock.world);
});

const kinds = async (ask: Partial<Parameters<typeof auditTrail>[1]>) =>
  (await auditTrail(ada, { byPeople: false, ...ask })).rows.map(({ kind }) => kind);

describe('the audit log', () => {
  it('says who did what when and why, and what changed', async () => {
    const [row] = (await auditTrail(ada, { byPeople: true, kind: 'listing.approved' })).rows;
    expect(row).toMatchObject({ actor: { id: ada.userId, name: ada.name }, reason: WHY, machineId: market.machineId });
    expect(row?.facts).toContainEqual({ label: 'approved', before: 'no', value: 'yes' });
    const [other] = (await auditTrail(ada, { byPeople: true, kind: 'account.suspended' })).rows;
    expect(other?.facts).toContainEqual({ label: 'suspended', before: 'no', value: 'yes' });
  });

  it('is found by who, about whom, kind, piece of text and day, and by nothing else', async () => {
    expect(await kinds({ by: bob.userId })).toEqual(['account.suspended']);
    expect(await kinds({ about: market.machineId, kind: 'listing.approved' })).toEqual(['listing.approved']);
    expect(await kinds({ text: '100 % "SURE"_' })).toEqual(['listing.approved']);
    expect(await kinds({ text: '100 _ ' })).toEqual([]);
    expect(await kinds({ text: '%' })).toEqual(['listing.approved']);
    const now = market.clock.now();
    const later = new Date(now.getTime() + 1);
    expect(await kinds({ by: ada.userId, from: now, until: later })).toEqual(['listing.approved']);
    expect(await kinds({ by: ada.userId, from: later })).toEqual([]);
    expect(await kinds({ by: ada.userId, until: now })).toEqual([]);
  });

  it('goes page by page without losing or repeating a row', async () => {
    const whole = (await auditTrail(ada, { byPeople: false, take: 1_000 })).rows.map(({ id }) => id);
    const seen: string[] = [];
    for (let before: bigint | undefined; ; ) {
      const page = await auditTrail(ada, { byPeople: false, take: 2, before });
      seen.push(...page.rows.map(({ id }) => id));
      if (page.next === null) break;
      before = BigInt(page.next);
    }
    expect(seen).toEqual(whole);
  });

  it('is a CSV that no spreadsheet runs', async () => {
    const bindings = { address: '203.0.113.9', cookieActor: ada };
    const answer = await v1.request(`/admin/audit.csv?by=${ada.userId}&kind=listing.approved`, {}, bindings);
    expect(answer.headers.get('content-type')).toContain('text/csv');
    const [head, line] = (await answer.text()).split('\r\n');
    expect(head).toContain('at,id,kind,actor_id');
    expect(line).toContain(`"'=cmd|calc: 100 % ""sure""_"`);
    expect(line).toContain('"Ada, ""the first"""');
    expect(line).toContain('approved: no → yes');
    const members = { ...bindings, cookieActor: market.host };
    expect((await v1.request('/admin/audit.csv', {}, members)).status).toBe(403);
    expect((await v1.request('/admin/audit?from=yesterday', {}, bindings)).status).toBe(422);
  });

  it('is never changed, deleted or emptied, whoever asks the database', async () => {
    for (const attack of ["UPDATE events SET reason = 'nothing'", 'DELETE FROM events', 'TRUNCATE events'])
      await expect(sql(attack)).rejects.toThrow();
    expect(await kinds({ by: bob.userId })).toEqual(['account.suspended']);
  });
});
