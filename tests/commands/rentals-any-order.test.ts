import '#tests/support/database.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Actor } from '#lib/base/actor.ts';
import { minMicros } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { addSeconds, earliest } from '#lib/base/time.ts';
import { endBooking } from '#lib/bookings/end-booking.ts';
import { endBookingByHost } from '#lib/bookings/end-booking-by-host.ts';
import { extendBooking } from '#lib/bookings/extend-booking.ts';
import { leastHold } from '#lib/bookings/hold.ts';
import { startBooking } from '#lib/bookings/start-booking.ts';
import { stopBooking } from '#lib/bookings/stop-booking.ts';
import { readTerms, SHORTEST_SECONDS } from '#lib/bookings/terms.ts';
import { saveListing } from '#lib/catalogue/save-listing.ts';
import { db } from '#lib/io/db.ts';
import { walletOf } from '#lib/ledger/queries.ts';
import { gpuCharge } from '#protocol/charge.ts';
import { bidding } from '#tests/support/bids.ts';
import type { RentalHand } from '#tests/support/rental.ts';
import {
  answer,
  check,
  comeBack,
  fallSilent,
  feeFor,
  freeIn,
  type Model,
  type ModelRental,
  obey,
  openDoor,
  pass,
  type Real,
} from '#tests/support/rentals-model.ts';

/** What somebody does; answers the reason for which it was refused, or null. */
type Step = { readonly name: string; run(model: Model, real: Real): Promise<void> };

async function refusalOf(work: Promise<unknown>): Promise<string | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error.reason;
    throw error;
  }
}

const DOLLAR = 1_000_000n;
const GPUS = 3;
const NOTICE_SECONDS = 120;
const PAID_DOLLARS = [9_000, 9_000, 9];

/** A rental that the number chooses, with the machine's hand on it. */
function chosen(model: Model, real: Real, which: number) {
  const at = which % Math.max(1, model.rentals.length);
  const rental = model.rentals[at];
  const hand = real.hands[at];
  return rental === undefined || hand === undefined ? undefined : { rental, hand, input: { bookingId: hand.id } };
}

const book = (who: number, gpus: number, minutes: number | null): Step => ({
  name: `${who} books ${gpus} GPUs for ${minutes ?? 'ever'} minutes`,
  async run(model, real) {
    const renter = real.renters[who] ?? expect.fail();
    const { freeMicros } = await walletOf(renter);
    const durationSeconds = minutes === null ? null : minutes * 60;
    const asked = real.market.bookAs(renter, { gpuCount: gpus, durationSeconds });
    const refused = await refusalOf(asked);
    if (cannotHave(model, gpus, durationSeconds ?? SHORTEST_SECONDS, refused)) return;
    if (refused === 'putOutInVain') return oftenInVain(renter, model.now);
    if (refused !== null) return tooDear(refused, freeMicros, BigInt(gpus) * model.price);
    const hand = await real.market.handOf((await asked).bookingId);
    const { startsAt, endsAt, terms } = await hand.booking();
    expect(freeMicros).toBeGreaterThanOrEqual(leastHold(readTerms(terms)));
    expect(startsAt.getTime(), 'waits for whoever yields no longer than the notice').toBeLessThanOrEqual(
      addSeconds(model.now, NOTICE_SECONDS).getTime(),
    );
    if (durationSeconds !== null) expect(endsAt).toEqual(addSeconds(startsAt, durationSeconds));
    await made(model, real, hand, { who, gpus, reservedAt: null });
  },
});

/** Its machine need not answer: it may be off outside its hours. */
const reserve = (who: number, gpus: number, ahead: number, minutes: number): Step => ({
  name: `${who} reserves ${gpus} GPUs for ${minutes} minutes, in ${ahead} minutes`,
  async run(model, real) {
    const renter = real.renters[who] ?? expect.fail();
    const { freeMicros } = await walletOf(renter);
    const window = { startsAt: addSeconds(model.now, ahead * 60), durationSeconds: minutes * 60 };
    const endsAt = addSeconds(window.startsAt, window.durationSeconds);
    const asked = real.market.bookSilent(renter, { gpuCount: gpus, ...window });
    const refused = await refusalOf(asked);
    if (freeIn(model, window.startsAt, endsAt) < gpus) return expect(refused).toBe('gpuTaken');
    if (refused === 'putOutInVain') return oftenInVain(renter, model.now);
    const hours = Math.min(24, Math.max(1, minutes / 60));
    if (refused !== null) return tooDear(refused, freeMicros, BigInt(gpus * hours) * model.price);
    const hand = await real.market.handOf((await asked).bookingId);
    expect(await hand.booking()).toMatchObject({ startsAt: window.startsAt, endsAt });
    await made(model, real, hand, { who, gpus, reservedAt: model.now });
  },
});

