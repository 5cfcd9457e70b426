import type { Actor } from '#lib/base/actor.ts';
import type { Micros } from '#lib/base/money.ts';
import { db } from '#lib/io/db.ts';

/** The accounts that a host's money is in, and the one of the market that contested charges are in. */
export type HostAccounts = {
  readonly mine: readonly string[];
  /** One, or none before the first contested charge. */
  readonly contested: readonly string[];
  readonly payableMicros: Micros;
  readonly reserveMicros: Micros;
};

/** The viewer's accounts as a host. Ids in hand let each query that follows go by its index. */
export async function hostAccountsOf(actor: Actor): Promise<HostAccounts> {
  const rows = await db.account.findMany({
    where: {
      OR: [
        { ownerId: actor.userId, kind: { in: ['hostPayable', 'hostReserve'] } },
        { ownerId: null, kind: 'disputed' },
      ],
    },
    select: { id: true, kind: true, balanceMicros: true },
  });
  const balance = (kind: string) => rows.find((row) => row.kind === kind)?.balanceMicros ?? 0n;
  return {
    mine: rows.filter(({ kind }) => kind !== 'disputed').map(({ id }) => id),
    contested: rows.filter(({ kind }) => kind === 'disputed').map(({ id }) => id),
    payableMicros: balance('hostPayable'),
    reserveMicros: balance('hostReserve'),
  };
}
