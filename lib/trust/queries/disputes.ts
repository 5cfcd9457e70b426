import { requireAdmin } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import type { Micros } from '#lib/base/money.ts';
import { type Page, toPage } from '#lib/base/page.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { db } from '#lib/io/db.ts';
import type { Prisma } from '#lib/io/generated/client.ts';
import {
  contestableMicros,
  contestUntil,
  type DisputeState,
  type Outcome,
  sideOf,
  whyNotAnswer,
  whyNotContest,
  whyNotDecide,
} from '../dispute.ts';

type Named = { readonly id: string; readonly name: string };

/** A dispute in a list. */
export type DisputeRow = {
  readonly id: string;
  readonly state: DisputeState;
  readonly booking: Named;
  readonly renter: Named;
  readonly host: Named;
  readonly amountMicros: Micros;
  readonly reason: string;
  readonly openedAt: Date;
  /** Until then it is not decided over a host who has not answered. */
  readonly answerUntil: Date;
  readonly hostSaidAt: Date | null;
  readonly renterSaidAt: Date | null;
  readonly outcome: Outcome | null;
  /** What the renter got back of it; null until it is decided. */
  readonly givenMicros: Micros | null;
  readonly decidedAt: Date | null;
};

/** One dispute as one of its sides, or staff, see it. */
export type Dispute = DisputeRow & {
  readonly side: 'renter' | 'host' | 'staff';
  /** Of what is contested. */
  readonly hostMicros: Micros;
  readonly feeMicros: Micros;
  readonly hostSays: string | null;
  readonly renterSays: string | null;
  readonly decision: string | null;
  /** Why the viewer may not answer or decide now; null when they may. */
  readonly whyNotAnswer: string | null;
  readonly whyNotDecide: string | null;
};

const named = { select: { id: true, name: true } } as const;
const columns = {
  id: true,
  state: true,
  booking: named,
  renter: named,
  host: named,
  amountMicros: true,
  reason: true,
  openedAt: true,
  answerUntil: true,
  hostSaidAt: true,
  renterSaidAt: true,
  outcome: true,
  givenMicros: true,
  decidedAt: true,
} satisfies Prisma.DisputeSelect;

type Row = Prisma.DisputeGetPayload<{ select: typeof columns }>;

function rowFrom(row: Row): DisputeRow {
  return { ...row, state: row.state as DisputeState, outcome: row.outcome as Outcome | null };
}

/** One dispute, for its renter, its host or staff. What is nobody's of these is not found. */
export async function disputeOf(actor: Actor, id: string, now: Date): Promise<Dispute> {
  const mine = { OR: [{ renterId: actor.userId }, { hostId: actor.userId }] };
  const row = await db.dispute.findFirst({
    where: { id, ...(actor.role === 'admin' ? {} : mine) },
    select: { ...columns, hostMicros: true, feeMicros: true, hostSays: true, renterSays: true, decision: true },
  });
  if (row === null) throw new Refusal('notFound');
  const { hostMicros, feeMicros, hostSays, renterSays, decision, ...rest } = row;
  const dispute = rowFrom(rest);
  const facts = { ...dispute, renterId: row.renter.id, hostId: row.host.id };
  const side = sideOf(facts, actor.userId);
  const admin = actor.role === 'admin' && !actor.suspended;
  return {
    ...dispute,
    side: side ?? 'staff',
    hostMicros,
    feeMicros,
    hostSays,
    renterSays,
    decision,
    whyNotAnswer: side === null ? 'The two sides say their own.' : (whyNotAnswer(facts, side)?.sentence ?? null),
    whyNotDecide: admin ? (whyNotDecide(facts, actor.userId, now)?.sentence ?? null) : 'An admin decides.',
  };
}

export type DisputesAsk = {
  readonly state?: DisputeState | undefined;
  /** The last id of the page before. */
  readonly before?: string | undefined;
  readonly take?: number | undefined;
};

/** The viewer's own disputes, as renter or host, newest first. */
export async function disputesOf(actor: Actor, ask: DisputesAsk): Promise<Page<DisputeRow>> {
  return pageOf({ OR: [{ renterId: actor.userId }, { hostId: actor.userId }] }, ask);
}

/** Everybody's, newest first. For admins. */
export async function findDisputes(actor: Actor, ask: DisputesAsk): Promise<Page<DisputeRow>> {
  requireAdmin(actor);
  return pageOf({}, ask);
}

async function pageOf(whose: Prisma.DisputeWhereInput, ask: DisputesAsk): Promise<Page<DisputeRow>> {
  const take = Math.min(Math.max(1, ask.take ?? 50), 100);
  const rows = await db.dispute.findMany({
    where: {
      ...whose,
      ...(ask.state === undefined ? {} : { state: ask.state }),
      ...(ask.before === undefined || ask.before === '' ? {} : { id: { lt: ask.before } }),
    },
    orderBy: { id: 'desc' },
    take: take + 1,
    select: columns,
  });
  return toPage(rows.map(rowFrom), take);
}

/** What the bill of a booking says about contesting it. */
export type Contestable = {
  readonly disputeId: string | null;
  readonly mostMicros: Micros;
  /** Until when it can be contested; null while the bill is open. */
  readonly until: Date | null;
  /** Why the renter may not contest it now; null when they may. */
  readonly whyNot: string | null;
};

/** Whether a booking's charge can be contested, or was, for its renter, its host or staff. What is not theirs is not found. */
export async function contestableOf(actor: Actor, bookingId: string, now: Date): Promise<Contestable> {
  const row = await db.booking.findFirst({
    where: {
      id: bookingId,
      ...(actor.role === 'admin' ? {} : { OR: [{ renterId: actor.userId }, { hostId: actor.userId }] }),
    },
    select: {
      dispute: { select: { id: true } },
      lease: { select: { settledAt: true, chargedMicros: true, refundedMicros: true } },
    },
  });
  if (row === null || row.lease === null) throw new Refusal('notFound');
  const charge = { ...row.lease, contested: row.dispute !== null };
  return {
    disputeId: row.dispute?.id ?? null,
    mostMicros: contestableMicros(charge),
    until: contestUntil(charge),
    whyNot: whyNotContest(charge, now)?.sentence ?? null,
  };
}
