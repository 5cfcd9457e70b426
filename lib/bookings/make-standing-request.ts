import { requireConfirmedEmail } from '#lib/auth/check-confirmation.ts';
import { requireActive } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { formatDollars } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { inTransaction, type Tx } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { keysOfRenter } from './queries/renter-keys.ts';
import { MOST_OPEN_REQUESTS, standingProblems, startByOf, usualCap } from './standing-request.ts';
import type { MakeStandingInput } from './standing-schema.ts';
import { readWish, type Wish } from './wish.ts';

export type MadeRequest = {
  readonly requestId: string;
  /** False when this idempotency key had made it before. */
  readonly created: boolean;
};

/**
 * Makes a request that stands until it is met or its deadline passes. Nothing is held while it waits. Refuses with `badInput`
 * (a sentence a field), `imageInvalid`, `keyNeeded` (a request that books by itself, without an SSH key), `emailUnconfirmed`,
 * `notNow` (20 open ones) or `suspended`.
 */
export async function makeStandingRequest(
  actor: Actor,
  input: MakeStandingInput,
  world: World = theWorld,
): Promise<MadeRequest> {
  requireActive(actor);
  const now = world.now();
  const problems = standingProblems(input, input.finishBy, now);
  if (Object.keys(problems).length > 0) throw new Refusal('badInput', problems);
  const capMicros = input.capMicros ?? usualCap(input);
  // No environment: it would be kept readable until a machine is known to whose key it can be sealed.
  const workload = readWish(
    { ...input, capMicros, quoteId: '', environment: {} },
    { privateRegistries: env().privateRegistries },
  );
  return inTransaction('make standing request', (tx) => make(tx, actor, { ...input, ...workload, capMicros }, now));
}

type Checked = Omit<MakeStandingInput, 'command' | 'name'> &
  Pick<Wish, 'command' | 'name'> & { readonly capMicros: bigint };

async function make(tx: Tx, actor: Actor, wish: Checked, now: Date): Promise<MadeRequest> {
  // One after the other for each renter, so that neither the limit nor a key is passed by two at once.
  await tx.$executeRaw`SELECT 1 FROM users WHERE id = ${actor.userId} FOR NO KEY UPDATE`;
  const { idempotencyKey, mode } = wish;
  const earlier = await tx.standingRequest.findUnique({
    where: { renterId_idempotencyKey: { renterId: actor.userId, idempotencyKey } },
    select: { id: true },
  });
  if (earlier !== null) return { requestId: earlier.id, created: false };
  await requireConfirmedEmail(tx, actor);
  const open = await tx.standingRequest.count({
    where: { renterId: actor.userId, state: { in: ['open', 'paused'] } },
  });
  if (open >= MOST_OPEN_REQUESTS)
    throw new Refusal('notNow', {}, `At most ${MOST_OPEN_REQUESTS} requests stand at a time. Cancel one first.`);
  if (mode === 'book' && (await keysOfRenter(tx, actor.userId)).authorizedKeys.length === 0)
    throw new Refusal(
      'keyNeeded',
      {},
      'You have no SSH key yet. Add one first: what is booked by itself must open to you.',
    );
  const id = newId('standingRequest', now);
  await tx.standingRequest.create({
    data: {
      id,
      renterId: actor.userId,
      name: wish.name,
      mode,
      state: 'open',
      models: [...new Set(wish.models.map((model) => model.trim()))],
      vramGib: wish.vramGib,
      gpuCount: wish.gpuCount,
      diskBytes: wish.diskBytes,
      regions: [...new Set(wish.regions)],
      trust: wish.trust,
      leastReliabilityBasisPoints: wish.leastReliabilityBasisPoints,
      realOnly: wish.realOnly,
      maxPriceMicrosPerGpuHour: wish.maxPriceMicrosPerGpuHour,
      capMicros: wish.capMicros,
      durationSeconds: wish.durationSeconds,
      startBy: startByOf(wish.finishBy, wish.durationSeconds),
      finishBy: wish.finishBy,
      image: wish.image,
      ...(wish.command === null ? {} : { command: [...wish.command] }),
      idempotencyKey,
      createdAt: now,
    },
  });
  await recordEvent(
    tx,
    actor,
    {
      kind: 'request.made',
      userId: actor.userId,
      data: { requestId: id, mode, gpuCount: wish.gpuCount, price: formatDollars(wish.maxPriceMicrosPerGpuHour) },
    },
    now,
  );
  return { requestId: id, created: true };
}
