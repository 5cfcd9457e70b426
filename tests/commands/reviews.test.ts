import '#tests/support/database.ts';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { v1 } from '#doors/v1/app.ts';
import type { Actor } from '#lib/base/actor.ts';
import { DAY } from '#lib/base/time.ts';
import { endBooking } from '#lib/bookings/end-booking.ts';
import { listingPage } from '#lib/catalogue/queries/listing.ts';
import { db } from '#lib/io/db.ts';
import { settleLeases } from '#lib/leases/settle-leases.ts';
import { deliverNotices } from '#lib/notices/deliver-notices.ts';
import { noticesOfViewer } from '#lib/notices/queries.ts';
import { decideReport } from '#lib/trust/decide-report.ts';
import { hideReview } from '#lib/trust/hide-review.ts';
import { myReviews, rentalReviewsOf } from '#lib/trust/queries/own-reviews.ts';
import { hostStanding, renterStanding, reviewsOfListing } from '#lib/trust/queries/reviews.ts';
import { replyReview } from '#lib/trust/reply-review.ts';
import { reportReview } from '#lib/trust/report-review.ts';
import { SCORES, type Scores } from '#lib/trust/review.ts';
import { tellRevealedReviews } from '#lib/trust/tell-revealed-reviews.ts';
import { writeReview } from '#lib/trust/write-review.ts';
import { refusal } from '#tests/support/ask.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { sql } from '#tests/support/database.ts';
import { type Person, person } from '#tests/support/people.ts';
import { type RentalMarket, rentalMarket } from '#tests/support/rental.ts';

let admin: Person;
beforeAll(async () => {
  admin = await person({ role: 'admin' });
});
afterEach(expectBooksBalance);

const all = (score: number): Scores => Object.fromEntries(SCORES.map((name) => [name, score])) as Scores;
const days = (count: number) => (count * DAY) / 1_000;

/** A rental that has ended after it was used, and what its two sides can say. */
async function ended(market: RentalMarket, { used = true } = {}) {
  const hand = await market.book();
  if (used) {
    await hand.connect();
    await hand.run(60);
  }
  await endBooking(market.renter, { bookingId: hand.id }, market.clock.world);
  await hand.say('ended');
  market.clock.pass(180);
  await settleLeases(market.clock.world);
  const { renter, host, clock } = market;
  const write = (who: Actor, rest: Partial<Parameters<typeof writeReview>[1]>) =>
    writeReview(who, { bookingId: hand.id, scores: null, conduct: null, reason: '', text: '', ...rest }, clock.world);
  return {
    market,
    hand,
    byRenter: (score = 5, rest: Partial<Parameters<typeof writeReview>[1]> = {}) =>
      write(renter, { scores: all(score), text: 'As it was.', ...rest }),
    byHost: (conduct = 5, rest: Partial<Parameters<typeof writeReview>[1]> = {}) =>
      write(host, { conduct, text: 'Polite.', ...rest }),
    write,
    seenBy: (who: Actor) => rentalReviewsOf(who, hand.id, clock.now()),
  };
}

