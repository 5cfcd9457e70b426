import '#tests/support/database.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noteSilences } from '#lib/agents/note-silences.ts';
import { HOUR } from '#lib/base/time.ts';
import { endBooking } from '#lib/bookings/end-booking.ts';
import { rentalOf } from '#lib/bookings/queries/rental.ts';
import { seenCancellation } from '#lib/bookings/reserved.ts';
import { startBooking } from '#lib/bookings/start-booking.ts';
import { stopBooking } from '#lib/bookings/stop-booking.ts';
import { DOOR_BEAT } from '#lib/events/beat.ts';
import { db, inTransaction } from '#lib/io/db.ts';
import { settleLeases } from '#lib/leases/settle-leases.ts';
import { tellLateWindows } from '#lib/leases/tell-late-windows.ts';
import { hostPayable, PROMOTIONS } from '#lib/ledger/account.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import { earningsOf, walletOf } from '#lib/ledger/queries.ts';
import { deliverNotices } from '#lib/notices/deliver-notices.ts';
import { billFileOf } from '#lib/receipts/queries/receipts.ts';
import { openDispute } from '#lib/trust/open-dispute.ts';
import type { FAILURES } from '#protocol/agent.ts';
import { refusal } from '#tests/support/ask.ts';
import { bidding } from '#tests/support/bids.ts';
import { check } from '#tests/support/bill-file.ts';
import { expectBooksBalance } from '#tests/support/books.ts';
import { logAll } from '#tests/support/public-log.ts';
import { DOLLAR, type RentalMarket, rentalMarket, renterWith } from '#tests/support/rental.ts';
import { NOW } from '#tests/support/stalls.ts';

let market: RentalMarket;
beforeEach(async () => {
  // Each test has a clock of its own, and its door opens anew.
  await db.beat.deleteMany();
  market = await rentalMarket();
});
afterEach(expectBooksBalance);

const STARTS = new Date(NOW.getTime() + 72 * HOUR);
/** Eight hours at $3.60 of which a quarter is due. */
const SHARE = 7_200_000n;
const ALL = 1_000n * DOLLAR;
const reserve = () => market.book({ startsAt: STARTS, durationSeconds: 8 * 3_600 });
const begins = () => answers(72 * 3_600);
const answers = async (seconds: number) => {
  market.clock.pass(seconds);
  await market.beat();
};
/** Its machine says nothing, and our door is open. */
const silent = async (seconds: number) => {
  market.clock.pass(seconds);
  const beat = { at: market.clock.now(), backAt: null };
  await db.beat.upsert({ where: { name: DOOR_BEAT }, create: { name: DOOR_BEAT, ...beat }, update: beat });
  await noteSilences(market.clock.world);
};
const free = async () => (await walletOf(market.renter)).freeMicros;
const owed = async () => (await earningsOf(market.host)).payableMicros;
const shown = async (id: string) => (await rentalOf(market.renter, id, market.clock.now())).cancellation;
const giveBack = (id: string, seenCancellationMicros?: bigint) =>
  endBooking(market.renter, { bookingId: id, seenCancellationMicros }, market.clock.world);
const told = async (userId: string) => {
  await deliverNotices(market.clock.world);
  const rows = await db.notice.findMany({ where: { userId }, orderBy: { id: 'asc' } });
  return rows.map(({ title, body }) => `${title}. ${body}`);
};
const failure = (code: (typeof FAILURES)[number]) => ({ failure: { code, detail: 'as it is' } });

