import { Refusal } from '#lib/base/refusal.ts';
import { addSeconds, earliest, isBefore } from '#lib/base/time.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { whyNotBookable } from '#lib/catalogue/listing.ts';
import { type LockedOffer, lockOffer } from '#lib/catalogue/lock-offer.ts';
import type { Tx } from '#lib/io/db.ts';
import { rentedDiskBytes } from './queries/disk.ts';
import { windowEnd, wishProblems } from './quote.ts';
import type { Terms } from './terms.ts';

export type GpuWish = {
  readonly renterId: string;
  readonly listingId: string;
  readonly durationSeconds: number | null;
  readonly terms: Terms;
  /** True for a rental that is started again: its disk is there, and rules made for new bookings do not bind it. */
  readonly again: boolean;
};

export type TakenGpus = {
  readonly offer: LockedOffer;
  readonly gpus: readonly { readonly id: string; readonly uuid: string }[];
  /** When they go back at the latest. */
  readonly endsAt: Date;
};

/**
 * Step: locks an offer and chooses GPUs of it: of those that are free, the ones that stay free longest, then by position.
 * The same market gives the same GPUs. Refuses with what `whyNotBookable` says, `badInput`, or `gpuTaken` and until when.
 */
export async function takeGpus(tx: Tx, wish: GpuWish, now: Date): Promise<TakenGpus> {
  const offer = await lockOffer(tx, wish.listingId, now);
  if (offer === undefined) throw new Refusal('listingGone');
  const free = offer.gpus.filter((gpu) => gpu.takenUntil === null).toSorted(freeLongest);
  const facts = wish.again ? { ...offer.facts, minGpus: 1 } : offer.facts;
  const { gpuCount } = wish.terms;
  const asked = {
    renterId: wish.renterId,
    gpuCount,
    freeGpus: free.length,
    blocked: !wish.again && (await isBlocked(tx, offer.hostId, wish.renterId)),
  };
  const until = earliest(...offer.gpus.map((gpu) => gpu.takenUntil)) ?? null;
  refuseIf(whyNotBookable(facts, asked, now), { freeAt: until?.toISOString() ?? null, freeGpus: free.length });
  const freeDiskBytes = wish.again
    ? wish.terms.diskBytes
    : BigInt(offer.diskFreeBytes) - (await rentedDiskBytes(tx, offer.machineId));
  const problems = wishProblems(
    { durationSeconds: wish.durationSeconds, diskBytes: wish.terms.diskBytes },
    { listingEndsAt: offer.terms.endsAt, freeDiskBytes },
    now,
  );
  if (Object.keys(problems).length > 0) throw new Refusal('badInput', problems);
  const gpus = free.slice(0, gpuCount);
  const window = windowEnd(now, wish.durationSeconds, offer.terms.endsAt);
  const endsAt = earliest(window, ...gpus.map((gpu) => gpu.nextTakenAt)) ?? window;
  if (wish.durationSeconds !== null && isBefore(endsAt, addSeconds(now, wish.durationSeconds)))
    throw new Refusal('gpuTaken', { freeUntil: endsAt.toISOString() });
  return { offer, gpus, endsAt };
}

type FreeGpu = LockedOffer['gpus'][number];

function freeLongest(a: FreeGpu, b: FreeGpu): number {
  return (b.nextTakenAt?.getTime() ?? Number.MAX_SAFE_INTEGER) - (a.nextTakenAt?.getTime() ?? Number.MAX_SAFE_INTEGER);
}

async function isBlocked(tx: Tx, hostId: string, renterId: string): Promise<boolean> {
  const block = await tx.renterBlock.findUnique({
    where: { hostId_renterId: { hostId, renterId } },
    select: { id: true },
  });
  return block !== null;
}
