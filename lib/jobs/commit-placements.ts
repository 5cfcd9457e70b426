import { THE_MARKET } from '#lib/base/actor.ts';
import { formatDollars } from '#lib/base/money.ts';
import { notePutOut } from '#lib/bookings/allow-put-out.ts';
import { whoYields } from '#lib/bookings/free-gpus.ts';
import { planHoldToExit } from '#lib/bookings/hold.ts';
import { BOOKING_NAME_MAX } from '#lib/bookings/image.ts';
import { interruptBooking } from '#lib/bookings/interrupt-booking.ts';
import { lockBookingsOn } from '#lib/bookings/lock-booking.ts';
import { type BookingDraft, makeBookings } from '#lib/bookings/make-bookings.ts';
import type { Tx } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { spendableByItself } from '#lib/ledger/queries/spending-limit.ts';
import { limitPutOuts } from './limit-put-outs.ts';
import { termsOn } from './offer.ts';
import { type Choice, type Placement, Stock } from './placement.ts';
import { offeredMachines } from './queries/offers.ts';
import { blocksOf } from './queries/queue.ts';
import { spentOn } from './queries/work.ts';
import { demandNow, mayBegin, windowEnd } from './queued.ts';

export type Committed = {
  /** Jobs that are placed. */
  readonly placed: readonly string[];
  /** Jobs whose renters cannot pay now, or for whom nobody is put out, and why they wait, in a sentence: others of their array wait with them. */
  readonly held: ReadonlyMap<string, string>;
  /** Jobs whose own cap does not pay the machine: the others of their array do not wait for them. */
  readonly capped: readonly string[];
};

/**
 * Step: places jobs where a plan put them, as far as that still fits: locks the machines in the order of their ids, then the
 * jobs, asks `whyNotFit` once more, and makes all bookings together. A job gets all of its machines or none. What does not
 * fit any more, and what another worker placed meanwhile, is left out. Refuses with what `makeBookings` says.
 */
export async function commitPlacements(
  tx: Tx,
  placements: readonly Placement[],
  { beginsAt, yielding }: { readonly beginsAt: Date; readonly yielding: boolean },
  now: Date,
): Promise<Committed> {
  const machineIds = [...new Set(placements.flatMap(({ places }) => places.map((place) => place.machineId)))].sort();
  await tx.$queryRaw`SELECT 1 FROM machines WHERE id = ANY(${machineIds}) ORDER BY id FOR NO KEY UPDATE`;
  await tx.$queryRaw`SELECT 1 FROM listings WHERE machine_id = ANY(${machineIds}) ORDER BY id FOR NO KEY UPDATE`;
  const open = await lockWaiting(tx, placements.map(({ job }) => job.id).sort());
  const left = placements.filter(({ job }) => open.get(job.id) === job.attempts);
  const purse = await purseOf(tx, left, now);
  const blocks = await blocksOf(tx, [...new Set(left.map(({ job }) => job.renterId))]);
  const limit = await limitPutOuts(tx, yielding ? left.map(({ job }) => job.renterId) : [], now);
  const stock = new Stock(await offeredMachines(tx, now, { only: machineIds }));
  const held = new Map<string, string>();
  const capped: string[] = [];
  const done: { readonly placement: Placement; readonly drafts: readonly BookingDraft[] }[] = [];
  for (const placement of left) {
    const demand = demandNow(placement.job, blocks.get(placement.job.renterId) ?? [], beginsAt);
    const choices = stock.choose(placement, demand, { now, untilMs: demand.untilMs, yielding });
    if ('misfit' in choices) continue;
    const leaving = choices.map(({ gpus }) => whoYields(gpus, env().interruptionNoticeSeconds, now));
    const startsAt = new Date(Math.max(...leaving.map((had) => had.startsAt.getTime())));
    if (!mayBegin(placement.job, startsAt)) continue;
    // Who goes by then anyhow is not put out for it.
    const puttingOut = new Set(choices.filter((_, at) => (leaving[at]?.yielding.length ?? 0) > 0).map(machineOf));
    const why = puttingOut.size > 0 ? limit.whyNot(placement.job.renterId) : null;
    if (why !== null) held.set(placement.job.id, why);
    if (why !== null) continue;
    const drafts = draftsOf(placement, choices, purse.capOf(placement), startsAt);
    const short = purse.pay(drafts);
    if (short === 'cap') capped.push(placement.job.id);
    else if (short !== null) held.set(placement.job.id, short.sentence);
    if (short !== null) continue;
    stock.take(choices, demand);
    for (const choice of choices) await putOut(tx, choice, startsAt, now);
    limit.count(
      placement.job.renterId,
      drafts.filter((draft) => puttingOut.has(machineOf(draft))),
    );
    done.push({ placement, drafts });
  }
  await makeBookings(
    tx,
    THE_MARKET,
    done.flatMap(({ drafts }) => drafts),
    now,
  );
  await notePutOut(tx, limit.bookingIds(), now);
  await noteAttempts(
    tx,
    done.map(({ placement }) => placement),
    now,
  );
  return { placed: done.map(({ placement }) => placement.job.id), held, capped };
}