describe('a window whose machine answers and does not get it to run', () => {
  it('costs its share for ten minutes, and then nothing, and says why', async () => {
    const hand = await reserve();
    await begins();
    await answers(599);
    expect(await shown(hand.id)).toMatchObject({ dueMicros: SHARE, fault: null });
    await answers(1);
    expect(await shown(hand.id)).toMatchObject({ dueMicros: 0n, fault: { kind: 'notReady', since: STARTS } });
    await giveBack(hand.id, 0n);
    expect([await free(), await owed()]).toEqual([ALL, 0n]);
    expect((await told(market.host.userId)).join()).toContain('had not got it to run in time');
  });

  it('is not given back at a price that its page did not show, when the machine comes on between look and press', async () => {
    const hand = await reserve();
    await begins();
    await answers(600);
    const seen = async () => seenCancellation((await shown(hand.id)) ?? expect.fail());
    const before = await seen();
    await hand.connect();
    const press = (micros: bigint) => refusal(giveBack(hand.id, micros));
    expect(await press(before)).toMatchObject({ reason: 'priceChanged', detail: { cancellationMicros: `${SHARE}` } });
    expect(await hand.booking()).toMatchObject({ desired: 'running' });
    const again = await seen();
    await hand.run(60);
    await giveBack(hand.id, again);
  });

  it('has its time from when we listen again: an outage of ours costs no host the share', async () => {
    const hand = await reserve();
    await begins();
    const door = (at: Date, backAt: Date | null) =>
      db.beat.upsert({
        where: { name: DOOR_BEAT },
        create: { name: DOOR_BEAT, at, backAt },
        update: { at, backAt },
      });
    await door(STARTS, null);
    market.clock.pass(1_200);
    // Nobody listened since it began: whether it came on is not known.
    expect((await shown(hand.id))?.dueMicros).toBe(SHARE);
    expect(await tellLateWindows(market.clock.world)).toBe(0);
    await door(market.clock.now(), market.clock.now());
    await answers(599);
    expect((await shown(hand.id))?.dueMicros).toBe(SHARE);
    await answers(1);
    expect((await shown(hand.id))?.dueMicros).toBe(0n);
  });

  it('gives each step its time, and an image what its bytes take over the link of the machine', async () => {
    await db.$executeRaw`UPDATE machines SET specification = specification || '{"networkDownBitsPerSecond": 80000000}'::jsonb`;
    const hand = await reserve();
    await begins();
    await answers(300);
    // 6 GB at 10 MB a second are ten minutes.
    const progress = { bytesDone: 1, bytesTotal: 6_000_000_000, bytesPerSecond: 1, layers: [] };
    await hand.say('pulling', { progress });
    await answers(1_199);
    expect((await shown(hand.id))?.dueMicros).toBe(SHARE);
    await answers(1);
    expect((await shown(hand.id))?.dueMicros).toBe(0n);
    // It has come on, so it has time again; and once it can be used the terms hold.
    await hand.say('starting');
    expect((await shown(hand.id))?.dueMicros).toBe(SHARE);
    await answers(600);
    expect((await shown(hand.id))?.dueMicros).toBe(0n);
    await hand.say('connectable');
    expect((await shown(hand.id))?.dueMicros).toBe(SHARE);
  });

  it('has its time also where the measurement of its link came to nothing', async () => {
    await db.$executeRaw`UPDATE machines SET specification = specification || '{"networkDownBitsPerSecond": 0}'::jsonb`;
    const hand = await reserve();
    await begins();
    await hand.say('pulling', { progress: { bytesDone: 0, bytesTotal: 1, bytesPerSecond: 0, layers: [] } });
    expect((await shown(hand.id))?.dueMicros).toBe(SHARE);
  });

  it.each(['pullFailed', 'startFailed', 'shellFailed', 'gpuMissing', 'diskFull', 'noContainerRuntime'] as const)(
    'costs nothing where the machine gives up with %s',
    async (code) => {
      const hand = await reserve();
      await begins();
      await hand.say('failed', failure(code));
      expect(await hand.booking()).toMatchObject({ desired: 'ended', reason: code });
      expect([await free(), await owed()]).toEqual([ALL, 0n]);
      expect((await told(market.renter.userId)).join()).toContain('Nothing was charged');
    },
  );

  it('tells its renter, who need not wait, and its host, once; and nobody whose window still lies ahead', async () => {
    const hand = await reserve();
    const late = async () => [
      (await told(market.renter.userId)).filter((said) => said.includes('cannot be used yet')).length,
      (await told(market.host.userId)).filter((said) => said.includes('cannot be used.')).length,
    ];
    const unanswered = async () => (await told(market.renter.userId)).some((said) => said.includes('does not answer'));
    await silent(3_600);
    expect(await tellLateWindows(market.clock.world)).toBe(0);
    // Days before it begins its machine may be off.
    expect(await unanswered()).toBe(false);
    await silent(71 * 3_600);
    expect(await tellLateWindows(market.clock.world)).toBe(1);
    expect(await tellLateWindows(market.clock.world)).toBe(0);
    expect(await late()).toEqual([1, 1]);
    expect(await unanswered()).toBe(true);
    await giveBack(hand.id, 0n);

    const second = await market.book({
      startsAt: new Date(market.clock.now().getTime() + 24 * HOUR),
      durationSeconds: 3_600,
    });
    await db.silence.updateMany({ data: { endsAt: market.clock.now() } });
    await answers(24 * 3_600 + 599);
    expect(await tellLateWindows(market.clock.world)).toBe(0);
    await answers(1);
    expect(await Promise.all([1, 2].map(() => tellLateWindows(market.clock.world)))).toContain(1);
    expect(await late()).toEqual([2, 2]);
    await second.connect();
    expect(await tellLateWindows(market.clock.world)).toBe(0);
  });

  it('keeps its terms when another port had to be taken', async () => {
    const hand = await reserve();
    await begins();
    await hand.say('failed', failure('gatewayFailed'));
    expect(await hand.booking()).toMatchObject({ desired: 'running', run: 2 });
    await hand.connect();
    await hand.run(600);
    const { chargedMicros } = await hand.lease();
    expect((await shown(hand.id))?.dueMicros).toBe(SHARE - chargedMicros);
    await giveBack(hand.id);
    expect((await hand.lease()).cancellationMicros).toBe(SHARE - chargedMicros);
  });
});

