import '#tests/support/database.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { Refusal } from '#lib/base/refusal.ts';
import { approveListing, suspendListing } from '#lib/catalogue/decide-listing.ts';
import { type CaseName, CLAIM_MINUTES } from '#lib/desk/case.ts';
import { claimCase, releaseCase, takeOverCase } from '#lib/desk/claim-case.ts';
import { claimOf } from '#lib/desk/queries/claims.ts';
import { caseFacts } from '#lib/desk/queries/facts.ts';
import { db } from '#lib/io/db.ts';
import { deliverNotices } from '#lib/notices/deliver-notices.ts';
import { noticesOfViewer } from '#lib/notices/queries.ts';
import { refusal } from '#tests/support/ask.ts';
import { sql } from '#tests/support/database.ts';
import { type Person, person } from '#tests/support/people.ts';
import { type RentalMarket, rentalMarket } from '#tests/support/rental.ts';

let market: RentalMarket;
let ada: Person;
let bob: Person;
let machine: CaseName;
const why = 'Looked at the self-test.';

beforeEach(async () => {
  market = await rentalMarket();
  ada = await person({ role: 'admin', name: 'Ada' });
  bob = await person({ role: 'admin', name: 'Bob' });
  machine = { kind: 'machine', id: market.machineId };
});

const holder = async () => (await claimOf(db, machine, market.clock.now()))?.admin.name ?? null;
const approve = (by: Person, seen?: Record<string, string>) =>
  approveListing(by, { listingId: market.listingId, reason: why, seen }, market.clock.world);

describe('a case of the desk', () => {
  it('is one admin’s for a quarter of an hour, until it is given back, or until it is decided', async () => {
    const { world } = market.clock;
    await claimCase(ada, machine, world);
    const refused = await refusal(claimCase(bob, machine, world));
    expect(refused.reason).toBe('caseClaimed');
    expect(refused.sentence).toContain('Ada has this case since');
    expect((await refusal(approve(bob))).reason).toBe('caseClaimed');
    expect(await releaseCase(bob, machine, world)).toBe(false);
    expect(await holder()).toBe('Ada');
    expect(await releaseCase(ada, machine, world)).toBe(true);
    await claimCase(bob, machine, world);
    market.clock.pass(CLAIM_MINUTES * 60);
    expect(await holder()).toBeNull();
    await claimCase(ada, machine, world);
    await approve(ada);
    expect(await holder()).toBeNull();
    expect((await refusal(claimCase(bob, machine, world))).reason).toBe('notNow');
  });

  it('goes on being an admin’s when they claim it again before the time is over', async () => {
    await claimCase(ada, machine, market.clock.world);
    market.clock.pass(CLAIM_MINUTES * 60 - 60);
    await claimCase(ada, machine, market.clock.world);
    market.clock.pass(CLAIM_MINUTES * 60 - 60);
    expect(await holder()).toBe('Ada');
    expect(
      await sql("SELECT 1 FROM events WHERE kind = 'case.claimed' AND data->>'caseId' = $1", [machine.id]),
    ).toHaveLength(1);
  });

  it('can be taken over with a reason: audited with whose it was, and the other admin is told', async () => {
    const { world } = market.clock;
    const take = { ...machine, reason: 'Ada has gone home.' };
    expect((await refusal(takeOverCase(bob, take, world))).reason).toBe('notNow');
    await claimCase(ada, machine, world);
    expect((await refusal(takeOverCase(ada, take, world))).reason).toBe('notNow');
    await takeOverCase(bob, take, world);
    expect(await holder()).toBe('Bob');
    const [row] = await sql<{ data: Record<string, string>; reason: string; actor_id: string }>(
      "SELECT data, reason, actor_id FROM events WHERE kind = 'case.takenOver' AND data->>'caseId' = $1",
      [machine.id],
    );
    expect(row).toMatchObject({ actor_id: bob.userId, reason: take.reason, data: { from: 'Ada', fromId: ada.userId } });
    await deliverNotices(world);
    expect((await noticesOfViewer(ada, {})).rows[0]?.title).toBe('Bob took a case over from you');
  });

  it('is not for members, and what does not exist is not found', async () => {
    const { world } = market.clock;
    const take = { ...machine, reason: 'because' };
    for (const who of [market.renter, market.host, { ...ada, suspended: true }])
      for (const ask of [
        () => claimCase(who, machine, world),
        () => releaseCase(who, machine, world),
        () => takeOverCase(who, take, world),
      ])
        expect((await refusal(ask())).status).toBe(403);
    for (const kind of ['machine', 'report', 'dispute', 'payout', 'signup', 'payment', 'webhook'] as const)
      expect((await refusal(claimCase(ada, { kind, id: 'nothing' }, world))).reason).toBe('notFound');
  });

  it('that changed since it was looked at is not decided, and says what changed', async () => {
    const seen = { ...(await caseFacts(db, machine)) };
    await suspendListing(ada, { listingId: market.listingId, reason: why }, market.clock.world);
    const refused = await refusal(approve(bob, seen));
    expect(refused.reason).toBe('conflict');
    expect(refused.sentence).toContain('Listing: published → suspended');
    await approve(bob, { ...(await caseFacts(db, machine)) });
  });
});

describe('two admins at once', () => {
  it('never both claim a case, and never both decide one', async () => {
    const admins = [ada, bob, ...(await Promise.all([1, 2, 3, 4].map(() => person({ role: 'admin' }))))];
    const outcomes = async (works: readonly Promise<unknown>[]) => {
      const settled = await Promise.allSettled(works);
      for (const each of settled) if (each.status === 'rejected') expect(each.reason).toBeInstanceOf(Refusal);
      return settled.filter(({ status }) => status === 'fulfilled').length;
    };
    expect(await outcomes(admins.map((admin) => claimCase(admin, machine, market.clock.world)))).toBe(1);
    market.clock.pass(CLAIM_MINUTES * 60);
    expect(await outcomes(admins.map((admin) => claimCase(admin, machine, market.clock.world)))).toBe(1);
    market.clock.pass(CLAIM_MINUTES * 60);
    expect(await outcomes(admins.map((admin) => approve(admin)))).toBe(1);
    expect(
      await sql("SELECT 1 FROM events WHERE kind = 'listing.approved' AND machine_id = $1", [machine.id]),
    ).toHaveLength(1);
  });
});

describe('the table of claims', () => {
  const insert = (kind: string, admin: string, until: string) =>
    sql(
      `INSERT INTO case_claims (kind, case_id, admin_id, claimed_at, expires_at) VALUES ($1, 'x', $2, now(), now() + $3::interval)`,
      [kind, admin, until],
    );

  it('holds one admin a case, known kinds, known people, and leases that end', async () => {
    await insert('report', ada.userId, '15 minutes');
    await expect(insert('report', bob.userId, '15 minutes')).rejects.toThrow('case_claims_pkey');
    await expect(insert('gossip', bob.userId, '15 minutes')).rejects.toThrow('case_claims_kind');
    await expect(insert('dispute', 'nobody', '15 minutes')).rejects.toThrow('case_claims_admin_id_fkey');
    await expect(insert('dispute', bob.userId, '0')).rejects.toThrow('case_claims_lease');
    await expect(insert('dispute', bob.userId, '13 hours')).rejects.toThrow('case_claims_lease');
  });
});
