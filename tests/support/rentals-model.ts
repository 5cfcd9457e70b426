import { expect } from 'vitest';
import { noteSilences } from '#lib/agents/note-silences.ts';
import type { Actor } from '#lib/base/actor.ts';
import { addSeconds } from '#lib/base/time.ts';
import { diskReserve, readTerms } from '#lib/bookings/terms.ts';
import { DOOR_BEAT } from '#lib/events/beat.ts';
import { db } from '#lib/io/db.ts';
import { endExpiredLeases } from '#lib/leases/end-expired-leases.ts';
import { expireKeptDisks } from '#lib/leases/expire-kept-disks.ts';
import { renewHolds } from '#lib/leases/renew-holds.ts';
import { settleLeases } from '#lib/leases/settle-leases.ts';
import { walletOf } from '#lib/ledger/queries.ts';
import { diskCharge, gpuCharge } from '#protocol/charge.ts';
import type { Bidding } from './bids.ts';
import { expectBooksBalance } from './books.ts';
import { sql } from './database.ts';
import type { RentalHand } from './rental.ts';

/** What a rental of the model does: waits for its machine, runs, is stopped with its disk kept, or is over. */
export type ModelState = 'held' | 'running' | 'stopped' | 'ended';

export type ModelRental = {
  readonly who: number;
  readonly gpus: number;
  /** As it was when it was booked. */
  readonly price: bigint;
  /** Its renter has little money: when that ends it is read, not foreseen. */
  readonly poor: boolean;
  state: ModelState;
  startsAt: Date;
  endsAt: Date;
  diskUntil: Date | null;
  /** It could be used once: from then on it is stopped, with its disk, and not given up. */
  started: boolean;
  /** GPU-seconds that its machine stated while they were the renter's. */
  used: number;
  /** Which GPUs it was given: the model does not choose them, and holds them against all others. */
  gpuIds: readonly string[];
  /** When its window was reserved; null of any other, and once it was started again. */
  reservedAt: Date | null;
  /** What was paid for giving it back, and of that what came back because its machine turned out to be silent. */
  fee: bigint;
  back: bigint;
  /** Its host broke it off: it lasts as long as the notice, and nothing of that is billed. */
  brokenOff: boolean;
};

/** All that the model knows: so little that it can be read at a glance. */
export type Model = {
  gpus: number;
  price: bigint;
  now: Date;
  readonly rentals: ModelRental[];
  /** Whether its machine has been silent until now, and until when it last was. */
  silent: boolean;
  silentUntil: Date | null;
};

export type Real = {
  readonly market: Bidding;
  readonly renters: readonly Actor[];
  readonly paidIn: readonly bigint[];
  /** In the order of the model's rentals. */
  readonly hands: RentalHand[];
};

/** Rentals that have GPUs, or will have, and yield to nobody. */
function firm(model: Model): ModelRental[] {
  return model.rentals.filter(({ state }) => state === 'held' || state === 'running');
}

/** How many GPUs nobody who yields to nobody has all through a window. */
export function freeIn(model: Model, from: Date, until: Date): number {
  const taken = firm(model).filter(({ startsAt, endsAt }) => startsAt < until && from < endsAt);
  return model.gpus - new Set(taken.flatMap(({ gpuIds }) => gpuIds)).size;
}

/**
 * What giving a reserved window back costs now, by the terms that hosts begin with: nothing until a day before, or for a
 * quarter of an hour; then a quarter of the price of its first day, less what it has cost. Nothing where its machine is not there,
 * is ten minutes late with it (unless what was to run is why: `byWorkload`), or its host breaks it off.
 */
export function feeFor(model: Model, rental: ModelRental, charged: bigint, byWorkload = false): bigint {
  const { now } = model;
  const { reservedAt, startsAt, endsAt, price, gpus } = rental;
  if (
    now >= startsAt &&
    (model.silent || (!rental.started && model.silentUntil !== null && model.silentUntil > startsAt))
  )
    return 0n;
  if (!byWorkload && !rental.started && now >= addSeconds(startsAt, 600)) return 0n;
  if (
    reservedAt === null ||
    rental.brokenOff ||
    (rental.state !== 'held' && rental.state !== 'running') ||
    now >= endsAt
  )
    return 0n;
  const thought = Math.min(Number(startsAt), Number(addSeconds(reservedAt, 900)));
  if (Number(now) < Math.max(thought, Number(addSeconds(startsAt, -86_400)))) return 0n;
  const seconds = Math.min(86_400, (Number(endsAt) - Number(startsAt)) / 1_000);
  const missing = gpuCharge(price, BigInt(gpus * seconds)) / 4n - charged;
  return missing > 0n ? missing : 0n;
}

