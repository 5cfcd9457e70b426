import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { MICROS_PER_DOLLAR } from '#lib/base/money.ts';
import { addSeconds, DAY, HOUR, type World } from '#lib/base/time.ts';
import { bookListing } from '#lib/bookings/book-listing.ts';
import { endBooking } from '#lib/bookings/end-booking.ts';
import { endBookingByStaff } from '#lib/bookings/end-booking-by-staff.ts';
import { requestQuote } from '#lib/bookings/request-quote.ts';
import { db, inTransaction } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { observeWorkloads } from '#lib/leases/observe-workload.ts';
import { PROMOTIONS, renterWallet } from '#lib/ledger/account.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import { recordStatements } from '#lib/receipts/record-statements.ts';
import type { WorkloadReport } from '#protocol/agent.ts';
import { privateKeyFromPem, sha256, signPayload } from '#protocol/keys.ts';
import { leasePermit } from '#protocol/lease.ts';
import { NO_PREVIOUS, type Statement } from '#protocol/statement.ts';
import { DOMAINS, type Signed, signedText } from '#protocol/words.ts';
import type { DemoAccounts } from './accounts.ts';
import type { PlayedMachine } from './machines.ts';

type Past = {
  /** Which of the demo host's machines, in their order. */
  readonly machine: number;
  readonly daysAgo: number;
  readonly minutes: number;
  readonly name: string;
  readonly refund?: { readonly percent: bigint; readonly reason: string };
};

const RENTALS: readonly Past[] = [
  { machine: 0, daysAgo: 96, minutes: 90, name: 'tokenizer ablation' },
  { machine: 1, daysAgo: 71, minutes: 60, name: 'product renders' },
  { machine: 0, daysAgo: 64, minutes: 120, name: 'LoRA, first try' },
  {
    machine: 2,
    daysAgo: 40,
    minutes: 45,
    name: 'speech batch',
    refund: { percent: 40n, reason: 'The disk was slower than measured.' },
  },
  { machine: 1, daysAgo: 33, minutes: 75, name: 'LoRA, second try' },
  { machine: 0, daysAgo: 9, minutes: 50, name: 'evaluation' },
];

const IMAGE = 'ubuntu:24.04';
const DISK_BYTES = 8n * 2n ** 30n;
const PUBLIC_KEY = 'AAAAC3NzaC1lZDI1NTE5AAAAIHCHLKOpSbRLmNf9PXy1kTn6GKSnzMjQ0Tgz1tP0sWqD';

/**
 * Lets a simulated renter have rented machines of the demo host, once, on machines that never answered yet. Each rental goes
 * through the commands of the product with a clock that is set back, and each minute of it is stated and signed with its
 * machine's own key: its bill verifies as any other, and its machine is marked simulated. Answers how many there were.
 */
export async function pastRentals(
  accounts: DemoAccounts,
  machines: readonly PlayedMachine[],
  now: Date,
): Promise<number> {
  const renter = accounts.pastRenter;
  const own = await db.machine.findMany({
    where: { hostId: accounts.host.userId, id: { in: machines.map(({ machineId }) => machineId) } },
    orderBy: { name: 'asc' },
    select: { id: true, lastSyncAt: true, listing: { select: { id: true, minGpus: true, publishedAt: true } } },
  });
  // What answered once has a life of its own, and its past stays as it was.
  if (env().gateways.length === 0 || own.some(({ lastSyncAt }) => lastSyncAt !== null)) return 0;
  if ((await db.booking.count({ where: { renterId: renter.userId } })) > 0) return 0;
  const first = new Date(now.getTime() - 100 * DAY);
  await prepare(renter, first);
  let count = 0;
  for (const past of RENTALS) {
    const machine = own[past.machine];
    const at = new Date(now.getTime() - past.daysAgo * DAY - (count % 5) * HOUR);
    const played = machines.find(({ machineId }) => machineId === machine?.id);
    const since = machine?.listing?.publishedAt;
    if (machine?.listing == null || played === undefined || since == null || since > at) continue;
    await live(accounts, renter, past, { ...machine.listing, played }, at);
    count += 1;
  }
  await db.machine.updateMany({ where: { id: { in: own.map(({ id }) => id) } }, data: { lastSyncAt: null } });
  // Old news: nobody is told of it today.
  await db.$executeRaw`
    DELETE FROM unnoticed_events WHERE event_id IN (SELECT id FROM events WHERE created_at < ${new Date(now.getTime() - HOUR)}::timestamptz)`;
  return count;
}

