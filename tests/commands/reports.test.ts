import '#tests/support/database.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { RULES } from '#lib/auth/attempt.ts';
import { DAY } from '#lib/base/time.ts';
import { claimCase } from '#lib/desk/claim-case.ts';
import { caseFacts } from '#lib/desk/queries/facts.ts';
import { feedOf } from '#lib/events/queries.ts';
import { db } from '#lib/io/db.ts';
import { deliverNotices } from '#lib/notices/deliver-notices.ts';
import { noticesOfViewer } from '#lib/notices/queries.ts';
import { decideReport } from '#lib/trust/decide-report.ts';
import { caseView } from '#lib/trust/queries/cases.ts';
import { reportsOf } from '#lib/trust/queries/reports.ts';
import type { ReportOutcome } from '#lib/trust/report.ts';
import { reportListing } from '#lib/trust/report-listing.ts';
import { refusal } from '#tests/support/ask.ts';
import { sql } from '#tests/support/database.ts';
import { type Person, person } from '#tests/support/people.ts';
import { type RentalMarket, rentalMarket } from '#tests/support/rental.ts';

const TEXT = 'It says RTX 4090, nvidia-smi says T4. <script>alert(1)</script>';
const WHY = 'The listing does not describe the machine that renters get.';

let market: RentalMarket;
let admin: Person;
beforeEach(async () => {
  market = await rentalMarket();
  admin = await person({ role: 'admin' });
});

const report = (by: Person | RentalMarket['renter'], text = TEXT) =>
  reportListing(by, { listingId: market.listingId, cause: 'notAsDescribed', text }, market.clock.world);
const decide = (reportId: string, outcome: ReportOutcome, by = admin, seen?: Record<string, string>) =>
  decideReport(by, { reportId, outcome, reason: WHY, seen }, market.clock.world);
const titles = async (who: Person | RentalMarket['renter']) =>
  (await noticesOfViewer(who, {})).rows.map(({ title }) => title);

describe('reporting a listing', () => {
  it('puts it into the queue, once for each person until it is decided, and hides from the host who did', async () => {
    const { reportId } = await report(market.renter);
    expect((await refusal(report(market.renter))).sentence).toContain('reported this already');
    const at = await Promise.allSettled([1, 2, 3].map(async () => report(other)));
    expect(at.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await feedOf(market.host, 0n, 1_000)).map(({ kind }) => kind)).not.toContain('report.opened');
    expect((await reportsOf(market.renter)).rows).toMatchObject([{ id: reportId, state: 'open', decision: null }]);
    expect((await reportsOf(market.host)).rows).toEqual([]);
    await decide(reportId, 'dismiss');
    await expect(report(market.renter)).resolves.toBeDefined();
  });
  let other: Person;
  beforeEach(async () => {
    other = await person();
  });

  it('needs a sentence, somebody else’s listing that can be seen, and an account in good standing', async () => {
    expect((await refusal(report(other, 'bad'))).detail.text).toContain('sentence');
    expect((await refusal(report(other, 'x'.repeat(2_001)))).detail.text).toContain('2000');
    expect((await refusal(report(market.host))).sentence).toBe('This is your own.');
    expect((await refusal(report({ ...other, suspended: true }))).reason).toBe('suspended');
    const nowhere = reportListing(other, { listingId: 'lst_none', cause: 'scam', text: TEXT }, market.clock.world);
    expect((await refusal(nowhere)).reason).toBe('notFound');
  });

  it('is bounded: ten a day, and what is refused does not count', async () => {
    for (let count = 0; count < RULES.reportByAccount.points; count += 1) {
      const { reportId } = await report(other);
      await refusal(report(other));
      await decide(reportId, 'dismiss');
    }
    expect((await refusal(report(other))).reason).toBe('tooManyAttempts');
    market.clock.pass(DAY / 1_000 + 1);
    await expect(report(other)).resolves.toBeDefined();
  });
});