/** Whoever yields is told, and gone when the job begins. */
async function putOut(tx: Tx, choice: Choice, startsAt: Date, now: Date): Promise<void> {
  for (const booking of await lockBookingsOn(tx, choice.offer.machineId, { bookingIds: yieldingOn(choice) }))
    await interruptBooking(tx, THE_MARKET, booking, { endsAt: startsAt, yieldsFor: 'onDemand' }, now);
}

function machineOf({ offer }: Pick<BookingDraft, 'offer'>): string {
  return offer.machineId;
}

function yieldingOn({ gpus }: Choice): string[] {
  return [...new Set(gpus.flatMap(({ yielding }) => yielding.map((one) => one.bookingId)))];
}

/** Attempts so far of those that still wait. */
async function lockWaiting(tx: Tx, jobIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const rows = await tx.$queryRaw<{ id: string; attempts: number }[]>`
    SELECT id, attempts FROM jobs WHERE id = ANY(${[...jobIds]}) AND observed = 'waiting' AND desired = 'run'
    ORDER BY id FOR NO KEY UPDATE`;
  return new Map(rows.map((row) => [row.id, row.attempts]));
}

function draftsOf(
  { job, work, attemptId, places }: Placement,
  choices: readonly Choice[],
  capMicros: bigint | null,
  startsAt: Date,
): BookingDraft[] {
  const endsAt = windowEnd(job, startsAt);
  const untilEnd = Math.floor((endsAt.getTime() - startsAt.getTime()) / 1_000);
  const exit = { runSeconds: Math.min(job.runSeconds, untilEnd), keepsDisk: work.artifactsPath !== null };
  return choices.flatMap(({ offer, gpus }, rank): BookingDraft[] => {
    const place = places[rank];
    if (place === undefined) return [];
    return [
      {
        bookingId: place.bookingId,
        leaseId: place.leaseId,
        kind: 'onDemand',
        renterId: job.renterId,
        quoteId: null,
        offer,
        gpus,
        terms: termsOn(offer, { ...job.needs, feeBasisPoints: env().feeBasisPoints }),
        workload: {
          name: nameOf(job, work.name),
          image: work.image,
          command: work.command,
          sealedEnvironment: place.sealedEnvironment,
        },
        capMicros,
        exit,
        idempotencyKey: `${attemptId}:${rank}`,
        startsAt,
        endsAt,
      },
    ];
  });
}

function nameOf(job: { readonly index: number; readonly size: number }, name: string): string {
  if (job.size === 1) return name;
  const number = ` #${job.index}`;
  return [...name].slice(0, BOOKING_NAME_MAX - number.length).join('') + number;
}

/** What renters can pay while one placement after another is paid: a look before `makeBookings`, which decides under lock. */
async function purseOf(tx: Tx, placements: readonly Placement[], now: Date) {
  const capped = placements.filter(({ job }) => job.capMicros !== null);
  const spent = await spentOn(
    tx,
    capped.map(({ job }) => job.id),
  );
  const free = new Map<string, bigint>();
  for (const renterId of new Set(placements.map(({ job }) => job.renterId))) {
    const wallet = await tx.account.findFirst({
      where: { kind: 'renterWallet', ownerId: renterId },
      select: { balanceMicros: true },
    });
    free.set(renterId, await spendableByItself(tx, renterId, wallet?.balanceMicros ?? 0n, now));
  }
  return {
    /** What each machine of a job may still cost; null without a cap. */
    capOf({ job }: Placement): bigint | null {
      if (job.capMicros === null) return null;
      // What is held for an attempt that was lost may still be charged.
      const { chargedMicros = 0n, heldMicros = 0n } = spent.get(job.id) ?? {};
      return (job.capMicros - chargedMicros - heldMicros) / BigInt(job.machines);
    },
    /** Takes what drafts hold; or says why they cannot be paid, or that their cap is too small, and takes nothing. */
    pay(drafts: readonly BookingDraft[]): 'cap' | { readonly sentence: string } | null {
      const [first] = drafts;
      if (first === undefined) return null;
      let left = free.get(first.renterId) ?? 0n;
      for (const { terms, exit, capMicros } of drafts) {
        if (exit === undefined) continue;
        const hold = planHoldToExit(terms, exit, { capMicros, freeMicros: left });
        if ('heldMicros' in hold) {
          left -= hold.heldMicros;
          continue;
        }
        if (hold.problem === 'capTooSmall') return 'cap';
        const [needed, free] = [formatDollars(hold.neededMicros), formatDollars(left)];
        return {
          sentence: `It sets ${needed} aside for each machine, and ${free} is free. Top up, and it goes on by itself.`,
        };
      }
      free.set(first.renterId, left);
      return null;
    },
  };
}

async function noteAttempts(tx: Tx, placements: readonly Placement[], now: Date): Promise<void> {
  if (placements.length === 0) return;
  await tx.jobAttempt.createMany({
    data: placements.map(({ job, attemptId }) => ({
      id: attemptId,
      jobId: job.id,
      number: job.attempts + 1,
      placedAt: now,
    })),
  });
  await tx.attemptBooking.createMany({
    data: placements.flatMap(({ attemptId, places }) =>
      places.map(({ bookingId }, rank) => ({ attemptId, rank, bookingId })),
    ),
  });
  await tx.job.updateMany({
    where: { id: { in: placements.map(({ job }) => job.id) } },
    data: { observed: 'placed', observedAt: now, attempts: { increment: 1 }, notBefore: null },
  });
}