describe('a window that what runs in it ends', () => {
  it.each(['imageNotFound', 'unrunnable', 'exited'] as const)(
    'is given back by %s, however late that shows, and both are told what it cost',
    async (code) => {
      const hand = await reserve();
      await begins();
      await hand.say('starting');
      await answers(1_200);
      await hand.say('failed', failure(code));
      expect(await hand.booking()).toMatchObject({ desired: 'ended', reason: code });
      expect([await free(), await owed()]).toEqual([ALL - SHARE, 6_480_000n]);
      expect((await told(market.renter.userId)).join()).toContain('$7.20 was paid for that');
      expect((await told(market.host.userId)).join()).toContain('$6.48 of it is yours');
      await logAll(market.clock);
      const { givenBack } = await check(await billFileOf(market.renter, hand.id, market.clock.now()));
      expect(givenBack?.micros).toBe(SHARE.toString());
    },
  );

  it('costs what its terms say when its program ends: to end it from within gains nothing', async () => {
    const hand = await reserve();
    await begins();
    await hand.connect();
    await hand.run(60);
    await hand.say('stopped', { ...failure('exited'), exitCode: 143 });
    const { chargedMicros, cancellationMicros } = await hand.lease();
    expect(await hand.booking()).toMatchObject({ desired: 'stopped', reason: 'exited' });
    expect(chargedMicros + cancellationMicros).toBe(SHARE);
    expect((await told(market.renter.userId)).join()).toContain('gives its window back early');
    // Started again it is on demand: nothing is paid a second time.
    await market.beat();
    await startBooking(market.renter, { bookingId: hand.id, durationSeconds: null }, market.clock.world);
    expect(await hand.booking()).toMatchObject({ kind: 'onDemand', desired: 'running' });
    expect(await shown(hand.id)).toBeNull();
    await giveBack(hand.id, 0n);
    expect((await hand.lease()).cancellationMicros).toBe(cancellationMicros);
  });

  it('costs nothing more when its renter ends what stopped by itself, whoever was to blame', async () => {
    for (const [code, exitCode] of [
      ['exited', 1],
      ['exited', null],
      ['shellFailed', null],
    ] as const) {
      const hand = await market.book({
        startsAt: new Date(market.clock.now().getTime() + 24 * HOUR),
        durationSeconds: 8 * 3_600,
      });
      await answers(24 * 3_600);
      await hand.connect();
      await hand.run(60);
      await hand.say(code === 'exited' ? 'stopped' : 'failed', { ...failure(code), exitCode });
      const { cancellationMicros } = await hand.lease();
      expect(cancellationMicros > 0n).toBe(exitCode === 1);
      await answers(5);
      expect(await shown(hand.id)).toBeNull();
      await giveBack(hand.id, 0n);
      expect(await hand.booking()).toMatchObject({ desired: 'ended' });
      expect(await hand.lease()).toMatchObject({ cancellationMicros });
      await hand.say('ended');
    }
  });

  it('costs nothing but what was used where nobody saw how its program ended', async () => {
    const hand = await reserve();
    await begins();
    await hand.connect();
    await hand.run(60);
    await hand.say('stopped', { ...failure('exited'), exitCode: null });
    expect((await hand.lease()).cancellationMicros).toBe(0n);
  });

  it('is not ended twice: what was given back and then reports its end costs once', async () => {
    const hand = await reserve();
    await begins();
    await hand.connect();
    await hand.run(60);
    await stopBooking(market.renter, { bookingId: hand.id }, market.clock.world);
    const { cancellationMicros } = await hand.lease();
    await hand.say('stopped', { ...failure('exited'), exitCode: 0 });
    expect((await hand.lease()).cancellationMicros).toBe(cancellationMicros);
    expect((await refusal(stopBooking(market.renter, { bookingId: hand.id }, market.clock.world))).reason).toBe(
      'notNow',
    );
    expect((await told(market.host.userId)).filter((said) => said.includes('given back early'))).toHaveLength(1);
  });

  it('does not say that ending it costs nothing before it could be used', async () => {
    const hand = await reserve();
    await begins();
    const said = (await refusal(stopBooking(market.renter, { bookingId: hand.id }, market.clock.world))).sentence;
    expect(said).not.toContain('costs nothing');
  });
});

