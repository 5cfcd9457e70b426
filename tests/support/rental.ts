import { randomBytes } from 'node:crypto';
import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { addSeconds, type World } from '#lib/base/time.ts';
import { type Booked, bookListing } from '#lib/bookings/book-listing.ts';
import { requestQuote } from '#lib/bookings/request-quote.ts';
import type { BookListingInput } from '#lib/bookings/schema.ts';
import { DOOR_BEAT } from '#lib/events/beat.ts';
import { db, inTransaction } from '#lib/io/db.ts';
import { forgetEnv } from '#lib/io/env.ts';
import { observeWorkloads } from '#lib/leases/observe-workload.ts';
import { topUpWallet } from '#lib/payments/top-up-wallet.ts';
import { recordStatements } from '#lib/receipts/record-statements.ts';
import type { WorkloadReport } from '#protocol/agent.ts';
import { newSigningKey, sha256, signPayload } from '#protocol/keys.ts';
import { type LeasePermit, leasePermit } from '#protocol/lease.ts';
import { NO_PREVIOUS, type Statement } from '#protocol/statement.ts';
import { DOMAINS, type Signed, signedText } from '#protocol/words.ts';
import { person } from './people.ts';
import { GIB, listingOf, machineOf, NOW, type SomeListing, type SomeMachine } from './stalls.ts';
import { type KeyPair, keyPair } from './tunnel.ts';

process.env.SUBLET_DEMO = '1';
process.env.SUBLET_LEASE_KEY = newSigningKey().export({ type: 'pkcs8', format: 'pem' }).toString();
process.env.SUBLET_GATEWAYS = JSON.stringify([
  {
    name: 'gw-test',
    publicHost: 'gw.example.test',
    portFrom: 20_000,
    portTo: 20_999,
    tunnelUrl: 'tcp://127.0.0.1:7000',
    healthUrl: 'http://127.0.0.1:7001/health',
  },
]);
forgetEnv();

export const DOLLAR = 1_000_000n;
export const HOST_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG8WnUY8WHTO0P3dZ1GvKkpTlnLzTLD4PFTFbHbYgXgL';

/** A clock that a test moves. It begins at {@link NOW}. */
export function movableClock() {
  let now = NOW;
  return {
    world: { now: () => now } satisfies World,
    now: () => now,
    pass: (seconds: number) => {
      now = addSeconds(now, seconds);
      return now;
    },
  };
}
export type MovableClock = ReturnType<typeof movableClock>;

/** A renter with an SSH key and money. */
export async function renterWith(dollars: number, clock: MovableClock): Promise<Actor> {
  const renter = await person();
  await db.sshKey.create({
    data: {
      id: newId('sshKey', NOW),
      userId: renter.userId,
      name: 'laptop',
      kind: 'ssh-ed25519',
      publicKey: `ssh-ed25519 ${randomBytes(32).toString('base64')}`,
      fingerprint: `SHA256:${randomBytes(8).toString('hex')}`,
      createdAt: NOW,
    },
  });
  if (dollars > 0) await addMoney(renter, dollars, clock);
  return renter;
}

export async function addMoney(renter: Actor, dollars: number, clock: MovableClock): Promise<void> {
  const amountMicros = BigInt(Math.round(dollars * 100)) * 10_000n;
  await topUpWallet(renter, { amountMicros, idempotencyKey: `top-up-${randomBytes(8).toString('hex')}` }, clock.world);
}

export type Wanted = Partial<BookListingInput> & {
  /** Of another machine than the market's own. */
  readonly listingId?: string;
  readonly gpuCount?: number;
  readonly diskBytes?: bigint;
  readonly durationSeconds?: number | null;
  readonly startsAt?: Date | null;
};

/** A machine with a published listing, its keys, and a clock: prices $3.60 per GPU-hour and $0.10 per GiB and month unless told otherwise. */
export async function rentalMarket(change: { machine?: SomeMachine; listing?: SomeListing; dollars?: number } = {}) {
  const clock = movableClock();
  const host = await person({ name: 'Host' });
  const { machineId, gpuIds } = await machineOf(host, { gpuCount: 2, ...change.machine });
  const keys = keyPair();
  await db.machine.update({ where: { id: machineId }, data: { signingKey: keys.publicKey } });
  const listingId = await listingOf(host, machineId, {
    priceMicrosPerGpuHour: 3_600_000n,
    diskPriceMicrosPerGibMonth: 100_000n,
    ...change.listing,
  });
  const renter = await renterWith(change.dollars ?? 1_000, clock);
  const machine = { id: machineId, signingKey: keys.publicKey };

  /** The machine answers until now, as its agent's heartbeats would have it. */
  const beat = async () => {
    await db.machine.update({ where: { id: machineId }, data: { lastSyncAt: clock.now() } });
    // Our own door too, where a test has opened one.
    await db.beat.updateMany({ where: { name: DOOR_BEAT }, data: { at: clock.now() } });
  };

  async function quoteAndBook(who: Actor, wanted: Wanted = {}): Promise<Booked> {
    await beat();
    return bookSilent(who, wanted);
  }

  async function bookSilent(who: Actor, wanted: Wanted = {}): Promise<Booked> {
    const { gpuCount = 1, diskBytes = BigInt(GIB), durationSeconds = null, startsAt = null, ...others } = wanted;
    const { listingId: on = listingId, ...rest } = others;
    const quote = await requestQuote(
      who,
      { listingId: on, gpuCount, diskBytes, durationSeconds, startsAt },
      clock.world,
    );
    return bookListing(
      who,
      {
        quoteId: quote.id,
        image: 'sublet/busybox:latest',
        command: null,
        environment: {},
        capMicros: null,
        idempotencyKey: `book-${randomBytes(8).toString('hex')}`,
        ...rest,
      },
      clock.world,
    );
  }

  return {
    clock,
    host,
    renter,
    machine,
    machineId,
    gpuIds,
    listingId,
    beat,
    book: async (wanted: Wanted = {}) => {
      const { bookingId } = await quoteAndBook(renter, wanted);
      return rentalHand(bookingId, machine, keys, clock);
    },
    bookAs: quoteAndBook,
    /** The same of a machine that may not have answered for long. */
    bookSilent,
  };
}
export type RentalMarket = Awaited<ReturnType<typeof rentalMarket>>;