/** Lets time pass for both, up to the end of each window by itself, as a machine that acts by lease and clock does. */
export async function pass(model: Model, real: Real, seconds: number, how: 'answering' | 'silent'): Promise<void> {
  const until = addSeconds(model.now, seconds);
  while (model.now < until) {
    const ends = model.rentals
      .filter(({ state }) => state === 'held' || state === 'running')
      .map(({ endsAt }) => endsAt);
    const next = new Date(Math.min(until.getTime(), ...ends.map(Number).filter((end) => end > Number(model.now))));
    const passed = (next.getTime() - model.now.getTime()) / 1_000;
    real.market.clock.pass(passed);
    model.now = next;
    for (const rental of model.rentals)
      if (rental.state === 'running' && !rental.brokenOff) rental.used += rental.gpus * passed;
    if (how === 'answering') await answer(model, real);
    await tidy(model, real);
    if (how === 'answering') await obey(model, real);
  }
}

/** Our own door is open: what is not heard is not said. */
export async function openDoor(model: Model): Promise<void> {
  const beat = { at: model.now, backAt: null };
  await db.beat.upsert({ where: { name: DOOR_BEAT }, create: { name: DOOR_BEAT, ...beat }, update: beat });
}

/** The market has heard nothing of the machine since it last answered, and notes that. */
export async function fallSilent(model: Model, real: Real): Promise<void> {
  const { machineId } = real.market;
  await openDoor(model);
  await noteSilences(real.market.clock.world);
  expect(await db.silence.count({ where: { machineId, cause: 'unreachable', endsAt: null } })).toBe(1);
  model.silent = true;
}

/** The machine answers once more, as its sync says. */
export async function comeBack(model: Model, real: Real): Promise<void> {
  await real.market.beat();
  const { machineId } = real.market;
  await db.silence.updateMany({
    where: { machineId, cause: 'unreachable', endsAt: null },
    data: { endsAt: model.now },
  });
  Object.assign(model, { silent: false, silentUntil: model.now });
}

/** The machine answers and states what ran until now. */
export async function answer(model: Model, real: Real): Promise<void> {
  await real.market.beat();
  for (const [at, rental] of model.rentals.entries()) if (rental.state === 'running') await hand(real, at).state();
}

/** The sweeps do what is due, and the model the same. */
async function tidy(model: Model, real: Real): Promise<void> {
  const { world } = real.market.clock;
  await endExpiredLeases(world);
  await renewHolds(world);
  await settleLeases(world);
  await expireKeptDisks(world);
  for (const rental of model.rentals) {
    const over = (rental.state === 'held' || rental.state === 'running') && rental.endsAt <= model.now;
    if (over && (!rental.started || rental.brokenOff)) rental.state = 'ended';
    else if (over) Object.assign(rental, { state: 'stopped', diskUntil: addSeconds(model.now, 86_400) });
    else if (rental.state === 'stopped' && rental.diskUntil !== null && rental.diskUntil <= model.now)
      Object.assign(rental, { state: 'ended' });
  }
  await readPoor(model, real);
}

/** Money that ran out stops a rental, and deletes a disk, earlier than the model foresees. */
async function readPoor(model: Model, real: Real): Promise<void> {
  for (const [at, rental] of model.rentals.entries()) {
    if (!rental.poor) continue;
    const { desired, diskUntil } = await hand(real, at).booking();
    const earlier =
      desired === 'stopped' ? rental.state === 'running' : desired === 'ended' && rental.state !== 'ended';
    if (earlier) rental.state = desired === 'stopped' ? 'stopped' : 'ended';
    if (rental.state === 'stopped') rental.diskUntil = diskUntil;
  }
}

/** The machine says that it has done what it should; interruptible rentals, of which the model knows nothing, do too. */
export async function obey(model: Model, real: Real): Promise<void> {
  for (const [at, rental] of model.rentals.entries()) {
    const { observed } = await hand(real, at).booking();
    if (rental.state === 'stopped' && observed !== 'stopped') await hand(real, at).say('stopped');
    if (rental.state === 'ended' && observed !== 'ended') await hand(real, at).say('ended');
  }
  const others = await db.booking.findMany({
    where: { machineId: real.market.machineId, kind: 'interruptible', NOT: { observed: 'ended' } },
    select: { desired: true, observed: true, startsAt: true, bid: { select: { id: true } } },
  });
  for (const { desired, observed, startsAt, bid } of others) {
    const one = bid === null ? null : await real.market.rentalOf(bid.id);
    if (one === null) continue;
    if (desired === 'running' && startsAt <= model.now)
      await (observed === 'connectable' ? one.state() : one.connect());
    else if (desired === 'stopped' && observed !== 'stopped') await one.say('stopped');
    else if (desired === 'ended') await one.say('ended');
  }
}