describe('the rest of a window that was given back', () => {
  it('is rented to somebody else, who pays for what they use: no second of a GPU is paid twice', async () => {
    const shop = await bidding({ machine: { gpuCount: 1 } });
    market = shop;
    const first = await reserve();
    await begins();
    await first.connect();
    await first.run(600);
    await giveBack(first.id);
    const other = await renterWith(100, market.clock);
    // Until its machine has cleared it away nobody else gets it.
    expect((await refusal(market.bookAs(other))).reason).toBe('gpuTaken');
    await first.say('ended');
    const { bookingId } = await market.bookAs(other);
    const second = await shop.handOf(bookingId);
    await second.connect();
    await second.run(900);
    // The first, late, claims time that is the other's by now: nothing of it is billed.
    await first.state({ seconds: 900 });
    const [used, then] = [await first.lease(), await second.lease()];
    expect([used.gpuSeconds, then.gpuSeconds]).toEqual([600n, 900n]);
    expect(used.chargedMicros + used.cancellationMicros).toBe(SHARE);
    const all = SHARE + then.chargedMicros;
    const fees = used.feeMicros + used.cancellationFeeMicros + then.feeMicros;
    expect(await owed()).toBe(all - fees);
    expect(fees).toBeGreaterThan(all / 10n - 3n);
    expect(fees).toBeLessThanOrEqual(all / 10n);
  });
});

