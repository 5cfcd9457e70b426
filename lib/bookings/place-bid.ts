import { requireConfirmedEmail } from '#lib/auth/check-confirmation.ts';
import { requireActive } from '#lib/auth/permission.ts';
import type { Actor } from '#lib/base/actor.ts';
import { newId } from '#lib/base/id.ts';
import { formatDollars, maxMicros, minMicros } from '#lib/base/money.ts';
import { Refusal } from '#lib/base/refusal.ts';
import { theWorld, type World } from '#lib/base/time.ts';
import { regionsProblem } from '#lib/catalogue/continent.ts';
import { countryName } from '#lib/catalogue/country.ts';
import { TRUST_TIER_LABELS } from '#lib/catalogue/machine.ts';
import { recordEvent } from '#lib/events/record-event.ts';
import { breaksConstraint, inTransaction, type Tx } from '#lib/io/db.ts';
import { env } from '#lib/io/env.ts';
import { encryptSecret, keepsSecrets } from '#lib/io/secrets.ts';
import { bidProblems, MOST_OPEN_BIDS } from './bid.ts';
import { suits, variablesContext } from './bid-wish.ts';
import { leastHold } from './hold.ts';
import { type BidPlace, placesForBids } from './queries/bid-places.ts';
import type { PlaceBidInput } from './schema.ts';
import { limitsFor } from './terms.ts';
import { readWish } from './wish.ts';

export type PlacedBid = { readonly bidId: string; readonly created: boolean };

/**
 * A renter bids for an interruptible rental, of one machine or of any with one of the models. Nothing is held while it waits.
 * The same idempotency key of a renter bids once. Refuses with `badInput` (a sentence a field; also when no machine that takes
 * bids could ever have it), `imageInvalid`, `notFound`, `ownMachine`, `emailUnconfirmed`, `suspended`, `conflict`, or `notNow`
 * when the host takes no bids or too many bids are open.
 */
export async function placeBid(actor: Actor, input: PlaceBidInput, world: World = theWorld): Promise<PlacedBid> {
  requireActive(actor);
  const wish = readWish({ ...input, quoteId: '' }, { privateRegistries: env().privateRegistries });
  try {
    return await inTransaction('place bid', (tx) => place(tx, actor, { ...input, ...wish }, world.now()));
  } catch (error) {
    throw breaksConstraint(error, 'idempotency_key') ? new Refusal('conflict') : error;
  }
}

type Checked = Omit<PlaceBidInput, 'name' | 'command' | 'environment'> & {
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly command: readonly string[] | null;
};

async function place(tx: Tx, actor: Actor, input: Checked, now: Date): Promise<PlacedBid> {
  const { userId: renterId } = actor;
  const { idempotencyKey, listingId } = input;
  const before = await tx.bid.findUnique({ where: { renterId_idempotencyKey: { renterId, idempotencyKey } } });
  if (before !== null) {
    const same = before.microsPerGpuHour === input.microsPerGpuHour && before.listingId === listingId;
    if (!same)
      throw new Refusal('conflict', {}, 'This idempotency key was already used for another bid. Take a new one.');
    return { bidId: before.id, created: false };
  }
  await requireConfirmedEmail(tx, actor);
  // Two that are sent at once see each other.
  await tx.$executeRaw`SELECT 1 FROM users WHERE id = ${actor.userId} FOR NO KEY UPDATE`;
  const open = await tx.bid.count({ where: { renterId, state: 'open' } });
  if (open >= MOST_OPEN_BIDS)
    throw new Refusal('notNow', {}, `At most ${MOST_OPEN_BIDS} of your bids can be open at once. Cancel one first.`);
  const places = await placesForBids(tx, now);
  const named = listingId === null ? undefined : places.find((one) => one.listingId === listingId);
  if (listingId !== null && named === undefined)
    throw new Refusal(
      'notNow',
      {},
      'The host of this machine takes no bids now. Bid for any machine of its model instead.',
    );
  if (named?.hostId === renterId) throw new Refusal('ownMachine');
  const models = named === undefined ? [...new Set(input.models)].sort() : [named.model];
  const sizes = { ...input, models };
  const simulatedToo = input.simulatedToo || named?.simulated === true;
  const ofModels = places.filter(
    (one) => (named === undefined || one === named) && models.includes(one.model) && one.hostId !== renterId,
  );
  const fitting = ofModels.filter((one) => simulatedToo || !one.simulated);
  const suiting = fitting.filter(({ ground }) => suits(input, ground));
  const problems = {
    ...bidProblems(sizes),
    ...(fitting.length > 0 && suiting.length === 0
      ? groundProblem(input, fitting)
      : fitProblems(sizes, suiting, ofModels.length > 0)),
    ...wishProblems(input, suiting),
  };
  if (Object.keys(problems).length > 0) throw new Refusal('badInput', problems);
  const bidId = newId('bid', now);
  const most = suiting.reduce((most, { diskPrice }) => maxMicros(most, diskPrice), 0n);
  await tx.bid.create({
    data: {
      id: bidId,
      renterId,
      listingId,
      models,
      gpuCount: input.gpuCount,
      diskBytes: input.diskBytes,
      maxDiskPriceMicrosPerGibMonth: most,
      simulatedToo,
      regions: [...new Set(input.regions)].sort(),
      leastTrust: input.leastTrust,
      capMicros: input.capMicros,
      encryptedEnvironment:
        Object.keys(input.environment).length === 0
          ? null
          : encryptSecret(JSON.stringify(input.environment), variablesContext(bidId)),
      microsPerGpuHour: input.microsPerGpuHour,
      name: input.name,
      image: input.image,
      ...(input.command === null ? {} : { command: [...input.command] }),
      idempotencyKey,
      state: 'open',
      waits: 'fresh',
      createdAt: now,
      updatedAt: now,
    },
  });
  const data = { bidId, microsPerGpuHour: input.microsPerGpuHour.toString(), gpuCount: input.gpuCount, models };
  await recordEvent(tx, actor, { kind: 'bid.placed', userId: renterId, listingId: listingId ?? undefined, data }, now);
  return { bidId, created: true };
}

