import { type Micros, maxMicros } from '#lib/base/money.ts';
import { isBefore } from '#lib/base/time.ts';
import type { WhyNot } from '#lib/base/why-not.ts';
import { MAX_PRICE_MICROS_PER_GPU_HOUR } from '#lib/catalogue/listing.ts';
import { formatBytes } from '#lib/catalogue/quantity.ts';
import type { BookingFacts } from './booking.ts';
import { LEAST_DISK_BYTES, MOST_DISK_BYTES, type Prices } from './terms.ts';

export const MOST_BID_MICROS = MAX_PRICE_MICROS_PER_GPU_HOUR;
export const MOST_MODELS_OF_A_BID = 20;
export const MOST_GPUS_OF_A_BID = 64;
/** So many bids of one renter may be open at once. */
export const MOST_OPEN_BIDS = 100;
/** The disk of an interrupted rental is kept this long. */
export const INTERRUPTED_DISK_SECONDS = 72 * 3_600;
/** What an interruptible rental was charged above the clearing price comes back at least this often while it runs. */
export const PRICE_BACK_SECONDS = 15 * 60;
/** GPUs that somebody else has sooner than this are not worth a beginning. */
export const SHORTEST_RUN_SECONDS = 10 * 60;
/** A bid whose machine failed it is tried elsewhere so often, and after so long. */
export const MOST_RENTALS_OF_A_BID = 5;
export const TRY_AGAIN_SECONDS = 10 * 60;

/** What a listing says about bids. */
export type BidRule = {
  readonly takesBids: boolean;
  readonly bidFloorMicrosPerGpuHour: Micros | null;
  readonly priceMicrosPerGpuHour: Micros;
};

/** The least that a host takes for an interruptible GPU-hour: what they said, or half of the price. Null: no bids. */
export function bidFloor(listing: BidRule): Micros | null {
  if (!listing.takesBids) return null;
  return listing.bidFloorMicrosPerGpuHour ?? maxMicros(1n, listing.priceMicrosPerGpuHour / 2n);
}

/** Why an open bid has no running rental now. */
export const WAITS = {
  fresh: 'It takes part in the next clearing, within seconds.',
  belowFloor: 'It is below what every host of such a machine takes.',
  outbid: 'Others pay more for what is there now.',
  noMachine: 'No machine that takes bids and fits it is free of other rentals now.',
  itsMachine: 'Others have the GPUs of the machine where its disk is.',
  itsMachineGone: 'The machine where its disk is takes no bids or does not answer now.',
  noMoney: 'The wallet does not cover an hour of it at the full bid and a day of its disk.',
  noMoneyForCap: 'The wallet does not cover what is left of its cap, all of which is set aside when it starts.',
  capSpent: 'What is left of its cap does not pay an hour at the full bid and a day of its disk. Raise the cap.',
  variablesLost: 'Its variables cannot be opened any more: the key of this market was changed. Bid anew.',
  noKey: 'There is no SSH key in the account.',
  machineFailed: 'The machine that it had failed. It is tried elsewhere in some minutes.',
  refused: 'It could not be started.',
} as const;
export type Waits = keyof typeof WAITS;

export function waitsSentence(waits: string | null): string | null {
  return waits !== null && Object.hasOwn(WAITS, waits) ? WAITS[waits as Waits] : null;
}

/** A bid as it stands, for the eye: waiting for its first rental, with one, or over. */
export const BID_PHASES = ['waiting', 'starting', 'running', 'yielding', 'interrupted', 'paused', 'closed'] as const;
export type BidPhase = (typeof BID_PHASES)[number];

type RentalFacts = Pick<BookingFacts, 'desired' | 'observed' | 'reason'>;

export function bidPhase(state: string, rental: RentalFacts | null): BidPhase {
  if (state === 'closed') return 'closed';
  if (rental === null || rental.desired === 'ended') return 'waiting';
  if (rental.desired === 'stopped') return rental.reason === 'interrupted' ? 'interrupted' : 'paused';
  if (rental.reason === 'interrupted') return 'yielding';
  return rental.observed === 'connectable' ? 'running' : 'starting';
}

export const BID_PHASES_IN_WORDS: Readonly<Record<BidPhase, string>> = {
  waiting: 'Waiting',
  starting: 'Starting',
  running: 'Running',
  yielding: 'Yielding',
  interrupted: 'Interrupted',
  paused: 'Paused',
  closed: 'Over',
};

/** What somebody bids, as far as it can be judged without looking at the market. */
export type BidSizes = {
  readonly microsPerGpuHour: Micros;
  readonly gpuCount: number;
  readonly diskBytes: bigint;
  readonly models: readonly string[];
};