describe('a review of a rental that ended', () => {
  it('is hidden until both wrote: then both read both, and everybody reads the renter’s', async () => {
    const one = await ended(await rentalMarket());
    const { renter, host, clock, listingId } = one.market;
    expect(await one.byRenter(4)).toMatchObject({ revealed: false });
    expect(await one.seenBy(host)).toMatchObject({ otherWrote: true, theirs: null, mine: null, whyNot: null });
    expect((await one.seenBy(renter)).mine).toMatchObject({ scores: all(4), revealed: false });
    expect((await reviewsOfListing(listingId, clock.now())).rows).toEqual([]);
    expect(await one.byHost(5)).toMatchObject({ revealed: true });
    expect((await one.seenBy(host)).theirs).toMatchObject({ scores: all(4), text: 'As it was.' });
    expect((await one.seenBy(renter)).theirs).toMatchObject({ conduct: 5, text: 'Polite.' });
    expect((await reviewsOfListing(listingId, clock.now())).rows).toMatchObject([{ scores: all(4), side: 'renter' }]);
    await deliverNotices(clock.world);
    const told = (await noticesOfViewer(host)).rows.filter(({ link }) => link === `/bookings/${one.hand.id}/review`);
    expect(told.map(({ title }) => title)).toEqual([expect.stringContaining('You were reviewed')]);
  });

  it('is shown after fourteen days whoever did not write, told once, and then nobody writes any more', async () => {
    const one = await ended(await rentalMarket());
    const { renter, host, clock, listingId } = one.market;
    await one.byRenter(5);
    clock.pass(days(14) - 181);
    await tellRevealedReviews(clock.world);
    expect((await reviewsOfListing(listingId, clock.now())).rows).toEqual([]);
    clock.pass(1);
    expect((await reviewsOfListing(listingId, clock.now())).rows).toHaveLength(1);
    expect(await tellRevealedReviews(clock.world)).toBe(1);
    expect(await tellRevealedReviews(clock.world)).toBe(0);
    expect((await refusal(one.byHost())).sentence).toContain('over');
    expect((await refusal(one.byRenter(1, { reason: 'x' }))).sentence).toContain('shown');
    await deliverNotices(clock.world);
    expect((await noticesOfViewer(host)).rows.map(({ title }) => title).join()).toContain('is shown');
    expect((await one.seenBy(renter)).theirs).toBeNull();
  });

  it('can be changed until it is shown, and a low score asks for a reason', async () => {
    const one = await ended(await rentalMarket());
    const { renter, clock } = one.market;
    await one.byRenter(5);
    clock.pass(60);
    expect((await refusal(one.byRenter(2))).detail.reason).toContain('asks for a reason');
    await one.byRenter(2, { reason: 'Slow start.' });
    expect((await one.seenBy(renter)).mine).toMatchObject({ scores: all(2), reason: 'Slow start.', edited: true });
    await one.byHost(3);
    expect((await refusal(one.byRenter(5))).sentence).toContain('shown');
    expect((await one.seenBy(one.market.host)).theirs).toMatchObject({ scores: all(2) });
  });

  it('is for its two sides alone, after a rental that was usable', async () => {
    const one = await ended(await rentalMarket());
    for (const who of [await person(), admin]) {
      expect((await refusal(one.write(who, { scores: all(5) }))).reason).toBe('notFound');
      expect((await refusal(one.seenBy(who))).reason).toBe('notFound');
    }
    const suspended = { ...one.market.renter, suspended: true };
    expect((await refusal(one.write(suspended, { scores: all(5) }))).reason).toBe('suspended');
    expect((await refusal(one.write(one.market.renter, { conduct: 5 }))).detail.scores).toBeDefined();
    expect((await refusal(one.write(one.market.host, { scores: all(5) }))).detail.conduct).toBeDefined();
    const never = await ended(await rentalMarket(), { used: false });
    expect((await refusal(never.byRenter())).sentence).toContain('never usable');
    const running = await one.market.book();
    const early = { bookingId: running.id, scores: all(5), conduct: null, reason: '', text: '' };
    expect((await refusal(writeReview(one.market.renter, early, one.market.clock.world))).sentence).toContain(
      'not over',
    );
  });

  it('written by both at the same instant shows both', async () => {
    const one = await ended(await rentalMarket());
    const both = await Promise.all([one.byRenter(5), one.byHost(5)]);
    expect(both.map(({ revealed }) => revealed).toSorted()).toEqual([false, true]);
    expect((await one.seenBy(one.market.renter)).theirs).not.toBeNull();
    expect((await one.seenBy(one.market.host)).theirs).not.toBeNull();
  });

  it('is replied to once, by whom it is about, within thirty days', async () => {
    const one = await ended(await rentalMarket());
    const { renter, host, clock } = one.market;
    const { reviewId } = await one.byRenter(3);
    const reply = (who: Actor, text = 'We have mended it.') => replyReview(who, { reviewId, text }, clock.world);
    expect((await refusal(reply(host))).reason).toBe('notFound');
    await one.byHost(5);
    for (const who of [renter, admin, await person()]) expect((await refusal(reply(who))).reason).toBe('notFound');
    expect((await refusal(reply(host, ' '))).detail.text).toBeDefined();
    await reply(host);
    expect((await refusal(reply(host))).sentence).toContain('have replied');
    expect((await one.seenBy(renter)).mine).toMatchObject({ reply: 'We have mended it.' });
    const late = await ended(one.market);
    const { reviewId: second } = await late.byRenter(3);
    clock.pass(days(44));
    expect((await refusal(replyReview(host, { reviewId: second, text: 'x' }, clock.world))).sentence).toContain('over');
  });

  it('can be taken out of sight by an admin who is no party, and counts no more', async () => {
    const market = await rentalMarket();
    const ids: string[] = [];
    for (const score of [5, 5, 1]) {
      const one = await ended(market);
      const { reviewId } = await one.byRenter(score, { reason: 'It was bad.' });
      await one.byHost(5);
      ids.push(reviewId);
    }
    const { clock, host } = market;
    expect(await hostStanding(host.userId, clock.now())).toMatchObject({ count: 3, averageHundredths: 366 });
    const hide = (who: Actor) => hideReview(who, { reviewId: ids[2] ?? '', reason: 'An insult.' }, clock.world);
    for (const who of [market.renter, host]) expect((await refusal(hide(who))).status).toBe(403);
    expect((await refusal(hide({ ...host, role: 'admin' }))).reason).toBe('forbidden');
    await hide(admin);
    expect((await refusal(hide(admin))).reason).toBe('notNow');
    expect(await hostStanding(host.userId, clock.now())).toMatchObject({ count: 2, averageHundredths: null });
    expect((await reviewsOfListing(market.listingId, clock.now())).rows).toHaveLength(2);
    const mine = (await myReviews(market.renter, clock.now())).written;
    expect(mine[0]).toMatchObject({ hiddenReason: 'An insult.' });
  });
});

