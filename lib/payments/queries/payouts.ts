import type { Actor } from '#lib/base/actor.ts';
import { type Page, toPage } from '#lib/base/page.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { db } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { type HostMoney, nextWeekly, type PayoutTerms, payableNow, whyNotPayOut } from '../payout.ts';
import { missingWords, type PayoutAccountState, payoutAccountProblem, payoutAccountState } from '../payout-account.ts';
import type { PayoutState } from '../payout-state.ts';
import { hostMoney } from './host-money.ts';
import { payoutPlace } from './payout-place.ts';
import { theProvider } from './top-ups.ts';

const MOST_ROWS = 100;

/** A payout by our id that something of the provider's carries; null for what is none of ours. For the market itself. */
export async function payoutNamed(id: string | null) {
  if (id === null) return null;
  return db.payout.findUnique({
    where: { id },
    select: { id: true, amountMicros: true, transferId: true, bankPayoutId: true, providerAccountId: true },
  });
}

export type PayoutRow = {
  readonly id: string;
  readonly amountMicros: bigint;
  readonly returnedMicros: bigint;
  readonly occasion: 'weekly' | 'demand';
  readonly provider: string;
  readonly state: PayoutState;
  /** What the provider or the bank said when it refused. */
  readonly failure: string | null;
  readonly createdAt: Date;
  readonly sentAt: Date | null;
  readonly arrivedAt: Date | null;
};

const ROW = {
  id: true,
  amountMicros: true,
  returnedMicros: true,
  occasion: true,
  provider: true,
  state: true,
  failure: true,
  createdAt: true,
  sentAt: true,
  arrivedAt: true,
} as const;

type Stored = Omit<PayoutRow, 'occasion' | 'state'> & { readonly occasion: string; readonly state: string };

function rowOf(row: Stored): PayoutRow {
  return { ...row, occasion: row.occasion === 'weekly' ? 'weekly' : 'demand', state: row.state as PayoutState };
}

/** The viewer's payouts, newest first. `after` is the last id of the page before. */
export async function payoutsOf(
  actor: Actor,
  ask: { readonly after?: string | undefined; readonly take?: number | undefined } = {},
): Promise<Page<PayoutRow>> {
  const take = Math.min(Math.max(1, ask.take ?? 25), MOST_ROWS);
  const rows = await db.payout.findMany({
    where: { hostId: actor.userId, ...(ask.after === undefined ? {} : { id: { lt: ask.after } }) },
    orderBy: { id: 'desc' },
    take: take + 1,
    select: ROW,
  });
  const page = toPage(rows, take);
  return { rows: page.rows.map(rowOf), next: page.next };
}

/** One payout of the viewer. Refuses with `notFound`. */
export async function payoutOf(actor: Actor, id: string): Promise<PayoutRow> {
  const row = await db.payout.findFirst({ where: { id, hostId: actor.userId }, select: ROW });
  if (row === null) throw new Refusal('notFound');
  return rowOf(row);
}

/** Everything about being paid that a host sees: the same for page and API. */
export type Payouts = {
  /** Who pays: `stripe`, `sandbox`, or null where this market pays nothing out yet. */
  readonly provider: 'stripe' | 'sandbox' | null;
  readonly terms: PayoutTerms;
  readonly money: Pick<HostMoney, 'payableMicros' | 'reserveMicros'>;
  /** What a payout now would pay, and what it would keep back. */
  readonly availableMicros: bigint;
  readonly keepsBackMicros: bigint;
  readonly nextWeeklyAt: Date;
  /** Why none can be asked for now; null when one can. */
  readonly whyNot: string | null;
  readonly account: {
    readonly state: PayoutAccountState;
    readonly problem: string | null;
    /** What the provider still asks for, in plain words. */
    readonly missing: readonly string[];
    readonly country: string | null;
    readonly checkedAt: Date | null;
  };
  /** What is kept back, by the day on which it is no longer. */
  readonly reserves: readonly { readonly id: string; readonly amountMicros: bigint; readonly releaseAt: Date }[];
  readonly current: PayoutRow | null;
};

/** How the viewer is paid as a host: what, when, where to, what is kept back and why not more. */
export async function payoutsPage(actor: Actor, now: Date): Promise<Payouts> {
  const hostId = actor.userId;
  const terms = env().payouts;
  const [money, place, account, reserves, current] = await Promise.all([
    hostMoney(hostId),
    payoutPlace(hostId),
    db.payoutAccount.findUnique({ where: { hostId } }),
    db.hostReserve.findMany({
      where: { hostId, releasedAt: null },
      orderBy: [{ releaseAt: 'asc' }, { id: 'asc' }],
      take: MOST_ROWS,
      select: { id: true, amountMicros: true, releaseAt: true },
    }),
    db.payout.findFirst({
      where: { hostId, state: { in: ['asked', 'sent', 'returning'] } },
      orderBy: { id: 'desc' },
      select: ROW,
    }),
  ]);
  const provider = theProvider()?.name ?? null;
  const known = account?.provider === provider ? account : null;
  const { keptBackMicros, availableMicros } = payableNow(money, terms, now);
  const { payableMicros, reserveMicros } = money;
  const why =
    place === null
      ? 'This market pays nothing out yet. You are owed what you earned; its operators say when.'
      : (whyNotPayOut({ suspended: actor.suspended, payableMicros, availableMicros, ...place }, terms)?.sentence ??
        null);
  const sandbox = provider === 'sandbox';
  return {
    provider,
    terms,
    money: { payableMicros, reserveMicros },
    availableMicros,
    keepsBackMicros: keptBackMicros,
    nextWeeklyAt: nextWeekly(terms, now),
    whyNot: why,
    account: {
      state: sandbox ? 'ready' : payoutAccountState(known),
      problem: sandbox || provider === null ? null : payoutAccountProblem(known),
      missing: missingWords(known?.missing ?? []),
      country: known?.country ?? null,
      checkedAt: known?.checkedAt ?? null,
    },
    reserves,
    current: current === null ? null : rowOf(current),
  };
}
