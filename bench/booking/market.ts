import { randomBytes } from 'node:crypto';
import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { requestQuote } from '#lib/bookings/request-quote.ts';
import { db, inTransaction } from '#lib/io/db.ts';
import { lockWallets } from '#lib/ledger/hold-money.ts';
import { postTransfers } from '#lib/ledger/post-transfers.ts';
import { creditDraft } from '#lib/ledger/transfer.ts';

const GIB = 2 ** 30;
export const GPUS_A_MACHINE = 8;
/** What each renter has paid in. */
export const MICROS_EACH = 10n ** 13n;

export type Listing = { readonly id: string; readonly machineId: string };

/** People who may book: each with a confirmed address, an SSH key and money enough for everything. */
export async function makeRenters(count: number): Promise<Actor[]> {
  const now = new Date();
  const actors = Array.from({ length: count }, () => ({
    userId: newId('user', now),
    sessionId: newId('session', now),
    role: 'member' as const,
    suspended: false,
  }));
  await makeUsers(actors.map(({ userId }) => userId));
  await db.sshKey.createMany({
    data: actors.map(({ userId }) => ({
      id: newId('sshKey', now),
      userId,
      name: 'laptop',
      kind: 'ssh-ed25519',
      publicKey: `ssh-ed25519 ${randomBytes(51).toString('base64')}`,
      fingerprint: `SHA256:${randomBytes(32).toString('base64')}`,
      createdAt: now,
    })),
  });
  const drafts = actors.map(({ userId }) =>
    creditDraft({ userId, amountMicros: MICROS_EACH, source: 'provider', key: `bench:${userId}` }),
  );
  await inTransaction('bench: pay in', async (tx) => {
    await postTransfers(tx, drafts, now);
    const ids = actors.map(({ userId }) => userId);
    await lockWallets(tx, ids, now);
  });
  return actors;
}

async function makeUsers(ids: readonly string[]): Promise<void> {
  const now = new Date();
  await db.user.createMany({
    data: ids.map((id) => ({
      id,
      email: `${id}@bench.example`,
      name: id,
      passwordHash: '-',
      emailConfirmedAt: now,
      termsVersion: '-',
      termsAcceptedAt: now,
      createdAt: now,
    })),
  });
}

/** Machines of eight GPUs with a published listing each, by as many hosts as there are hundreds of them. They answer now. */
export async function makeMachines(count: number): Promise<Listing[]> {
  const now = new Date();
  const hosts = Array.from({ length: Math.ceil(count / 100) }, () => newId('user', now));
  await makeUsers(hosts);
  const made = Array.from({ length: count }, (_, at) => ({
    id: newId('listing', now),
    machineId: newId('machine', now),
    hostId: hosts[at % hosts.length] ?? '',
  }));
  const column = (pick: (one: (typeof made)[number]) => string) => made.map(pick);
  const specification = JSON.stringify({
    memoryBytes: 512 * GIB,
    cpuThreads: 96,
    diskFreeBytes: 8_000 * GIB,
    docker: { version: '27.0' },
  });
  await db.$executeRaw`
    INSERT INTO machines (id, host_id, name, signing_key, sealing_key, agent_version, simulated, specification, self_test_passed,
      last_sync_at, enrolled_at)
    SELECT id, host, 'bench', md5(id) || 'k', md5(id) || 's', 'bench', false, ${specification}::jsonb, true, ${now}, ${now}
    FROM unnest(${column((one) => one.machineId)}::text[], ${column((one) => one.hostId)}::text[]) AS m (id, host)`;
  await db.$executeRaw`
    INSERT INTO gpus (id, machine_id, uuid, position, model, vram_bytes)
    SELECT 'gpu_' || md5(id || position), id, 'GPU-' || md5(id || position), position, 'H100', ${80n * BigInt(GIB)}
    FROM unnest(${column((one) => one.machineId)}::text[]) AS id, generate_series(0, ${GPUS_A_MACHINE - 1}::int) AS position`;
  await db.$executeRaw`
    INSERT INTO listings (id, machine_id, host_id, state, price_micros_per_gpu_hour, disk_price_micros_per_gib_month, published_at,
      created_at, updated_at)
    SELECT id, machine, host, 'published', 2000000, 100000, ${now}, ${now}, ${now}
    FROM unnest(${column((one) => one.id)}::text[], ${column((one) => one.machineId)}::text[],
      ${column((one) => one.hostId)}::text[]) AS l (id, machine, host)`;
  return made;
}

/** As the heartbeats of the agents have it: in the order of ids, and waiting for no machine that is being booked. */
export async function beat(now: Date): Promise<void> {
  await db.$executeRaw`
    UPDATE machines SET last_sync_at = ${now}
    WHERE id = ANY(ARRAY(SELECT id FROM machines ORDER BY id FOR NO KEY UPDATE SKIP LOCKED))`;
}

export type Wanted = { readonly renter: Actor; readonly quoteId: string };

/** A quote for one GPU of a listing for each of its GPUs: the first as the product makes it, the others are its copies. */
export async function quoteAll(listings: readonly Listing[], renters: readonly Actor[]): Promise<Wanted[]> {
  const [listing] = listings;
  const [first] = renters;
  if (listing === undefined || first === undefined) throw new RangeError('nothing to quote');
  const asked = { listingId: listing.id, gpuCount: 1, diskBytes: BigInt(GIB), durationSeconds: 3_600 };
  const { id } = await requestQuote(first, asked);
  const now = new Date();
  const quotes = listings.flatMap((one, at) =>
    Array.from({ length: GPUS_A_MACHINE }, (_, gpu) => ({
      quoteId: newId('quote', now),
      renter: renters[(at * GPUS_A_MACHINE + gpu) % renters.length] ?? first,
      listingId: one.id,
    })),
  );
  await db.$executeRaw`
    INSERT INTO quotes (id, renter_id, listing_id, gpu_count, disk_bytes, duration_seconds, terms, created_at, expires_at)
    SELECT n.id, n.renter, n.listing, q.gpu_count, q.disk_bytes, q.duration_seconds, q.terms, q.created_at, q.expires_at + interval '1 hour'
    FROM quotes q, unnest(${quotes.map((one) => one.quoteId)}::text[], ${quotes.map((one) => one.renter.userId)}::text[],
      ${quotes.map((one) => one.listingId)}::text[]) AS n (id, renter, listing) WHERE q.id = ${id}`;
  await db.$executeRaw`ANALYZE`;
  return shuffled(quotes);
}

/** The same in an order that looks like chance and is the same in each run. */
export function shuffled<Item>(items: readonly Item[]): Item[] {
  let state = 42;
  return items
    .map((item) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return { item, at: state };
    })
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