/** Machines of the models take bids, and none stands where it is wanted or is checked as much: what there is, is told. */
function groundProblem(
  { regions, leastTrust }: Pick<PlaceBidInput, 'regions' | 'leastTrust'>,
  places: readonly BidPlace[],
): { regions?: string; leastTrust?: string } {
  const wrong = regionsProblem(regions);
  if (wrong !== null) return { regions: wrong };
  const trusted = places.filter(({ ground }) => suits({ regions: [], leastTrust }, ground));
  if (trusted.length === 0)
    return {
      leastTrust: `No machine that takes such bids is ${TRUST_TIER_LABELS[leastTrust].toLowerCase()} now. Ask for less, or book one on demand.`,
    };
  const known = [...new Set(trusted.flatMap(({ ground }) => ground.country ?? []))].sort().slice(0, 5);
  const where = known.length === 0 ? '' : ` There are some in ${known.map(countryName).join(', ')}.`;
  return { regions: `No machine that takes such bids is there now.${where}` };
}

/** What is wrong with the wishes of a bid beside its sizes. */
function wishProblems(
  input: Checked,
  places: readonly BidPlace[],
): { regions?: string; environment?: string; capMicros?: string } {
  const regions = regionsProblem(input.regions);
  const diskPrice = places.reduce((least, each) => minMicros(least, each.diskPrice), places[0]?.diskPrice ?? 0n);
  const least = leastHold({
    priceMicrosPerGpuHour: input.microsPerGpuHour,
    diskPriceMicrosPerGibMonth: diskPrice,
    feeBasisPoints: 0,
    gpuCount: Math.max(1, input.gpuCount),
    gpuModel: '',
    diskBytes: input.diskBytes,
    limits: limitsFor({ cpuThreads: 0, memoryBytes: 0, gpuCount: 1 }, 1),
  });
  return {
    ...(regions === null ? {} : { regions }),
    ...(Object.keys(input.environment).length > 0 && !keepsSecrets()
      ? {
          environment:
            'This market has no key to keep variables with until a bid wins (SUBLET_SECRETS_KEY). Leave them out.',
        }
      : {}),
    ...(input.capMicros !== null && input.capMicros < least
      ? { capMicros: `A cap covers at least an hour at the full bid and a day of the disk: ${formatDollars(least)}.` }
      : {}),
  };
}

/** What no machine that takes bids could ever meet, with the nearest that could. */
function fitProblems(
  bid: { readonly models: readonly string[]; readonly gpuCount: number; readonly diskBytes: bigint },
  places: readonly BidPlace[],
  simulatedOnly: boolean,
): { models?: string; gpuCount?: string } {
  if (places.length === 0 && simulatedOnly)
    return {
      models: `Only simulated machines with ${bid.models.join(' or ')} take bids now. Say that simulated machines will do, or name other models.`,
    };
  if (places.length === 0)
    return {
      models: `No machine with ${bid.models.join(' or ')} takes bids now. Book one on demand, or name other models.`,
    };
  const most = Math.max(...places.map(({ gpuCount }) => gpuCount));
  if (bid.gpuCount > most) return { gpuCount: `The largest machine that takes such bids has ${most} GPUs.` };
  const least = Math.min(...places.map(({ minGpus }) => minGpus));
  return bid.gpuCount < least ? { gpuCount: `Hosts rent at least ${least} of these GPUs together.` } : {};
}