export type Claim = Partial<Statement> & { readonly seconds?: number };

/** A booking and the machine's side of it: says and states what a test wants, as an agent would. */
export async function rentalHand(
  bookingId: string,
  machine: { readonly id: string; readonly signingKey: string },
  keys: KeyPair,
  clock: MovableClock,
) {
  const { id: leaseId } = await db.lease.findUniqueOrThrow({ where: { bookingId }, select: { id: true } });
  let sequence = 0;
  let previous = NO_PREVIOUS;
  let statedUntil: Date | null = null;

  const booking = () =>
    db.booking.findUniqueOrThrow({ where: { id: bookingId }, include: { lease: true, allocations: true } });
  const lease = () => db.lease.findUniqueOrThrow({ where: { bookingId } });
  const permit = async (): Promise<LeasePermit> => leasePermit.parse(JSON.parse((await lease()).permit));

  /** The next statement of the chain: by default about the seconds up to now, since the last one. */
  async function sign(claim: Claim = {}, by: KeyPair = keys): Promise<Signed> {
    const { seconds, ...fields } = claim;
    const { gpuUuids, diskBytes } = await permit();
    const state = claim.state ?? 'running';
    const to = fields.endsAt === undefined ? clock.now() : new Date(fields.endsAt);
    const usual = seconds === undefined ? (statedUntil ?? addSeconds(to, -60)) : addSeconds(to, -seconds);
    const from = fields.startsAt === undefined ? usual : new Date(fields.startsAt);
    const passed = Math.max(0, Math.floor((to.getTime() - from.getTime()) / 1_000));
    const uuids = state === 'running' ? gpuUuids : [];
    const statement: Statement = {
      v: 1,
      leaseId,
      machineId: machine.id,
      sequence,
      previous,
      startsAt: from.toISOString(),
      endsAt: to.toISOString(),
      monotonicSeconds: passed,
      state,
      gpuUuids: uuids,
      gpuSeconds: passed * uuids.length,
      diskByteSeconds: (BigInt(passed) * BigInt(diskBytes)).toString(),
      ...fields,
    };
    const signed = signPayload(DOMAINS.statement, JSON.stringify(statement), by.privateKey);
    sequence = statement.sequence + 1;
    previous = sha256(signedText(DOMAINS.statement, signed.payload));
    statedUntil = to;
    return signed;
  }

  const send = (statements: readonly Signed[]) =>
    inTransaction('test: statements', (tx) => recordStatements(tx, machine, statements, clock.now()));

  async function say(phase: WorkloadReport['phase'], rest: Partial<WorkloadReport> = {}): Promise<void> {
    const { run, lease: held } = await booking();
    const report: WorkloadReport = {
      leaseId,
      revision: held?.revision ?? 0,
      run,
      phase,
      failure: null,
      progress: null,
      hostKey: HOST_KEY,
      ...rest,
    };
    await inTransaction('test: report', (tx) => observeWorkloads(tx, machine, [report], clock.now()));
  }

  return {
    id: bookingId,
    leaseId,
    booking,
    lease,
    permit,
    sign,
    send,
    say,
    /** States the seconds up to now and sends it. */
    state: async (claim: Claim = {}) => send([await sign(claim)]),
    /** On its way and usable at once: time from now on is billable. */
    connect: async () => {
      await say('starting');
      await say('connectable');
      statedUntil = clock.now();
    },
    /** Passes time and states it, a statement a minute. */
    run: async (seconds: number, claim: Claim = {}) => {
      const statements: Signed[] = [];
      for (let left = seconds; left > 0; left -= 60) {
        clock.pass(Math.min(60, left));
        statements.push(await sign(claim));
      }
      await send(statements);
    },
  };
}
export type RentalHand = Awaited<ReturnType<typeof rentalHand>>;
