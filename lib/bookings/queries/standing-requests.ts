import type { Actor } from '#lib/base/actor.ts';
import { type Page, toPage } from '#lib/base/page.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { trustTier } from '#lib/catalogue/machine.ts';
import { db } from '#lib/io/db.ts';
import type { Prisma } from '#lib/io/generated/client.ts';
import { type AnswerState, whyNotAccept } from '../standing-answer.ts';
import { afterLook, type StandingReport, standingReport } from '../standing-fit.ts';
import {
  isOver,
  requestActions,
  type StandingWish,
  standingProblems,
  startByOf,
  usualCap,
} from '../standing-request.ts';
import type { StandingWishInput } from '../standing-schema.ts';
import type { AnswerForRenter, StandingListRow, StandingView } from '../standing-view.ts';
import { readTerms, runningCost } from '../terms.ts';
import { servingOffers } from './serving-offers.ts';
import { lookCloser } from './standing-matches.ts';
import { blockersOf, readStanding, type StandingRow, standingColumns } from './standing-row.ts';

const MOST_ROWS = 100;

export type StandingAsk = {
  /** `waiting`: open or paused. */
  readonly state?: 'waiting' | 'past' | 'all' | undefined;
  /** The last id of the page before. */
  readonly after?: string | undefined;
  readonly take?: number | undefined;
};

/** What somebody waits for, newest first. */
export async function standingRequestsOf(actor: Actor, ask: StandingAsk, now: Date): Promise<Page<StandingListRow>> {
  const take = Math.min(Math.max(1, ask.take ?? 50), MOST_ROWS);
  const over = { OR: [{ closedAt: { not: null } }, { startBy: { lt: now } }] };
  const rows = await db.standingRequest.findMany({
    where: {
      renterId: actor.userId,
      ...(ask.state === 'waiting' ? { closedAt: null, startBy: { gte: now } } : ask.state === 'past' ? over : {}),
      ...(ask.after === undefined ? {} : { id: { lt: ask.after } }),
    },
    orderBy: { id: 'desc' },
    take: take + 1,
    select: { ...standingColumns, ...openAnswers(now) },
  });
  const page = toPage(rows, take);
  return { next: page.next, rows: page.rows.map((row) => listRow(readStanding(row), row._count.answers, now)) };
}

/** One request with its answers and how it stands in the market: for its renter. What is not theirs is not found. */
export async function standingRequestOf(actor: Actor, id: string, now: Date): Promise<StandingView> {
  const row = await db.standingRequest.findFirst({
    where: { id, renterId: actor.userId },
    select: {
      ...standingColumns,
      ...openAnswers(now),
      answers: {
        where: { state: { not: 'withdrawn' } },
        orderBy: [{ priceMicrosPerGpuHour: 'asc' }, { id: 'asc' }],
        take: MOST_ROWS,
        select: answerColumns,
      },
    },
  });
  if (row === null) throw new Refusal('notFound');
  const standing = readStanding(row);
  const shown = listRow(standing, row._count.answers, now);
  const waits = shown.state === 'open' || shown.state === 'paused';
  return {
    ...shown,
    image: standing.image,
    command: standing.command,
    report: waits ? await reportOn(actor, standing, now) : null,
    answers: row.answers.map((answer) => answerFrom(answer, standing.durationSeconds, now)),
  };
}

/**
 * How a request would stand in the market now: what serves it, why the rest does not, and what comes nearest. Refuses with
 * `badInput`, as making it would.
 */
export async function previewStanding(actor: Actor, input: StandingWishInput, now: Date): Promise<StandingReport> {
  const problems = standingProblems(input, input.finishBy, now);
  if (Object.keys(problems).length > 0) throw new Refusal('badInput', problems);
  const startBy = startByOf(input.finishBy, input.durationSeconds);
  return reportOn(actor, { ...input, startBy, capMicros: input.capMicros ?? usualCap(input) }, now);
}

const MOST_FITTING = 5;
const MOST_LOOKS = 20;

async function reportOn(
  actor: Actor,
  wish: StandingWish & { readonly startBy: Date },
  now: Date,
): Promise<StandingReport> {
  const [offers, blockedHostIds] = await Promise.all([servingOffers(now), blockersOf(db, actor.userId)]);
  const report = standingReport(offers, actor.userId, { ...wish, blockedHostIds }, now);
  const asked = { ...wish, renterId: actor.userId };
  const closer = afterLook(report, await lookCloser(asked, report.fitting.slice(0, MOST_LOOKS), MOST_FITTING, now));
  return { ...closer, fitting: closer.fitting.slice(0, MOST_FITTING) };
}

function openAnswers(now: Date) {
  return {
    _count: { select: { answers: { where: { state: 'open', expiresAt: { gt: now } } } } },
  } satisfies Prisma.StandingRequestSelect;
}

function listRow(row: StandingRow, answers: number, now: Date): StandingListRow {
  // The sweep that closes it is seconds away.
  const late = (row.state === 'open' || row.state === 'paused') && isOver(row, now);
  const facts = late ? { ...row, state: 'expired' as const } : row;
  const { id, name, mode, trouble, tries, nextTryAt, bookingId, createdAt, closedAt, startBy, finishBy } = row;
  const { models, vramGib, gpuCount, diskBytes, regions, trust, leastReliabilityBasisPoints, realOnly } = row;
  const { maxPriceMicrosPerGpuHour, durationSeconds, capMicros } = row;
  return {
    id,
    name,
    mode,
    state: facts.state,
    models,
    vramGib,
    gpuCount,
    diskBytes,
    regions,
    trust,
    leastReliabilityBasisPoints,
    realOnly,
    maxPriceMicrosPerGpuHour,
    durationSeconds,
    capMicros,
    startBy,
    finishBy,
    trouble,
    tries,
    nextTryAt,
    openAnswers: answers,
    bookingId,
    createdAt,
    closedAt,
    actions: requestActions(facts, now),
  };
}

const answerColumns = {
  id: true,
  listingId: true,
  state: true,
  terms: true,
  createdAt: true,
  expiresAt: true,
  host: { select: { name: true } },
  machine: {
    select: {
      name: true,
      simulated: true,
      region: true,
      country: true,
      selfTestPassed: true,
      staffCheckedAt: true,
      _count: { select: { gpus: { where: { removedAt: null } } } },
    },
  },
} satisfies Prisma.StandingAnswerSelect;

type AnswerRow = Prisma.StandingAnswerGetPayload<{ select: typeof answerColumns }>;

function answerFrom(row: AnswerRow, durationSeconds: number, now: Date): AnswerForRenter {
  const terms = readTerms(row.terms);
  const { id, listingId, createdAt, expiresAt, machine } = row;
  return {
    id,
    listingId,
    machineName: machine.name,
    hostName: row.host.name,
    simulated: machine.simulated,
    gpuModel: terms.gpuModel,
    gpuCount: machine._count.gpus,
    region: machine.region,
    country: machine.country,
    trust: trustTier(machine),
    priceMicrosPerGpuHour: terms.priceMicrosPerGpuHour,
    diskPriceMicrosPerGibMonth: terms.diskPriceMicrosPerGibMonth,
    wholeMicros: runningCost(terms, durationSeconds),
    createdAt,
    expiresAt,
    whyNotAccept: whyNotAccept({ state: row.state as AnswerState, expiresAt }, now)?.sentence ?? null,
  };
}
