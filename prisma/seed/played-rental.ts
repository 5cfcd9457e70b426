import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import type { Micros } from '#lib/base/money.ts';
import { addSeconds, HOUR, type World } from '#lib/base/time.ts';
import { bookListing } from '#lib/bookings/book-listing.ts';
import { endBooking } from '#lib/bookings/end-booking.ts';
import { requestQuote } from '#lib/bookings/request-quote.ts';
import { db, inTransaction } from '#lib/io/db.ts';
import { observeWorkloads } from '#lib/leases/observe-workload.ts';
import { PROMOTIONS, renterWallet } from '#lib/ledger/account.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import { recordStatements } from '#lib/receipts/record-statements.ts';
import type { WorkloadReport } from '#protocol/agent.ts';
import { privateKeyFromPem, sha256, signPayload } from '#protocol/keys.ts';
import { leasePermit } from '#protocol/lease.ts';
import { NO_PREVIOUS, type Statement } from '#protocol/statement.ts';
import { DOMAINS, type Signed, signedText } from '#protocol/words.ts';
import type { PlayedMachine } from './machines.ts';

const IMAGE = 'ubuntu:24.04';
const DISK_BYTES = 8n * 2n ** 30n;
const PUBLIC_KEY = 'AAAAC3NzaC1lZDI1NTE5AAAAIHCHLKOpSbRLmNf9PXy1kTn6GKSnzMjQ0Tgz1tP0sWqD';

/** Money of the demo and a key, as a renter needs them; each once. */
export async function prepareRenter(renter: Actor, creditMicros: Micros, at: Date, about = ''): Promise<void> {
  const credit = {
    from: PROMOTIONS,
    to: renterWallet(renter.userId),
    amountMicros: creditMicros,
    kind: 'promotion',
    key: `demo-credit:${renter.userId}${about}`,
    reason: 'Demo money',
  } as const;
  await inTransaction('seed: past credit', (tx) => postTransfers(tx, [credit], at));
  if ((await db.sshKey.count({ where: { userId: renter.userId } })) > 0) return;
  await db.sshKey.create({
    data: {
      id: newId('sshKey', at),
      userId: renter.userId,
      name: 'demo',
      kind: 'ssh-ed25519',
      publicKey: `ssh-ed25519 ${PUBLIC_KEY}`,
      fingerprint: 'SHA256:demo',
      createdAt: at,
    },
  });
}

/** Old news: nobody is told of it today. */
export async function forgetOldNews(now: Date): Promise<void> {
  await db.$executeRaw`
    DELETE FROM unnoticed_events WHERE event_id IN (SELECT id FROM events WHERE created_at < ${new Date(now.getTime() - HOUR)}::timestamptz)`;
}

type Place = { readonly listingId: string; readonly gpuCount: number; readonly played: PlayedMachine };

type PastRental = {
  readonly name: string;
  /** Names it among all rentals of its renter. */
  readonly key: string;
  readonly at: Date;
  /** How many statements its machine signs, and how long the time of each is. */
  readonly statements: number;
  readonly statementSeconds: number;
  /** For one that lasts longer than a day: what is set aside for it at once. */
  readonly capMicros?: Micros;
};

/**
 * A rental that lies in the past: through the commands of the product with a clock that is set back, and what the machine states
 * of it is signed with its own key.
 */
export async function playRental(
  renter: Actor,
  { listingId, gpuCount, played }: Place,
  past: PastRental,
): Promise<{ readonly bookingId: string; readonly endedAt: Date }> {
  let now = past.at;
  const world: World = { now: () => now };
  const { machineId, keys } = played;
  await db.machine.update({ where: { id: machineId }, data: { lastSyncAt: now } });
  const quote = await requestQuote(
    renter,
    { listingId, gpuCount, diskBytes: DISK_BYTES, durationSeconds: null },
    world,
  );
  const { bookingId } = await bookListing(
    renter,
    {
      quoteId: quote.id,
      image: IMAGE,
      name: past.name,
      command: null,
      environment: {},
      capMicros: past.capMicros ?? null,
      idempotencyKey: past.key,
    },
    world,
  );
  const lease = await db.lease.findUniqueOrThrow({ where: { bookingId }, select: { id: true, permit: true } });
  const say = (phase: WorkloadReport['phase']) =>
    inTransaction('seed: report', (tx) =>
      observeWorkloads(
        tx,
        { id: machineId },
        [
          {
            leaseId: lease.id,
            revision: 1,
            run: 1,
            phase,
            failure: null,
            progress: null,
            hostKey: `ssh-ed25519 ${PUBLIC_KEY}`,
          },
        ],
        now,
      ),
    );
  now = addSeconds(past.at, 20);
  await say('starting');
  await say('connectable');
  const signed = statements({
    leaseId: lease.id,
    machineId,
    keys,
    permit: lease.permit,
    from: now,
    past,
  });
  now = addSeconds(now, past.statements * past.statementSeconds);
  const { signingKey } = await db.machine.findUniqueOrThrow({ where: { id: machineId }, select: { signingKey: true } });
  await inTransaction('seed: statements', (tx) => recordStatements(tx, { id: machineId, signingKey }, signed, now));
  await endBooking(renter, { bookingId }, world);
  now = addSeconds(now, 4);
  await say('ended');
  return { bookingId, endedAt: now };
}

/** What the machine states: signed and chained. */
function statements(of: {
  readonly leaseId: string;
  readonly machineId: string;
  readonly keys: PlayedMachine['keys'];
  readonly permit: string;
  readonly from: Date;
  readonly past: PastRental;
}): Signed[] {
  const { gpuUuids, diskBytes } = leasePermit.parse(JSON.parse(of.permit));
  const key = privateKeyFromPem(of.keys.signingKeyPem);
  const seconds = of.past.statementSeconds;
  let previous = NO_PREVIOUS;
  return Array.from({ length: of.past.statements }, (_, sequence) => {
    const statement: Statement = {
      v: 1,
      leaseId: of.leaseId,
      machineId: of.machineId,
      sequence,
      previous,
      startsAt: addSeconds(of.from, sequence * seconds).toISOString(),
      endsAt: addSeconds(of.from, (sequence + 1) * seconds).toISOString(),
      monotonicSeconds: seconds,
      state: 'running',
      gpuUuids,
      gpuSeconds: seconds * gpuUuids.length,
      diskByteSeconds: (BigInt(seconds) * BigInt(diskBytes)).toString(),
    };
    const signed = signPayload(DOMAINS.statement, JSON.stringify(statement), key);
    previous = sha256(signedText(DOMAINS.statement, signed.payload));
    return signed;
  });
}
