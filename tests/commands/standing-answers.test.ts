import '#tests/support/database.ts';
import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addSeconds } from '#lib/base/time.ts';
import { acceptAnswer } from '#lib/bookings/accept-answer.ts';
import { answerRequest, withdrawAnswer } from '#lib/bookings/answer-request.ts';
import { cancelStandingRequest } from '#lib/bookings/close-standing-request.ts';
import { matchRequests } from '#lib/bookings/match-requests.ts';
import { requestsForHost } from '#lib/bookings/queries/requests-for-host.ts';
import { standingRequestOf } from '#lib/bookings/queries/standing-requests.ts';
import { readTerms } from '#lib/bookings/terms.ts';
import { pauseListing } from '#lib/catalogue/pause-listing.ts';
import { resumeListing } from '#lib/catalogue/resume-listing.ts';
import { withdrawListing } from '#lib/catalogue/withdraw-listing.ts';
import { db } from '#lib/io/db.ts';
import { deliverNotices } from '#lib/notices/deliver-notices.ts';
import { noticesOfViewer } from '#lib/notices/queries.ts';
import { open, sealContext } from '#protocol/seal.ts';
import { refusal } from '#tests/support/ask.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { sql } from '#tests/support/database.ts';
import { person } from '#tests/support/people.ts';
import { type RentalMarket, rentalMarket, renterWith } from '#tests/support/rental.ts';
import { machineOf } from '#tests/support/stalls.ts';
import { HOUR_SECONDS, standing } from '#tests/support/standing.ts';

let market: RentalMarket;
beforeEach(async () => {
  // Listed above what the renters of these tests pay.
  market = await rentalMarket({ listing: { priceMicrosPerGpuHour: 5_000_000n } });
});
afterEach(async () => {
  await expectBooksBalance();
  await db.standingRequest.updateMany({
    where: { closedAt: null },
    data: { state: 'cancelled', closedAt: market.clock.now() },
  });
});

const ask = (change: object = {}) => standing(market.renter, market.clock, { mode: 'ask', ...change });
const answer = (requestId: string, change: object = {}, who = market.host) =>
  answerRequest(
    who,
    {
      requestId,
      machineId: market.machineId,
      priceMicrosPerGpuHour: 3_500_000n,
      holdsSeconds: 2 * HOUR_SECONDS,
      ...change,
    },
    market.clock.world,
  );
const accept = (answerId: string, environment = {}, who = market.renter) =>
  acceptAnswer(who, { answerId, environment }, market.clock.world);
const seen = () => requestsForHost(market.host, market.clock.now());

