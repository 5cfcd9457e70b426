import { db } from '#lib/io/db.ts';
import { isPassing, whyNotServe } from '../standing-fit.ts';
import { servingOffers } from './serving-offers.ts';
import { readStanding, standingColumns } from './standing-row.ts';

/** Requests that a host could serve and has not heard of. */
export type RequestDigest = {
  readonly id: string;
  readonly hostId: string;
  readonly lastRequestId: string;
  readonly count: number;
};

const MOST_LOOKED_AT = 2_000;
const LEAST_PRICE = 1n;

/**
 * Hosts who were not told since `toldBefore`, with what is new to them: open requests that ask hosts, made after the last one
 * they heard of, that a machine of theirs could serve at some price. None of their own, none of renters they do not rent to.
 */
export async function hostsToTell(toldBefore: Date, now: Date): Promise<readonly RequestDigest[]> {
  const rows = await db.standingRequest.findMany({
    where: { mode: 'ask', state: 'open', startBy: { gte: now }, renter: { suspendedAt: null } },
    orderBy: { id: 'desc' },
    take: MOST_LOOKED_AT,
    select: {
      ...standingColumns,
      renter: { select: { blocksReceived: { select: { hostId: true } } } },
      answers: { select: { hostId: true } },
    },
  });
  if (rows.length === 0) return [];
  const offers = await servingOffers(now);
  const hostIds = [...new Set(offers.map(({ hostId }) => hostId))];
  const told = new Map(
    (await db.requestDigest.findMany({ where: { hostId: { in: hostIds } } })).map((row) => [row.hostId, row]),
  );
  return hostIds.flatMap((hostId): RequestDigest[] => {
    const before = told.get(hostId);
    if (before !== undefined && before.toldAt > toldBefore) return [];
    const own = offers.filter((offer) => offer.hostId === hostId);
    const fresh = rows.filter((row) => {
      if (row.renterId === hostId || (before !== undefined && row.id <= before.lastRequestId)) return false;
      if (row.renter.blocksReceived.some((block) => block.hostId === hostId)) return false;
      if (row.answers.some((answer) => answer.hostId === hostId)) return false;
      const wish = { ...readStanding(row), blockedHostIds: [] };
      return own.some((offer) => {
        const misfit = whyNotServe({ ...offer, priceMicrosPerGpuHour: LEAST_PRICE }, wish, now);
        return misfit === null || isPassing(misfit);
      });
    });
    const [newest] = fresh;
    return newest === undefined ? [] : [{ id: hostId, hostId, lastRequestId: newest.id, count: fresh.length }];
  });
}
