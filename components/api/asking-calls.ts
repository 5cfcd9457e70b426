import type { Micros } from '#lib/base/money.ts';
import type { ApiCall } from './curl.ts';

/** A bid as the shortest call places it. */
export type BidAsked = {
  readonly listingId: string | null;
  readonly models: readonly string[];
  readonly gpuCount: number;
  readonly diskBytes: bigint;
  readonly microsPerGpuHour: Micros;
  readonly image: string;
};

/** A standing request as the shortest call makes it. */
export type WishAsked = {
  readonly models: readonly string[];
  readonly gpuCount: number;
  readonly diskBytes: bigint;
  readonly maxPriceMicrosPerGpuHour: Micros;
  readonly durationSeconds: number;
  readonly finishBy: Date;
  readonly image: string;
};

/** What forms ask for besides bookings and jobs, as calls of the API. */
export const askingCalls = {
  bid: (bid: BidAsked): ApiCall => ({
    label: 'Place a bid like this',
    method: 'POST',
    path: '/bids',
    body: {
      ...(bid.listingId === null ? { models: [...bid.models] } : { listingId: bid.listingId }),
      gpuCount: bid.gpuCount,
      diskBytes: bid.diskBytes.toString(),
      microsPerGpuHour: bid.microsPerGpuHour.toString(),
      image: bid.image,
    },
    idempotent: true,
  }),
  standingRequest: (wish: WishAsked): ApiCall => ({
    label: 'Ask like this',
    method: 'POST',
    path: '/standing-requests',
    body: {
      models: [...wish.models],
      gpuCount: wish.gpuCount,
      diskBytes: wish.diskBytes.toString(),
      maxPriceMicrosPerGpuHour: wish.maxPriceMicrosPerGpuHour.toString(),
      durationSeconds: wish.durationSeconds,
      finishBy: wish.finishBy.toISOString(),
      mode: 'book',
      image: wish.image,
    },
    idempotent: true,
  }),
  topUp: (amountMicros: Micros): ApiCall => ({
    label: 'Add money',
    method: 'POST',
    path: '/top-ups',
    body: { amountMicros: amountMicros.toString() },
    idempotent: true,
  }),
} as const;