function hand(real: Real, at: number): RentalHand {
  return real.hands[at] ?? expect.fail(`no rental ${at}`);
}

/** What must hold after each command, of the real market and between it and the model. */
export async function check(model: Model, real: Real): Promise<void> {
  await expectBooksBalance();
  const overlaps = await sql(
    `SELECT a.gpu_id FROM allocations a JOIN allocations b ON a.gpu_id = b.gpu_id AND a.id < b.id
       AND tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at)`,
  );
  expect(overlaps, 'two have one GPU').toEqual([]);
  const taken = await sql<{ gpu: string; from: Date; until: Date }>(
    `SELECT a.gpu_id AS gpu, a.starts_at AS from, a.ends_at AS until
     FROM allocations a JOIN gpus g ON g.id = a.gpu_id AND g.machine_id = $1
     WHERE NOT a.yields AND a.starts_at < a.ends_at AND a.ends_at > $2`,
    [real.market.machineId, model.now],
  );
  const wanted = firm(model).flatMap(({ gpuIds, startsAt, endsAt }) =>
    gpuIds.map((gpu) => ({ gpu, from: startsAt, until: endsAt })),
  );
  expect(inOrder(taken), 'who has which GPU, and when').toEqual(inOrder(wanted));
  const tooOften = await sql(
    `SELECT b.id FROM bookings b WHERE b.machine_id = $1 AND b.put_out_at IS NOT NULL AND 3 <= (
       SELECT count(*) FROM put_outs_in_vain v
       WHERE v.renter_id = b.renter_id AND v.over_at < b.put_out_at AND v.over_at > b.put_out_at - interval '1 hour')`,
    [real.market.machineId],
  );
  expect(tooOften, 'somebody is put out for whom it was in vain three times within the hour').toEqual([]);
  for (const [at, rental] of model.rentals.entries()) await checkRental(rental, hand(real, at));
  for (const [who, renter] of real.renters.entries()) {
    const { freeMicros, heldMicros } = await walletOf(renter);
    const [spent] = await sql<{ micros: string }>(
      `SELECT coalesce(sum(l.charged_micros - l.refunded_micros + l.cancellation_micros - l.cancellation_refunded_micros), 0)::text AS micros FROM leases l
       JOIN bookings b ON b.id = l.booking_id WHERE b.renter_id = $1`,
      [renter.userId],
    );
    expect(freeMicros + heldMicros + BigInt(spent?.micros ?? 0), 'free, held and spent').toBe(real.paidIn[who]);
  }
}

function inOrder<Taken extends { readonly gpu: string; readonly from: Date }>(all: readonly Taken[]): Taken[] {
  return all.toSorted((a, b) => a.gpu.localeCompare(b.gpu) || Number(a.from) - Number(b.from));
}

const DESIRED = { held: 'running', running: 'running', stopped: 'stopped', ended: 'ended' } as const;

async function checkRental(rental: ModelRental, real: RentalHand): Promise<void> {
  const booking = await real.booking();
  const lease = await real.lease();
  const terms = readTerms(booking.terms);
  expect(booking.desired, 'what is wanted').toBe(DESIRED[rental.state]);
  expect(terms.priceMicrosPerGpuHour, 'the price at which it was booked').toBe(rental.price);
  if (rental.poor) expect(Number(lease.gpuSeconds), 'GPU-seconds that are billed').toBeLessThanOrEqual(rental.used);
  else expect(Number(lease.gpuSeconds), 'GPU-seconds that are billed').toBe(rental.used);
  const disk = diskCharge(terms.diskPriceMicrosPerGibMonth, BigInt(lease.diskByteSeconds.toFixed()));
  expect(lease.chargedMicros, 'what is charged').toBe(gpuCharge(rental.price, lease.gpuSeconds) + disk);
  expect(lease.cancellationMicros, 'what giving it back cost').toBe(rental.fee);
  expect(lease.cancellationRefundedMicros, 'what of that came back').toBe(rental.back);
  // What is held is what can still be charged: until the ceiling while it runs, and the disk beyond it.
  if (lease.settledAt !== null) expect(lease.heldMicros).toBe(0n);
  else if (DESIRED[rental.state] === 'running')
    expect(lease.heldMicros, 'held').toBe(lease.ceilingMicros - lease.chargedMicros + diskReserve(terms));
}