describe('a decision about a report', () => {
  it('suspends the listing, tells the reporter the outcome and the host the reason, and never who reported', async () => {
    const { reportId } = await report(market.renter);
    await decide(reportId, 'suspend');
    expect((await db.listing.findUniqueOrThrow({ where: { id: market.listingId } })).suspendedReason).toBe(WHY);
    await deliverNotices(market.clock.world);
    expect(await titles(market.renter)).toContain('What you reported was taken off the market');
    const host = (await noticesOfViewer(market.host, {})).rows;
    expect(host.some(({ body }) => body.includes(WHY))).toBe(true);
    expect(JSON.stringify(host.map(({ body, title }) => body + title))).not.toContain(market.renter.userId);
    expect((await reportsOf(market.renter)).rows[0]).toMatchObject({ state: 'upheld', decision: WHY });
    expect((await refusal(decide(reportId, 'dismiss'))).sentence).toContain('decided already');
  });

  it('warns, or dismisses, and leaves the listing as it is', async () => {
    const { reportId } = await report(market.renter);
    await decide(reportId, 'warn');
    const second = await report(market.renter);
    await decide(second.reportId, 'dismiss');
    await deliverNotices(market.clock.world);
    expect((await db.listing.findUniqueOrThrow({ where: { id: market.listingId } })).suspendedAt).toBeNull();
    expect(await titles(market.host)).toContain('The operators warn you about something that was reported');
    expect(await titles(market.renter)).toEqual(
      expect.arrayContaining([
        'We looked at what you reported, and left it as it is',
        'What you reported was right, and was warned about',
      ]),
    );
  });

  it('is of an admin who is no party, one who has the case, about what they saw', async () => {
    const reporting = await person({ role: 'admin' });
    const { reportId } = await report(reporting);
    expect((await refusal(decide(reportId, 'warn', reporting))).reason).toBe('forbidden');
    expect((await refusal(decide(reportId, 'warn', await person()))).reason).toBe('forbidden');
    const seen = { ...(await caseFacts(db, { kind: 'report', id: reportId })) };
    await report(market.renter);
    const stale = await refusal(decide(reportId, 'warn', admin, seen));
    expect(stale.sentence).toContain('Other open reports of it: 0 → 1');
    await claimCase(await person({ role: 'admin' }), { kind: 'report', id: reportId }, market.clock.world);
    expect((await refusal(decide(reportId, 'warn'))).reason).toBe('caseClaimed');
  });

  it('of two admins at once is one’s', async () => {
    const { reportId } = await report(market.renter);
    const admins = await Promise.all([1, 2, 3, 4].map(() => person({ role: 'admin' })));
    const settled = await Promise.allSettled(admins.map((each) => decide(reportId, 'warn', each)));
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(
      await sql("SELECT 1 FROM events WHERE kind = 'report.decided' AND data->>'reportId' = $1", [reportId]),
    ).toHaveLength(1);
  });

  it('rests on what was written and on who wrote it', async () => {
    const { reportId } = await report(market.renter);
    const view = await caseView(admin, { kind: 'report', id: reportId }, market.clock.now());
    expect(view.evidence[0]?.quote).toBe(TEXT);
    expect(view).toMatchObject({ waiting: true, whyNot: null, line: 'It is not what it says' });
  });
});

describe('past every rule, straight at the table of reports', () => {
  it('a report is one a person and thing, of known words, not of oneself, decided whole, once, by whoever has it', async () => {
    const { reportId } = await report(market.renter);
    const set = (change: string) => sql(`UPDATE reports SET ${change} WHERE id = '${reportId}'`);
    const copy = (columns: string) =>
      sql(
        `INSERT INTO reports SELECT (json_populate_record(r, ('${columns}')::json)).* FROM reports r WHERE id = '${reportId}'`,
      );
    await expect(copy('{"id":"rpt_2"}')).rejects.toThrow('reports_one_open');
    await expect(set("cause = 'gossip'")).rejects.toThrow('reports_words');
    await expect(set("subject_id = 'lst_other'")).rejects.toThrow('reports_words');
    await expect(set('about_id = reporter_id')).rejects.toThrow('reports_not_own');
    await expect(set("state = 'upheld'")).rejects.toThrow('reports_decided_whole');
    await claimCase(await person({ role: 'admin' }), { kind: 'report', id: reportId }, market.clock.world);
    const decided = `state = 'upheld', decision = 'x', decided_by_id = '${admin.userId}', decided_at = '${market.clock.now().toISOString()}'`;
    await expect(set(decided)).rejects.toThrow('case_claims_hold');
    await sql('DELETE FROM case_claims');
    await set(decided);
    await expect(set("decision = 'y'")).rejects.toThrow();
    await expect(sql(`DELETE FROM reports WHERE id = '${reportId}'`)).rejects.toThrow();
  });
});