describe('a review that is reported', () => {
  it('is taken out of sight when staff find it right, with the words it had', async () => {
    const one = await ended(await rentalMarket());
    const { host, clock, listingId } = one.market;
    const { reviewId } = await one.byRenter(1, { reason: 'Insult.', text: 'You all are fools.' });
    const report = (who: Actor) =>
      reportReview(who, { reviewId, cause: 'abuse', text: 'It insults us, for no reason.' }, clock.world);
    expect((await refusal(report(host))).reason).toBe('notFound');
    await one.byHost(3);
    expect((await refusal(report(one.market.renter))).sentence).toContain('your own');
    const { reportId } = await report(host);
    expect((await refusal(report(host))).sentence).toContain('already');
    expect(await db.report.findUnique({ where: { id: reportId } })).toMatchObject({
      subjectKind: 'review',
      quote: 'Insult.\n\nYou all are fools.',
    });
    const decision = { reportId, outcome: 'warn' as const, reason: 'An insult.' };
    await decideReport(admin, decision, clock.world);
    expect((await reviewsOfListing(listingId, clock.now())).rows).toEqual([]);
    expect((await one.seenBy(one.market.renter)).mine).toMatchObject({ hiddenReason: 'An insult.' });
    const other = await ended(one.market);
    const { reviewId: fair } = await other.byRenter(4);
    await other.byHost(4);
    const second = await reportReview(
      host,
      { reviewId: fair, cause: 'other', text: 'I do not like it at all.' },
      clock.world,
    );
    await decideReport(admin, { reportId: second.reportId, outcome: 'dismiss', reason: 'It is fair.' }, clock.world);
    expect((await reviewsOfListing(listingId, clock.now())).rows).toHaveLength(1);
  });
});

describe('what reviews come to', () => {
  it('is an average of three and more, of each score and of all, and a list of what is still to write', async () => {
    const market = await rentalMarket();
    const { clock, host, renter } = market;
    for (const value of [5, 4, 3]) {
      const one = await ended(market);
      await one.byRenter(5, { scores: { ...all(5), value } });
      if (value !== 5) await one.byHost(value);
    }
    const open = await ended(market);
    expect(await hostStanding(host.userId, clock.now())).toMatchObject({ count: 2, averageHundredths: null });
    expect((await myReviews(renter, clock.now())).toWrite.map(({ bookingId }) => bookingId)).toEqual([open.hand.id]);
    expect((await myReviews(host, clock.now())).toWrite).toMatchObject([{ otherWrote: true }, { otherWrote: false }]);
    clock.pass(days(14));
    const standing = await hostStanding(host.userId, clock.now());
    expect(standing).toMatchObject({ count: 3, scores: { value: 400, network: 500 } });
    // (500 + 483 + 466) ÷ 3, each and all rounded down.
    expect(standing.averageHundredths).toBe(483);
    expect(await renterStanding(renter.userId, clock.now())).toEqual({ count: 2, averageHundredths: null });
    expect((await myReviews(host, clock.now())).aboutMe).toHaveLength(3);
  });

  it('never touches measured reliability', async () => {
    const market = await rentalMarket();
    const page = async () => {
      const { reliability, reliabilityDays, host } = await listingPage(
        market.renter,
        market.listingId,
        market.clock.now(),
      );
      return { reliability, reliabilityDays, host };
    };
    const one = await ended(market);
    const before = await page();
    await one.byRenter(1, { reason: 'Terrible.' });
    await one.byHost(1, { reason: 'Rude.' });
    expect((await reviewsOfListing(market.listingId, market.clock.now())).rows).toHaveLength(1);
    expect(await page()).toEqual(before);
  });
});