/** Whether there are too few GPUs for so long: then it was refused; and was not for that where there are enough, notice or not. */
function cannotHave(model: Model, gpus: number, seconds: number, refused: string | null): boolean {
  const short = freeIn(model, model.now, addSeconds(model.now, seconds)) < gpus;
  const enough = freeIn(model, model.now, addSeconds(model.now, seconds + NOTICE_SECONDS)) >= gpus;
  const none = refused === 'gpuTaken' || refused === 'hostClosed';
  if (short) expect(none, `refused because of its GPUs, not ${refused}`).toBe(true);
  if (enough) expect(none, `${gpus} GPUs are free, and it is refused with ${refused}`).toBe(false);
  return none;
}

/** Then somebody was put out for them in vain three times within the hour, or ten within the day. */
async function oftenInVain({ userId: renterId }: Actor, now: Date): Promise<void> {
  const since = (seconds: number) =>
    db.putOutInVain.count({ where: { renterId, overAt: { gt: addSeconds(now, -seconds) } } });
  expect((await since(3_600)) >= 3 || (await since(86_400)) >= 10, 'nobody was put out in vain so often').toBe(true);
}

function tooDear(refused: string, freeMicros: bigint, priceMicros: bigint): void {
  expect(refused).toBe('insufficientFunds');
  expect(freeMicros).toBeLessThan(priceMicros + DOLLAR / 100n);
}

async function made(
  model: Model,
  real: Real,
  hand: RentalHand,
  { who, gpus, reservedAt }: Pick<ModelRental, 'who' | 'gpus' | 'reservedAt'>,
): Promise<void> {
  const { startsAt, endsAt } = await hand.booking();
  const gpuIds = await gpusOf(hand, gpus);
  real.hands.push(hand);
  model.rentals.push({
    who,
    gpus,
    price: model.price,
    poor: who === 2,
    state: 'held',
    startsAt,
    endsAt,
    diskUntil: null,
    started: false,
    used: 0,
    gpuIds,
    reservedAt,
    fee: 0n,
    back: 0n,
    brokenOff: false,
  });
}

/** The GPUs of the run that has just begun, or is about to. */
async function gpusOf(hand: RentalHand, gpus: number): Promise<string[]> {
  const { startsAt, endsAt, allocations } = await hand.booking();
  const own = allocations.filter((one) => +one.startsAt === +startsAt && +one.endsAt === +endsAt);
  expect(own.length).toBe(gpus);
  return own.map(({ gpuId }) => gpuId);
}

/** What giving a rental back now is to cost: its terms, what its machine stated, or is still to state, and what is held. */
async function feeOf(
  model: Model,
  rental: ModelRental,
  hand: RentalHand,
  { byWorkload = false, unstatedSeconds = 0 } = {},
): Promise<bigint> {
  const { chargedMicros, heldMicros } = await hand.lease();
  const unstated = rental.state === 'running' ? gpuCharge(rental.price, BigInt(rental.gpus * unstatedSeconds)) : 0n;
  return minMicros(feeFor(model, rental, chargedMicros + unstated, byWorkload), heldMicros);
}

/** The machine has made it ready. */
const connect = (which: number): Step => ({
  name: `the machine makes ${which} usable`,
  async run(model, real) {
    const one = chosen(model, real, which);
    if (one?.rental.state !== 'held' || one.rental.startsAt > model.now) return;
    await one.hand.connect();
    Object.assign(one.rental, { state: 'running', started: true });
  },
});

const end = (which: number): Step => ({
  name: `${which} ends`,
  async run(model, real) {
    await leave(model, real, which);
    await obey(model, real);
  },
});