describe('a window that is given back when nobody knows yet that its machine is silent', () => {
  it('costs its share at first, and nothing once the silence is noted: host and platform give it back', async () => {
    const hand = await reserve();
    await begins();
    await silent(90);
    await giveBack(hand.id);
    expect([await free(), await owed()]).toEqual([ALL - SHARE, 6_480_000n]);
    await silent(29);
    expect(await free()).toBe(ALL - SHARE);
    await silent(1);
    expect([await free(), await owed()]).toEqual([ALL, 0n]);
    expect(await hand.lease()).toMatchObject({ cancellationMicros: SHARE, cancellationRefundedMicros: SHARE });
    expect((await told(market.renter.userId)).join()).toContain('$7.20 came back to your wallet');
    expect((await told(market.host.userId)).join()).toContain('your $6.48 of it went back');
    // Once: not with the next look, and not with the next silence.
    await silent(60);
    await answers(60);
    await db.silence.updateMany({ data: { endsAt: market.clock.now() } });
    await silent(600);
    expect(await free()).toBe(ALL);
    await logAll(market.clock);
    const bill = await check(await billFileOf(market.renter, hand.id, market.clock.now()));
    expect(bill.givenBack).toMatchObject({ micros: SHARE.toString(), refundedMicros: SHARE.toString() });
  });

  it('holds also where it is given back while the silence is being noted', async () => {
    const hand = await reserve();
    await begins();
    market.clock.pass(125);
    await giveBack(hand.id);
    expect(await free()).toBe(ALL - SHARE);
    // The look began five seconds before, and comes to this machine only now.
    const began = new Date(market.clock.now().getTime() - 5_000);
    const beat = { at: began, backAt: null };
    await db.beat.upsert({ where: { name: DOOR_BEAT }, create: { name: DOOR_BEAT, ...beat }, update: beat });
    await noteSilences({ ...market.clock.world, now: () => began });
    expect([await free(), await owed()]).toEqual([ALL, 0n]);
  });

  it('is noted of every machine, also where the money of one does not come back', async () => {
    const hand = await reserve();
    await begins();
    await silent(60);
    await giveBack(hand.id);
    const other = await rentalMarket();
    await db.machine.update({ where: { id: other.machineId }, data: { lastSyncAt: market.clock.now() } });
    const key = `silent-window:${(await hand.lease()).id}:host`;
    const gift = {
      from: PROMOTIONS,
      to: hostPayable(market.host.userId),
      amountMicros: 1n,
      kind: 'correction',
      key,
    } as const;
    await inTransaction('test: take the key', (tx) => postTransfers(tx, [gift], market.clock.now()));
    await silent(180);
    expect(await db.silence.count({ where: { machineId: other.machineId } })).toBe(1);
    expect(await db.silence.count({ where: { machineId: market.machineId } })).toBe(0);
  });

  it('holds for one that was used, ended or stopped; what was used stays paid', async () => {
    for (const give of [endBooking, stopBooking]) {
      const hand = await market.book({
        startsAt: new Date(market.clock.now().getTime() + 24 * HOUR),
        durationSeconds: 8 * 3_600,
      });
      await answers(24 * 3_600);
      await hand.connect();
      await hand.run(600);
      await market.beat();
      await silent(60);
      await give(market.renter, { bookingId: hand.id }, market.clock.world);
      const { cancellationMicros, chargedMicros } = await hand.lease();
      expect(cancellationMicros).toBeGreaterThan(0n);
      await silent(60);
      expect(await hand.lease()).toMatchObject({ chargedMicros, cancellationRefundedMicros: cancellationMicros });
      await answers(1);
      await db.silence.updateMany({ where: { endsAt: null }, data: { endsAt: market.clock.now() } });
      await hand.say(give === endBooking ? 'ended' : 'stopped');
    }
  });

  it('stays paid where the machine answered again, was silent only later, or the window lay ahead', async () => {
    market = await rentalMarket({ machine: { gpuCount: 3 } });
    const [hiccup, later, ahead] = [
      await reserve(),
      await reserve(),
      await market.book({ startsAt: new Date(STARTS.getTime() + HOUR), durationSeconds: 8 * 3_600 }),
    ];
    await begins();
    await silent(100);
    await giveBack(hiccup.id);
    await answers(10);
    await giveBack(later.id);
    await answers(1);
    await silent(30);
    await giveBack(ahead.id);
    await silent(300);
    expect(await db.silence.count({ where: { machineId: market.machineId } })).toBe(1);
    for (const { lease } of [hiccup, later, ahead])
      expect(await lease()).toMatchObject({ cancellationMicros: SHARE, cancellationRefundedMicros: 0n });
  });

  it('stays paid where the machine itself said with its last words that what runs in it ended', async () => {
    const hand = await reserve();
    await begins();
    await hand.connect();
    await hand.run(60);
    await market.beat();
    await hand.say('stopped', { ...failure('exited'), exitCode: 1 });
    const { cancellationMicros } = await hand.lease();
    await silent(600);
    expect(cancellationMicros).toBeGreaterThan(0n);
    expect((await hand.lease()).cancellationRefundedMicros).toBe(0n);
  });

  it('leaves alone what is contested already, so that nothing comes back twice', async () => {
    const hand = await reserve();
    await begins();
    await silent(60);
    await giveBack(hand.id);
    await settleLeases(market.clock.world);
    const part = {
      bookingId: hand.id,
      about: 'cancellation',
      amountMicros: 7_000_000n,
      reason: 'It was dead.',
    } as const;
    await openDispute(market.renter, part, market.clock.world);
    await silent(60);
    expect(await hand.lease()).toMatchObject({
      cancellationRefundedMicros: 200_000n,
      cancellationDisputedMicros: 7_000_000n,
    });
  });
});
