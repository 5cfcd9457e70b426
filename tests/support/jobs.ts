import { randomBytes } from 'node:crypto';
import type { Actor } from '#lib/base/actor.ts';
import { db } from '#lib/io/db.ts';
import { forgetEnv } from '#lib/io/env.ts';
import { followJobs } from '#lib/jobs/follow-jobs.ts';
import { placeJobs } from '#lib/jobs/place-jobs.ts';
import { submitJobsInput } from '#lib/jobs/schema.ts';
import { submitJobs } from '#lib/jobs/submit-jobs.ts';
import { person } from './people.ts';
import { type MovableClock, movableClock, type RentalHand, rentalHand, renterWith } from './rental.ts';
import { listingOf, machineOf, type SomeListing, type SomeMachine } from './stalls.ts';
import { type KeyPair, keyPair } from './tunnel.ts';

process.env.SUBLET_SECRETS_KEY = randomBytes(32).toString('base64url');
forgetEnv();

export type JobMachine = {
  readonly id: string;
  readonly hostId: string;
  readonly listingId: string;
  readonly host: Actor;
  readonly keys: KeyPair;
};

/** A machine of a host of its own, offered at $3.60 per GPU-hour unless told otherwise. */
export async function offeredMachine(
  clock: MovableClock,
  change: SomeMachine & { readonly listing?: SomeListing; readonly host?: Actor } = {},
): Promise<JobMachine> {
  const { listing, host: given, ...machine } = change;
  const host = given ?? (await person({ name: 'Host' }));
  const { machineId } = await machineOf(host, { lastSyncAt: clock.now(), ...machine });
  const keys = keyPair();
  await db.machine.update({ where: { id: machineId }, data: { signingKey: keys.publicKey } });
  const listingId = await listingOf(host, machineId, { priceMicrosPerGpuHour: 3_600_000n, ...listing });
  return { id: machineId, hostId: host.userId, listingId, host, keys };
}

/** What a test says of a submission: the rest is usual. */
export type Wanted = Omit<Partial<Parameters<typeof submitJobsInput.parse>[0] & object>, never> & {
  readonly [key: string]: unknown;
};

export async function submit(renter: Actor, clock: MovableClock, wanted: Wanted = {}): Promise<string> {
  const { idempotencyKey = `submit-${randomBytes(8).toString('hex')}`, ...rest } = wanted;
  const input = submitJobsInput.parse({
    image: 'sublet/busybox:latest',
    command: ['train'],
    diskBytes: 1_073_741_824,
    ...rest,
  });
  return (await submitJobs(renter, { ...input, idempotencyKey: String(idempotencyKey) }, clock.world)).arrayId;
}

/** A market of machines, a renter with money, and a clock. */
export async function jobMarket(
  change: { machines?: readonly (SomeMachine & { listing?: SomeListing })[]; dollars?: number } = {},
) {
  const clock = movableClock();
  const machines: JobMachine[] = [];
  for (const machine of change.machines ?? [{ gpuCount: 2 }]) machines.push(await offeredMachine(clock, machine));
  const renter = await renterWith(change.dollars ?? 1_000, clock);

  const jobsOf = (arrayId: string) =>
    db.job.findMany({
      where: { arrayId },
      orderBy: { index: 'asc' },
      include: { tries: { orderBy: { number: 'asc' }, include: { bookings: { orderBy: { rank: 'asc' } } } } },
    });

  /** All machines answer until now. */
  const beat = () => db.machine.updateMany({ data: { lastSyncAt: clock.now() } });

  async function handsOf(jobId: string): Promise<RentalHand[]> {
    const attempt = await db.jobAttempt.findFirstOrThrow({
      where: { jobId, endedAt: null },
      include: { bookings: { orderBy: { rank: 'asc' }, include: { booking: { select: { machineId: true } } } } },
    });
    const hands: RentalHand[] = [];
    for (const { bookingId, booking } of attempt.bookings) {
      const machine = machines.find(({ id }) => id === booking.machineId);
      if (machine === undefined) throw new Error('a booking on a machine that the test does not know');
      hands.push(
        await rentalHand(bookingId, { id: machine.id, signingKey: machine.keys.publicKey }, machine.keys, clock),
      );
    }
    return hands;
  }

  return {
    clock,
    machines,
    renter,
    beat,
    submit: (wanted: Wanted = {}, who: Actor = renter) => submit(who, clock, wanted),
    place: async () => {
      await beat();
      return placeJobs(clock.world);
    },
    follow: () => followJobs(clock.world),
    jobsOf,
    jobOf: async (arrayId: string) => {
      const [job] = await jobsOf(arrayId);
      if (job === undefined) throw new Error('the array has no job');
      return job;
    },
    handsOf,
    /** The machine of a job's only booking. */
    handOf: async (jobId: string) => {
      const [hand] = await handsOf(jobId);
      if (hand === undefined) throw new Error('the attempt has no booking');
      return hand;
    },
  };
}
export type JobMarket = Awaited<ReturnType<typeof jobMarket>>;

/** What a machine says when the program of a job has ended by itself. */
export function exitedWith(exitCode: number | null) {
  return { failure: { code: 'exited' as const, detail: `exit code ${exitCode}` }, exitCode };
}

/** After a test: no later one of the file sees its machines or its waiting jobs. */
export async function closeJobMarkets(): Promise<void> {
  await db.listing.updateMany({ data: { state: 'withdrawn' } });
  await db.job.updateMany({
    where: { observed: 'waiting' },
    data: { observed: 'ended', outcome: 'cancelled', endedAt: new Date() },
  });
}
