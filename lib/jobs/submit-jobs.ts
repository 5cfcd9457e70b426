import { requireConfirmedEmail } from '#lib/auth/check-confirmation.ts';
import { requireActive } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { formatDollars } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { LEAST_RUN_SECONDS } from '#lib/bookings/hold.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { breaksConstraint, db, inTransaction, type Tx } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { encryptSecret, keepsSecrets } from '#lib/io/secrets.ts';
import { environmentContext } from './environment-context.ts';
import { MOST_OPEN_JOBS } from './job.ts';
import { whyNeverPlaced } from './never.ts';
import { offeredMachines } from './queries/offers.ts';
import { blocksOf } from './queries/queue.ts';
import { storeRequirements } from './requirements.ts';
import type { SubmitJobsInput } from './schema.ts';
import { readSubmission, type Submission } from './submission.ts';

export type Submitted = {
  readonly arrayId: string;
  /** False when this idempotency key had submitted before: nothing was submitted again. */
  readonly created: boolean;
};

/**
 * Puts a job, or an array of up to 10,000, into the queue. Nothing is charged or set aside before one is placed. The same
 * idempotency key of a renter submits once. Variables are kept encrypted under the market's own key until a job is placed, and
 * are then sealed to its machine. Refuses with `badInput`, `imageInvalid`, `nothingFits` (unless `anyway`; what comes nearest
 * is told), `tooManyJobs`, `emailUnconfirmed`, `suspended` or `conflict`.
 */
export async function submitJobs(actor: Actor, input: SubmitJobsInput, world: World = theWorld): Promise<Submitted> {
  requireActive(actor);
  const now = world.now();
  const market = { privateRegistries: env().privateRegistries, keepsSecrets: keepsSecrets() };
  const submission = readSubmission(input, market, now);
  const earlier = await submittedBefore(actor, submission);
  if (earlier !== null) return earlier;
  if (!submission.anyway) await requireSomeFit(actor, submission, now);
  try {
    return await inTransaction('submit jobs', (tx) => submit(tx, actor, submission, now));
  } catch (error) {
    const raced = breaksConstraint(error, 'idempotency_key') ? await submittedBefore(actor, submission) : null;
    if (raced !== null) return raced;
    throw error;
  }
}

async function submittedBefore(actor: Actor, submission: Submission): Promise<Submitted | null> {
  const { idempotencyKey, image, command, size, machines } = submission;
  const array = await db.jobArray.findUnique({
    where: { renterId_idempotencyKey: { renterId: actor.userId, idempotencyKey } },
    select: { id: true, image: true, command: true, size: true, machines: true },
  });
  if (array === null) return null;
  const same = array.image === image && array.size === size && array.machines === machines;
  if (!same || JSON.stringify(array.command) !== JSON.stringify(command))
    throw new Refusal('conflict', {}, 'This idempotency key was already used for another submission. Take a new one.');
  return { arrayId: array.id, created: false };
}

async function requireSomeFit(actor: Actor, submission: Submission, now: Date): Promise<void> {
  const { needs, machines, runSeconds, deadline, capMicros } = submission;
  const [offers, blocks] = await Promise.all([
    offeredMachines(db, now, { evenSilent: true }),
    blocksOf(db, [actor.userId]),
  ]);
  const blockedHostIds = [...(blocks.get(actor.userId) ?? []), actor.userId];
  const about = { machines, blockedHostIds, runSeconds, deadline, now };
  const why = whyNeverPlaced(offers, needs, about);
  if (why !== null) throw new Refusal('nothingFits', { nearest: why.nearest }, why.sentence);
  if (capMicros === null) return;
  const prices = offers
    .filter((offer) => whyNeverPlaced([offer], needs, { ...about, machines: 1 }) === null)
    .map((offer) => offer.priceMicrosPerGpuHour)
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const price = prices[machines - 1] ?? 0n;
  const minute = (price * BigInt(needs.gpuCount * machines * LEAST_RUN_SECONDS)) / 3_600n;
  if (capMicros >= minute) return;
  throw new Refusal('badInput', {
    capMicros: `A cap pays a minute of the job at least. The cheapest that could run it takes ${formatDollars(minute)}.`,
  });
}

async function submit(tx: Tx, actor: Actor, submission: Submission, now: Date): Promise<Submitted> {
  await requireConfirmedEmail(tx, actor);
  // Two that are sent at once see each other.
  await tx.$executeRaw`SELECT 1 FROM users WHERE id = ${actor.userId} FOR NO KEY UPDATE`;
  const open = await tx.job.count({ where: { renterId: actor.userId, observed: { not: 'ended' } } });
  if (open + submission.size > MOST_OPEN_JOBS) throw new Refusal('tooManyJobs', { open, most: MOST_OPEN_JOBS });
  const arrayId = newId('jobArray', now);
  const { environment, size } = submission;
  await tx.jobArray.create({
    data: {
      id: arrayId,
      renterId: actor.userId,
      idempotencyKey: submission.idempotencyKey,
      name: submission.name,
      image: submission.image,
      command: [...submission.command],
      encryptedEnvironment:
        Object.keys(environment).length === 0
          ? null
          : encryptSecret(JSON.stringify(environment), environmentContext(arrayId)),
      requirements: storeRequirements(submission.needs),
      machines: submission.machines,
      size,
      runSeconds: submission.runSeconds,
      deadline: submission.deadline,
      retries: submission.retries,
      capMicros: submission.capMicros,
      artifactsPath: submission.artifactsPath,
      checkpointPath: submission.checkpointPath,
      createdAt: now,
    },
  });
  const ids = Array.from({ length: size }, () => newId('job', now)).sort();
  await tx.$executeRaw`
    INSERT INTO jobs (id, array_id, index, renter_id, desired, observed, asked_at, observed_at)
    SELECT id, ${arrayId}, place - 1, ${actor.userId}, 'run', 'waiting', ${now}::timestamptz, ${now}::timestamptz
    FROM unnest(${ids}::text[]) WITH ORDINALITY AS made(id, place)`;
  const { name, image } = submission;
  await recordEvent(
    tx,
    actor,
    { kind: 'jobs.submitted', userId: actor.userId, data: { arrayId, name, image, size } },
    now,
  );
  return { arrayId, created: true };
}
