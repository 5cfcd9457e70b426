import type { Actor } from '#lib/base/actor.ts';
import { db } from '#lib/io/db.ts';
import { isPassing, type ServingOffer, whyNotServe } from '../standing-fit.ts';
import type { RequestForHost, ServingMachine } from '../standing-view.ts';
import { servingOffers } from './serving-offers.ts';
import { readStanding, standingColumns } from './standing-row.ts';

const MOST_LOOKED_AT = 2_000;
const MOST_SHOWN = 100;
const LEAST_PRICE = 1n;

/**
 * Requests that ask hosts and that machines of this host could serve, whatever these are listed for: newest first. None of
 * their own, none of renters they do not rent to. It says what is wanted, not by whom.
 */
export async function requestsForHost(actor: Actor, now: Date): Promise<readonly RequestForHost[]> {
  const own = (await servingOffers(now)).filter(({ hostId }) => hostId === actor.userId);
  if (own.length === 0) return [];
  const rows = await db.standingRequest.findMany({
    where: {
      mode: 'ask',
      state: 'open',
      startBy: { gte: now },
      renterId: { not: actor.userId },
      renter: { suspendedAt: null, blocksReceived: { none: { hostId: actor.userId } } },
    },
    orderBy: { id: 'desc' },
    take: MOST_LOOKED_AT,
    select: {
      ...standingColumns,
      answers: {
        where: { hostId: actor.userId, state: 'open', expiresAt: { gt: now } },
        select: { id: true, machineId: true, priceMicrosPerGpuHour: true, expiresAt: true },
      },
    },
  });
  return rows
    .map((row) => {
      const wish = { ...readStanding(row), blockedHostIds: [] };
      const serves = (offer: ServingOffer) => {
        const misfit = whyNotServe({ ...offer, priceMicrosPerGpuHour: LEAST_PRICE }, wish, now);
        return misfit === null || isPassing(misfit);
      };
      const machines = own.filter(serves).map((offer): ServingMachine => {
        const answer = row.answers.find(({ machineId }) => machineId === offer.machineId);
        return {
          machineId: offer.machineId,
          name: offer.machineName,
          gpuModel: offer.gpuModel,
          listedMicrosPerGpuHour: offer.priceMicrosPerGpuHour,
          free: offer.freeGpus >= wish.gpuCount,
          answer:
            answer === undefined
              ? null
              : {
                  id: answer.id,
                  priceMicrosPerGpuHour: answer.priceMicrosPerGpuHour,
                  expiresAt: answer.expiresAt,
                },
        };
      });
      const { id, models, vramGib, gpuCount, diskBytes, regions, maxPriceMicrosPerGpuHour, durationSeconds } = wish;
      const { startBy, finishBy, createdAt } = wish;
      const wanted = { id, models, vramGib, gpuCount, diskBytes, regions, maxPriceMicrosPerGpuHour, durationSeconds };
      return { ...wanted, startBy, finishBy, createdAt, machines };
    })
    .filter(({ machines }) => machines.length > 0)
    .slice(0, MOST_SHOWN);
}