describe('past every rule, straight at the database', () => {
  it('a review is whole, of somebody else, with a reason where it is low, and stays once it is shown', async () => {
    const one = await ended(await rentalMarket());
    const { reviewId: id } = await one.byRenter(5);
    const refused = (constraint: RegExp, set: string) =>
      expect(
        sql(`UPDATE reviews SET ${set}, edited_at = edited_at + interval '1 second' WHERE id = $1`, [id]),
      ).rejects.toThrow(constraint);
    await refused(/reviews_scores/, 'network = 6');
    await refused(/reviews_scores/, 'network = NULL');
    await refused(/reviews_scores/, 'conduct = 3');
    await refused(/reviews_low_has_reason/, 'network = 2');
    await refused(/reviews_not_of_oneself|reviews_stay/, 'subject_id = author_id');
    await refused(/reviews_stay/, "reveal_at = reveal_at + interval '1 day'");
    await refused(/reviews_reply/, "reply = 'x'");
    await refused(/reviews_reply/, "reply = 'x', replied_at = reveal_at - interval '1 second'");
    await refused(/reviews_reply/, "reply = 'x', replied_at = reveal_at + interval '30 days'");
    await refused(/reviews_hidden_whole/, 'hidden_at = now()');
    await expect(sql(`UPDATE reviews SET text = 'other' WHERE id = $1`, [id])).rejects.toThrow(/reviews_stay/);
    await expect(
      sql(`INSERT INTO reviews SELECT (jsonb_populate_record(r, '{"id": "rev_x"}')).* FROM reviews r WHERE id = $1`, [
        id,
      ]),
    ).rejects.toThrow(/reviews_booking_id_side_key/);
    await expect(
      sql(
        `INSERT INTO reviews SELECT (jsonb_populate_record(r, jsonb_build_object('id', 'rev_y', 'side', 'host', 'subject_id', r.author_id,
         'as_described', null, 'start_up', null, 'stability', null, 'network', null, 'support', null, 'value', null, 'conduct', 5))).*
         FROM reviews r WHERE id = $1`,
        [id],
      ),
    ).rejects.toThrow(/reviews_not_of_oneself/);
    await one.byHost(5);
    await refused(/reviews_stay/, "text = 'other'");
    await refused(/reviews_stay/, 'network = 1');
    await replyReview(one.market.host, { reviewId: id, text: 'Thanks.' }, one.market.clock.world);
    await expect(sql(`UPDATE reviews SET reply = 'No.' WHERE id = $1`, [id])).rejects.toThrow(/reviews_stay/);
    await expect(sql('DELETE FROM reviews WHERE id = $1', [id])).rejects.toThrow(/never changed or deleted/);
    await expect(sql('TRUNCATE reviews')).rejects.toThrow(/never changed or deleted/);
  });
});

describe('the public API', () => {
  it('writes, shows, replies and hides, each for whom it is', async () => {
    const one = await ended(await rentalMarket());
    const { renter, host, listingId } = one.market;
    const { createApiToken } = await import('#lib/auth/create-api-token.ts');
    const ask = async (who: Person | Actor | null, method: string, path: string, body?: unknown) => {
      const env = { address: '127.0.0.1', cookieActor: null };
      const token = who === null ? null : (await createApiToken(who, { label: 'test', days: 1 })).token;
      const headers = {
        'content-type': 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      };
      return v1.request(path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }, env);
    };
    // The door's clock is the wall's.
    await sql('UPDATE bookings SET ended_at = now() WHERE id = $1', [one.hand.id]);
    const path = `/bookings/${one.hand.id}/review`;
    const written = await ask(renter, 'PUT', path, { scores: all(5), text: 'Good.' });
    expect(written.status).toBe(200);
    const { mine } = (await written.json()) as { mine: { id: string } };
    expect((await ask(renter, 'PUT', path, { scores: { ...all(5), value: 0 } })).status).toBe(422);
    expect((await ask(host, 'PUT', path, { conduct: 4 })).status).toBe(200);
    expect((await ask(await person(), 'GET', path)).status).toBe(404);
    expect((await ask(null, 'GET', path)).status).toBe(401);
    const open = await ask(null, 'GET', `/listings/${listingId}/reviews`);
    expect(await open.json()).toMatchObject({ host: { count: 1, averageHundredths: null }, rows: [{ text: 'Good.' }] });
    expect((await ask(null, 'GET', '/listings/lst_none/reviews')).status).toBe(404);
    expect((await ask(renter, 'POST', `/reviews/${mine.id}/reply`, { text: 'x' })).status).toBe(404);
    expect((await ask(host, 'POST', `/reviews/${mine.id}/reply`, { text: 'Thanks.' })).status).toBe(200);
    expect((await ask(host, 'POST', `/admin/reviews/${mine.id}/hide`, { reason: 'x' })).status).toBe(403);
    expect((await ask(admin, 'POST', `/admin/reviews/${mine.id}/hide`, { reason: 'Spam.' })).status).toBe(200);
    expect((await ask(renter, 'GET', '/reviews')).status).toBe(200);
    expect((await ask(null, 'GET', '/reviews')).status).toBe(401);
  });
});