/** Its renter ends it, whether its machine hears of that or not; answers the rental that this ended. */
async function leave(model: Model, real: Real, which: number, unstatedSeconds = 0): Promise<ModelRental | undefined> {
  const one = chosen(model, real, which);
  if (one === undefined) return undefined;
  const { rental } = one;
  const fee = await feeOf(model, rental, one.hand, { unstatedSeconds });
  const refused = await refusalOf(endBooking(ownerOf(rental, real), one.input, real.market.clock.world));
  expect(refused).toBe(rental.state === 'ended' ? 'notNow' : null);
  if (refused !== null) return undefined;
  rental.state = 'ended';
  rental.fee += fee;
  return rental;
}

/** What runs in it ends by itself, or never was to be had: nobody has the GPUs any more. */
const fail = (which: number): Step => ({
  name: `what runs in ${which} ends it`,
  async run(model, real) {
    const one = chosen(model, real, which);
    if (one === undefined || one.rental.brokenOff) return;
    const { rental, hand } = one;
    const runs = rental.state === 'running';
    if (!runs && (rental.state !== 'held' || rental.started)) return;
    const fee = await feeOf(model, rental, hand, { byWorkload: true });
    const detail = 'as it is';
    if (runs) await hand.say('stopped', { failure: { code: 'exited', detail }, exitCode: 1 });
    else await hand.say('failed', { failure: { code: 'imageNotFound', detail } });
    rental.fee += fee;
    if (runs) Object.assign(rental, { state: 'stopped', diskUntil: addSeconds(model.now, 86_400) });
    else rental.state = 'ended';
    await obey(model, real);
  },
});

const stop = (which: number): Step => ({
  name: `${which} is stopped`,
  async run(model, real) {
    const one = chosen(model, real, which);
    if (one === undefined) return;
    const fee = await feeOf(model, one.rental, one.hand);
    const refused = await refusalOf(stopBooking(ownerOf(one.rental, real), one.input, real.market.clock.world));
    const { state, started, brokenOff } = one.rental;
    const runs = state === 'running' || (state === 'held' && started);
    expect(refused).toBe(runs && !brokenOff ? null : 'notNow');
    if (refused !== null) return;
    Object.assign(one.rental, { state: 'stopped', diskUntil: addSeconds(model.now, 30 * 86_400), fee });
    await obey(model, real);
  },
});

const start = (which: number, minutes: number): Step => ({
  name: `${which} is started again for ${minutes} minutes`,
  async run(model, real) {
    const one = chosen(model, real, which);
    if (one === undefined) return;
    const { rental } = one;
    const { freeMicros } = await walletOf(ownerOf(rental, real));
    const input = { ...one.input, durationSeconds: minutes * 60 };
    const refused = await refusalOf(startBooking(ownerOf(rental, real), input, real.market.clock.world));
    if (rental.state !== 'stopped' || rental.brokenOff) return expect(refused).toBe('notNow');
    if (cannotHave(model, rental.gpus, minutes * 60, refused)) return;
    if (refused === 'putOutInVain') return oftenInVain(ownerOf(rental, real), model.now);
    if (refused !== null) return tooDear(refused, freeMicros, BigInt(rental.gpus) * rental.price);
    const { startsAt, endsAt } = await one.hand.booking();
    const gpuIds = await gpusOf(one.hand, rental.gpus);
    Object.assign(rental, { state: 'held', startsAt, endsAt, diskUntil: null, gpuIds, reservedAt: null });
  },
});

const extend = (which: number, minutes: number): Step => ({
  name: `${which} is extended by ${minutes} minutes`,
  async run(model, real) {
    const one = chosen(model, real, which);
    if (one === undefined) return;
    const { rental } = one;
    const endsAt = addSeconds(rental.endsAt, minutes * 60);
    const work = extendBooking(ownerOf(rental, real), { ...one.input, endsAt }, real.market.clock.world);
    const refused = await refusalOf(work);
    const runs = rental.state === 'held' || rental.state === 'running';
    if (!runs || rental.brokenOff) return expect(refused).toBe('notNow');
    if (refused === null) rental.endsAt = endsAt;
    // 30 days are the most; interruptible rentals yield only to who is there already.
    else expect(['badInput', 'gpuTaken']).toContain(refused);
  },
});

