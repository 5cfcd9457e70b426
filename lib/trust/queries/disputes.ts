import { requireAdmin } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import type { Micros } from '#lib/base/money.ts';
import { type Page, toPage } from '#lib/base/page.ts';
import { db } from '#lib/io/db.ts';
import type { Prisma } from '#lib/io/generated/client.ts';
import type { About, DisputeState, Ending, Outcome, Turn } from '../dispute.ts';

type Named = { readonly id: string; readonly name: string };

/** A dispute in a list. */
export type DisputeRow = {
  readonly id: string;
  readonly state: DisputeState;
  readonly about: About;
  /** Whose move it waits for; null when it is decided. */
  readonly turn: Turn | null;
  readonly booking: Named;
  readonly renter: Named;
  readonly host: Named;
  readonly amountMicros: Micros;
  /** What the renter would be content with now, and what the host offered last. */
  readonly askedMicros: Micros;
  readonly offeredMicros: Micros | null;
  /** What the rule proposed when it was opened. */
  readonly proposedMicros: Micros;
  readonly reason: string;
  readonly openedAt: Date;
  /** Until when the side whose turn it is may move; since when it waits for an admin. */
  readonly answerUntil: Date;
  readonly hostSaidAt: Date | null;
  readonly outcome: Outcome | null;
  /** What the renter got back of it; null until it is decided. */
  readonly givenMicros: Micros | null;
  readonly how: Ending | null;
  readonly decidedAt: Date | null;
};

const named = { select: { id: true, name: true } } as const;
export const disputeColumns = {
  id: true,
  state: true,
  about: true,
  turn: true,
  booking: named,
  renter: named,
  host: named,
  amountMicros: true,
  askedMicros: true,
  offeredMicros: true,
  proposedMicros: true,
  reason: true,
  openedAt: true,
  answerUntil: true,
  hostSaidAt: true,
  outcome: true,
  givenMicros: true,
  how: true,
  decidedAt: true,
} satisfies Prisma.DisputeSelect;

type Row = Prisma.DisputeGetPayload<{ select: typeof disputeColumns }>;

export function disputeRow(row: Row): DisputeRow {
  return {
    ...row,
    state: row.state as DisputeState,
    about: row.about as About,
    turn: row.turn as Turn | null,
    outcome: row.outcome as Outcome | null,
    how: row.how as Ending | null,
  };
}

export type DisputesAsk = {
  readonly state?: DisputeState | undefined;
  /** Only those that wait for this one; of one's own lists: `me` is whichever side one is. */
  readonly turn?: Turn | 'me' | undefined;
  /** The last id of the page before. */
  readonly before?: string | undefined;
  readonly take?: number | undefined;
};

/** The viewer's own disputes, as renter or host, newest first. */
export async function disputesOf(actor: Actor, ask: DisputesAsk): Promise<Page<DisputeRow>> {
  const { userId } = actor;
  const mine = { OR: [{ renterId: userId }, { hostId: userId }] };
  const awaited = {
    OR: [
      { renterId: userId, turn: 'renter' },
      { hostId: userId, turn: 'host' },
    ],
  };
  return pageOf({ AND: [mine, ask.turn === 'me' ? awaited : turned(ask.turn)] }, ask);
}

/** Everybody's, newest first. For admins. */
export async function findDisputes(actor: Actor, ask: DisputesAsk): Promise<Page<DisputeRow>> {
  requireAdmin(actor);
  return pageOf(ask.turn === 'me' ? { turn: 'admin' } : turned(ask.turn), ask);
}

function turned(turn: Turn | undefined): Prisma.DisputeWhereInput {
  return turn === undefined ? {} : { turn };
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
    select: disputeColumns,
  });
  return toPage(rows.map(disputeRow), take);
}

/** How many disputes wait for the viewer's move. */
export async function disputesAwaiting(actor: Actor): Promise<number> {
  const { userId } = actor;
  return db.dispute.count({
    where: {
      OR: [
        { renterId: userId, turn: 'renter' },
        { hostId: userId, turn: 'host' },
      ],
    },
  });
}
