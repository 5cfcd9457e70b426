import type { Actor } from '#lib/base/actor.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { readTerms } from '#lib/bookings/terms.ts';
import { db } from '#lib/io/db.ts';
import type { AttemptOutcome } from '../attempt.ts';
import { type JobFacts, type JobOutcome, whyNotCancel } from '../job.ts';
import { type AttemptView, type JobRow, type JobView, jobSentence } from '../view.ts';
import { spentOn } from './work.ts';

const MOST_ROWS = 200;

export type JobsAsk = {
  /** What is seen of them, or how they came out; left out: all. */
  readonly state?: JobFacts['observed'] | JobOutcome | undefined;
  /** The last index of the page before. */
  readonly after?: number | undefined;
  readonly take?: number | undefined;
};
export type JobsPage = { readonly rows: readonly JobRow[]; readonly next: number | null };

/** Jobs of a submission by index. What is not the viewer's is not found. */
export async function jobsOf(actor: Actor, arrayId: string, ask: JobsAsk = {}): Promise<JobsPage> {
  const owned = await db.jobArray.findFirst({ where: { id: arrayId, renterId: actor.userId }, select: { id: true } });
  if (owned === null) throw new Refusal('notFound');
  const take = Math.min(Math.max(1, ask.take ?? 50), MOST_ROWS);
  const { state, after } = ask;
  const rows = await db.job.findMany({
    where: {
      arrayId,
      ...(after === undefined ? {} : { index: { gt: after } }),
      ...(state === undefined ? {} : { OR: [{ observed: state, outcome: null }, { outcome: state }] }),
    },
    orderBy: { index: 'asc' },
    take: take + 1,
  });
  const kept = rows.slice(0, take);
  const spent = await spentOn(
    db,
    kept.map((row) => row.id),
  );
  return {
    rows: kept.map((row) => rowFrom(row, spent.get(row.id)?.chargedMicros ?? 0n)),
    next: rows.length > take ? (kept.at(-1)?.index ?? null) : null,
  };
}

/** One job of a submission, with its attempts. What is not the viewer's is not found. */
export async function jobOf(actor: Actor, arrayId: string, index: number): Promise<JobView> {
  const row = await db.job.findFirst({
    where: { arrayId, index, renterId: actor.userId },
    include: {
      tries: {
        orderBy: { number: 'asc' },
        include: {
          bookings: {
            orderBy: { rank: 'asc' },
            include: {
              booking: {
                select: {
                  terms: true,
                  desired: true,
                  diskUntil: true,
                  machine: { select: { name: true, simulated: true } },
                  lease: { select: { chargedMicros: true } },
                },
              },
            },
          },
        },
      },
    },
  });
  if (row === null) throw new Refusal('notFound');
  const tries = row.tries.map(
    (one): AttemptView => ({
      number: one.number,
      placedAt: one.placedAt,
      startedAt: one.startedAt,
      endedAt: one.endedAt,
      outcome: one.outcome as AttemptOutcome | null,
      sentence: jobSentence(one.reason),
      reasonDetail: one.reasonDetail,
      exitCode: one.exitCode,
      bookings: one.bookings.map(({ rank, bookingId, booking }) => {
        const { gpuModel, gpuCount } = readTerms(booking.terms);
        return {
          rank,
          bookingId,
          machineName: booking.machine.name,
          simulated: booking.machine.simulated,
          gpuModel,
          gpuCount,
          chargedMicros: booking.lease?.chargedMicros ?? 0n,
          diskUntil: booking.desired === 'stopped' ? booking.diskUntil : null,
        };
      }),
    }),
  );
  const charged = tries.flatMap(({ bookings }) => bookings).reduce((sum, { chargedMicros }) => sum + chargedMicros, 0n);
  return { ...rowFrom(row, charged), reasonDetail: row.reasonDetail, tries };
}

type Row = NonNullable<Awaited<ReturnType<typeof db.job.findFirst>>>;

function rowFrom(row: Row, chargedMicros: bigint): JobRow {
  const facts = { desired: row.desired, observed: row.observed } as JobFacts;
  return {
    id: row.id,
    arrayId: row.arrayId,
    index: row.index,
    ...facts,
    outcome: row.outcome as JobOutcome | null,
    reason: row.reason,
    sentence: row.outcome === 'succeeded' ? null : jobSentence(row.reason),
    exitCode: row.exitCode,
    attempts: row.attempts,
    askedAt: row.askedAt,
    observedAt: row.observedAt,
    endedAt: row.endedAt,
    notBefore: row.notBefore,
    chargedMicros,
    actions: whyNotCancel(facts) === null ? ['cancel'] : [],
  };
}