describe('a host', () => {
  it('sees what their machines could serve, whatever they are listed for, and not who asks', async () => {
    const id = await ask({ regions: [] });
    await ask({ models: ['H100 SXM'] });
    await ask({ gpuCount: 3 });
    await standing(market.renter, market.clock, { mode: 'book' });
    await standing(market.renter, market.clock, { mode: 'notify' });
    const shown = await seen();
    expect(shown.map((request) => request.id)).toEqual([id]);
    expect(shown[0]?.machines).toEqual([
      {
        machineId: market.machineId,
        name: 'box',
        gpuModel: 'RTX 4090',
        listedMicrosPerGpuHour: 5_000_000n,
        free: true,
        answer: null,
      },
    ]);
    const told = JSON.stringify(shown, (_, value) => (typeof value === 'bigint' ? String(value) : value));
    for (const secret of [market.renter.userId, 'night run', 'busybox']) expect(told).not.toContain(secret);
  });

  it('sees nothing without a machine that answers, of people they block, of their own, or that is over', async () => {
    const id = await ask();
    expect(await requestsForHost(await person(), market.clock.now())).toEqual([]);
    market.clock.pass(600);
    expect(await seen()).toEqual([]);
    await market.beat();
    expect(await seen()).toHaveLength(1);
    const { userId: hostId } = market.host;
    const block = { id: 'blk_a', hostId, renterId: market.renter.userId, reason: '', createdAt: market.clock.now() };
    await db.renterBlock.create({ data: block });
    expect(await seen()).toEqual([]);
    expect((await refusal(answer(id))).reason).toBe('notFound');
    await db.renterBlock.delete({ where: { id: 'blk_a' } });
    const suspend = (suspendedAt: Date | null) =>
      db.user.update({ where: { id: market.renter.userId }, data: { suspendedAt } });
    await suspend(market.clock.now());
    expect(await seen()).toEqual([]);
    expect((await refusal(answer(id))).reason).toBe('notFound');
    await suspend(null);
    await db.standingRequest.update({ where: { id }, data: { renterId: hostId } });
    expect(await seen()).toEqual([]);
    expect((await refusal(answer(id))).reason).toBe('ownMachine');
    await db.standingRequest.update({ where: { id }, data: { renterId: market.renter.userId } });
    await cancelStandingRequest(market.renter, { requestId: id }, market.clock.world);
    expect(await seen()).toEqual([]);
    expect((await refusal(answer(id))).sentence).toBe('This request was cancelled.');
  });

  it('answers with a price that only this renter gets, and the renter is told', async () => {
    const id = await ask();
    const { answerId } = await answer(id);
    const view = await standingRequestOf(market.renter, id, market.clock.now());
    expect(view.answers).toMatchObject([
      {
        id: answerId,
        priceMicrosPerGpuHour: 3_500_000n,
        expiresAt: addSeconds(market.clock.now(), 2 * HOUR_SECONDS),
        whyNotAccept: null,
      },
    ]);
    expect(view.openAnswers).toBe(1);
    await deliverNotices(market.clock.world);
    expect((await noticesOfViewer(market.renter)).rows.map(({ title }) => title)).toContain(
      'A host answered your request “night run”',
    );
    const listing = await db.listing.findUniqueOrThrow({ where: { id: market.listingId } });
    expect(listing.priceMicrosPerGpuHour).toBe(5_000_000n);
  });

  it('has one answer a machine: another one takes its place, and it can be taken back', async () => {
    const id = await ask();
    const first = await answer(id);
    const second = await answer(id, { priceMicrosPerGpuHour: 3_000_000n });
    const prices = async () =>
      (await standingRequestOf(market.renter, id, market.clock.now())).answers.map((one) => one.priceMicrosPerGpuHour);
    expect(await prices()).toEqual([3_000_000n]);
    expect((await refusal(accept(first.answerId))).sentence).toMatch(/taken this answer back/);
    const stranger = await person();
    const takeBack = (who = market.host) => withdrawAnswer(who, { answerId: second.answerId }, market.clock.world);
    expect((await refusal(takeBack(stranger))).reason).toBe('notFound');
    await takeBack();
    expect((await refusal(takeBack())).sentence).toBe('You have taken it back already.');
    expect(await prices()).toEqual([]);
  });

  it('is refused a price of nothing, above the limit, or that the cap has no room for, and another’s machine', async () => {
    const id = await ask({ capMicros: 7_500_000n });
    const price = async (priceMicrosPerGpuHour: bigint) =>
      (await refusal(answer(id, { priceMicrosPerGpuHour }))).detail;
    expect(await price(0n)).toHaveProperty('priceMicrosPerGpuHour', 'A price is more than $0.');
    expect(await price(4_000_001n)).toHaveProperty('priceMicrosPerGpuHour', expect.stringMatching(/at most \$4\.00/));
    expect(await price(10n ** 15n)).toHaveProperty('priceMicrosPerGpuHour');
    expect(await price(3_900_000n)).toHaveProperty('priceMicrosPerGpuHour', expect.stringMatching(/disk/));
    expect((await refusal(answer(id, { holdsSeconds: 1 }))).detail).toHaveProperty('holdsSeconds');
    const { machineId } = await machineOf(await person());
    expect((await refusal(answer(id, { machineId }))).reason).toBe('notFound');
    const two = await ask({ gpuCount: 3 });
    expect((await refusal(answer(two))).sentence).toMatch(/has fewer GPUs/);
    expect((await refusal(answer(await standing(market.renter, market.clock)))).reason).toBe('notFound');
    expect((await refusal(answer('srq_gone'))).reason).toBe('notFound');
    expect(await db.standingAnswer.count({ where: { requestId: id } })).toBe(0);
  });
});