/** With notice: an hour while it runs, a day for a kept disk, none where it never could be used. */
const breakOff = (which: number): Step => ({
  name: `the host breaks ${which} off`,
  async run(model, real) {
    const one = chosen(model, real, which);
    if (one === undefined) return;
    const { rental } = one;
    const { host, clock } = real.market;
    const refused = await refusalOf(endBookingByHost(host, { ...one.input, reason: 'The card broke.' }, clock.world));
    expect(refused).toBe(rental.state === 'ended' || rental.brokenOff ? 'notNow' : null);
    if (refused !== null) return;
    const notice = addSeconds(model.now, rental.state === 'stopped' ? 86_400 : 3_600);
    if (rental.state === 'stopped') rental.diskUntil = earliest(rental.diskUntil, notice) ?? notice;
    else if (rental.started) rental.endsAt = earliest(rental.endsAt, notice) ?? notice;
    else rental.state = 'ended';
    rental.brokenOff = true;
    await obey(model, real);
  },
});

const price = (cents: number): Step => ({
  name: `the host asks ${cents} cents`,
  async run(model, real) {
    const { market } = real;
    const terms = { price: BigInt(cents) * 10_000n, diskPrice: 100_000n, minGpus: 1, endsAt: null };
    await saveListing(market.host, { machineId: market.machineId, ...terms }, market.clock.world);
    model.price = terms.price;
  },
});

const bid = (who: number, cents: number): Step => ({
  name: `${who} bids ${cents} cents, and the market clears`,
  async run(model, real) {
    await refusalOf(real.market.bid(real.renters[who] ?? expect.fail(), cents / 100));
    await real.market.clear();
    await obey(model, real);
  },
});

const wait = (minutes: number): Step => ({
  name: `${minutes} minutes pass`,
  run: (model, real) => pass(model, real, minutes * 60, 'answering'),
});

/**
 * Its statements of this time come late, all at once; meanwhile nobody books it, and one of its renters ends a rental: when the
 * silence is known, or before, and then what it costs comes back.
 */
const lose = (minutes: number, which: number, early: boolean): Step => ({
  name: `the machine is silent for ${minutes} minutes, and ${which} ends${early ? ' in the first of them' : ''}`,
  async run(model, real) {
    const { market } = real;
    const running = model.rentals.map(({ state }) => state === 'running');
    const before = model.rentals.map(({ used }) => used);
    const first = early ? await leaveEarly(model, real, which) : undefined;
    await pass(model, real, minutes * 60 - (early ? 60 : 0), 'silent');
    const refused = await refusalOf(market.bookSilent(real.renters[0] ?? expect.fail()));
    expect(refused).toBe('machineNotReady');
    await fallSilent(model, real);
    if (first !== undefined) first.rental.back = first.fee;
    const left = early ? first?.rental : await leave(model, real, which);
    await comeBack(model, real);
    for (const [at, rental] of model.rentals.entries())
      if (running[at] && rental.used > (before[at] ?? 0)) {
        const until = rental.state === 'running' || rental === left ? model.now : rental.endsAt;
        await real.hands[at]?.state({ endsAt: until.toISOString() });
      }
    await obey(model, real);
    await answer(model, real);
  },
});

/** A renter goes in the first minute of a silence; answers what comes back when it is known: only of a window that had begun. */
async function leaveEarly(model: Model, real: Real, which: number) {
  await pass(model, real, 60, 'silent');
  await openDoor(model);
  const before = chosen(model, real, which)?.rental.fee ?? 0n;
  const rental = await leave(model, real, which, 60);
  if (rental === undefined) return undefined;
  return { rental, fee: model.now < rental.startsAt ? 0n : rental.fee - before };
}

/** A window that was reserved begins: most of what may go wrong with one goes wrong in its first minutes. */
const beginWindow = (who: number, gpus: number, minutes: number, usable: boolean): Step => ({
  name: `a window of ${who} begins, of ${gpus} GPUs for ${minutes} minutes${usable ? '' : ', and it cannot be used yet'}`,
  async run(model, real) {
    const before = model.rentals.length;
    await reserve(who, gpus, 20, minutes).run(model, real);
    await wait(20).run(model, real);
    if (usable && model.rentals.length > before) await connect(before).run(model, real);
  },
});