/** Money of the demo and a key, as a renter needs them. */
async function prepare(renter: Actor, at: Date): Promise<void> {
  const credit = {
    from: PROMOTIONS,
    to: renterWallet(renter.userId),
    amountMicros: 500n * MICROS_PER_DOLLAR,
    kind: 'promotion',
    key: `demo-credit:${renter.userId}`,
    reason: 'Demo money',
  } as const;
  await inTransaction('seed: past credit', (tx) => postTransfers(tx, [credit], at));
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

type Place = { readonly id: string; readonly minGpus: number; readonly played: PlayedMachine };

async function live(accounts: DemoAccounts, renter: Actor, past: Past, place: Place, at: Date): Promise<void> {
  let now = at;
  const world: World = { now: () => now };
  const { machineId, keys } = place.played;
  await db.machine.update({ where: { id: machineId }, data: { lastSyncAt: at } });
  const wish = { listingId: place.id, gpuCount: place.minGpus, diskBytes: DISK_BYTES, durationSeconds: null };
  const quote = await requestQuote(renter, wish, world);
  const { bookingId } = await bookListing(
    renter,
    {
      quoteId: quote.id,
      image: IMAGE,
      name: past.name,
      command: null,
      environment: {},
      capMicros: null,
      idempotencyKey: `demo-past-${past.daysAgo}`,
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
  now = addSeconds(at, 20);
  await say('starting');
  await say('connectable');
  const signed = statements({
    leaseId: lease.id,
    machineId,
    keys,
    permit: lease.permit,
    from: now,
    minutes: past.minutes,
  });
  now = addSeconds(now, past.minutes * 60);
  const { signingKey } = await db.machine.findUniqueOrThrow({ where: { id: machineId }, select: { signingKey: true } });
  await inTransaction('seed: statements', (tx) => recordStatements(tx, { id: machineId, signingKey }, signed, now));
  await endBooking(renter, { bookingId }, world);
  now = addSeconds(now, 4);
  await say('ended');
  if (past.refund === undefined) return;
  const { chargedMicros } = await db.lease.findUniqueOrThrow({ where: { bookingId }, select: { chargedMicros: true } });
  now = addSeconds(now, 5 * 3_600);
  const refundMicros = (chargedMicros * past.refund.percent) / 100n;
  const admin: Actor = { userId: accounts.adminId, sessionId: 'seed', role: 'admin', suspended: false, twoStep: true };
  await endBookingByStaff(admin, { bookingId, reason: past.refund.reason, refundMicros }, world);
}

/** What the machine states: a minute each, signed and chained. */
function statements(of: {
  readonly leaseId: string;
  readonly machineId: string;
  readonly keys: PlayedMachine['keys'];
  readonly permit: string;
  readonly from: Date;
  readonly minutes: number;
}): Signed[] {
  const { gpuUuids, diskBytes } = leasePermit.parse(JSON.parse(of.permit));
  const key = privateKeyFromPem(of.keys.signingKeyPem);
  let previous = NO_PREVIOUS;
  return Array.from({ length: of.minutes }, (_, sequence) => {
    const statement: Statement = {
      v: 1,
      leaseId: of.leaseId,
      machineId: of.machineId,
      sequence,
      previous,
      startsAt: addSeconds(of.from, sequence * 60).toISOString(),
      endsAt: addSeconds(of.from, (sequence + 1) * 60).toISOString(),
      monotonicSeconds: 60,
      state: 'running',
      gpuUuids,
      gpuSeconds: 60 * gpuUuids.length,
      diskByteSeconds: (60n * BigInt(diskBytes)).toString(),
    };
    const signed = signPayload(DOMAINS.statement, JSON.stringify(statement), key);
    previous = sha256(signedText(DOMAINS.statement, signed.payload));
    return signed;
  });
}