describe('accepting an answer', () => {
  it('books that machine at the answered price, once, and closes the request', async () => {
    const id = await ask();
    const { answerId } = await answer(id);
    await market.beat();
    const [one, two] = await Promise.all([accept(answerId), accept(answerId)]);
    expect(one.bookingId).toBe(two.bookingId);
    expect([one.created, two.created].sort()).toEqual([false, true]);
    const booking = await db.booking.findUniqueOrThrow({ where: { id: one.bookingId } });
    expect(readTerms(booking.terms).priceMicrosPerGpuHour).toBe(3_500_000n);
    expect(booking.endsAt).toEqual(addSeconds(market.clock.now(), 2 * HOUR_SECONDS));
    const view = await standingRequestOf(market.renter, id, market.clock.now());
    expect(view).toMatchObject({ state: 'booked', bookingId: one.bookingId, report: null, actions: [] });
    expect((await refusal(answer(id))).sentence).toBe('This request is booked already.');
  });

  it('keeps the price that was answered, whatever the listing says since', async () => {
    const { answerId } = await answer(await ask());
    await db.listing.update({ where: { id: market.listingId }, data: { diskPriceMicrosPerGibMonth: 9_000_000n } });
    const { bookingId } = await accept(answerId);
    const booking = await db.booking.findUniqueOrThrow({ where: { id: bookingId } });
    expect(readTerms(booking.terms).diskPriceMicrosPerGibMonth).toBe(100_000n);
  });

  it('seals variables to the machine, so that the market cannot read them', async () => {
    const { x = '', d = '' } = generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' });
    await db.machine.update({ where: { id: market.machineId }, data: { sealingKey: x } });
    const { answerId } = await answer(await ask());
    const { bookingId } = await accept(answerId, { TOKEN: 'hunter2' });
    const { sealedEnvironment, lease } = await db.booking.findUniqueOrThrow({
      where: { id: bookingId },
      include: { lease: true },
    });
    const dump = JSON.stringify(await sql('SELECT row_to_json(b)::text FROM bookings b'));
    expect(dump).not.toContain('hunter2');
    expect(sealedEnvironment).not.toBeNull();
    const context = sealContext(lease?.id ?? '', market.machineId);
    expect(await open(sealedEnvironment ?? '', d, context)).toBe(JSON.stringify({ TOKEN: 'hunter2' }));
  });

  it('is too late when it expired, was taken back, or somebody else has the GPU', async () => {
    const id = await ask();
    const { answerId } = await answer(id, { holdsSeconds: 600 });
    const stranger = await renterWith(100, market.clock);
    expect((await refusal(accept(answerId, {}, stranger))).reason).toBe('notFound');
    market.clock.pass(600);
    expect((await refusal(accept(answerId))).sentence).toMatch(/expired/);
    await market.beat();
    const again = await answer(id);
    const hand = await market.bookAs(stranger, { gpuCount: 2 });
    expect((await refusal(accept(again.answerId))).reason).toBe('gpuTaken');
    expect((await standingRequestOf(market.renter, id, market.clock.now())).state).toBe('open');
    expect(hand.created).toBe(true);
  });

  it('is refused, and leaves all as it was, once its host is suspended, blocks the renter, or takes the machine off the market', async () => {
    const id = await ask();
    const { answerId } = await answer(id);
    const { userId: hostId } = market.host;
    const now = market.clock.now();
    const why = async () => (await refusal(accept(answerId))).reason;
    await db.user.update({ where: { id: hostId }, data: { suspendedAt: now } });
    expect(await why()).toBe('listingGone');
    await db.user.update({ where: { id: hostId }, data: { suspendedAt: null } });
    const block = { id: 'blk_b', hostId, renterId: market.renter.userId, reason: '', createdAt: now };
    await db.renterBlock.create({ data: block });
    expect(['priceChanged', 'renterBlocked']).toContain(await why());
    await db.renterBlock.delete({ where: { id: 'blk_b' } });
    await pauseListing(market.host, { machineId: market.machineId, until: addSeconds(now, 3_600) }, market.clock.world);
    expect(await why()).toBe('hostClosed');
    await resumeListing(market.host, { machineId: market.machineId }, market.clock.world);
    await withdrawListing(market.host, { machineId: market.machineId }, market.clock.world);
    expect(await why()).toBe('listingGone');
    expect(await standingRequestOf(market.renter, id, now)).toMatchObject({ state: 'open', openAnswers: 1 });
    expect(await db.booking.count({ where: { renterId: market.renter.userId } })).toBe(0);
  });

  it('needs money, and leaves everything as it was without', async () => {
    const poor = await renterWith(5, market.clock);
    const id = await standing(poor, market.clock, { mode: 'ask' });
    const { answerId } = await answer(id);
    expect((await refusal(accept(answerId, {}, poor))).reason).toBe('insufficientFunds');
    expect(await standingRequestOf(poor, id, market.clock.now())).toMatchObject({ state: 'open', openAnswers: 1 });
    expect(await db.booking.count({ where: { renterId: poor.userId } })).toBe(0);
  });

  it('is never for a rental that would end after the deadline', async () => {
    const id = await ask();
    const { answerId } = await answer(id, { holdsSeconds: 7 * 86_400 });
    const { startBy } = await db.standingRequest.findUniqueOrThrow({ where: { id } });
    const { expiresAt } = await db.standingAnswer.findUniqueOrThrow({ where: { id: answerId } });
    expect(expiresAt).toEqual(startBy);
    market.clock.pass(22 * HOUR_SECONDS + 1);
    await market.beat();
    expect((await refusal(accept(answerId))).reason).toBe('notNow');
  });
});

describe('a request that asks hosts', () => {
  it('tells of public offers too, and books none of them by itself', async () => {
    const id = await ask();
    await db.listing.update({ where: { id: market.listingId }, data: { priceMicrosPerGpuHour: 3_000_000n } });
    await market.beat();
    expect(await matchRequests(market.clock.world)).toBe(1);
    expect((await standingRequestOf(market.renter, id, market.clock.now())).state).toBe('open');
  });
});