function ownerOf(rental: ModelRental, real: Real) {
  return real.renters[rental.who] ?? expect.fail();
}

const which = fc.nat(12);
const minutes = fc.constantFrom(5, 10, 30, 60, 120);
/** Soon, in some hours, and beyond the day until which giving it back is free. */
const ahead = fc.constantFrom(20, 60, 150, 1_560);
const steps: readonly fc.Arbitrary<Step>[] = [
  fc.tuple(fc.nat(2), fc.constantFrom(1, 1, 2, 3), fc.option(minutes)).map((all) => book(...all)),
  fc.tuple(fc.nat(2), fc.constantFrom(1, 1, 2, 3), fc.option(minutes)).map((all) => book(...all)),
  fc.tuple(fc.nat(2), fc.constantFrom(1, 1, 2, 3), ahead, minutes).map((all) => reserve(...all)),
  fc.tuple(fc.nat(2), fc.constantFrom(1, 1, 2, 3), ahead, minutes).map((all) => reserve(...all)),
  fc.tuple(fc.nat(2), fc.constantFrom(1, 2), minutes, fc.boolean()).map((all) => beginWindow(...all)),
  fc.tuple(fc.nat(2), fc.constantFrom(1, 2), minutes, fc.boolean()).map((all) => beginWindow(...all)),
  which.map(connect),
  which.map(connect),
  which.map(end),
  which.map(stop),
  which.map(fail),
  which.map(breakOff),
  fc.tuple(which, minutes).map((all) => start(...all)),
  fc.tuple(which, minutes).map((all) => extend(...all)),
  fc.integer({ min: 10, max: 900 }).map(price),
  fc.tuple(fc.nat(1), fc.integer({ min: 5, max: 900 })).map((all) => bid(...all)),
  fc.constantFrom(1, 3, 10, 61, 180).map(wait),
  fc.constantFrom(1, 3, 10, 61, 180).map(wait),
  fc.tuple(fc.constantFrom(3, 20, 90), which, fc.boolean()).map((all) => lose(...all)),
];

/** A step as fast-check wants it: whatever happened, everything that must hold is looked at. */
class Command implements fc.AsyncCommand<Model, Real> {
  readonly #step: Step;
  constructor(step: Step) {
    this.#step = step;
  }
  check = () => true;
  async run(model: Model, real: Real): Promise<void> {
    await this.#step.run(model, real);
    await check(model, real);
  }
  toString = () => this.#step.name;
}

async function begin(): Promise<{ model: Model; real: Real }> {
  const market = await bidding({ machine: { gpuCount: GPUS }, dollars: PAID_DOLLARS[0] ?? 0 });
  const others = await Promise.all(PAID_DOLLARS.slice(1).map((dollars) => market.renterWith(dollars)));
  return {
    model: { gpus: GPUS, price: 3_600_000n, now: market.clock.now(), rentals: [], silent: false, silentUntil: null },
    real: {
      market,
      renters: [market.renter, ...others],
      paidIn: PAID_DOLLARS.map((dollars) => BigInt(dollars) * DOLLAR),
      hands: [],
    },
  };
}

const long = process.env.SUBLET_LONG === '1';
/** In parts, so that a slow machine shows how far it is and each has its own time. */
const PARTS = long ? 20 : 1;
const HISTORIES = long ? 10 : 8;

describe('rentals, whatever happens in whatever order', () => {
  it.each(Array.from({ length: PARTS }, (_, at) => at + 1))(
    'are as a model of a few lines says: books balanced, no GPU twice, held what can be charged, billed what was stated (part %i)',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.commands(
            steps.map((step) => step.map((one) => new Command(one))),
            { maxCommands: long ? 60 : 20, size: 'max' },
          ),
          async (commands) => fc.asyncModelRun(begin, commands),
        ),
        { ...(long ? {} : { seed: 20_261_130 }), numRuns: HISTORIES, endOnFailure: !long },
      );
    },
    long ? 3_600_000 : 240_000,
  );
});
