import { requireAdmin } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { db } from '#lib/io/db.ts';
import { type DifferenceKind, lastNight } from '../reconciliation.ts';
import { theProvider } from './top-ups.ts';

const MOST_ROWS = 200;
/** A night that was missed, and half a day to mend it. */
const STALE_MS = 36 * 3_600_000;

/** Whether the books are to be compared now, and since when; null by day, and where there is nothing to compare with. */
export async function reconciliationDue(now: Date): Promise<{ provider: string; since: Date } | null> {
  const provider = theProvider();
  if (provider === null || provider.name === 'sandbox') return null;
  const last = await db.reconciliation.findFirst({
    where: { provider: provider.name },
    orderBy: { id: 'desc' },
    select: { createdAt: true },
  });
  if (last !== null && last.createdAt >= lastNight(now)) return null;
  if (last !== null) return { provider: provider.name, since: last.createdAt };
  const [first] = await db.$queryRaw<{ at: Date | null }[]>`
    SELECT min(t.created_at) AS at FROM accounts c JOIN transfers t ON c.id = t.debit_account_id WHERE c.kind = 'providerClearing'`;
  return { provider: provider.name, since: first?.at ?? now };
}

export type DifferenceRow = {
  readonly id: string;
  readonly kind: DifferenceKind;
  readonly subject: string;
  /** What our books say the provider got, or gave out below zero. */
  readonly booksMicros: bigint;
  readonly providerMicros: bigint;
  readonly foundAt: Date;
  readonly explanation: string | null;
  readonly explainedBy: string | null;
  readonly explainedAt: Date | null;
};

export type ReconciliationPage = {
  /** Null where there is no provider of real money: there is nothing to compare. */
  readonly provider: string | null;
  readonly last: {
    readonly createdAt: Date;
    readonly cutOffAt: Date;
    readonly movements: number;
    readonly causes: number;
    /** True when a night was missed. */
    readonly stale: boolean;
  } | null;
  /** Those that nobody has explained: any of them is red. */
  readonly open: readonly DifferenceRow[];
  readonly explained: readonly DifferenceRow[];
  /** Payouts that have been waiting for the provider for more than a day, and what it said. */
  readonly stuck: readonly {
    readonly id: string;
    readonly state: string;
    readonly lastError: string | null;
    readonly createdAt: Date;
  }[];
};

/** How the books and the provider agree. For admins. */
export async function reconciliationPage(actor: Actor, now: Date): Promise<ReconciliationPage> {
  requireAdmin(actor);
  const name = theProvider()?.name;
  const provider = name === undefined || name === 'sandbox' ? null : name;
  if (provider === null) return { provider, last: null, open: [], explained: [], stuck: [] };
  const [last, rows, stuck] = await Promise.all([
    db.reconciliation.findFirst({
      where: { provider },
      orderBy: { id: 'desc' },
      select: { createdAt: true, cutOffAt: true, movements: true, causes: true },
    }),
    db.bookDifference.findMany({ where: { provider, goneAt: null }, orderBy: { id: 'desc' }, take: MOST_ROWS }),
    db.payout.findMany({
      where: { state: { in: ['asked', 'returning'] }, createdAt: { lt: new Date(now.getTime() - 86_400_000) } },
      orderBy: { id: 'asc' },
      take: 50,
      select: { id: true, state: true, lastError: true, createdAt: true },
    }),
  ]);
  const names = await db.user.findMany({
    where: { id: { in: rows.flatMap((row) => row.explainedBy ?? []) } },
    select: { id: true, name: true },
  });
  const seen = rows.map((row) => ({
    id: row.id,
    kind: row.kind as DifferenceKind,
    subject: row.subject,
    booksMicros: row.booksMicros,
    providerMicros: row.providerMicros,
    foundAt: row.foundAt,
    explanation: row.explanation,
    explainedBy: names.find((one) => one.id === row.explainedBy)?.name ?? null,
    explainedAt: row.explainedAt,
  }));
  return {
    provider,
    last: last === null ? null : { ...last, stale: now.getTime() - last.createdAt.getTime() > STALE_MS },
    open: seen.filter((row) => row.explainedAt === null),
    explained: seen.filter((row) => row.explainedAt !== null),
    stuck,
  };
}