/** What is wrong with a bid, one sentence a field; empty when nothing is. */
export function bidProblems(
  bid: BidSizes,
): Partial<Record<'microsPerGpuHour' | 'gpuCount' | 'diskBytes' | 'models', string>> {
  const amount = amountProblem(bid.microsPerGpuHour);
  return {
    ...(amount === null ? {} : { microsPerGpuHour: amount }),
    ...(!Number.isInteger(bid.gpuCount) || bid.gpuCount < 1
      ? { gpuCount: 'Bid for at least one GPU.' }
      : bid.gpuCount > MOST_GPUS_OF_A_BID
        ? { gpuCount: `Bid for at most ${MOST_GPUS_OF_A_BID} GPUs: they are all of one machine.` }
        : {}),
    ...(bid.diskBytes < LEAST_DISK_BYTES || bid.diskBytes > MOST_DISK_BYTES
      ? { diskBytes: `A disk has between ${formatBytes(LEAST_DISK_BYTES)} and ${formatBytes(MOST_DISK_BYTES)}.` }
      : {}),
    ...(bid.models.length === 0 || bid.models.length > MOST_MODELS_OF_A_BID
      ? { models: `Name between one and ${MOST_MODELS_OF_A_BID} GPU models.` }
      : {}),
  };
}

/** What is wrong with an amount, as a sentence, or null. */
export function amountProblem(microsPerGpuHour: Micros): string | null {
  if (microsPerGpuHour <= 0n) return 'A bid is more than $0 per GPU-hour.';
  return microsPerGpuHour > MOST_BID_MICROS ? 'A bid is at most $1,000 per GPU-hour.' : null;
}

const notNow = (sentence: string): WhyNot => ({ reason: 'notNow', sentence });

export type BidFacts = { readonly state: string };

export function whyNotCancelBid(bid: BidFacts): WhyNot | null {
  return bid.state === 'closed' ? notNow('This bid is over already.') : null;
}

export function whyNotEditBid(bid: BidFacts): WhyNot | null {
  return bid.state === 'closed' ? notNow('This bid is over. Bid anew.') : null;
}

/**
 * Why a bid cannot be raised to an amount: a rental is held to what was frozen when it was made. It can be lowered, and
 * raised again up to there.
 */
export function raiseProblem(
  microsPerGpuHour: Micros,
  rental: Pick<Prices, 'priceMicrosPerGpuHour'> | null,
): string | null {
  return rental !== null && microsPerGpuHour > rental.priceMicrosPerGpuHour
    ? 'While it has a rental, a bid is not raised above what it was when the rental was made: its money is held by that. End the rental and bid anew.'
    : null;
}

/** Whether a bid takes part in a clearing: it waits, it runs, or its rental was interrupted; not while its renter paused it. */
export function takesPart(
  bid: { readonly state: string; readonly notBefore: Date | null },
  rental: RentalFacts | null,
  now: Date,
): boolean {
  if (bid.state !== 'open' || (bid.notBefore !== null && isBefore(now, bid.notBefore))) return false;
  if (rental === null) return true;
  if (rental.desired === 'running') return rental.reason !== 'interrupted';
  return rental.desired === 'stopped' && rental.reason === 'interrupted' && hasStopped(rental);
}

function hasStopped({ observed }: Pick<RentalFacts, 'observed'>): boolean {
  return observed === 'stopped' || observed === 'failed';
}

/** Failures of a machine, not of what was to run on it: the bid looks for another. */
const FAULTS_OF_MACHINES: ReadonlySet<string> = new Set([
  'machineLost',
  'runtimeStopped',
  'hostEnded',
  'gatewayFailed',
  'noContainerRuntime',
  'gpuMissing',
  'leaseInvalid',
]);

/** What becomes of a bid whose rental is over: it waits for another one, at once or in a while, or it is over too. */
export function afterRental(
  bid: { readonly rentals: number },
  rental: { readonly reason: string | null },
): 'waits' | 'waitsLonger' | 'closed' {
  if (rental.reason === 'interrupted') return 'waits';
  return FAULTS_OF_MACHINES.has(rental.reason ?? '') && bid.rentals < MOST_RENTALS_OF_A_BID ? 'waitsLonger' : 'closed';
}

/** What came back of a charge: GPU-seconds at the bid less the same at the price in force, rounded down a price. */
export function aboveThePrice(
  bidMicrosPerGpuHour: Micros,
  used: readonly { readonly gpuSeconds: bigint; readonly startsAt: Date }[],
  prices: readonly { readonly since: Date; readonly microsPerGpuHour: Micros }[],
): Micros {
  const seconds = new Map<Micros, bigint>();
  for (const { gpuSeconds, startsAt } of used) {
    // Clocks differ a little: what began before the first price pays the first.
    const price = prices.findLast(({ since }) => since <= startsAt) ?? prices[0];
    if (price === undefined) continue;
    seconds.set(price.microsPerGpuHour, (seconds.get(price.microsPerGpuHour) ?? 0n) + gpuSeconds);
  }
  let micros = 0n;
  for (const [price, total] of seconds) micros += maxMicros(0n, ((bidMicrosPerGpuHour - price) * total) / 3_600n);
  return micros;
}
