import type { Actor } from '#lib/base/actor.ts';
import type { Micros } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { refuseIf } from '#lib/base/why-not.ts';
import { whyNotOffered } from '#lib/catalogue/listing.ts';
import { offerFacts } from '#lib/catalogue/offer-facts.ts';
import { db } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { spendableOf } from '#lib/ledger/queries/spending-limit.ts';
import { walletOf } from '#lib/ledger/queries.ts';
import { makeQuote, type Quote, wishProblems } from '../quote.ts';
import { limitsFor } from '../terms.ts';
import { rentedDiskBytes } from './disk.ts';

/** What somebody asks a price for. */
export type QuoteWish = {
  readonly listingId: string;
  readonly gpuCount: number;
  readonly diskBytes: bigint;
  /** Null takes the GPUs on demand. */
  readonly durationSeconds: number | null;
  readonly capMicros: Micros | null;
};

/**
 * What a listing would cost now; writes nothing and holds nothing. Whether GPUs are free is for the booking to say.
 * Refuses with `notFound`, `listingGone`, `machineNotReady`, or `badInput` with a sentence a field.
 */
export async function previewQuote(viewer: Actor | null, wish: QuoteWish, now: Date): Promise<Quote> {
  const listing = await db.listing.findUnique({
    where: { id: wish.listingId },
    select: {
      state: true,
      minGpus: true,
      endsAt: true,
      approvedAt: true,
      suspendedAt: true,
      priceMicrosPerGpuHour: true,
      diskPriceMicrosPerGibMonth: true,
      machine: {
        select: {
          id: true,
          hostId: true,
          host: { select: { suspendedAt: true } },
          selfTestPassed: true,
          lastSyncAt: true,
          identityCopiedAt: true,
          retiredAt: true,
          specification: true,
          gpus: { where: { removedAt: null }, orderBy: { position: 'asc' }, select: { model: true } },
        },
      },
    },
  });
  if (listing === null) throw new Refusal('notFound');
  const { machine } = listing;
  const facts = offerFacts(listing, machine, machine.gpus.length, env().listingApproval === 'staff');
  refuseIf(whyNotOffered(facts, now));
  const specification = machine.specification as Specified;
  const freeDiskBytes = BigInt(specification.diskFreeBytes) - (await rentedDiskBytes(db, machine.id));
  const problems = {
    ...countProblem(wish.gpuCount, facts.minGpus, machine.gpus.length),
    ...wishProblems(wish, { listingEndsAt: listing.endsAt, freeDiskBytes }, now),
  };
  if (Object.keys(problems).length > 0) throw new Refusal('badInput', problems);
  return makeQuote(
    {
      terms: {
        priceMicrosPerGpuHour: listing.priceMicrosPerGpuHour,
        diskPriceMicrosPerGibMonth: listing.diskPriceMicrosPerGibMonth,
        feeBasisPoints: env().feeBasisPoints,
        gpuCount: wish.gpuCount,
        gpuModel: machine.gpus[0]?.model ?? '',
        diskBytes: wish.diskBytes,
        limits: limitsFor({ ...specification, gpuCount: machine.gpus.length }, wish.gpuCount),
      },
      durationSeconds: wish.durationSeconds,
      capMicros: wish.capMicros,
      freeMicros:
        viewer === null ? null : await spendableOf(db, viewer.userId, (await walletOf(viewer)).freeMicros, now),
      listingEndsAt: listing.endsAt,
    },
    now,
  );
}

type Specified = { readonly cpuThreads: number; readonly memoryBytes: number; readonly diskFreeBytes: number };

function countProblem(count: number, least: number, most: number): { gpuCount?: string } {
  if (!Number.isInteger(count) || count < least)
    return { gpuCount: least === 1 ? 'Book at least one GPU.' : `This host rents at least ${least} GPUs together.` };
  return count > most ? { gpuCount: `This machine has only ${most} GPUs.` } : {};
}
